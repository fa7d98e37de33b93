#!/bin/bash
# control.sh [CLIENTS]: that many hostile clients (default 10,000) connect to
# the control socket of a daemon and as many to its web server, while it counts
# known traffic; with each source.  The account must be exact to the byte, no
# packet dropped, and both must answer afterwards.  Needs root and a build.
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
# shellcheck source=tests/cli/web_helpers.bash
. "$TRAF_SRCDIR/tests/cli/web_helpers.bash"

end() {
	stop_web KILL
	live_teardown
}

# Ticks of a process.
ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# The sender sends for as long as the slower of the two takes.
soak() {
	start_trafd -m 0 --buffer 64
	start_web --http 0
	before=$(ticks "$PID")
	ip netns exec "$NS_A" "$SENDER" veA 1000 $((n * 200)) 20000 \
		>"$DIR/sent" &
	sender=$!
	python3 "$TRAF_SRCDIR/tests/lib/strangers.py" hostile \
		"${WEB##*:}" "$n" >/dev/null &
	strangers=$!
	begin=$(date +%s)
	python3 "$TRAF_SRCDIR/tests/cli/control.py" \
		"$DIR/run/trafd.veB.sock" "$n"
	wait $strangers
	echo "$TRAF_SOURCE: twice $n clients in $(($(date +%s) - begin)) s"
	wait $sender
	get /api/v1/live >/dev/null
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		--ask=save
	echo "processor time of the daemon: $(($(ticks "$PID") - before))" \
		"ticks"
	echo "dropped: $(ledger drop_kernel)"
	stop_web TERM
	stop_trafd TERM
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	account | diff "$DIR/want" - >"$DIR/diff" || {
		head "$DIR/diff"
		echo "the account is wrong"
		exit 1
	}
	echo "the account is exact"
}

live_setup
web_setup
trap end EXIT
for TRAF_SOURCE in pcap ebpf; do
	soak
	rm -rf "$DIR/state" "$DIR/run"
	mkdir "$DIR/state" "$DIR/run"
done
