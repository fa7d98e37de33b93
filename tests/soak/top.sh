#!/bin/bash
# top.sh [HOSTS]: there are that many hosts (default 20,000) of some 100 kB
# each, more than trafstat --top queries at first, and a new host begins to send
# 7 kB/s.  It must be in the list within ten seconds, and never with a rate that
# is too high.  Needs root and a build.
set -eu
hosts=${1:-20000}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
skip() {
	echo "top.sh: $*" >&2
	exit 77
}
# shellcheck source=tests/cli/live_helpers.bash
. "$TRAF_SRCDIR/tests/cli/live_helpers.bash"

live_setup
trap live_teardown EXIT
start_trafd -m 0 --buffer 64
ip netns exec "$NS_A" "$SENDER" veA "$hosts" $((hosts * 150)) >/dev/null
ip -n "$NS_A" addr add 192.0.2.1/24 dev veA
ip -n "$NS_A" neigh add 192.0.2.2 lladdr 02:00:00:00:00:09 dev veA
wait_until 60 taken $((hosts * 150))
"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB -n \
	--top=hosts --format=json 2 8 >"$DIR/out" &
top=$!
wait_until 20 test -s "$DIR/out"
timeout 20 ip netns exec "$NS_A" python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    s.sendto(b"x" * 1400, ("192.0.2.2", 9))
    time.sleep(0.2)' || :
wait $top
python3 - "$DIR/out" <<'END'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
rates = [max((r["rate_2s"] for r in line["top"]
              if r["label"] == "192.0.2.1"), default=None) for line in lines]
print("rates of the newcomer, each 2 s:", rates)
known = [r for r in rates if r is not None]
sys.exit(len(known) < 3 or max(known) > 10000)
END
