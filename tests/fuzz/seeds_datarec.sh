#!/bin/sh
# seeds_datarec.sh DIR: inputs for fuzz_datarec, from the tests' own records.
exec python3 -B "$TRAF_SRCDIR/tests/lib/datatraces.py" seeds "$1"
