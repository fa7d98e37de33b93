#!/bin/bash
# page.sh ROWS [SECONDS]: the cost of the live page with that many rows in the
# table: CPU time of the daemon and of trafstatd together while a client queries
# once a second, for SECONDS (default 60).  Exit status 1 if that is 1 % of a
# core or more.  Needs root and a build.
set -eu
rows=$1
seconds=${2:-60}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
skip() {
	echo "page.sh: $*" >&2
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

# Ticks of both.
cpu() {
	cat "/proc/$PID/stat" "/proc/$WEB_PID/stat" |
		awk '{ n += $14 + $15 } END { print n }'
}

live_setup
web_setup
trap end EXIT
start_trafd --buffer 64
start_web --http 0
ip netns exec "$NS_A" "$SENDER" veA random "$rows" 200000 >/dev/null
wait_until 60 taken "$rows"
get /api/v1/live >/dev/null
before=$(cpu)
begin=$(date +%s%N)
for ((i = 0; i < seconds; i++)); do
	get "/api/v1/live?since=$i" >/dev/null
	sleep 1			# as a browser asks
done
ticks=$(($(cpu) - before))
ns=$(($(date +%s%N) - begin))
awk -v rows="$rows" -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" -v ns="$ns" '
BEGIN {
	percent = ticks / hz / (ns / 1e9) * 100
	printf "%d rows: %.2f %% of a core, daemon and trafstatd\n", rows, percent
	exit percent >= 1
}'
