#!/bin/bash
# storm.sh [ROWS [SECONDS]]: twelve clients ask a daemon with that many rows
# (300,000) for a table without a pause, for that long (120): what it costs the
# daemon, which is bound to two seconds of a core, a fiftieth of one from then
# on, and the connections; 1 when it is more than that and 2 %.  For both
# sources.  As root; programs built.
set -eu
rows=${1:-300000}
seconds=${2:-120}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
skip() {
	echo "storm.sh: $*" >&2
	exit 77
}
# shellcheck source=tests/cli/live_helpers.bash
. "$TRAF_SRCDIR/tests/cli/live_helpers.bash"

live_setup
trap live_teardown EXIT
for TRAF_SOURCE in pcap ebpf; do
	start_trafd -m 0 --buffer 64
	ip netns exec "$NS_A" "$SENDER" veA random "$rows" 100000 >/dev/null
	wait_until 60 taken "$rows"
	echo "$TRAF_SOURCE, $rows rows"
	python3 "$TRAF_SRCDIR/tests/cli/control.py" "$DIR/run/trafd.veB.sock" \
		ask "$PID" "$seconds" 20
	stop_trafd TERM
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
done
