#!/bin/sh
# seeds_dissect.sh DIR: inputs for fuzz_dissect, from the tests' own frames.
exec python3 "$TRAF_SRCDIR/tests/captures/gencap.py" --seeds "$1"
