"""Writes files of images and labels in every format that is read, and what NumPy and Pillow say is in them, for readers.ts.

Debian: python3-numpy, python3-scipy, python3-pandas, python3-h5py, python3-pil; with pyarrow Parquet, too. Resampling is computed here by exact fractions, apart from the reader's code.
"""

import gzip
import hashlib
import json
import struct
import sys
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import scipy.sparse
from PIL import Image, ImageOps

folder = Path(sys.argv[1])
random = np.random.default_rng(14)
expected = []


def expect(path, pixels, labels=None, reading=None):
    pixels = np.asarray(pixels, dtype=np.uint8)
    shape = list(pixels.shape) + ([1] if pixels.ndim == 3 else [])
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    labels = None if labels is None else [str(one) for one in labels]
    expected.append({"path": path, "shape": shape, "sha256": digest, "labels": labels, "reading": reading})


N = 300
grey = random.integers(0, 256, (N, 9, 7), dtype=np.uint8)
colour = random.integers(0, 256, (N, 9, 7, 3), dtype=np.uint8)


def labels():
    kinds = {
        **{kind: random.integers(0, 100, N).astype(kind) for kind in ("uint8", "uint16", "uint32", "uint64")},
        **{kind: random.integers(-100, 100, N).astype(kind) for kind in ("int8", "int16", "int32", "int64")},
        "text": np.array(["wine", "ü", "frog 🐸"])[random.integers(0, 3, N)],
        "bytes": np.array([b"a", b"bcd"])[random.integers(0, 2, N)],
    }
    for kind, values in kinds.items():
        np.savez_compressed(folder / f"labels-{kind}.npz", x=grey, y=values)
        told = [one.decode() for one in values] if kind == "bytes" else values
        expect(f"labels-{kind}.npz", grey, told)
    flags = random.random(N) < 0.5
    np.savez(folder / "labels-bool.npz", images=colour, labels=flags[:, None])
    expect("labels-bool.npz", colour, ["true" if one else "false" for one in flags])
    for name, values in (("object", np.array(["a"] * N, dtype=object)), ("float", random.random(N)), ("big", np.arange(N).astype(">i4"))):
        np.savez(folder / f"no-labels-{name}.npz", x=grey, y=values)
        expect(f"no-labels-{name}.npz", grey)


def idx():
    kinds = random.integers(0, 256, N, dtype=np.uint8)
    images = struct.pack(">HBBIII", 0, 8, 3, N, 9, 7) + grey.tobytes()
    for name, pack in (("train-images-idx3-ubyte", bytes), ("packed-images-idx3-ubyte.gz", gzip.compress)):
        (folder / name).write_bytes(pack(images))
        (folder / name.replace("images", "labels").replace("idx3", "idx1")).write_bytes(pack(struct.pack(">HBBI", 0, 8, 1, N) + kinds.tobytes()))
        expect(name, grey, kinds)


def cifar():
    place = folder / "cifar"
    place.mkdir()
    names = "airplane automobile bird cat deer dog frog horse ship truck".split()
    (place / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    images = random.integers(0, 256, (6, 400, 32, 32, 3), dtype=np.uint8)
    kinds = random.integers(0, 10, (6, 400), dtype=np.uint8)
    for batch, name in enumerate([f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]):
        planes = images[batch].transpose(0, 3, 1, 2).reshape(400, -1)
        np.concatenate([kinds[batch][:, None], planes], axis=1).tofile(place / name)
    expect("cifar", images.reshape(-1, 32, 32, 3), [names[one] for one in kinds.reshape(-1)])


def photos():
    """Pictures of many sizes and kinds, in two folders; and what exact means of areas make of them."""
    place = folder / "photos"
    shown = []
    for i in range(60):
        h, w = (int(side) for side in random.integers(1, 90, 2))
        y, x = np.mgrid[0:h, 0:w]
        base = np.clip(128 + 90 * np.sin(x / 5 + i) * np.cos(y / 7), 0, 255).astype(np.uint8)
        picture = Image.fromarray(base if i % 3 == 0 else np.stack([base, 255 - base, np.roll(base, 3, 0)], axis=-1))
        kind = "even" if i % 2 == 0 else "odd"
        (place / kind).mkdir(parents=True, exist_ok=True)
        file = place / kind / f"{i:02}.{'jpg' if i % 5 == 0 else 'png'}"
        if i % 5 == 0:
            exif = Image.Exif()
            exif[0x0112] = 1 + i % 8
            picture.save(file, exif=exif, quality=90)
        elif i % 7 == 0:
            picture.convert("RGB").quantize(32).save(file)
        else:
            picture.save(file)
        shown.append((f"{kind}/{i:02}", kind, ImageOps.exif_transpose(Image.open(file))))
    shown.sort(key=lambda one: one[0])
    kinds = [kind for _, kind, _ in shown]
    for size in ([16, 16], [24, 10], [100, 120]):
        for resize in ("crop", "fit", "stretch"):
            for channels in ("grey", "colour"):
                mode = "L" if channels == "grey" else "RGB"
                pictures = [grey_or_colour(picture, mode) for _, _, picture in shown]
                small = np.stack([resized(picture, size, resize) for picture in pictures])
                expect("photos", small, kinds, {"size": size, "resize": resize, "channels": channels})


def grey_or_colour(picture, mode):
    whole = picture if picture.mode == "L" else picture.convert("RGB")
    return np.asarray(whole.convert(mode))


def nearest(value):
    return int(Fraction(value) + Fraction(1, 2))


def middle(outer, of):
    if outer[0] * of[1] >= outer[1] * of[0]:
        inner = (min(outer[0], max(1, nearest(Fraction(outer[1] * of[0], of[1])))), outer[1])
    else:
        inner = (outer[0], min(outer[1], max(1, nearest(Fraction(outer[0] * of[1], of[0])))))
    return tuple((outer[i] - inner[i]) // 2 for i in (0, 1)), inner


def resized(pixels, size, resize):
    if list(pixels.shape[:2]) == size:
        return pixels
    source, result = tuple(pixels.shape[:2]), tuple(size)
    (top, left), part = middle(source, result) if resize == "crop" else ((0, 0), source)
    (to_top, to_left), box = middle(result, source) if resize == "fit" else ((0, 0), result)
    window = pixels[top : top + part[0], left : left + part[1]].astype(np.int64)
    down, across = overlaps(part[0], box[0]), overlaps(part[1], box[1])
    sums = np.einsum("yr,rc...->yc...", down, window)
    sums = np.einsum("xc,yc...->yx...", across, sums)
    area = part[0] * part[1]
    whole = np.zeros(result + pixels.shape[2:], dtype=np.uint8)
    whole[to_top : to_top + box[0], to_left : to_left + box[1]] = (2 * sums + area) // (2 * area)
    return whole


def overlaps(old, new):
    """How much of each old pixel each new one covers, in parts of which an old one has `new`."""
    shares = np.zeros((new, old), dtype=np.int64)
    for i in range(new):
        for j in range(old):
            shares[i, j] = max(0, min((i + 1) * old, (j + 1) * new) - max(i * old, j * new))
    return shares


def tables():
    numbers = np.concatenate([random.normal(0, 10.0 ** random.integers(-30, 30, (N, 12))), random.integers(-9, 9, (N, 3))], axis=1)
    kinds = np.array(["cat", "a, b", 'a "dog"', "ü"])[random.integers(0, 4, N)]

    def expect_rows(path, values, labels=None):
        values = np.asarray(values, dtype=np.float64) + 0.0
        digest = hashlib.sha256(values.tobytes()).hexdigest()
        labels = None if labels is None else [str(one) for one in labels]
        expected.append({"path": path, "shape": list(values.shape), "sha256": digest, "labels": labels, "reading": None})

    frame = pd.DataFrame(numbers, columns=[f"c{i}; \"{i}\"" for i in range(15)])
    labelled = frame.assign(label=kinds)
    for name, options in (("comma", {}), ("semicolon", {"sep": ";"}), ("tab", {"sep": "\t"}), ("windows", {"lineterminator": "\r\n"} if pd.__version__ >= "1.5" else {}), ("mark", {"encoding": "utf-8-sig"})):
        labelled.to_csv(folder / f"{name}.csv", index=False, **options)
        expect_rows(f"{name}.csv", numbers, kinds)
    frame.to_csv(folder / "bare.csv", index=False, header=False)
    expect_rows("bare.csv", numbers)
    for kind in ("float64", "float32", "uint8"):
        values = np.abs(numbers[:, 12:]).astype(kind) if kind == "uint8" else np.clip(numbers, -1e30, 1e30).astype(kind)
        np.save(folder / f"table-{kind}.npy", values)
        expect_rows(f"table-{kind}.npy", values)
    np.savez_compressed(folder / "table.npz", x=numbers, y=kinds)
    expect_rows("table.npz", numbers, kinds)


def expect_table(path, values, labels=None, key=None):
    values = np.ascontiguousarray(values, dtype=np.float64) + 0.0
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    labels = None if labels is None else [str(one) for one in labels]
    reading = None if key is None else {"key": key}
    expected.append({"path": path, "shape": list(values.shape), "sha256": digest, "labels": labels, "reading": reading})


def hdf5():
    layouts = {"plain": {}, "chunks": {"chunks": True}, "tall": {"chunks": (N, 2, 2, 3)}, "gzip": {"compression": "gzip", "shuffle": True, "fletcher32": True}}
    factors = random.integers(0, 5, (N, 6))
    for name, layout in layouts.items():
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file.create_dataset("images", data=colour, **layout)
            file["labels"] = factors
        expect(f"{name}.h5", colour, [" ".join(map(str, row)) for row in factors])
    with h5py.File(folder / "kinds.h5", "w") as file:
        for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", ">i4", ">f4", ">f8"):
            values = random.normal(50, 9, (N, 5)).astype(kind)
            file[kind] = values
            expect_table("kinds.h5", values, key=kind)
    counts = random.poisson(0.5, (N, 200))
    for kind in ("float32", "float64", "int64"):
        for size in ("int32", "int64"):
            matrix = scipy.sparse.csr_matrix(counts.astype(kind))
            with h5py.File(folder / f"{kind}-{size}.h5ad", "w") as file:
                file.attrs["encoding-type"] = "anndata"
                file["X"] = counts.astype(kind)
                group = file.create_group("layers/counts")
                group.attrs["encoding-type"] = "csr_matrix"
                group.attrs["shape"] = np.array(matrix.shape, dtype=size)
                group.create_dataset("data", data=matrix.data, compression="gzip")
                group.create_dataset("indices", data=matrix.indices.astype(size), compression="gzip")
                group["indptr"] = matrix.indptr.astype(size)
            expect_table(f"{kind}-{size}.h5ad", counts)
            expect_table(f"{kind}-{size}.h5ad", counts, key="layers/counts")


def parquet():
    try:
        import pyarrow
    except ModuleNotFoundError:
        print("no pyarrow: Parquet is left out", file=sys.stderr)
        return
    whole = {kind: random.integers(0, 100, N).astype(kind) for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")}
    frame = pd.DataFrame({**whole, "float32": random.normal(size=N).astype("float32"), "float64": random.normal(size=N), "bool": random.random(N) < 0.5})
    kinds = np.array(["cat", "a, b", "ü"])[random.integers(0, 3, N)]
    labelled = frame.assign(label=kinds)
    for name in ("snappy", "zstd", "gzip", "brotli", None):
        for version in ("1.0", "2.6"):
            for page in ("1.0", "2.0"):
                for dictionary in (True, False):
                    path = f"{name}-{version}-{page}-{dictionary}.parquet"
                    labelled.to_parquet(folder / path, compression=name, version=version, data_page_version=page, use_dictionary=dictionary, row_group_size=101)
                    expect_table(path, frame.to_numpy(dtype=np.float64), kinds)


hdf5()
parquet()
tables()
labels()
idx()
cifar()
photos()
(folder / "expected.json").write_text(json.dumps(expected))
