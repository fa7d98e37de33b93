#!/bin/sh
# seeds_capture.sh DIR: inputs for fuzz_capture, small captures of every kind.
set -eu

python3 -B "$TRAF_SRCDIR/tests/captures/gencap.py" --small "$1"
