#!/usr/bin/env bats
# Time may jump: the time of day is set back and forward under the daemon.
# jobs: 5

load assert
load live_helpers

setup() {
	live_setup
	${TRAF_CC:-cc} -shared -fPIC -o "$DIR/skew.so" \
		"$TRAF_SRCDIR/tests/lib/skew.c" || skip "cannot preload here"
	printf '%-20s' 0 >"$DIR/skew"
	export LD_PRELOAD=$DIR/skew.so SKEW_FILE=$DIR/skew
	export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
	date >/dev/null
}

teardown() {
	unset LD_PRELOAD
	live_teardown
}

send() {
	LD_PRELOAD='' ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
}

# set_clock SECONDS: off by so many from now on, and nothing in between: the
# file is never empty.
set_clock() {
	printf '%-20s' "$1" 1<>"$DIR/skew"
}

# now: seconds of a clock that nobody sets, to a hundredth.
now() {
	awk '{ print $1 }' /proc/uptime
}

# begin OPTIONS...: a daemon; its first block has begun between $before and
# $after.
begin() {
	before=$(now)
	start_trafd -m 0 "$@"
	after=$(now)
}

# save N: the Nth; how long its block has lasted, at least and at most, goes to
# the file of limits.
save() {
	local asked
	asked=$(now)
	kill -INT "$PID"
	wait_until 20 reached save_done "$1"
	limit "$asked" "$(now)"
	before=$asked after=$(now)
}

# limit ASKED DONE: of a block that ended between these.
limit() {
	awk -v asked="$1" -v done="$2" -v before="$before" -v after="$after" \
		'BEGIN { print asked - after - 0.02, done - before + 0.02 }' \
		>>"$DIR/limits"
}

# blocks PYTHON: an expression over b, the ledgers of the blocks, dt, by how
# many seconds each ends after it begins, seconds, how long it has lasted, and
# limits of that.
blocks() {
	"$TRAFLOG" --coverage --format=json -i "$DIR/state/trafd.veB" |
		LD_PRELOAD='' python3 -c '
import datetime, json, sys
b = [json.loads(line) for line in sys.stdin]
at = lambda t: datetime.datetime.strptime(t, "%Y-%m-%dT%H:%M:%SZ")
dt = [(at(d["end"]) - at(d["begin"])).total_seconds() for d in b]
seconds = [d["duration_ns"] / 1e9 for d in b]
limits = [tuple(map(float, line.split())) for line in open(sys.argv[1])]
if not ('"$1"'):
    print(b, dt, seconds, limits)
    sys.exit(1)' "$DIR/limits"
}

@test "set back and forward: blocks end after they begin, durations are true" {
	begin
	send
	save 1
	set_clock -86400
	send
	save 2			# began before, ends a day earlier
	send
	save 3			# a day ago, whole
	set_clock 86400
	send
	save 4			# two days long by the clock
	send
	save 5
	stop_trafd TERM
	blocks 'len(b) == 5'
	blocks 'all(t >= 0 for t in dt)'
	blocks 'dt[1] == 0 and dt[3] > 172000'
	blocks 'dt[0] < 20 and dt[2] < 20 and dt[4] < 20'
	blocks 'len(limits) == 5'
	blocks 'all(lo <= s <= hi for s, (lo, hi) in zip(seconds, limits))'
	blocks 'b[2]["begin"] < b[0]["begin"] < b[4]["begin"]'
	# One after the other, in the order of their epochs, nothing lost.
	[ "$(packets)" -eq 500 ]
	"$TRAFLOG" --check "$DIR/state/trafd.veB"
}

@test "resumed with the clock set back: the account goes on" {
	begin
	send
	limit "$(now)" "$(now)"		# at least, of the first part
	stop_trafd TERM
	set_clock -86400
	first=$before
	begin -r
	send
	before=$first			# at most, of both
	save 1
	stop_trafd TERM
	[ "$(packets)" -eq 200 ]
	blocks 'dt[0] >= 0 and b[0]["gaps"] == 1 and b[0]["gap_ns"] == 0'
	blocks 'limits[0][0] + limits[1][0] <= seconds[0] <= limits[1][1]'
}

@test "each gap has its reason: no daemon, a suspended machine, both" {
	begin
	send
	set_clock "3600 3600"
	send
	save 1
	blocks 'b[0]["gaps"] == 1 and b[0]["away_ns"] == b[0]["down_ns"] == 0'
	blocks '3599e9 < b[0]["suspended_ns"] == b[0]["gap_ns"] < 3601e9'
	send
	stop_trafd TERM
	stopped=$(date +%s%N)
	begin -r
	started=$(date +%s%N)
	save 1
	blocks 'b[1]["gaps"] == 1 and b[1]["suspended_ns"] == 0'
	blocks "0 < b[1]['down_ns'] == b[1]['gap_ns'] < $started - $stopped + 5e9"
	LD_PRELOAD='' "$TRAFLOG" -n -i "$DIR/state/trafd.veB" --total >"$DIR/text"
	grep -q 'machine suspended 3600.0 s' "$DIR/text"
	grep -q 'no trafd running' "$DIR/text"	# perhaps less than 1 s
	lacks 'interface missing' "$DIR/text"
}

@test "timers go on when the clock is set back a year" {
	start_trafd -m 0 --dump-interval 1 --save-interval 2
	wait_until 60 reached dump_done 1
	set_clock -31536000
	dumps=$(status dump_done)
	saves=$(status save_done)
	wait_until 20 reached dump_done $((dumps + 2))
	wait_until 20 reached save_done $((saves + 1))
	set_clock 31536000
	dumps=$(status dump_done)
	SECONDS=0
	wait_until 60 reached dump_done $((dumps + 3))
	[ "$(status dump_done)" -le $((dumps + SECONDS + 2)) ]
}

# layer NAME: its four numbers, as trafstat -D has them.
layer() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -D >"$DIR/layers"
	awk -v name="veB $1" 'index($0, name) == 1 {
		print $(NF - 3), $(NF - 2), $(NF - 1), $NF
	}' "$DIR/layers"
}

@test "trafstat -D knows the history of a block that was begun long ago" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
		skip "built without Berkeley DB"
	set_clock -17280000		# 200 days
	start_trafd -m 0
	send
	stop_trafd TERM
	set_clock 0
	start_trafd -m 0 -r
	send
	save 1
	[ "$(layer history)" = "- - - -" ]
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$DIR/state" update
	[ "$(layer history)" = "200 200 0 0" ]
	grep -q 'history up to .*; blocks 1, rows 10 since the start$' \
		"$DIR/layers"
	# A hundred days later its hour is not kept any more.
	set_clock 8640000
	send
	save 2
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$DIR/state" update
	[ "$(layer history)" = "300 300 0 0" ]
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$DIR/state" prune \
		--keep=hours=1d,days=1d
	[ "$(layer history)" = "- - - -" ]
	grep -q 'history up to' "$DIR/layers"
}
