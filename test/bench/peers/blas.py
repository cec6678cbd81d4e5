"""The BLAS that this process has loaded."""
import ctypes
import os


def files():
    """Its files: Debian's libblas.so.3 is a link to whatever serves as BLAS."""
    with open("/proc/self/maps") as maps:
        return {os.path.realpath(line.split()[-1]) for line in maps if "libblas" in line or "openblas" in line}


def kernels():
    """The processor for which OpenBLAS computes, as it says; None for another BLAS."""
    for file in files():
        if "openblas" in file:
            name = ctypes.CDLL(file).openblas_get_corename
            name.restype = ctypes.c_char_p
            return name().decode()
    return None


def preloaded():
    """Whether what LD_PRELOAD asks for is here: the linker ignores what it does not find."""
    with open("/proc/self/maps") as maps:
        loaded = maps.read()
    return all(name in loaded for name in os.environ.get("LD_PRELOAD", "").split())
