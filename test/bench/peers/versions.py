"""Prints the versions of the peers as JSON, with the BLAS that PyTorch really loaded."""
import json
import os
import platform

import numpy
import optuna
import torch

with open("/proc/self/maps") as maps:
    blas = {os.path.realpath(line.split()[-1]) for line in maps if "libblas" in line or "openblas" in line}
print(json.dumps({
    "python": platform.python_version(),
    "torch": torch.__version__,
    "torch_blas": "OpenBLAS" if any("openblas" in file for file in blas) else "a slow reference BLAS",
    "numpy": numpy.__version__,
    "optuna": optuna.__version__,
}))
