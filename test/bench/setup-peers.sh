#!/bin/sh
# Installs what `npm run bench` compares with, from Debian's own packages. Run as root.
set -eu
apt-get update
# libopenblas0-pthread matters: without it PyTorch falls back to a reference BLAS that is many times slower.
apt-get install --yes --no-install-recommends python3-torch libopenblas0-pthread python3-numpy python3-optuna
/usr/bin/python3 "$(dirname "$0")/peers/versions.py"
