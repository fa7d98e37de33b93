#!/usr/bin/env bats
# One truth at a time: questions and budgets include what is saved and not yet
# in the history, and what is not saved at all, each byte once.

load assert
load live_helpers

setup() {
	live_setup
	TRAFDB=$TRAF_BUILDDIR/tools/trafdb/trafdb
}

teardown() {
	live_teardown
}

# send N: frames of the sender, all of them counted or in the kernel.
send() {
	ip netns exec "$NS_A" "$SENDER" veA 100 "$1" >>"$DIR/sent"
}

ask() {
	"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -i veB -n \
		"$@" 2>"$DIR/notes"
}

trafdb() {
	local command=$1
	shift
	"$TRAFDB" "$command" --state-dir "$DIR/state" "$@"
}

check() {
	trafdb check --run-dir "$DIR/run" --all
}

# wanted: the bytes that were sent so far.
wanted() {
	awk '{ n += $8 } END { printf "%.0f\n", n }' "$DIR/sent"
}

total() {
	ask --total --format=json "$@" | python3 -S -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
print(sum(r["bytes"] for r in rows))'
}

# counts OPTIONS...: the rows without rates, which fall while time goes on.
counts() {
	ask --format=tsv "$@" | awk -F'\t' '
		NR == 1 { for (i = 1; i <= NF; i++) skip[i] = $i ~ /rate/ }
		{ for (i = 1; i <= NF; i++) if (!skip[i]) printf "%s\t", $i
		  print "" }'
}

is_past() {
	[ "$(date +%s)" -ge "$1" ]
}

saved() {
	local n
	n=$(($(status save_done) + 1))
	kill -INT "$PID"
	wait_until 20 reached save_done $n
}

@test "a minute after the start, before any save, the live table answers" {
	start_trafd -m 0
	send 3000
	[ ! -e "$DIR/state/trafd.veB" ]
	[ "$(total)" = "$(wanted)" ]
	[ "$(total --since=-5min)" = "$(wanted)" ]
	[ "$(ask --by=host --since=-5min --format=tsv | wc -l)" -gt 1 ]
	ask --total >"$DIR/text"
	grep -Eq '^ as of .*: what was counted since .* is not saved yet$' \
		"$DIR/text"
	ask --total --format=html >"$DIR/html"
	grep -q 'as of .* is not saved yet' "$DIR/html"
	ask --total --format=json | says '"unsaved": *"live"'
	run ask --total --saved
	[ "$status" -eq 1 ]
	grep -q 'no account of veB' "$DIR/notes"
	# What needs the save file says how to get one.
	run ask --coverage
	[ "$status" -eq 1 ]
	[ "$(cat "$DIR/notes")" = "traflog: nothing is saved yet: \
$DIR/state/trafd.veB: save now with: trafsave veB" ]
}

@test "saved, in the history and live add up, and no byte counts twice" {
	start_trafd -m 0
	send 1000
	saved
	trafdb update
	[ "$(total)" = "$(wanted)" ]
	send 1000
	saved				# saved, and not in the history
	[ "$(total)" = "$(wanted)" ]
	before=$(wanted)
	send 1000			# not saved
	[ "$(total)" = "$(wanted)" ]
	[ "$(total --files)" = "$(wanted)" ]
	[ "$(total --saved)" = "$before" ]
	ask --total -v >"$DIR/text"
	grep -q 'source: history+files' "$DIR/text"
	# The history and the file say the same of each row.
	for by in host service pair host,day; do
		diff <(counts --by=$by) <(counts --by=$by --files)
	done
	ask --by=service --format=tsv --bytes >"$DIR/service"
	[ "$(awk -F'\t' 'NR > 1 { n += $4 } END { printf "%.0f", n }' \
		"$DIR/service")" = "$(wanted)" ]
	[ "$(ask --by=block --format=tsv | wc -l)" -eq 4 ]
	# What --top leaves out is not left out of what is not saved.
	diff <(counts --by=host --top=3) <(counts --by=host | sed 4q)
	[ "$(ask --by=host --top=2 | grep -c more)" -ge 1 ]
	ask --by=host --top=2 --graph >"$DIR/graph"
	grep -Eq '; the largest 2 of [0-9]+$' "$DIR/graph"
	grep -q '^as of .* is not saved yet$' "$DIR/graph"
	diff <(ask --by=host --top=2 --local=10.0.0.0/9 | cut -c -40 | sed -n 5,11p) \
		<(ask --by=host --top=2 --local=10.0.0.0/9 --files |
			cut -c -40 | sed -n 5,11p)
}

@test "a budget knows what was saved since the update, and what was not" {
	start_trafd -m 0
	send 1000
	saved
	trafdb update
	trafdb limit all veB 1G
	trafdb limit mine veB 1G --net=0.0.0.0/0,::/0
	send 1000
	saved
	send 1000
	check >"$DIR/out" || [ $? -eq 2 ]
	want=$(wanted)
	awk -v w="$want" 'BEGIN { exit !(w > 100000) }'
	trafdb limit all veB "$((want + 1))" --at=100
	check | lacks 'passed 100%'
	trafdb limit all veB "$want" --at=100
	trafdb limit mine veB "$want" --at=100
	run -2 check
	[ "$(grep -c 'passed 100%' <<<"$output")" -eq 2 ]
	# Told once, and the same when all of it is in the history.
	saved
	trafdb update
	trafdb limit all veB "$((want + 1))" --at=100
	check | lacks 'all: .*passed 100%'
}

@test "a budget may be set as soon as the daemon runs" {
	run -1 trafdb limit all veB 1G --run-dir "$DIR/run"
	grep -q 'no account: veB: .* no running trafd; there is none' \
		<<<"$output"
	start_trafd -m 0
	send 1000
	[ ! -e "$DIR/state/trafd.veB" ]
	trafdb limit all veB "$(wanted)" --at=100 --run-dir "$DIR/run" \
		>"$DIR/out"
	grep -q '^set: all: .* a month on veB for all traffic' "$DIR/out"
	run -2 check
	grep -q 'passed 100%' <<<"$output"
}

@test "after a kill the dump answers, and says of when it is" {
	start_trafd -m 0
	send 1000
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	dumped=$(wanted)
	send 1000
	[ "$(total)" = "$(wanted)" ]
	stop_trafd KILL
	[ "$(total)" = "$dumped" ]
	ask --total >"$DIR/text"
	grep -q 'as of .*, the last dump: what was counted since' "$DIR/text"
	ask --total --format=json | says '"unsaved": *"dump"'
	# A dump that is saved counts once.
	start_trafd -m 0
	saved
	[ "$(total)" = "$dumped" ]
}

@test "a dump that is void or damaged counts nothing twice and is told" {
	start_trafd -m 0
	send 1000
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	cp "$DIR/state/tmp/trafd.veB" "$DIR/void"
	saved
	stop_trafd TERM
	before=$(total)
	cp "$DIR/void" "$DIR/state/tmp/trafd.veB"
	[ "$(total)" = "$before" ]
	trafdb update
	[ "$(total)" = "$before" ]
	truncate -s -1 "$DIR/state/tmp/trafd.veB"
	run ask --total
	[ "$status" -eq 1 ]
	grep -q 'dump not counted: veB: it is damaged' "$DIR/notes"
}

@test "a daemon that counts for another directory is not asked" {
	start_trafd -m 0
	send 1000
	saved
	cp -r "$DIR/state" "$DIR/copy"
	before=$(wanted)
	send 1000
	[ "$("$TRAFLOG" --state-dir "$DIR/copy" --run-dir "$DIR/run" -i veB \
		--total --format=tsv | awk -F'\t' 'NR == 2 { print $3 }')" = \
		"$before" ]
}

@test "BPFT's layouts: a dump that was saved counts once" {
	start_trafd -m 0 --layout=old
	send 1000
	saved
	trafdb update
	send 1000
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	cp "$DIR/state/tmp/trafd.veB" "$DIR/void"
	saved
	before=$(total)
	[ "$before" -gt 0 ]
	ask --total >"$DIR/text"
	lacks 'several interfaces' <"$DIR/text"
	stop_trafd KILL
	cp "$DIR/void" "$DIR/state/tmp/trafd.veB"
	[ "$(total)" = "$before" ]
	trafdb limit all veB "$((before + 1))" --at=100
	check | lacks 'passed 100%'
}

@test "the block that a failed save has left does not count" {
	start_trafd -m 0
	send 1000
	saved
	trafdb update
	cp "$DIR/state/trafd.veB" "$DIR/before"
	send 1000
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	cp "$DIR/state/tmp/trafd.veB" "$DIR/dump"
	saved
	stop_trafd KILL
	cp "$DIR/dump" "$DIR/state/tmp/trafd.veB"
	mv "$DIR/state/trafd.veB" "$DIR/left"
	cp "$DIR/before" "$DIR/state/trafd.veB"
	start_trafd -m 0 -r
	rm "$DIR/state/trafd.veB"
	mkdir "$DIR/state/trafd.veB"
	kill -INT "$PID"
	wait_until 20 reached save_failed 1
	rmdir "$DIR/state/trafd.veB"
	send 1000
	cp "$DIR/left" "$DIR/state/trafd.veB"
	want=$(wanted)
	[ "$(total)" = "$want" ]
	trafdb limit all veB "$want" --at=100
	trafdb limit more veB "$((want + 1))" --at=100
	run -2 check
	[ "$(grep -c 'passed 100%' <<<"$output")" -eq 1 ]
	saved
	[ "$(total)" = "$want" ]
}

@test "a state directory may have any name" {
	mv "$DIR/state" "$DIR/st"$'\xc3\xa4 \n'te
	ln -s "st"$'\xc3\xa4 \n'te "$DIR/link"
	start_trafd -m 0 --state-dir "$DIR/st"$'\xc3\xa4 \n'te
	send 1000
	[ "$(total --state-dir "$DIR/link")" = "$(wanted)" ]
}

@test "a daemon whose directory is not there any more is told" {
	start_trafd -m 0
	send 1000
	saved
	before=$(wanted)
	send 1000
	mv "$DIR/state" "$DIR/moved"
	[ "$(total --state-dir "$DIR/moved")" = "$before" ]
	grep -q "is missing: veB: its trafd saves in another place: $DIR/state: No such file" \
		"$DIR/notes"
}

@test "local hosts are those of the last networks, also with --top" {
	ip -n "$NS_B" addr add 10.1.0.1/16 dev veB
	start_trafd -m 0
	send 1000
	saved
	trafdb update
	ip -n "$NS_B" addr del 10.1.0.1/16 dev veB
	ip -n "$NS_B" addr add 10.0.0.1/16 dev veB
	send 10
	# Up to the packets: rates fall while time goes on.
	ask --by=host --top=4 | cut -c -54 | sed -n 5,17p >"$DIR/history"
	[ "$(grep -c more "$DIR/history")" -eq 2 ]
	diff "$DIR/history" <(ask --by=host --top=4 --files | cut -c -54 |
		sed -n 5,17p)
}

@test "what is longer than the period is told, not guessed" {
	start_trafd -m 0
	send 1000
	begun=$(date +%s)
	wait_until 20 is_past $((begun + 3))
	ask --total --since="$(date -d "@$((begun + 3))" +%FT%T)" >"$DIR/text"
	grep -q 'not counted: .*what is not saved yet' "$DIR/notes"
}

@test "without permission what is missing is told" {
	[ "$(id -u)" = 0 ] || skip "needs root to be another user"
	start_trafd -m 0
	send 1000
	saved
	chmod -R a+rX "$DIR/state"
	run -0 setpriv --reuid=65534 --regid=65534 --clear-groups "$TRAFLOG" \
		--state-dir "$DIR/state" --run-dir "$DIR/run" -i veB --total
	[[ $output == *"what is not saved yet is missing: permission denied"* ]]
}

@test "the save file was moved away: what the history cannot answer, the live table does" {
	[ -x "$TRAFDB" ] || skip "built without Berkeley DB"
	start_trafd -m 0
	send 300
	saved
	trafdb update veB
	mv "$DIR/state/trafd.veB" "$DIR/moved"
	: >"$DIR/sent"		# from here on
	send 500
	[ "$(ask --by=block --format=json | python3 -c '
import json, sys
print(sum(json.loads(line)["bytes"] for line in sys.stdin))')" = "$(wanted)" ]
	grep -q 'what is not saved begins here; the history goes back to .*, but cannot answer this (-v says why)' \
		"$DIR/notes"
	ask -v --by=host,service --format=tsv >"$DIR/got"
	[ "$(wc -l <"$DIR/got")" -gt 1 ]
	grep -q 'from what is not saved: the history cannot answer: it does not store' \
		"$DIR/notes"
	# The dump does, too.
	n=$(($(status dump_done) + 1))
	kill -HUP "$PID"
	wait_until 20 reached dump_done "$n"
	stop_trafd KILL
	[ "$(ask --by=block --format=json | python3 -c '
import json, sys
print(sum(json.loads(line)["bytes"] for line in sys.stdin))')" = "$(wanted)" ]
	# What is in neither is refused, as before.
	run -1 ask --by=block --until=-10min
	grep -q 'not answered: .*: the history cannot answer: it does not store single blocks' \
		"$DIR/notes"
	run -1 ask --by=block --saved
	grep -q 'not answered: ' "$DIR/notes"
}
