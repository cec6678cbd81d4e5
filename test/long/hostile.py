"""Writes files that are broken, that lie, or that nobody would expect, and what is to come of each, for readers.ts: its content, or words of the refusal.

Debian: python3-numpy, python3-scipy, python3-pandas, python3-h5py, python3-pil; with pyarrow Parquet, too.
"""

import datetime
import decimal
import gzip
import hashlib
import io
import json
import os
import pickle
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np
import pandas
import scipy.io
from PIL import Image

folder = Path(sys.argv[1])
random = np.random.default_rng(15)
hostile = []


def write(path, content):
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path, words, **reading):
    hostile.append({"path": path, "refused": words, "reading": reading or None})


def either(path):
    hostile.append({"path": path, "either": True, "reading": None})


def read(path, values, labels=None, **reading):
    values = np.ascontiguousarray(values)
    values = values.astype(np.float64) + 0.0 if values.ndim == 2 else values.astype(np.uint8)
    shape = list(values.shape) + ([1] if values.ndim == 3 else [])
    labels = None if labels is None else [str(one) for one in labels]
    hostile.append({"path": path, "shape": shape, "sha256": hashlib.sha256(values.tobytes()).hexdigest(), "labels": labels, "reading": reading or None})


GREY = random.integers(0, 256, (40, 6, 5), dtype=np.uint8)
ROWS = random.normal(size=(40, 3))


def npy_bytes(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npy_header(text, version=1):
    body = text.encode("latin1")
    size = struct.pack("<H" if version == 1 else "<I", len(body))
    return b"\x93NUMPY" + bytes([version, 0]) + size + body


def npy():
    whole = npy_bytes(GREY)
    for cut in (3, 6, 7, 9, 20, 127, 128, 1000, len(whole) - 1):
        refused(write(f"cut-{cut}.npy", whole[:cut]), "")
    refused(write("longer.npy", whole + b"x"), "goes on")
    refused(write("object.npy", npy_bytes(np.array([GREY[0], "a"], dtype=object), allow_pickle=True)), "Python objects")
    refused(write("fortran.npy", npy_bytes(np.asfortranarray(GREY))), "Fortran")
    refused(write("big.npy", npy_bytes(ROWS.astype(">f8"))), "big-endian")
    refused(write("structured.npy", npy_bytes(np.zeros(4, dtype=[("a", "f4"), ("b", "i4")]))), "structured")
    refused(write("complex.npy", npy_bytes(ROWS.astype(complex))), "dtype")
    refused(write("half.npy", npy_bytes(ROWS.astype(np.float16))), "dtype")
    refused(write("dates.npy", npy_bytes(np.array([["2020-01-01"]], dtype="M8[D]"))), "dtype")
    refused(write("texts.npy", npy_bytes(np.array([["a", "b"]]))), "dtype")
    refused(write("one.npy", npy_bytes(np.arange(9.0))), "1 dimension")
    refused(write("none.npy", npy_bytes(np.float64(3))), "0 dimension")
    refused(write("five.npy", npy_bytes(np.zeros((2, 2, 2, 2, 2)))), "5 dimension")
    refused(write("empty.npy", npy_bytes(np.zeros((0, 5, 5), np.uint8))), "no pixel")
    refused(write("no-rows.npy", npy_bytes(np.zeros((0, 5)))), "no number")
    refused(write("no-columns.npy", npy_bytes(np.zeros((5, 0)))), "no number")
    for shape in ("(0, 1152921504606846976, 4)", "(1152921504606846976, 28, 28)", "(1152921504606846976, 3)", "(4294967296, 4294967296)", "(99999999999999999999999999, 2)", "(-3, 4)", "(3, 4", "3", "(True, 4)", "(1e3, 4)", "(0x10, 4)", "(3, (4, 5))"):
        text = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }" % shape
        refused(write(f"shape {shape}.npy", npy_header(text) + bytes(100)), "")
    refused(write("version.npy", b"\x93NUMPY\x09\x00" + bytes(200)), "version")
    refused(write("header.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(200)), "header")
    refused(write("code.npy", npy_header("__import__('os').system('touch /tmp/pwned')" + " " * 40)), "damaged")
    for name, value in (("nan", np.nan), ("inf", np.inf)):
        values = ROWS.copy()
        values[7, 1] = value
        refused(write(f"{name}.npy", npy_bytes(values)), "row 7, column 1")
        images = GREY / 255
        images[7, 3, 2] = value
        refused(write(f"{name}-images.npy", npy_bytes(images)), "image 7")
    refused(write("ids.npy", npy_bytes(np.full((3, 3), 2**60 + 1))), "digits")
    refused(write("over.npy", npy_bytes(GREY / 254)), "")
    read(write("version-3.npy", npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (40, 6, 5), }", 3) + GREY.tobytes()), GREY)
    read(write("spaces.npy", npy_header("{ 'shape':(40,6,5),'fortran_order':False,\"descr\":\"|u1\" }".replace('"', "'")) + GREY.tobytes()), GREY)
    read(write("quotes.npy", npy_header('{"descr": "|u1", "fortran_order": False, "shape": (40, 6, 5)}') + GREY.tobytes()), GREY)
    read(write("one-row.npy", npy_bytes(ROWS[:1])), ROWS[:1])
    read(write("minus-zero.npy", npy_bytes(-0.0 * ROWS)), 0 * ROWS)


def npz():
    def archive(path, entries, method=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(folder / path, "w", method) as file:
            for name, content in entries.items():
                file.writestr(name, content)
        return path

    whole = npy_bytes(GREY)
    with zipfile.ZipFile(folder / "zip64.npz", "w", zipfile.ZIP_STORED) as file:
        with file.open("x.npy", "w", force_zip64=True) as entry:
            entry.write(whole)
    read("zip64.npz", GREY)
    packed = (folder / archive("good.npz", {"x.npy": whole})).read_bytes()
    for cut in (1, 4, 30, 100, len(packed) - 22, len(packed) - 1):
        refused(write(f"cut-{cut}.npz", packed[:cut]), "")
    for at in range(0, 60, 3):
        broken = bytearray(packed)
        broken[-1 - at - 22 if at > 20 else at] ^= 0xFF
        either(write(f"flip-{at}.npz", bytes(broken)))
    encrypted = bytearray(packed)
    directory = packed.rindex(b"PK\x01\x02")
    encrypted[directory + 8] |= 1
    refused(write("encrypted.npz", bytes(encrypted)), "encrypted")
    refused(archive("lzma.npz", {"x.npy": whole}, zipfile.ZIP_LZMA), "method")
    bomb = npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (40, 6, 5), }") + GREY.tobytes() + bytes(300_000_000)
    refused(archive("bomb.npz", {"x.npy": bomb}), "goes on")
    lying = bytearray((folder / "bomb.npz").read_bytes())
    directory = bytes(lying).rindex(b"PK\x01\x02")
    lying[directory + 24 : directory + 28] = struct.pack("<I", len(whole))
    refused(write("lying-bomb.npz", bytes(lying)), "")
    read(archive("labels-bomb.npz", {"x.npy": whole, "labels.npy": npy_header("{'descr': '<U100000000', 'fortran_order': False, 'shape': (40,), }") + bytes(1000)}), GREY)
    refused(archive("text.npz", {"readme.txt": b"hello"}), "")
    refused(archive("empty.npz", {}), "")
    refused(archive("two.npz", {"x.npy": whole, "z.npy": whole}), "several")
    refused(archive("header.npz", {"x.npy": b"\x93NUMPY\x01\x00"}), "")
    read(archive("key.npz", {"x.npy": whole, "z.npy": npy_bytes(255 - GREY)}), 255 - GREY, key="z")
    refused(archive("no-key.npz", {"x.npy": whole}), "", key="nothing")
    read(archive("paths.npz", {"a/../../x.npy": whole}), GREY)
    read(archive("short-labels.npz", {"x.npy": whole, "y.npy": npy_bytes(np.arange(39))}), GREY)
    refused(archive("many.npz", {f"{i}.npy": whole for i in range(200)}), "")
    np.savez(folder / "column.npz", X=ROWS, y=np.arange(40)[:, None] % 3)
    read("column.npz", ROWS, labels=np.arange(40) % 3)
    np.savez(folder / "object-labels.npz", X=ROWS, y=np.array(["a", "b"] * 20, dtype=object))
    read("object-labels.npz", ROWS)
    refused("object-labels.npz", "y.astype(str)", label="y")
    np.savez(folder / "float-labels.npz", X=ROWS, y=np.arange(40) % 3 / 1.0)
    read("float-labels.npz", ROWS, labels=np.arange(40) % 3, label="y")
    np.savez(folder / "parts.npz", X_train=ROWS, X_test=ROWS[:9], y_train=np.arange(40) % 3)
    refused("parts.npz", "several")
    read("parts.npz", ROWS, labels=np.arange(40) % 3, key="X_train", label="y_train")
    refused(archive("pictures.npz", {"faces/1.png": b"x", "faces/2.png": b"x"}), "archive of pictures")
    refused(archive("objects.npz", {"x.npy": npy_bytes(np.array([1, "a"], dtype=object), allow_pickle=True)}), "")


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pictures():
    def saved(picture, kind="PNG", **options):
        file = io.BytesIO()
        picture.save(file, kind, **options)
        return file.getvalue()

    colour = random.integers(0, 256, (8, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(colour)

    def folder_of(name, content, ending="png"):
        write(f"{name}/a.png", saved(Image.fromarray(colour[::-1])))
        write(f"{name}/b.{ending}", content)
        return name

    palette = picture.quantize(16)
    read(folder_of("palette", saved(palette)), [colour[::-1], np.asarray(palette.convert("RGB"))])
    cut = saved(picture)
    for at in (0, 4, 20, 40, len(cut) // 2, len(cut) - 13, len(cut) - 1):
        refused(folder_of(f"cut-png-{at}", cut[:at]), "")
    big = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    refused(folder_of("png-bomb", b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", big) + png_chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + png_chunk(b"IEND", b"")), "")
    small = struct.pack(">IIBBBBB", 6, 8, 8, 2, 0, 0, 0)
    refused(folder_of("png-more", b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", small) + png_chunk(b"IDAT", zlib.compress(bytes(900_000_000))) + png_chunk(b"IEND", b"")), "")
    none = struct.pack(">IIBBBBB", 0, 8, 8, 2, 0, 0, 0)
    refused(folder_of("png-none", b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", none) + png_chunk(b"IEND", b"")), "")
    refused(folder_of("png-text", b"hello"), "")
    refused(folder_of("png-empty", b""), "")
    alpha = np.dstack([colour, np.full((8, 6), 128, np.uint8)])
    refused(folder_of("alpha", saved(Image.fromarray(alpha))), "transparent")
    read(folder_of("opaque", saved(Image.fromarray(np.dstack([colour, np.full((8, 6), 255, np.uint8)])))), [colour[::-1], colour])
    for name, options in (("progressive", {"progressive": True}), ("baseline", {}), ("grey", {})):
        jpeg = saved(picture.convert("L") if name == "grey" else picture, "JPEG", **options)
        shown = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
        read(folder_of(f"jpeg-{name}", jpeg, "jpg"), [colour[::-1], shown])
        for at in (2, 3, 20, len(jpeg) // 2, len(jpeg) - 20):
            refused(folder_of(f"cut-jpeg-{name}-{at}", jpeg[:at], "jpg"), "")
    refused(folder_of("cmyk", saved(picture.convert("CMYK"), "JPEG"), "jpg"), "CMYK")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = saved(Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8)), "JPEG", exif=exif)
    from PIL import ImageOps

    read(folder_of("turned", turned, "jpg"), [colour[::-1], np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(turned))))])
    huge = bytearray(saved(picture, "JPEG"))
    at = bytes(huge).index(b"\xff\xc0")
    huge[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
    refused(folder_of("jpeg-bomb", bytes(huge), "jpg"), "")
    refused(folder_of("sizes", saved(picture.resize((7, 8)))), "size")
    refused(folder_of("webp", b"RIFF", "webp"), "WEBP")
    (folder / "nothing").mkdir()
    refused("nothing", "no file")
    write("texts/readme.txt", "hello")
    refused("texts", "no PNG")
    write("looped/a.png", saved(picture))
    write("looped/c.png", saved(Image.fromarray(colour[::-1])))
    os.symlink(folder / "looped", folder / "looped/again")
    read("looped", [colour, colour[::-1]])
    write("dangling/a.png", saved(picture))
    os.symlink("nowhere.png", folder / "dangling/b.png")
    refused("dangling", "b.png")
    write("circle/a.png", saved(picture))
    os.symlink("b.png", folder / "circle/b.png")
    refused("circle", "b.png")
    os.symlink("self.npy", folder / "self.npy")
    refused("self.npy", "")
    write("names/a.png", saved(picture))
    with open(os.fsencode(folder / "names") + b"/b\xff\xfe.png", "wb") as file:
        file.write(saved(picture))
    refused("names", "no UTF-8")
    os.makedirs(os.fsencode(folder / "name-of-folder") + b"/b\xff")
    write("name-of-folder/a.png", saved(picture))
    refused("name-of-folder", "no UTF-8")
    write("lines/a\nb\x1b[31m.png", saved(picture)[:20])
    refused("lines", "")
    write("folder-png/a.png/b.png", saved(picture))
    read("folder-png", [colour], labels=["a.png"])
    os.mkfifo(folder / "pipe.npy")
    refused("pipe.npy", "")
    write("piped/a.png", saved(picture))
    os.mkfifo(folder / "piped/b.png")
    refused("piped", "b.png")
    write("locked.npy", npy_bytes(GREY))
    os.chmod(folder / "locked.npy", 0)
    if os.getuid() != 0:
        refused("locked.npy", "permission")
    either(folder_of("jpeg-named-png", saved(picture, "JPEG")))
    sixteen = random.integers(0, 65536, (8, 6), dtype=np.uint16)
    write("sixteen/a.png", saved(Image.fromarray(sixteen)))
    read("sixteen", [np.floor(sixteen.astype(np.float64) * 255 / 65535 + 0.5)])


def csv():
    def table(path, text, values, labels=None):
        read(write(path, text), np.array(values, dtype=np.float64), labels)

    table("mark.csv", "\ufeffa,b\n1,2\n3,4\n5,6\n", [[1, 2], [3, 4], [5, 6]])
    table("semicolon.csv", "a;b\n1;2\n3;4\n", [[1, 2], [3, 4]])
    table("carriage.csv", "a,b\r1,2\r3,4\r", [[1, 2], [3, 4]])
    table("mixed.csv", "a,b\r\n1,2\n3,4\r5,6\r\n", [[1, 2], [3, 4], [5, 6]])
    table("blank.csv", "\n\n a , b \n\n1,2\n \n3,4\n\n", [[1, 2], [3, 4]])
    table("quoted.csv", '"a\nb","c"\n"1","2"\n"3","4"\n', [[1, 2], [3, 4]])
    table("one.csv", "1\n2\n3\n", [[1], [2], [3]])
    table("one-named.csv", "a\n1\n2\n3\n", [[1], [2], [3]])
    table("one-row.csv", "a,b\n1,2\n", [[1, 2]])
    table("numbers.csv", "2019,2020\n1,2\n3,4\n", [[2019, 2020], [1, 2], [3, 4]])
    table("twice.csv", "a,a\n1,2\n3,4\n", [[1, 2], [3, 4]])
    table("exponents.csv", "a,b\n1e-3,+.5\n-2.E2,3\n", [[1e-3, 0.5], [-200, 3]])
    read(write("packed.csv.gz", gzip.compress(b"a,b\n1,2\n3,4\n")), [[1, 2], [3, 4]])
    refused(write("packed-x.csv.gz", gzip.compress(b"a,b\n1,2\n3,x\n")), "line 3")
    refused(write("packed.npy.gz", gzip.compress(npy_bytes(GREY))), "gunzip")
    refused(write("pickle.csv", pickle.dumps(ROWS)), "pickle")
    scipy.io.savemat(folder / "x.mat", {"X": ROWS})
    refused("x.mat", "MATLAB")
    np.savetxt(folder / "spaces.txt", ROWS)
    refused("spaces.txt", "delimiter")
    pandas.DataFrame(ROWS).to_csv(folder / "index.csv")
    refused("index.csv", "index=False")
    pandas.DataFrame(ROWS).to_csv(folder / "decimals.csv", sep=";", decimal=",", index=False, header=False)
    refused("decimals.csv", "with a point")
    refused(write("empty.csv", ""), "empty")
    refused(write("head.csv", "a,b\n"), "no number")
    refused(write("decimal-comma.csv", "a;b\n1,5;2,5\n3,5;4,5\n"), "with a point")
    refused(write("decimal-both.csv", "a,b\n1,5,2,5\n3,5,4,5\n"), "")
    refused(write("text.csv", "a,b\n1,2\nx,4\n"), "line 3")
    refused(write("gap.csv", "a,b\n1,2\n,4\n"), "empty")
    refused(write("short.csv", "a,b\n1,2\n3\n"), "line 3")
    refused(write("long.csv", "a,b\n1,2\n3,4,5\n"), "line 3")
    for name in ("NaN", "nan", "inf", "-Infinity", "NA", "None", "1e999", "0x10", "1_000", "1,000"[:1] + "'000", "TRUE", "١"):
        refused(write(f"value {name}.csv", f"a,b\n1,2\n{name},4\n"), "line 3")
    refused(write("open.csv", 'a,b\n1,2\n"3,4\n5,6\n'), "line 3")
    refused(write("mixed-ends.csv", "a,b\r\n1,2\n3,4\r5,x\r\n"), "line 4")
    refused(write("mixed-quoted.csv", 'a,"b\r\nc\rd\ne"\r\n1,2\n3,4\r5,x\r\n'), "line 7")
    refused(write("carriage-x.csv", "a,b\r1,2\r3,x\r"), "line 3")
    refused(write("carriage-short.csv", "a,b\r1,2\r3\r"), "line 3")
    refused(write("wide.csv", ",".join(["1"] * 1_000_000) + "\n"), "columns")
    refused(write("wide-line.csv", "1" * 3_000_000 + ",2\n3,4\n"), "")
    refused(write("utf-16.csv", "a,b\n1,2\n".encode("utf-16")), "UTF-16")
    refused(write("latin.csv", "ä,b\n1,2\n3,ö\n".encode("latin1")), "line 3")
    refused(write("two-labels.csv", "label,target,a\n1,2,3\n"), "several")
    refused(write("json.csv", '{"a": 1, "b": 2}\n'), "")
    refused(write("html.csv", "<html>, <body>\n"), "")
    refused(write("mixed-head.csv", "a,2020\n1,2\n"), "line 1")
    refused(write("zeros.csv", bytes(1000)), "")


def parquet():
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        print("no pyarrow: hostile Parquet is left out", file=sys.stderr)
        return

    def table(path, columns, **options):
        pq.write_table(pa.table(columns), folder / path, **options)
        return path

    x = pa.array(ROWS[:, 0])
    refused(table("nulls.parquet", {"x": x, "gap": pa.array([None] + [1.0] * 39)}), "gap")
    refused(table("nan.parquet", {"x": x, "y": pa.array([float("nan")] + [1.0] * 39)}), "y")
    read(table("dictionary.parquet", {"x": x, "label": pa.array(["a", "b"] * 20).dictionary_encode()}), ROWS[:, :1], ["a", "b"] * 20)
    refused(table("dictionary-text.parquet", {"x": x, "kind": pa.array(["a", "b"] * 20).dictionary_encode()}), "kind")
    either(table("decimal.parquet", {"x": x, "price": pa.array([decimal.Decimal("1.25")] * 40)}))
    refused(table("dates.parquet", {"x": x, "when": pa.array([datetime.datetime(2020, 1, 1)] * 40)}), "when")
    refused(table("date.parquet", {"x": x, "when": pa.array([datetime.date(2020, 1, 1)] * 40)}), "when")
    # Stored as whole numbers, and only Arrow's own notes say otherwise.
    either(table("duration.parquet", {"x": x, "took": pa.array([datetime.timedelta(1)] * 40)}))
    refused(table("list.parquet", {"x": x, "many": pa.array([[1, 2]] * 40)}), "many")
    refused(table("struct.parquet", {"x": x, "nested": pa.array([{"a": 1}] * 40)}), "nested")
    refused(table("none.parquet", {"x": pa.array([], pa.float64())}), "")
    refused(table("no-columns.parquet", {}), "")
    refused(table("only-label.parquet", {"label": pa.array(["a"] * 40)}), "")
    either(table("half.parquet", {"x": pa.array(ROWS[:, 0].astype(np.float16))}))
    either(table("large.parquet", {"x": pa.array([2**60 + 1] * 40)}))
    whole = (folder / table("good.parquet", {"x": x, "y": pa.array(ROWS[:, 1])})).read_bytes()
    for cut in (4, 8, 12, 100, len(whole) // 2, len(whole) - 8, len(whole) - 4, len(whole) - 1):
        refused(write(f"cut-{cut}.parquet", whole[:cut]), "")
    for at in range(4, len(whole), len(whole) // 60):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        either(write(f"flip-{at}.parquet", bytes(broken)))


def hdf5():
    def file(path, fill):
        with h5py.File(folder / path, "w") as handle:
            fill(handle)
        return path

    read(file("chunks.h5", lambda f: f.create_dataset("x", data=GREY, chunks=(7, 3, 2), compression="gzip")), GREY)
    refused(file("several.h5", lambda f: (f.create_dataset("a", data=GREY), f.create_dataset("b", data=GREY))), "several")
    file("outside.h5", lambda f: f.create_dataset("x", data=GREY))

    def external(f):
        f["x"] = h5py.ExternalLink("outside.h5", "x")

    refused(file("external.h5", external), "")
    refused("external.h5", "another file, \"outside.h5\"", key="x")

    def circle(f):
        f["a/again"] = f["/"]
        f["soft"] = h5py.SoftLink("/soft")
        f["x"] = GREY

    either(file("circle.h5", circle))
    read("circle.h5", GREY, key="x")
    either(file("raw.h5", lambda f: f.create_dataset("x", shape=(40, 6, 5), dtype="u1", external=[("raw.bin", 0, 1200)])))
    refused(file("lzf.h5", lambda f: f.create_dataset("x", data=GREY, compression="lzf")), "")
    refused(file("empty.h5", lambda f: None), "")
    refused(file("texts.h5", lambda f: f.create_dataset("x", data=[b"a", b"b"])), "")
    refused(file("compound.h5", lambda f: f.create_dataset("x", data=np.zeros(4, dtype=[("a", "f4")]))), "")
    refused(file("huge.h5", lambda f: f.create_dataset("x", shape=(2**40, 28, 28), dtype="u1", chunks=(1, 28, 28))), "")
    refused(file("huge-table.h5", lambda f: f.create_dataset("x", shape=(2**40, 28), dtype="f8", chunks=(1, 28))), "")
    refused(file("huge-chunk.h5", lambda f: f.create_dataset("x", shape=(2**27, 8), dtype="f8", chunks=(50_000_000, 8), compression="gzip")), "536,870,912")
    refused(file("missing.h5", lambda f: f.create_dataset("x", data=GREY)), "no array", key="y")
    whole = (folder / "chunks.h5").read_bytes()
    for cut in (8, 100, 1000, len(whole) // 2, len(whole) - 1):
        refused(write(f"cut-{cut}.h5", whole[:cut]), "")

    def sparse(path, encoding="csr_matrix", **changed):
        parts = {"data": np.array([1.0, 2, 3, 4]), "indices": np.array([0, 2, 1, 0]), "indptr": np.array([0, 2, 3, 4]), "shape": np.array([3, 3])} | changed

        def fill(f):
            f.attrs["encoding-type"] = "anndata"
            group = f.create_group("X")
            group.attrs["encoding-type"] = encoding
            group.attrs["shape"] = parts["shape"]
            for name in ("data", "indices", "indptr"):
                group[name] = parts[name]

        return file(path, fill)

    read(sparse("csr.h5ad"), [[1, 0, 2], [0, 3, 0], [4, 0, 0]])
    refused(sparse("csc.h5ad", "csc_matrix"), "")
    refused(sparse("index.h5ad", indices=np.array([0, 7, 1, 0])), "")
    refused(sparse("negative.h5ad", indices=np.array([0, -1, 1, 0])), "")
    refused(sparse("back.h5ad", indptr=np.array([0, 3, 2, 4])), "")
    refused(sparse("beyond.h5ad", indptr=np.array([0, 2, 3, 9])), "")
    refused(sparse("start.h5ad", indptr=np.array([1, 2, 3, 4])), "")
    refused(sparse("short.h5ad", indptr=np.array([0, 2, 4])), "")
    refused(sparse("indices.h5ad", indices=np.array([0, 2, 1])), "")
    refused(sparse("shape.h5ad", shape=np.array([2**40, 2**40])), "")
    either(sparse("twice.h5ad", indices=np.array([0, 0, 1, 0])))
    refused(sparse("nan.h5ad", data=np.array([1.0, np.nan, 3, 4])), "")


def idx():
    body = GREY.tobytes()
    for name, count in (("more", 41), ("fewer", 39), ("billions", 2**31 - 1), ("none", 0)):
        header = struct.pack(">HBBIII", 0, 8, 3, count, 6, 5)
        refused(write(f"idx-{name}", header + body), "")
        refused(write(f"idx-{name}.gz", gzip.compress(header + body)), "")
    for kind in (0x09, 0x0B, 0x0C, 0x0D, 0x0E, 0x42):
        refused(write(f"idx-type-{kind}", struct.pack(">HBBIII", 0, kind, 3, 40, 6, 5) + body), "")
    for dimensions in (0, 1, 2, 5, 255):
        refused(write(f"idx-dimensions-{dimensions}", struct.pack(">HBB", 0, 8, dimensions) + struct.pack(">I", 2) * min(dimensions, 9) + body), "")
    whole = struct.pack(">HBBIII", 0, 8, 3, 40, 6, 5) + body
    packed = gzip.compress(whole)
    for cut in (1, 3, 5, 10, 100):
        refused(write(f"idx-cut-{cut}", whole[:cut]), "")
        refused(write(f"idx-cut-{cut}.gz", packed[:cut]), "")
    refused(write("idx-bomb.gz", gzip.compress(whole + bytes(500_000_000))), "")
    # Labels of another number are passed over.
    write("short-labels-idx1-ubyte", struct.pack(">HBBI", 0, 8, 1, 39) + bytes(39))
    read(write("short-images-idx3-ubyte", whole), GREY)


def cifar():
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]

    def batches(place, **changed):
        for name in names:
            content = changed.get(name.split(".")[0], random.integers(0, 10, 3073 * 4, dtype=np.uint8).tobytes())
            if content is not None:
                write(f"{place}/{name}", content)
        write(f"{place}/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n")
        return place

    refused(batches("cifar-cut", data_batch_3=bytes(3073 * 4 - 1)), "")
    refused(batches("cifar-empty", data_batch_3=b""), "")
    refused(batches("cifar-class", data_batch_3=b"\x0b" * 3073), "")
    either(batches("cifar-missing", data_batch_3=None))
    either(batches("cifar-no-test", test_batch=None))


for part in (npy, npz, pictures, csv, parquet, hdf5, idx, cifar):
    part()
(folder / "hostile.json").write_text(json.dumps(hostile))
