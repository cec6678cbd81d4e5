"""Writes the files that the readers of one's own images are held to, into the folder `fixtures` beside this script.

By NumPy and Pillow (Debian: python3-numpy, python3-pil), which no test needs: what they wrote is kept. What the pixels of
each file are is in `expected.json`, in hexadecimal: as NumPy rounds them, or as Pillow reads them.
"""

import gzip
import hashlib
import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FOLDER = Path(__file__).parent / "fixtures"
N, H, W = 12, 5, 7
random = np.random.default_rng(14)
expected = {}


def expect(name, pixels):
    expected[name] = {"shape": list(pixels.shape), "pixels": pixels.astype(np.uint8).tobytes().hex()}


def arrays():
    grey = random.integers(0, 256, (N, H, W), dtype=np.uint8)
    colour = random.integers(0, 256, (N, H, W, 3), dtype=np.uint8)
    # Both ends, halves, and values whose product is no whole number.
    floats = random.random((N, H, W))
    floats[0, 0, :6] = [0, 1, 0.5, 0.5 / 255, 1.5 / 255, 254.5 / 255]
    for version in (1, 2, 3):
        with open(FOLDER / f"grey-v{version}.npy", "wb") as file:
            np.lib.format.write_array(file, grey, version=(version, 0))
        expect(f"grey-v{version}.npy", grey)
    np.save(FOLDER / "one-channel.npy", grey[..., None])
    expect("one-channel.npy", grey)
    np.save(FOLDER / "colour.npy", colour)
    expect("colour.npy", colour)
    for dtype in (np.float32, np.float64):
        name = f"{np.dtype(dtype).name}.npy"
        np.save(FOLDER / name, floats.astype(dtype))
        expect(name, np.floor(floats.astype(dtype).astype(np.float64) * 255 + 0.5))
    np.save(FOLDER / "bool.npy", grey > 127)
    expect("bool.npy", (grey > 127) * 255)
    np.savez(FOLDER / "stored.npz", images=grey, labels=np.arange(N))
    expect("stored.npz", grey)
    np.savez_compressed(FOLDER / "packed.npz", labels=np.array(["a"] * N, dtype=object), x=colour)
    expect("packed.npz", colour)
    idx = struct.pack(">HBBIII", 0, 8, 3, N, H, W) + grey.tobytes()
    (FOLDER / "grey.idx").write_bytes(idx)
    expect("grey.idx", grey)
    (FOLDER / "grey.idx.gz").write_bytes(gzip.compress(idx, mtime=0))
    expect("grey.idx.gz", grey)
    (FOLDER / "colour.idx").write_bytes(struct.pack(">HBBIIII", 0, 8, 4, N, H, W, 3) + colour.tobytes())
    expect("colour.idx", colour)
    refused(grey)
    folders(grey, colour)


def table():
    rows = [f"{i / 2},{i * i / 8},{'odd' if i % 2 else 'even'}" for i in range(N)]
    (FOLDER / "table.csv").write_text("\n".join(["length,weight,label", *rows, ""]))


def refused(grey):
    np.save(FOLDER / "refused-fortran.npy", np.asfortranarray(grey))
    np.save(FOLDER / "refused-big-endian.npy", (grey / 255).astype(">f4"))
    np.save(FOLDER / "refused-object.npy", np.array([None, "x"], dtype=object))
    np.save(FOLDER / "refused-int64.npy", grey.astype(np.int64))
    np.save(FOLDER / "refused-structured.npy", np.zeros(3, dtype=[("a", "u1"), ("b", "f4")]))
    np.save(FOLDER / "refused-rows.npy", grey.reshape(N, -1))
    np.save(FOLDER / "refused-channels-first.npy", np.zeros((N, 3, H, W), dtype=np.uint8))
    np.save(FOLDER / "refused-nothing.npy", np.zeros((0, H, W), dtype=np.uint8))
    np.save(FOLDER / "refused-nan.npy", np.where(grey == grey[3, 2, 1], np.nan, 0.5).astype(np.float32))
    np.save(FOLDER / "refused-white-255.npy", grey.astype(np.float32))
    np.savez(FOLDER / "refused-several.npz", train=grey, test=grey)
    np.savez(FOLDER / "refused-labels.npz", labels=np.arange(N))


def folders(grey, colour):
    for name, images in (("faces", grey), ("colour", colour)):
        (FOLDER / name / "b").mkdir(parents=True)
        for i, image in enumerate(images):
            # In a folder inside, after all others in the order of names.
            Image.fromarray(image).save(FOLDER / name / (f"{i:02}.png" if i < 9 else f"b/{i:02}.png"))
        expect(name, images)
    (FOLDER / "faces" / "labels.csv").write_text("00.png,3\n")
    mixed = FOLDER / "mixed"
    mixed.mkdir()
    Image.fromarray(grey[0]).save(mixed / "a.png")
    Image.fromarray(colour[1]).save(mixed / "b.png")
    Image.fromarray(colour[2]).quantize(16).save(mixed / "c.png")
    expect("mixed", np.stack([np.asarray(Image.open(mixed / name).convert("RGB")) for name in ("a.png", "b.png", "c.png")]))


def pngs():
    """Each kind that there is, plain and interlaced, of a width that no byte ends with."""
    folder = FOLDER / "png"
    folder.mkdir()
    h, w = 11, 13
    for kind, samples, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (3, 1, (1, 2, 4, 8)), (4, 2, (8, 16)), (6, 4, (8, 16))):
        for depth in depths:
            values = random.integers(0, 2**depth, (h, w, samples))
            if kind in (4, 6):
                values[..., -1] = 2**depth - 1
            palette = random.integers(0, 256, (2**depth, 3), dtype=np.uint8) if kind == 3 else None
            shown = palette[values[..., 0]] if kind == 3 else values[..., :3] if samples > 2 else values[..., 0]
            pixels = shown if kind == 3 else np.floor(shown * 255 / (2**depth - 1) + 0.5)
            for interlaced in (False, True):
                name = f"kind{kind}-{depth}{'-interlaced' if interlaced else ''}.png"
                (folder / name).write_bytes(png(values, kind, depth, palette, interlaced))
                as_pillow_reads(folder / name, pixels, kind, depth)
                expect(f"png/{name}", pixels)
    # What Pillow writes, with filters of its choice.
    ramp = np.add.outer(np.arange(h) * 9, np.arange(w) * 7).astype(np.uint8)
    Image.fromarray(ramp).save(folder / "pillow-grey.png")
    expect("png/pillow-grey.png", ramp)
    smooth = np.stack([ramp, ramp[::-1], ramp // 2], axis=-1)
    Image.fromarray(smooth).save(folder / "pillow-colour.png", optimize=True)
    expect("png/pillow-colour.png", smooth)
    see_through = np.concatenate([smooth, ramp[..., None]], axis=-1)
    Image.fromarray(see_through, "RGBA").save(folder / "refused-alpha.png")
    Image.fromarray(ramp).save(folder / "refused-colour-of-nothing.png", transparency=int(ramp[3, 3]))
    Image.fromarray(smooth).quantize(8).save(folder / "refused-palette-of-nothing.png", transparency=2)


def jpegs():
    folder = FOLDER / "jpeg"
    folder.mkdir()
    h, w = 21, 19
    y, x = np.mgrid[0:h, 0:w]
    grey = np.clip(np.sin(x / 3) * 60 + np.cos(y / 4) * 60 + 128 + random.normal(0, 6, (h, w)), 0, 255).astype(np.uint8)
    colour = np.stack([grey, np.roll(grey, 5, 0), 255 - grey], axis=-1)

    def keep(name, pixels, **options):
        Image.fromarray(pixels).save(folder / name, **options)
        expect(f"jpeg/{name}", np.asarray(ImageOps.exif_transpose(Image.open(folder / name))))

    keep("grey.jpg", grey, quality=85)
    keep("grey-progressive.jpg", grey, progressive=True)
    for subsampling, name in enumerate(("444", "422", "420")):
        keep(f"colour-{name}.jpg", colour, quality=80, subsampling=subsampling)
    keep("colour-progressive.jpg", colour, quality=60, progressive=True)
    keep("restarts.jpg", colour, quality=80, restart_marker_blocks=1)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        keep(f"orientation-{orientation}.jpg", colour, exif=exif)
    # In the other order of bytes, behind something else.
    little = (folder / "orientation-6.jpg").read_bytes()
    at = little.index(b"Exif") - 4
    big = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    comment = b"\xff\xfe" + struct.pack(">H", 702) + b"\xff\xd9" * 350
    end = at + 2 + struct.unpack(">H", little[at + 2 : at + 4])[0]
    (folder / "big-endian.jpg").write_bytes(little[:at] + comment + big + little[end:])
    expect("jpeg/big-endian.jpg", np.asarray(ImageOps.exif_transpose(Image.open(folder / "big-endian.jpg"))))
    Image.fromarray(colour).convert("CMYK").save(folder / "refused-cmyk.jpg")
    whole = (folder / "colour-420.jpg").read_bytes()
    (folder / "refused-cut.jpg").write_bytes(whole[:-80])
    (folder / "refused-header-alone.jpg").write_bytes(whole[:60])
    (folder / "refused-rare.jpg").write_bytes(whole.replace(b"\xff\xc0", b"\xff\xc9", 1))
    photos = FOLDER / "photos"
    photos.mkdir()
    Image.fromarray(grey).save(photos / "a.png")
    Image.fromarray(colour).save(photos / "b.JPG", quality=90)
    Image.fromarray(grey).save(photos / "c.jpeg", quality=90)
    expect("photos", np.stack([np.asarray(Image.open(photos / name).convert("RGB")) for name in ("a.png", "b.JPG", "c.jpeg")]))


def as_pillow_reads(file, pixels, kind, depth):
    """Pillow reads the same; of 16 bits it keeps the upper eight where there are several samples."""
    read = Image.open(file)
    if depth == 16:
        if kind == 0:
            assert np.array_equal(np.floor(np.asarray(read).astype(np.int64) / 257 + 0.5), pixels), file
        return
    assert np.array_equal(np.asarray(read.convert("L" if kind in (0, 4) else "RGB")), pixels), file


def png(values, kind, depth, palette, interlaced):
    """Each row by another filter."""
    h, w, samples = values.shape
    data = b""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for x, y, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        part = values[y::down, x::across]
        if part.size > 0:
            data += filtered(part, depth, max(1, samples * depth // 8))
    chunks = chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, kind, 0, 0, int(interlaced)))
    if palette is not None:
        chunks += chunk(b"PLTE", palette.tobytes())
    packed = zlib.compress(data)
    half = len(packed) // 2
    chunks += chunk(b"tEXt", b"Comment\0of no use") + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:])
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IEND", b"")


def filtered(part, depth, step):
    lines = b""
    above = None
    for row, samples in enumerate(part):
        bits = np.unpackbits(samples.reshape(-1, 1).astype(">u2").view(np.uint8).reshape(-1, 2), axis=1)[:, 16 - depth :]
        line = np.packbits(bits.reshape(-1)).astype(np.int64)
        up = np.zeros_like(line) if above is None else above
        left = np.concatenate([np.zeros(step, dtype=np.int64), line])[: len(line)]
        corner = np.concatenate([np.zeros(step, dtype=np.int64), up])[: len(line)]
        kind = row % 5
        guess = left + up - corner
        to = [abs(guess - one) for one in (left, up, corner)]
        paeth = np.where((to[0] <= to[1]) & (to[0] <= to[2]), left, np.where(to[1] <= to[2], up, corner))
        predicted = [0 * line, left, up, (left + up) // 2, paeth][kind]
        lines += bytes([kind]) + ((line - predicted) % 256).astype(np.uint8).tobytes()
        above = line
    return lines


def png_suite():
    """Of Willem van Schaik's PNG suite what Pillow reads exactly: no 16 bits, nothing that is transparent."""
    folder = FOLDER.parent / "png-suite"
    known = {}
    for file in sorted(folder.glob("[!x]*.png")):
        image = Image.open(file)
        image.load()
        if file.stem.endswith("16") or "A" in image.mode or "transparency" in image.info:
            continue
        image = image.convert("RGB" if image.mode in ("P", "RGB") else "L")
        known[file.name] = hashlib.sha256(image.tobytes()).hexdigest()
    (folder / "expected.json").write_text(json.dumps(known, indent=1) + "\n")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()
arrays()
table()
pngs()
jpegs()
png_suite()
(FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
