#!/usr/bin/env bats
# The control socket of the real daemon: who may ask, what is answered, and
# what clients that mean no good can do.
# jobs: 6

load assert
load live_helpers

setup() {
	live_setup
	TRAFSTAT=$TRAF_BUILDDIR/tools/trafstat/trafstat
	CLIENTS=$TRAF_SRCDIR/tests/cli/control.py
	SOCK=$DIR/run/trafd.veB.sock
}

teardown() {
	live_teardown
}

stat_of() {
	"$TRAFSTAT" --run-dir="$DIR/run" -i veB "$@"
}

send() {	# packets
	ip netns exec "$NS_A" "$SENDER" veA 100 "$1" >"$DIR/sent"
}

# rows: of the live table, in the sender's form
live_table() {
	stat_of -n --format=tsv "$@" | tail -n +2 |
		cut -f 3-10 | LC_ALL=C sort
}

@test "the socket is 0660, and gone when the daemon has ended" {
	start_trafd
	[ "$(stat -c %a "$SOCK")" = 660 ]
	group=root
	if getent group trafd >"$DIR/group"; then group=trafd; fi
	[ "$(stat -c %U:%G "$SOCK")" = "root:$group" ]
	stop_trafd TERM
	[ ! -e "$SOCK" ]
}

@test "the socket of a daemon that crashed is no obstacle" {
	start_trafd
	stop_trafd KILL
	[ -S "$SOCK" ]
	nobody_there() {
		run stat_of --ask=version
		[ "$status" -eq 2 ]
	}
	wait_until 20 nobody_there	# its threads end one by one
	[[ $output == *"no trafd is running: veB"* ]]
	[[ $output == *"start one with: trafstart veB"* ]]
	start_trafd
	[ "$(stat_of --ask=version)" = "$("$TRAFD" -V)" ]
}

@test "the live table is the account, to the byte, and asking takes nothing from it" {
	start_trafd -m 0
	send 2000
	live_table >"$DIR/live"
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	diff "$DIR/want" "$DIR/live"
	for _ in 1 2 3; do
		live_table >"$DIR/live"
		diff "$DIR/want" "$DIR/live"
	done
	stat_of -b >"$DIR/binary"
	table "$DIR/binary" | diff "$DIR/want" -
	stop_trafd TERM
	account | diff "$DIR/want" -
}

@test "only some rows: the greatest, those of a host, those of a port" {
	start_trafd -m 0
	send 2000
	[ "$(live_table --rows=7 | wc -l)" -eq 7 ]
	least=$(live_table --rows=7 | cut -f 8 | sort -n | head -n 1)
	[ "$(cut -f 8 "$DIR/sent" | sort -rn | sed -n 7p)" -eq "$least" ]
	host=$(cut -f 1 "$DIR/sent" | sort | uniq -c | sort -rn |
		awk 'NR == 1 { print $2 }')
	live_table "$host" >"$DIR/live"
	[ -s "$DIR/live" ]
	awk -F '\t' -v h="$host" '$1 == h || $3 == h' "$DIR/sent" |
		LC_ALL=C sort | diff - "$DIR/live"
	port=$(cut -f 2 "$DIR/sent" | sort | uniq -c | sort -rn |
		awk '$2 != 0 && !n++ { print $2 }')
	live_table all "$port" >"$DIR/live"
	[ -s "$DIR/live" ]
	awk -F '\t' -v p="$port" '$2 == p || $4 == p' "$DIR/sent" |
		LC_ALL=C sort | diff - "$DIR/live"
}

@test "dump, save and quit answer when it is on the disk" {
	start_trafd -m 0
	send 500
	stat_of --ask=dump
	[ "$(table "$DIR/state/tmp/trafd.veB" | awk '{ n += $6 } END { print n }')" -eq 500 ]
	stat_of --ask=save
	[ ! -e "$DIR/state/tmp/trafd.veB" ]
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" -eq 1 ]
	[ "$(status save_done)" -eq 1 ]
	send 300
	stat_of --ask=quit
	[ "$(table "$DIR/state/tmp/trafd.veB" | awk '{ n += $6 } END { print n }')" -eq 300 ]
	wait_until 20 gone "$PID"
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 800 ]
}

@test "a save that fails is answered with the reason, and nothing is lost" {
	start_trafd -m 0
	send 100
	mkdir "$DIR/state/trafd.veB"
	run stat_of --ask=save
	[ "$status" -eq 1 ]
	[[ $output == *"save failed"* ]]
	rmdir "$DIR/state/trafd.veB"
	stat_of --ask=save
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 100 ]
}

@test "the ledger tells of what is not saved yet" {
	start_trafd -m 0
	send 400
	stat_of >/dev/null
	[ "$(stat_of --ask=ledger | awk '$1 == "ip" { print $2 }')" -eq 400 ]
	stat_of --ask=save
	[ "$(stat_of --ask=ledger | awk '$1 == "ip" { print $2 }')" -eq 0 ]
}

@test "others may not connect, and who may ask may not command" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	start_trafd
	run setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=version
	[ "$status" -eq 2 ]
	[[ $output == *"permission denied: "*" can query the daemon"* ]]
	chmod 666 "$SOCK"
	as_nobody() {
		setpriv --reuid=nobody --regid=nogroup --clear-groups \
			"$TRAFSTAT" --run-dir="$DIR/run" -i veB "$@"
	}
	as_nobody --ask=version
	for what in dump save quit; do
		run as_nobody --ask=$what
		[ "$status" -eq 2 ]
		[[ $output == *"only root and the user of trafd may do that"* ]]
	done
	[ "$(status save_begun)" -eq 0 ]
	kill -0 "$PID"
}

@test "a path that is too long for a socket is said, and is no obstacle" {
	long=$DIR/$(printf 'x%.0s' {1..90})
	mkdir "$long"
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root --foreground \
		--run-dir "$long" --state-dir "$DIR/state" \
		2>"$DIR/log" 3>&- &
	wait_until 20 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$long/trafd.veB")
	grep -q 'no control socket' "$DIR/log"
	kill -HUP "$PID"
	wait_until 20 grep -q '^dump_done 1' "$long/trafd.veB.status"
	stop_trafd TERM
}

@test "hostile clients: the account stays exact, the place is free again" {
	start_trafd -m 0 --buffer 64
	ip netns exec "$NS_A" "$SENDER" veA 1000 20000 5000 \
		>"$DIR/sent" 3>&- &
	sender=$!
	python3 "$CLIENTS" "$SOCK" 400
	wait $sender
	stat_of --ask=version
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	stop_trafd TERM
	account | diff "$DIR/want" -
}

@test "a storm of questions: bounded, and the account stays exact" {
	start_trafd -m 0 --buffer 64
	ip netns exec "$NS_A" "$SENDER" veA 1000 20000 8000 \
		>"$DIR/sent" 3>&- &
	sender=$!
	python3 "$CLIENTS" "$SOCK" ask "$PID" 3 20
	wait $sender
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	stop_trafd TERM
	account | diff "$DIR/want" -
}

@test "more than sixteen clients: told so, and served when one has gone" {
	start_trafd
	python3 "$CLIENTS" "$SOCK" full >"$DIR/out"
	[ "$(cat "$DIR/out")" = "busy, then served" ]
}
