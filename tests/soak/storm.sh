#!/bin/bash
# storm.sh [ROWS [SECONDS]]: twelve clients query the table of a daemon with
# that many rows (default 300,000) without pause, for SECONDS (120).  Prints the
# daemon's CPU time, which is limited to two seconds, then 1/50 of a core for
# queries, and what connections cost.  Exit status 1 if it is more than that
# plus 2 %.  For both sources.  Needs root and a build.
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
