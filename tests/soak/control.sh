#!/bin/bash
# control.sh [CLIENTS]: that many hostile clients (10,000) at the control
# socket of a daemon that accounts known traffic meanwhile.  The account must
# be exact to the byte, and no packet dropped.  As root; programs built.
set -eu
n=${1:-10000}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
export TRAF_SRCDIR TRAF_BUILDDIR
skip() {
	echo "control.sh: $*" >&2
	exit 77
}
# shellcheck source=tests/cli/live_helpers.bash
. "$TRAF_SRCDIR/tests/cli/live_helpers.bash"

live_setup
trap live_teardown EXIT
start_trafd -m 0 --buffer 64
before=$(awk '{ print $14 + $15 }' "/proc/$PID/stat")
ip netns exec "$NS_A" "$SENDER" veA 1000 600000 20000 >"$DIR/sent" &
sender=$!
date "+%T $n clients"
python3 "$TRAF_SRCDIR/tests/cli/control.py" "$DIR/run/trafd.veB.sock" "$n"
date '+%T done'
wait $sender
after=$(awk '{ print $14 + $15 }' "/proc/$PID/stat")
"$TRAF_BUILDDIR/tools/trafstat" --run-dir="$DIR/run" -i veB --ask=save
echo "processor time of the daemon: $((after - before)) ticks"
echo "dropped: $(ledger drop_kernel)"
stop_trafd TERM
LC_ALL=C sort "$DIR/sent" >"$DIR/want"
account | diff "$DIR/want" - >"$DIR/diff" || {
	head "$DIR/diff"
	echo "the account is wrong"
	exit 1
}
echo "the account is exact"
