#!/usr/bin/env bats
# The privileged parent (trafd --monitor): the daemon keeps no right at all,
# and is started anew, resuming, when its interface is back or it was killed.

load assert
load live_helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA 10 "$1" >"$DIR/sent"
}

# worker: the child of the daemon that the PID file names.
worker() {
	tr -d ' ' <"/proc/$PID/task/$PID/children"
}

# lose_interface N: a daemon with a parent counts N frames, then the interface
# goes, and so does the worker
lose_interface() {
	local child
	start_logged --monitor
	send "$1"
	wait_until 20 taken "$1"
	child=$(worker)
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	wait_until 20 gone "$child"
}

@test "the worker has no capability, the PID file names the parent" {
	start_logged --monitor
	send 100
	[ "$(awk '$1 == "CapPrm:" { print $2 }' "/proc/$(worker)/status")" = \
		0000000000000000 ]
	# A part of the sandbox, which a build may be without.
	if linked_with "$TRAFD" libseccomp; then
		[ "$(awk '$1 == "NoNewPrivs:" { print $2 }' \
			"/proc/$(worker)/status")" = 1 ]
	fi
	[ "$(status pid)" = "$PID" ]
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	send 10
	stop_trafd TERM
	[ "$(packets)" -eq 110 ]
	[ ! -e "$DIR/run/trafd.veB" ]
	[ ! -e "$DIR/run/trafd.veB.status" ]
}

@test "the interface goes and comes back: nothing lost, one daemon for scripts" {
	lose_interface 100
	before=$PID
	[ "$(cat "$DIR/run/trafd.veB")" = "$before" ]
	# A save that comes meanwhile is done as soon as it can be.
	kill -HUP "$PID"
	kill -INT "$PID"
	make_veth
	logged 2 'accounting to'
	wait_until 20 reached save_done 1
	send 50
	stop_trafd TERM
	[ "$(sent_packets)" -eq 150 ]
	[ "$(table "$DIR/state/trafd.veB" |
		awk '$1 ~ /^(10|fd)/ { n += $6 } END { print n + 0 }')" -eq 100 ]
}

@test "a worker that was killed is started anew from its last dump" {
	start_logged --monitor
	send 100
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	kill -KILL "$(worker)"
	logged 1 'killed by signal 9'
	logged 2 'accounting to'
	send 7
	stop_trafd TERM
	[ "$(packets)" -eq 107 ]
}

@test "TERM while the interface is away ends it; so does the parent's end" {
	lose_interface 30
	stop_trafd TERM
	[ ! -e "$DIR/run/trafd.veB" ]
	[ "$(sent_packets)" -eq 30 ]
	make_veth
	start_logged --monitor -r
	send 5
	child=$(worker)
	kill -KILL "$PID"
	wait_until 20 gone "$child"
	PID=
	grep -q 'the parent process is gone' "$DIR/log"
	[ "$(sent_packets)" -eq 35 ]
}

@test "detached: the shell gets the status, and its streams back" {
	run ip netns exec "$NS_B" "$TRAFD" --monitor -i nosuch --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	[ "$status" -eq 1 ]
	[ ! -e "$DIR/run/trafd.nosuch" ]
	start_trafd --monitor
	for p in "$PID" "$(worker)"; do
		for fd in 0 1 2; do
			[ "$(readlink "/proc/$p/fd/$fd")" = /dev/null ]
		done
	done
	stop_trafd TERM
	[ ! -e "$DIR/run/trafd.veB" ]
}

@test "while the interface is away trafstat says so, of a daemon that is there" {
	TRAFSTAT="$TRAF_BUILDDIR/tools/trafstat/trafstat --run-dir $DIR/run"
	lose_interface 100
	wait_until 20 grep -qx 'interface away' "$DIR/run/trafd.veB.status"
	said='interface away: veB: trafd waits for it, and continues when it returns'
	for how in '-i veB' '' '-D -i veB' '-D' '-i veB --ask=version' \
	    '--format=json'; do
		# shellcheck disable=SC2086 # words
		run $TRAFSTAT $how
		echo "$how: $output"
		[ "$status" -ne 0 ]
		[ "$output" = "trafstat: $said" ]
	done
	# What was counted is in the dump: a question counts it, and once.
	[ "$("$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -i veB \
		--total --format=json 2>"$DIR/notes" | python3 -c '
import json, sys
print(json.load(sys.stdin)["packets"])')" -eq 100 ]
	lacks 'away' "$DIR/notes"
	# A file that a crash has left says nothing.
	kill -KILL "$PID"
	wait_until 20 gone "$PID"
	grep -qx 'interface away' "$DIR/run/trafd.veB.status"
	run $TRAFSTAT -i veB
	[ "$status" -ne 0 ]
	[[ $output == *"no trafd is running: veB"* ]]
}
