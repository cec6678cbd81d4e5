"""numpy's matrix products and copies, one thread; tells first how far a product is from double precision's.

Each line {"products": n, "copies": m} is answered with the seconds of n products and of m copies.
"""
import json
import sys
import time

import numpy

import blas

settings = json.loads(sys.argv[1])
size = settings["size"]
random = numpy.random.default_rng(0)
first, second = (random.standard_normal((size, size), dtype=numpy.float32) for _ in range(2))
exact = first.astype(numpy.float64) @ second.astype(numpy.float64)
error = numpy.abs(first @ second - exact).max() / numpy.abs(exact).max()
source = numpy.ones(settings["floats"], dtype=numpy.float32)
target = numpy.ones_like(source)
print(json.dumps({"kernels": blas.kernels(), "preloaded": blas.preloaded(), "error": float(error)}), flush=True)

for line in sys.stdin:
    question = json.loads(line)
    started = time.perf_counter()
    for _ in range(question["products"]):
        first @ second
    multiplied = time.perf_counter()
    for _ in range(question["copies"]):
        numpy.copyto(target, source)
    copied = time.perf_counter()
    print(json.dumps({"products": multiplied - started, "copies": copied - multiplied}), flush=True)
