#!/usr/bin/env bats
# Exactly once under kill -9: 1,000 kills at random instants of dumps, saves
# and ends, 300 with sanitizers.  tests/soak.sh does 20,000.

load assert
load live_helpers
load sanitized

setup() {
	DIR=$(mktemp -d)
	NS_A=''
	traf_setup_net
	command -v python3 >/dev/null || skip "no python3"
	mkdir "$DIR/run" "$DIR/state"
	chmod 755 "$DIR" "$DIR/run"
}

teardown() {
	for f in "$DIR"/run/trafd.*; do
		[[ $f == *.status || ! -f $f ]] ||
			kill -KILL "$(cat "$f")" 2>/dev/null || true
	done
	traf_teardown_net
	rm -rf "$DIR"
}

@test "killed a thousand times: what was dumped is there, nothing counts twice" {
	local rounds=10
	# There a kill takes three times as long, and finds no more.
	sanitized "$TRAF_BUILDDIR/trafd/trafd" && rounds=3
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/cli/killer.py" \
		--trafd "$TRAF_BUILDDIR/trafd/trafd" \
		--traflog "$TRAF_BUILDDIR/tools/traflog/traflog" --netns "$NS_B" \
		--iface veB --send veA --dir "$DIR" --instances 100 \
		--rounds "${TRAF_KILL_ROUNDS:-$rounds}" \
		--seed "${TRAF_KILL_SEED:-1}" 3>&-
}

# Of the second test: each step has a daemon, EXT, of its own on one interface,
# as all the time goes in waiting.

# start EXT: its log in $DIR/EXT.log, its number in PID.
start() {
	: >"$DIR/$1.log"
	nsenter --net="/run/netns/$NS_B" "$TRAF_BUILDDIR/trafd/trafd" \
		--foreground -r -i veB -f "$1" -m 0 --user root \
		--source pcap --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 2>>"$DIR/$1.log" 3>&- &
	disown
	wait_until 20 grep -q 'accounting to' "$DIR/$1.log"
	PID=$(cat "$DIR/run/trafd.$1")
}

packets() {
	local f
	for f in "$DIR/state/trafd.$1" "$DIR/state/tmp/trafd.$1"; do
		[ ! -s "$f" ] || "$TRAF_BUILDDIR/tools/traflog/traflog" -a -n \
			--format=tsv -i "$f" | tail -n +2
	done | awk -F '\t' '{ n += $8 } END { print n + 0 }'
}

# dumped EXT: the dump is done; or the daemon is.
dumped() {
	gone "$PID" || awk '$1 == "dump_done" && $2 > 0 { found = 1 }
	    END { exit !found }' "$DIR/run/trafd.$1.status"
}

# attached FILE: strace looks on; it says so there.
attached() {
	grep -q attached "$1"
}

# kill_at EXT SIGNAL CALL N: of the dump or save that follows the signal.
kill_at() {
	local tracer
	kill -HUP "$PID"
	wait_until 20 dumped "$1"
	: >"$DIR/$1.strace"
	strace -f -o "$DIR/$1.trace" -e "trace=$3" -e \
		"inject=$3:signal=KILL:when=$4" -p "$PID" \
		2>"$DIR/$1.strace" 3>&- &
	tracer=$!
	wait_until 20 attached "$DIR/$1.strace"
	kill "-$2" "$PID"
	wait_until 20 gone "$PID"
	wait "$tracer" || true
	grep -q 'killed by SIGKILL' "$DIR/$1.trace"
}

# one_step SIGNAL:CALL:N: what the restart makes of it is the account.
one_step() {
	local sig call n
	IFS=: read -r sig call n <<<"$1"
	PID=$(cat "$DIR/run/trafd.$1")
	kill_at "$1" "$sig" "$call" "$n"
	start "$1"
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	[ "$(packets "$1")" -eq 100 ] || {
		echo "$1: $(packets "$1") of 100 packets"
		return 1
	}
}

@test "killed at the first fsync, rename, cut and unlink of a dump and a save" {
	command -v strace >/dev/null || skip "no strace"
	strace -o /dev/null true 2>/dev/null || skip "no ptrace here"
	local steps="HUP:pwrite64:1 HUP:pwrite64:3 HUP:fsync:1 HUP:fsync:2
		HUP:renameat:1 INT:pwrite64:1 INT:pwrite64:3 INT:fsync:1
		INT:fsync:2 INT:fsync:3 INT:unlinkat:1"
	local step waits=()
	for step in $steps; do
		start "$step"
	done
	ip netns exec "$NS_A" "$TRAF_BUILDDIR/tests/lib/sender" veA \
		10 100 >"$DIR/sent"
	for step in $steps; do
		one_step "$step" &
		waits+=($!)
	done
	for step in "${waits[@]}"; do
		wait "$step"
	done
}
