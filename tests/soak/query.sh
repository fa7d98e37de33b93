#!/bin/bash
# query.sh [ROWS [RATE]]: the cost of queries of a large live table.  A daemon
# counts RATE (default 200,000) packets per second into a table of ROWS (one
# million), and is queried for the twenty largest rows without pause.  Prints
# how long answers took, the longest pause of the capture, and the number of
# dropped packets.  Needs root and a build.
set -eu
rows=${1:-1000000} rate=${2:-200000}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
export TRAF_SRCDIR TRAF_BUILDDIR
skip() {
	echo "query.sh: $*" >&2
	exit 77
}
# shellcheck source=tests/cli/live_helpers.bash
. "$TRAF_SRCDIR/tests/cli/live_helpers.bash"

live_setup
trap live_teardown EXIT
start_trafd -m 0 --buffer 64
stat_of() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB "$@"
}
number() {
	stat_of -D --format=json | python3 -c "
import json, sys
print(json.load(sys.stdin)[0]$1)"
}
ip netns exec "$NS_A" "$SENDER" veA "$rows" "$rows" "$rate" >"$DIR/sent"
echo "rows: $(number '["rows"]')"
ip netns exec "$NS_A" "$SENDER" veA "$rows" $((rate * 15)) "$rate" \
	>"$DIR/sent" &
sender=$!
for what in "--rows=20" "--top=hosts --format=json"; do
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		begin=$(date +%s%N)
		# shellcheck disable=SC2086 # words
		stat_of -n $what >"$DIR/out"
		echo $((($(date +%s%N) - begin) / 1000000))
		sleep 0.2	# for the next one
	done | sort -n | awk -v what="$what" '
		{ t[NR] = $1 }
		END { print what ": median " t[int((NR + 1) / 2)] \
		    " ms, at most " t[NR] " ms" }'
done
wait $sender
stat_of --ask=dump		# has all that came before
echo "freezes: $(number '["freezes"]'), the worst pause" \
    "$(number '["freeze_worst_ns"]') ns"
echo "dropped: $(number '["total"]["drop_kernel"]')," \
    "packets: $(number '["total"]["ip"]'), sent: $((rows + rate * 15))"
