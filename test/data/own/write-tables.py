"""Writes the files of HDF5 and Parquet that their readers are held to, into `fixtures/tables` beside this script.

By h5py, SciPy and pandas with pyarrow (Debian: python3-h5py, python3-scipy, python3-pandas; pyarrow from PyPI), which no test
needs: what they wrote is kept. What each file holds is in `expected.json`.
"""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import scipy.sparse

FOLDER = Path(__file__).parent / "fixtures" / "tables"
N = 24
random = np.random.default_rng(14)
expected = {}


def expect(name, values, labels=None, names=None, key=None):
    expected[name if key is None else f"{name} {key}"] = {
        "shape": list(values.shape),
        "values": values.astype(np.float64).ravel().tolist(),
        "labels": labels,
        "names": names,
    }


def hdf5():
    colour = random.integers(0, 256, (N, 3, 4, 3), dtype=np.uint8)
    factors = random.integers(0, 4, (N, 3)) / 4
    with h5py.File(FOLDER / "factors.h5", "w") as file:
        file.create_dataset("images", data=colour, chunks=(5, 2, 4, 3), compression="gzip", shuffle=True)
        file["labels"] = factors
        file["again"] = h5py.SoftLink("/")
    expect("factors.h5", colour, [" ".join(f"{one:g}" for one in row) for row in factors])
    with h5py.File(FOLDER / "several.h5", "w") as file:
        file["train/x"] = random.random((N, 5)).astype(">f4")
        file["train/flags"] = random.random((N, 5)) < 0.5
        file["test/whole"] = random.integers(-(2**40), 2**40, (N, 2))
        file["half"] = random.random((N, 5)).astype("f2")
        file["cells"] = np.zeros(N, dtype=[("a", "i4"), ("b", "f8")])
        file.create_dataset("lzf", data=random.random((N, 5)), compression="lzf")
        for key in ("train/x", "train/flags", "test/whole"):
            expect("several.h5", file[key][:], key=key)


def anndata():
    counts = random.poisson(0.7, (N, 6)).astype(np.float32)
    kinds = np.array(["T", "B", "NK"])
    codes = random.integers(0, 3, N)
    for name, dense in (("dense", True), ("sparse", False)):
        with h5py.File(FOLDER / f"{name}.h5ad", "w") as file:
            file.attrs["encoding-type"] = "anndata"
            if dense:
                file["X"] = np.log1p(counts)
                csr(file.create_group("layers/counts"), counts)
            else:
                csr(file.create_group("X"), counts)
            obs = file.create_group("obs")
            obs["cell_type/codes"] = codes.astype(np.int8)
            obs["cell_type/categories"] = np.array(kinds, dtype=h5py.string_dtype())
            var = file.create_group("var")
            var.attrs["_index"] = "gene"
            var["gene"] = np.array([f"g{i}" for i in range(6)], dtype=h5py.string_dtype())
    labels, names = kinds[codes].tolist(), [f"g{i}" for i in range(6)]
    expect("sparse.h5ad", counts, labels, names)
    expect("dense.h5ad", np.log1p(counts), labels, names)
    expect("dense.h5ad", counts, labels, names, key="layers/counts")


def csr(group, values):
    matrix = scipy.sparse.csr_matrix(values)
    group.attrs["encoding-type"] = "csr_matrix"
    group.attrs["shape"] = matrix.shape
    for part in ("data", "indices", "indptr"):
        group[part] = getattr(matrix, part)


def parquet():
    frame = pd.DataFrame(
        {
            "double": random.normal(size=N),
            "float": random.normal(size=N).astype(np.float32),
            "long": random.integers(-(2**50), 2**50, N),
            "short": random.integers(0, 3, N).astype(np.uint8),
            "unsigned": random.integers(2**31, 2**32, N).astype(np.uint32),
            "flag": random.random(N) < 0.5,
            "label": np.array(["cat", "dög"])[random.integers(0, 2, N)],
        }
    )
    names = [name for name in frame.columns if name != "label"]
    for compression in ("snappy", "zstd", "gzip"):
        frame.to_parquet(FOLDER / f"{compression}.parquet", compression=compression, row_group_size=10)
        expect(f"{compression}.parquet", frame[names].to_numpy(dtype=np.float64), frame["label"].tolist(), names)
    frame.index = [f"row {i}" for i in range(N)]
    frame[["double", "long"]].to_parquet(FOLDER / "index.parquet", compression=None)
    expect("index.parquet", frame[["double", "long"]].to_numpy(dtype=np.float64), None, ["double", "long"])
    frame.assign(double=frame["double"].where(np.arange(N) != 7)).to_parquet(FOLDER / "refused-gap.parquet")
    frame.assign(name="x").to_parquet(FOLDER / "refused-text.parquet")
    frame.assign(day=pd.Timestamp("2026-01-01")).to_parquet(FOLDER / "refused-time.parquet")
    frame.assign(some=[[1, 2]] * N).to_parquet(FOLDER / "refused-list.parquet")
    frame.to_parquet(FOLDER / "refused-lz4.parquet", compression="lz4")


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()
hdf5()
anndata()
parquet()
shutil.copy(FOLDER / "sparse.h5ad", FOLDER.parent / "cells.h5ad")  # a spec in docs/data.md names it
(FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
