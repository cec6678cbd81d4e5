"""Prints the versions of the peers as JSON, with the BLAS that PyTorch really loaded."""
import json
import platform

import numpy
import optuna
import torch

import blas

print(json.dumps({
    "python": platform.python_version(),
    "torch": torch.__version__,
    "torch_blas": "OpenBLAS" if any("openblas" in file for file in blas.files()) else "a slow reference BLAS",
    "numpy": numpy.__version__,
    "optuna": optuna.__version__,
}))
