#!/bin/sh
# Installs what `npm run bench` compares with, from Debian's own packages. Run as root.
set -eu
apt-get update
# libopenblas0-pthread matters: without it PyTorch falls back to a reference BLAS that is many times slower.
# The two other allocators are among the set-ups that the bench tries for its peer.
apt-get install --yes --no-install-recommends python3-torch libopenblas0-pthread python3-numpy python3-optuna \
  libjemalloc2 libtcmalloc-minimal4
/usr/bin/python3 "$(dirname "$0")/peers/versions.py"
