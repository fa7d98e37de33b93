#!/usr/bin/env bats
# Signals are never lost: 10,000 in random order and at random speed.

load assert
load live_helpers

setup() {
	live_setup
	STATE=$DIR/state
}

teardown() {
	live_teardown
}

start_trafd() {
	: >"$DIR/log"
	ip netns exec "$NS_B" "$TRAFD" --foreground -r -i veB -m 0 \
		--source pcap --user root --run-dir "$DIR/run" --state-dir "$STATE" \
		2>>"$DIR/log" 3>&- &
	SHELL_PID=$!
	wait_until 60 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$DIR/run/trafd.veB")
}

status() {
	awk -v key="$1" '$1 == key { print $2 }' "$DIR/run/trafd.veB.status"
}

# served: all that was asked for before.  The first answer comes after the
# signals, the second one after what they had asked for.
served() {
	local n
	for n in 1 2; do
		"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
			--timeout=60 --ask=dump
	done
}

# merged WHAT: requests that were served together with another one.
merged() {
	awk -v what="for a $1 are" '$0 ~ what { n += $3 - 1 }
	    END { print n + 0 }' "$DIR/log"
}

packets() {
	local f
	for f in "$@"; do
		[ ! -s "$f" ] || "$TRAFLOG" -a -n --format=tsv -i "$f" |
			tail -n +2
	done | awk -F '\t' '{ n += $8 } END { print n + 0 }'
}

blocks() {
	"$TRAFLOG" -l -r -i "$STATE/trafd.veB"
}

grown() {
	[ "$(status "$1")" -gt "$2" ]
}

@test "5,000 HUP and INT: each INT is a block or says whose block it shares" {
	start_trafd
	ip netns exec "$NS_A" "$SENDER" veA 100 20000 5000 >"$DIR/sent" 3>&- &
	sender=$!
	ints=$(python3 "$TRAF_SRCDIR/tests/cli/signals.py" "$PID" 5000 1)
	wait $sender
	served
	[ "$(status save_failed)" -eq 0 ]
	done=$(status save_done)
	[ "$done" -ge 1 ]
	# The kernel holds one signal of a kind: some became one there.
	[ $((done + $(merged save))) -le "$ints" ]
	# One at a time none is merged: one block each.
	for n in 1 2 3 4 5; do
		kill -INT "$PID"
		wait_until 20 grown save_done $((done + n - 1))
	done
	served
	[ "$(status save_done)" -eq $((done + 5)) ]
	[ "$(blocks)" -eq $((done + 5)) ]
	kill -TERM "$PID"
	wait "$SHELL_PID"
	[ "$(packets "$STATE/trafd.veB" "$STATE/tmp/trafd.veB")" -eq 20000 ]
}

@test "5,000 more with TERM among them: each daemon ends with a whole dump" {
	for round in 1 2 3 4 5 6 7 8 9 10; do
		start_trafd
		ip netns exec "$NS_A" "$SENDER" veA 20 100 >"$DIR/sent"
		python3 "$TRAF_SRCDIR/tests/cli/signals.py" "$PID" 500 \
			$round term >"$DIR/ints"
		wait "$SHELL_PID"	# fails unless trafd exits with 0
		PID=
		run "$TRAFLOG" --check "$STATE/tmp/trafd.veB"
		[ "$status" -eq 0 ]
		[ "$(packets "$STATE/trafd.veB" "$STATE/tmp/trafd.veB")" -eq \
			$((round * 100)) ]
	done
}
