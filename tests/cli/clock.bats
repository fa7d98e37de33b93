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

# seen JUMPS: so often has the daemon seen that the clock was set, without being
# asked for more than its ledger.
seen() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i veB --ask=ledger | awk '$1 == "clock_jumps" { print $2 }')" \
		-eq "$1" ]
}

# now_is SECONDS: the clock says 1970 plus so many from now on.
now_is() {
	set_clock $(($1 - $(LD_PRELOAD='' date +%s)))
}

# true_times: each block began and ended when it really did: after the test had
# noted $since, before now, and lasted as long as its clock says, but for gaps.
true_times() {
	blocks "all(abs(t - s - d['gap_ns'] / 1e9) < 1.1
		for t, s, d in zip(dt, seconds, b))"
	blocks "all($since - 1 <= at(d['begin']).replace(
		tzinfo=datetime.timezone.utc).timestamp() <= \
		at(d['end']).replace(tzinfo=datetime.timezone.utc).timestamp()
		<= $(LD_PRELOAD='' date +%s) + 1 for d in b)"
}

trafdb() {
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$DIR/state" "$@"
}

# total COLUMN OPTIONS...: of all blocks that the options choose.
total() {
	local column=$1
	shift
	LD_PRELOAD='' "$TRAFLOG" -n --state-dir="$DIR/state" -i veB \
		--saved --total --format=json "$@" 2>"$DIR/said" | LD_PRELOAD='' python3 -c '
import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$column"
}

@test "set back and forward: blocks last as long as they did" {
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
	# Times in the file are whole seconds.
	blocks 'all(abs(t - s) < 1.1 for t, s in zip(dt, seconds))'
	blocks 'len(limits) == 5'
	blocks 'all(lo <= s <= hi for s, (lo, hi) in zip(seconds, limits))'
	blocks 'b[1]["begin"] < b[0]["begin"] < b[4]["begin"]'
	blocks '[d["clock_jumps"] for d in b] == [0, 1, 0, 1, 0]'
	blocks 'abs(b[1]["clock_back_ns"] - 86400e9) < 1e9'
	blocks 'abs(b[3]["clock_forward_ns"] - 172800e9) < 1e9'
	# One after the other, in the order of their epochs, nothing lost.
	[ "$(packets)" -eq 500 ]
	"$TRAFLOG" --check "$DIR/state/trafd.veB"
}

@test "a clock of 1970 that is set while trafd counts: the block is of today" {
	since=$(date +%s)
	now_is 20
	begin
	send
	wait_until 20 seen 0
	set_clock 0
	send
	wait_until 20 seen 1
	save 1
	stop_trafd TERM
	true_times
	blocks 'b[0]["clock_jumps"] == 1 and b[0]["clock_back_ns"] == 0'
	blocks "abs(b[0]['clock_forward_ns'] / 1e9 - $since + 20) < 60"
	LD_PRELOAD='' "$TRAFLOG" -n -i "$DIR/state/trafd.veB" --coverage \
		>"$DIR/text"
	grep -q '^the clock was set 1 time, forward by 20[0-9]*\.[0-9] days in all: ' \
		"$DIR/text"
	# Questions by time find all of it.
	[ "$(total packets --since=-5m)" -eq 200 ]
	LD_PRELOAD='' "$TRAFLOG" -n -i "$DIR/state/trafd.veB" --total >"$DIR/text"
	grep -q 'the clock was set 1 time' "$DIR/text"
}

@test "a clock of 1970, set around a dump and a save: before, between, after" {
	local when
	since=$(date +%s)
	for when in before between after; do
		now_is 20
		begin
		send
		[ $when != before ] || set_clock 0
		kill -HUP "$PID"
		wait_until 20 reached dump_done 1
		[ $when != between ] || set_clock 0
		send
		if [ $when = after ]; then
			save 1		# of 1970, and it stays there
			set_clock 0
			send
			save 2
		else
			save 1
		fi
		stop_trafd TERM
		LD_PRELOAD='' "$TRAFLOG" --check "$DIR/state/trafd.veB"
		if [ $when = after ]; then
			blocks 'b[0]["begin"] < "1970-01-01T00:01" and dt[0] < 20'
			blocks 'b[1]["clock_jumps"] == 1 and dt[1] < 20'
			blocks 'b[1]["begin"] > "2026"'
			[ "$(packets)" -eq 300 ]
		else
			true_times
			blocks 'b[0]["clock_jumps"] == 1'
			[ "$(packets)" -eq 200 ]
		fi
		rm -r "$DIR/state"/*
	done
}

@test "a clock a year ahead that is set back: nothing is refused or lost" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
		skip "built without Berkeley DB"
	local now
	set_clock 31536000
	begin
	send
	save 1
	send
	wait_until 20 taken 100
	set_clock 0
	send
	save 2
	send
	save 3
	stop_trafd TERM
	unset LD_PRELOAD
	blocks 'len(b) == 3 and [d["clock_jumps"] for d in b] == [0, 1, 0]'
	blocks 'b[2]["end"] < b[0]["begin"] and b[1]["end"] <= b[2]["begin"]'
	blocks 'max(dt) < 60'
	[ "$(packets)" -eq 400 ]
	"$TRAFLOG" --check "$DIR/state/trafd.veB"
	# The year ahead has its block, and today the others.
	now=$(date -u -d '+2 days' +%Y-%m-%d)
	[ "$(total packets)" -eq 400 ]
	[ "$(total packets --until "$now")" -eq 300 ]
	trafdb update
	trafdb verify
	[ "$(total packets --history --until "$now")" -eq 300 ]
	trafdb limit month veB 1k
	run -2 trafdb check --all --run-dir "$DIR/run"
	[[ $output == *'all, in and out: 187.6 kB of 1.0 kB '* ]]
	# What comes later is neither late nor refused.
	start_trafd -m 0
	send
	save 1
	stop_trafd TERM
	trafdb update
	trafdb verify
	[ "$(total packets --history --until "$now")" -eq 400 ]
	[ "$(total packets --history)" -eq 500 ]
}

@test "resumed with the clock set back: the block follows it" {
	begin
	send
	limit "$(now)" "$(now)"		# at least, of the first part
	stop_trafd TERM
	set_clock -86400
	since=$(date +%s)
	first=$before
	begin -r
	send
	before=$first			# at most, of both
	save 1
	stop_trafd TERM
	[ "$(packets)" -eq 200 ]
	blocks 'b[0]["gaps"] == 1 and 0 < b[0]["down_ns"] < 60e9'
	blocks 'dt[0] < 60 and b[0]["clock_jumps"] == 1'
	blocks 'abs(b[0]["clock_back_ns"] - 86400e9) < 1e9'
	blocks 'limits[0][0] + limits[1][0] <= seconds[0] <= limits[1][1]'
}

# boots SECONDS: another boot, with a clock that is off by so many.  What the
# clock since the boot showed when the dump was written, it will not show again.
boots() {
	set_clock "$1 0"
}

# By how much the dump's clock was off, that of now at the start and at the save,
# and how many jumps are counted; tests/unit/test_generation has more of them.
@test "resumed after a reboot: the dump's clock counts, unless it was wrong" {
	local dumped found saved jumps n=0 unset
	unset=-$(LD_PRELOAD='' date +%s)
	while read -r dumped found saved jumps; do
		since=$(LD_PRELOAD='' date +%s)
		set_clock "$dumped 100000000"	# this boot was long ago
		start_trafd -m 0
		send
		stop_trafd TERM
		boots "$found"
		start_trafd -m 0 -r
		send
		wait_until 20 taken 200
		boots "$saved"
		kill -INT "$PID"
		wait_until 20 reached save_done 1
		stop_trafd TERM
		echo "$dumped $found $saved"
		: >"$DIR/limits"
		true_times
		blocks "b[0]['clock_jumps'] == $jumps and b[0]['gaps'] == 1"
		[ "$(packets)" -eq 200 ]
		rm -r "$DIR/state"/*
		n=$((n + 1))
	done <<-EOF
	0 0 0 0
	0 $unset 0 1
	0 $unset $unset 0
	0 -7200 -7200 0
	-1700000000 0 0 1
	31536000 -7200 0 2
	EOF
	[ $n -eq 6 ]
}

@test "a dump that is not resumed has the times that it would have had" {
	since=$(date +%s)
	now_is 20
	start_trafd -m 0
	send
	stop_trafd TERM
	set_clock 0
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root --source pcap \
		--run-dir "$DIR/run" --state-dir "$DIR/state" --foreground \
		2>"$DIR/log" 3>&- &
	PID=$!
	wait_until 20 seen 0
	set_clock -7200
	send
	wait_until 20 seen 1
	stop_trafd TERM
	: >"$DIR/limits"
	true_times
	blocks 'b[0]["clock_jumps"] == 1 and b[0]["gaps"] == 0'
	[ "$(total packets --since=-5m)" -eq 100 ]
	grep -q 'clock was set since the dump: .*, not 1970-01-01T' "$DIR/log"
	grep -q 'clock was set: veB: back by 2.0 hours; ' "$DIR/log"
}

# hidden ARGUMENTS...: a daemon that cannot read the boot's name in /proc
hidden() {
	# shellcheck disable=SC2016 # for the inner shell
	ip netns exec "$NS_B" sh -c 'mount -t tmpfs none /proc/sys && "$@"' sh \
		"$TRAFD" -i veB --user root --source pcap -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
}

@test "the boot has a name in a service, too, where /proc is hidden" {
	local name
	name=$(tr -d - </proc/sys/kernel/random/boot_id)
	since=$(date +%s)
	: >"$DIR/limits"
	now_is 20
	start_trafd -m 0	# by hand; then systemd restarts it
	send
	stop_trafd TERM
	set_clock 0
	TRAFD_BOOT_ID=$name hidden -r
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	stop_trafd TERM
	true_times
	blocks 'b[0]["clock_jumps"] == 1 and b[0]["down_ns"] > 0'
	# Without a name nothing says how long nobody counted.
	rm -r "$DIR/state"/*
	now_is 20
	hidden
	send
	stop_trafd TERM
	set_clock 0
	hidden -r
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	stop_trafd TERM
	true_times
	blocks 'b[0]["clock_jumps"] == 1 and b[0]["down_ns"] == 0'
}

@test "a container's own clock since the boot is not that of the host" {
	unshare -T --boottime=86400 true || skip "no time namespaces here"
	since=$(date +%s)
	: >"$DIR/limits"
	start_trafd -m 0
	send
	stop_trafd TERM
	ip netns exec "$NS_B" unshare -T --boottime=86400 "$TRAFD" -i veB \
		--user root --source pcap -m 0 --run-dir "$DIR/run" \
		--state-dir "$DIR/state" -r 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	stop_trafd TERM
	true_times
	blocks 'b[0]["clock_jumps"] == 0 and 0 < b[0]["down_ns"] < 60e9'
}

@test "suspended for hours while the clock was wrong, and set then" {
	begin
	send
	set_clock "-86400 0"
	send
	wait_until 20 seen 1
	set_clock "18000 18000"		# five hours of sleep, and set
	send
	wait_until 20 seen 2
	save 1
	stop_trafd TERM
	blocks '17999 < dt[0] < 18060 and seconds[0] < 60'
	blocks '17999e9 < b[0]["suspended_ns"] == b[0]["gap_ns"] < 18001e9'
	blocks 'b[0]["clock_jumps"] == 2'
	blocks 'abs(b[0]["clock_forward_ns"] - 86400e9) < 1e9'
	[ "$(packets)" -eq 300 ]
}

is_after() {
	[ "$(date +%s)" -gt "$1" ]
}

@test "slews, time zones and daylight saving time are no jumps" {
	local n
	# A second before the clocks go back in Berlin, and forward in New York.
	for n in Europe/Berlin=1792889999 America/New_York=1772953199; do
		export TZ=${n%=*}
		now_is "${n#*=}"
		begin
		send
		wait_until 20 is_after "${n#*=}"
		send
		save 1
		stop_trafd TERM
		unset TZ
		blocks '0 <= dt[0] < 60 and abs(dt[0] - seconds[0]) < 1.1'
		blocks 'b[0]["clock_jumps"] == 0'
		rm -r "$DIR/state"/* "$DIR/limits"
	done
	# Three seconds in steps of a fifth: the daemon sees each.
	set_clock 0
	begin
	for n in 0.2 0.4 0.6 0.8 1.0 1.2 1.4 1.6 1.8 2.0 2.2 2.4 2.6 2.8 3.0; do
		set_clock "$n"
		seen 0
	done
	save 1
	stop_trafd TERM
	blocks 'abs(dt[0] - seconds[0]) < 1.1 and b[0]["clock_jumps"] == 0'
}

@test "a capture that is read has the times of its packets" {
	mkfifo "$DIR/fifo"
	LD_PRELOAD='' python3 -c '
import struct, sys
out = open(sys.argv[1], "wb")
def put(b): out.write(b); out.flush()
ip = bytes.fromhex("4500001c000000004011000000000000") + bytes(12)
ip = ip[:12] + bytes([10, 0, 0, 1, 10, 0, 0, 2]) + ip[20:]
put(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
put(struct.pack("<IIII", 1700000000, 0, 28, 28) + ip)
sys.stdin.readline()
put(struct.pack("<IIII", 1700000600, 0, 28, 28) + ip)
' "$DIR/fifo" < <(set_clock "86400 3600"; echo) &
	"$TRAFD" --read "$DIR/fifo" -f veB -m 0 --state-dir "$DIR/state"
	wait
	echo 0 1e9 >"$DIR/limits"
	blocks 'b[0]["begin"] == "2023-11-14T22:13:20Z"'
	blocks 'dt == [600] and seconds == [600] and b[0]["frames"] == 2'
	blocks 'b[0]["clock_jumps"] == b[0]["gaps"] == b[0]["gap_ns"] == 0'
}

# stat NAME: a number of the daemon's answer.
stat_of() {
	LD_PRELOAD='' "$TRAF_BUILDDIR/tools/trafstat/trafstat" \
		--run-dir="$DIR/run" -i veB -D --format=json |
		LD_PRELOAD='' python3 -c '
import json, sys
print(json.load(sys.stdin)[0][sys.argv[1]])' "$1"
}

@test "trafstat: since when, and the last dump, by the clock of now" {
	local name ns
	since=$(date +%s)
	set_clock 31536000
	begin
	send
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	set_clock 0
	export HOME=$DIR
	unset XDG_STATE_HOME
	# A baseline of before is still one of the same daemon.
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i veB -Z
	set_clock -7200
	wait_until 20 seen 2
	set_clock 0
	wait_until 20 seen 3
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i veB -D >"$DIR/text"
	grep -q 'numbers since a baseline' "$DIR/text"
	for name in started_ns account_begin_ns dump_time_ns; do
		ns=$(stat_of $name)
		[ $((ns / 1000000000)) -ge $((since - 1)) ]
		[ $((ns / 1000000000)) -le $(($(date +%s) + 1)) ]
		[ "$(stat_of $name)" = "$ns" ]	# it does not tremble
	done
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
	trafdb update
	[ "$(layer history)" = "200 200 0 0" ]
	grep -q 'history up to .*; blocks 1, rows 10 since the start$' \
		"$DIR/layers"
	# A hundred days later its hour is not kept any more.
	set_clock 8640000
	send
	save 2
	trafdb update
	[ "$(layer history)" = "300 300 0 0" ]
	trafdb prune --keep=hours=1d,days=1d
	[ "$(layer history)" = "- - - -" ]
	grep -q 'history up to' "$DIR/layers"
}
