#!/bin/sh
# seeds_decode.sh DIR: inputs for fuzz_decode, from the tests' own frames.
exec python3 "$TRAF_SRCDIR/tests/captures/gencap.py" --seeds "$1"
