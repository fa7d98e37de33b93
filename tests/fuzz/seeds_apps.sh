#!/bin/sh
# seeds_apps.sh DIR: inputs for fuzz_apps, from the tests' own packets.
exec python3 -B "$TRAF_SRCDIR/tests/lib/appmaker.py" --seeds "$1"
