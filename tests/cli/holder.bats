#!/usr/bin/env bats
# One writer an account: who has its lock, what becomes of a second daemon,
# and that nobody takes away what is another's.  On real daemons; needs root.
# jobs: 6

load assert
load live_helpers

setup() {
	live_setup
	mkdir "$DIR/run2"
	TRAFSTAT=$TRAF_BUILDDIR/tools/trafstat/trafstat
	OTHERS='' STOPPED=''
}

teardown() {
	[ -z "$STOPPED" ] || kill -KILL "$STOPPED" 2>/dev/null || true
	# Also those that should not have started.
	/bin/ps -A -o pid= -o args= | grep -F " $DIR/run2 " | grep -v grep |
		while read -r pid _; do
			kill -KILL "$pid" 2>/dev/null || true
			wait_until 60 gone "$pid"
		done || true
	umount "$DIR/bound" 2>/dev/null || true
	live_teardown
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA 10 "$1" >"$DIR/sent"
	cat "$DIR/sent" >>"$DIR/all"
}

# bytes_of FILES...: IP bytes of IPv4, as BPFT's layouts know neither packets nor
# IPv6.
bytes_of() {
	awk -F '\t' '$1 !~ /:/ { n += $8 } END { print n + 0 }' "$@"
}

# exact: the account, in the save file and the dump, is what was sent.
exact() {
	[ "$(account | bytes_of)" -eq "$(bytes_of "$DIR/all")" ] &&
		[ "$(bytes_of "$DIR/all")" -gt 0 ]
}

# afresh: no account, nothing sent.
afresh() {
	rm -rf "$DIR/state" "$DIR/all"
	mkdir "$DIR/state"
}

# second OPTIONS...: one more daemon, which has all but the run directory in
# common with the first; its number is added to OTHERS if it starts.
second() {
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root -m 0 --source pcap \
		--run-dir "$DIR/run2" --state-dir "$DIR/state" "$@" \
		3>&- || return
	OTHERS="$OTHERS $(cat "$DIR/run2/trafd.veB")"
}

# refused OPTIONS...: it says who has the account, in one line, and the first
# goes on.
refused() {
	run second "$@"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"trafd is already running: "*"/trafd.veB: PID $PID; "* ]]
	[ -z "$(ls "$DIR/run2")" ]
	kill -0 "$PID"
}

# job dump|save [RUN]: it is done.
job() {
	"$TRAFSTAT" --run-dir="$DIR/${2:-run}" -i veB --ask="$1"
}

worker() {
	tr -d ' ' <"/proc/$PID/task/$PID/children"
}

pid_of_lock() {
	cut -d ' ' -f 1 "$DIR/state/.trafd.veB.lock"
}

# ---- a second daemon ----

# second_refused OPTIONS...: again and again, and nothing is lost.
second_refused() {
	start_trafd -m 0 "$@"
	for n in 1 2 3; do
		refused "$@"
		send 10
		wait_until 20 taken 10
		job save
	done
	refused -r
	stop_trafd TERM
	exact
}

@test "one state directory, two run directories: the second is refused, nothing is lost" {
	second_refused
}

@test "and so it is with --threads" {
	second_refused --threads 2
}

@test "and with --monitor" {
	second_refused --monitor
}

@test "and in a layout of BPFT" {
	second_refused --layout old
}

@test "and in the other layout of BPFT" {
	second_refused --layout new
}

@test "the directory decides, not its name: links, dots and bind mounts" {
	start_trafd -m 0
	ln -s state "$DIR/link"
	refused --state-dir "$DIR/link"
	refused --state-dir "$DIR/state/tmp/../../run/../state/"
	cd "$DIR"
	refused --state-dir state
	mkdir "$DIR/bound"
	mount --bind "$DIR/state" "$DIR/bound" || skip "no bind mounts here"
	refused --state-dir "$DIR/bound"
	# Another name, and another directory, are other accounts.
	mkdir "$DIR/elsewhere"
	second --state-dir "$DIR/elsewhere"
}

@test "a name that scripts collect is none of the lock's, and a stop frees it" {
	start_trafd -m 0
	[ "$(pid_of_lock)" = "$PID" ]
	[ "$(stat -c %a "$DIR/state/.trafd.veB.lock")" = 640 ]
	find "$DIR/state" -mindepth 1 -printf '%f\n' |
		lacks -E '^trafd\.\w+$'
	stop_trafd TERM
	second
	[ "$(pid_of_lock)" != "$PID" ]
}

@test "a daemon that was killed holds nothing" {
	start_trafd -m 0
	send 10
	wait_until 20 taken 10
	job dump
	stop_trafd KILL
	second -r
	job save run2
	exact
}

@test "--monitor: no gap while a worker is started again" {
	start_logged --monitor
	: >"$DIR/got_in"
	(
		while [ ! -e "$DIR/enough" ]; do
			if ip netns exec "$NS_B" "$TRAFD" -i veB --user root \
			    --run-dir "$DIR/run2" --state-dir "$DIR/state" \
			    3>&- 2>/dev/null; then
				echo "got in" >>"$DIR/got_in"
			fi
		done
	) 3>&- &
	loop=$!
	for n in 2 3 4; do
		kill -KILL "$(worker)"
		logged $n 'accounting to'
	done
	: >"$DIR/enough"
	wait $loop
	[ ! -s "$DIR/got_in" ]
}

@test "--monitor: the worker that outlives its parent keeps the account" {
	start_trafd --monitor -m 0
	child=$(worker)
	STOPPED=$child
	kill -STOP "$child"
	kill -KILL "$PID"
	wait_until 20 gone "$PID"
	run second
	[ "$status" -eq 1 ]
	[[ $output == *"already running: "*": PID $PID;"* ]]
	kill -CONT "$child"
	wait_until 20 gone "$child"
	second
}

# ---- the lock file is removed ----

@test "a lock file that is removed comes back with the next dump" {
	for options in "" "--monitor"; do
		# shellcheck disable=SC2086
		start_trafd -m 0 $options
		rm "$DIR/state/.trafd.veB.lock"
		send 10
		wait_until 20 taken 10
		job dump
		[ "$(pid_of_lock)" = "$PID" ]
		refused
		# Likewise when the directory was moved away, lock and all.
		mv "$DIR/state" "$DIR/away"
		mkdir -p "$DIR/state/tmp"
		job save
		refused
		stop_trafd TERM
		exact
		rm -rf "$DIR/away"
		afresh
	done
}

@test "an account that was taken over meanwhile is left alone, and nothing is lost" {
	for options in "" "--layout old"; do
		# shellcheck disable=SC2086
		start_logged $options
		send 10
		wait_until 20 taken 10
		rm "$DIR/state/.trafd.veB.lock"
		# shellcheck disable=SC2086
		second $options
		send 7
		cp "$DIR/sent" "$DIR/seen"
		other=${OTHERS##* }
		wait_until 20 taken 17
		run job save
		[ "$status" -eq 1 ]
		[[ $output == *"save failed: "*": lock: PID $other has the account"* ]]
		job save run2
		job dump
		grep -q "account lost: .*: PID $other has the account, .* dumps go to $DIR/state/tmp/trafd.veB.lost.1: " \
			"$DIR/log"
		job dump
		[ "$(grep -c 'account lost' "$DIR/log")" -eq 1 ]
		kill -TERM "$other"
		wait_until 60 gone "$other"
		# For good: the files are not as this daemon knows them.
		run job save
		[ "$status" -eq 1 ]
		send 3
		wait_until 20 taken 20
		stop_trafd TERM
		[ "$(account | bytes_of)" -eq "$(bytes_of "$DIR/seen")" ]
		[ "$(table "$DIR/state/tmp/trafd.veB.lost.1" | bytes_of)" \
			-eq "$(bytes_of "$DIR/all")" ]
		afresh
	done
}

@test "nobody has been there: a lock file from a backup, or a copy of ours" {
	start_trafd -m 0
	echo "1 1 elsewhere" >"$DIR/old"
	touch -d '2001-01-01 00:00' "$DIR/old"
	for file in "$DIR/old" "$DIR/state/.trafd.veB.lock" /dev/null; do
		cp -p "$file" "$DIR/copy"
		[ -f "$DIR/copy" ] || : >"$DIR/copy"
		mv "$DIR/copy" "$DIR/state/.trafd.veB.lock"
		job save
		[ "$(pid_of_lock)" = "$PID" ]
		refused
	done
}

@test "a lock file that is something else, or somebody else's" {
	ln -s /nowhere "$DIR/state/.trafd.veB.lock"
	start_trafd -m 0
	[ -f "$DIR/state/.trafd.veB.lock" ]
	stop_trafd TERM
	rm "$DIR/state/.trafd.veB.lock"
	mkfifo "$DIR/state/.trafd.veB.lock"
	start_trafd -m 0
	[ -f "$DIR/state/.trafd.veB.lock" ]
	stop_trafd TERM
	chown 12345 "$DIR/state/.trafd.veB.lock"
	start_trafd -m 0
	[ "$(stat -c %u "$DIR/state/.trafd.veB.lock")" = 0 ]
}

@test "the lock is the daemon's user's, also where root was before" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	start_trafd -m 0 --layout old
	job save
	stop_trafd TERM
	for options in "" "--monitor"; do
		# shellcheck disable=SC2086
		start_trafd -m 0 --layout old --user nobody $options
		[ "$(stat -c %U:%a "$DIR/state/.trafd.veB.lock")" = nobody:640 ]
		refused
		rm "$DIR/state/.trafd.veB.lock"
		job save
		[ "$(stat -c %U:%a "$DIR/state/.trafd.veB.lock")" = nobody:640 ]
		refused
		stop_trafd TERM
	done
}

@test "a start that fails leaves no trace, and takes nobody's account" {
	# Not even where the lock file of one that runs had been removed.
	start_trafd -m 0
	rm "$DIR/state/.trafd.veB.lock"
	for options in "-i nosuch0 -f veB --run-dir $DIR/run2" \
	    "-i veB --run-dir $DIR/run"; do
		# shellcheck disable=SC2086
		run ip netns exec "$NS_B" "$TRAFD" --user root --source pcap \
			--state-dir "$DIR/state" $options
		[ "$status" -eq 1 ]
		[ ! -e "$DIR/state/.trafd.veB.lock" ]
	done
	send 10
	wait_until 20 taken 10
	job save
	refused
	stop_trafd TERM
	exact
}

# ---- other writers ----

capture_file() {
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\145\000\000\000' \
		>"$DIR/empty.pcap"
	# Without a frame a reader appends no block.
	{
		cat "$DIR/empty.pcap"
		printf '\0\312\232\073\0\0\0\0\001\0\0\0\001\0\0\0\140'
	} >"$DIR/one.pcap"
}

blocks() {
	"$TRAFLOG" -l -r -i "$1"
}

@test "trafd --read does not write to the account of a daemon" {
	capture_file
	start_trafd -m 0
	run "$TRAFD" --read "$DIR/empty.pcap" -f veB --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ $output == *"already running: "*": PID $PID;"* ]]
	[ ! -e "$DIR/state/trafd.veB" ]
	"$TRAFD" --read "$DIR/empty.pcap" -f other --state-dir "$DIR/state"
}

@test "several readers append to one account, and a daemon waits for them" {
	capture_file
	mkfifo "$DIR/slow"
	"$TRAFD" --read - -f veB --state-dir "$DIR/state" <"$DIR/slow" 3>&- &
	reader=$!
	exec 7>"$DIR/slow"
	cat "$DIR/one.pcap" >&7
	wait_until 20 test -e "$DIR/state/.trafd.veB.lock"
	for n in 1 2 3; do
		"$TRAFD" --read "$DIR/one.pcap" -f veB \
			--state-dir "$DIR/state" 7>&- &
		pids[n]=$!
	done
	for n in 1 2 3; do
		wait "${pids[n]}"
	done
	run second
	[ "$status" -eq 1 ]
	[[ $output == *"trafd --read is writing: "* ]]
	exec 7>&-
	wait $reader
	[ "$(blocks "$DIR/state/trafd.veB")" -eq 4 ]
	# The last one leaves no trace: it may be anybody's directory.
	[ "$(ls -A "$DIR/state")" = "tmp"$'\n'"trafd.veB" ]
	second
}

@test "a reader between a crash and the next start: nothing counts twice" {
	capture_file
	for layout in trafd old new; do
		start_trafd -m 0 --layout $layout
		send 10
		wait_until 20 taken 10
		job dump
		cp "$DIR/state/tmp/trafd.veB" "$DIR/dump"
		job save
		stop_trafd KILL
		# As if it had been killed before it could remove the dump.
		mv "$DIR/dump" "$DIR/state/tmp/trafd.veB"
		"$TRAFD" --read "$DIR/empty.pcap" -f veB --layout $layout \
			--state-dir "$DIR/state"
		start_trafd -m 0 -r --layout $layout
		stop_trafd TERM
		exact
		afresh
	done
}

@test "traflog -w does not replace the file of a daemon that runs" {
	start_trafd -m 0
	send 10
	wait_until 20 taken 10
	job save
	cp "$DIR/state/trafd.veB" "$DIR/other"
	run "$TRAFLOG" -a -i "$DIR/other" -w "$DIR/state/trafd.veB"
	[ "$status" -ne 0 ]
	[[ $output == *"trafd is writing to this file: "*"trafd.veB: PID $PID; "* ]]
	cd "$DIR/state"
	run "$TRAFLOG" -a -i "$DIR/other" -w trafd.veB
	[ "$status" -ne 0 ]
	[[ $output == *"trafd is writing to this file: "*"trafd.veB: PID $PID; "* ]]
	"$TRAFLOG" -a -i "$DIR/other" -w trafd.new
	stop_trafd TERM
	"$TRAFLOG" -a -i "$DIR/other" -w trafd.veB
}

@test "traflog -w does not replace a dump, nor make one for a daemon that runs" {
	start_trafd -m 0
	send 10
	wait_until 20 taken 10
	job save
	dump=$DIR/state/tmp/trafd.veB
	# Before there is one.
	for to in "$dump" trafd.veB ./trafd.veB ../tmp/trafd.veB; do
		run -1 env -C "$DIR/state/tmp" "$TRAFLOG" -a \
			-i "$DIR/state/trafd.veB" -w "$to"
		[ "$output" = "traflog: trafd is writing to this file: $to: \
PID $PID; move it away first" ]
	done
	[ -z "$(ls -A "$DIR/state/tmp")" ]
	send 5
	wait_until 20 taken 5
	job dump
	cp "$dump" "$DIR/copy"
	run -1 "$TRAFLOG" -a -i "$DIR/state/trafd.veB" -w "$dump"
	stop_trafd KILL
	# It is all that there is of them.
	for to in "$dump" "$DIR/copy"; do
		run -1 "$TRAFLOG" -a -i "$DIR/state/trafd.veB" -w "$to"
		[ "$output" = "traflog: not written: $to: it contains a dump; \
move it away first" ]
	done
	cmp "$dump" "$DIR/copy"
	start_trafd -m 0 -r
	stop_trafd TERM
	exact
	# Another directory in there is nobody's.
	mkdir "$DIR/state/old"
	start_trafd -m 0 -r
	"$TRAFLOG" -a -i "$DIR/state/trafd.veB" -w "$DIR/state/old/trafd.veB"
}

# ---- whose blocks they are ----

instances() {
	python3 - "$@" <<-'EOT'
	import struct, sys
	for name in sys.argv[1:]:
	    data, at = open(name, 'rb').read(), 0
	    while (at := data.find(b'\x89TRAF\r\n\x1a', at)) != -1:
	        print('%x' % struct.unpack_from('<Q', data, at + 40)[0])
	        at += 1
	EOT
}

@test "each process has an instance of its own; a dump's is continued until it is saved" {
	command -v python3 >/dev/null || skip "no python3"
	start_trafd -m 0
	job save
	job save
	send 10
	wait_until 20 taken 10
	stop_trafd TERM
	start_trafd -m 0 -r
	job save
	job save
	stop_trafd TERM
	rm "$DIR/state/tmp/trafd.veB"
	start_trafd -m 0 -r
	job save
	mapfile -t of < <(instances "$DIR/state/trafd.veB")
	[ "${#of[@]}" -eq 5 ]
	[ "${of[0]}" = "${of[1]}" ]
	[ "${of[2]}" = "${of[0]}" ]
	[ "${of[3]}" != "${of[0]}" ]
	[ "${of[4]}" != "${of[3]}" ]
	[ "${of[4]}" != "${of[0]}" ]
	exact
}

# ---- names ----

@test "names that would be other files of an account are refused" {
	for ext in a.status a.sock a.lock a.journal a.new a.torn a.torn.1 \
	    a.alien.2 a.damaged.1 a.lost.1 a.bad a.Status a.LOCK.x; do
		run -127 "$TRAFD" -i lo -f $ext --run-dir "$DIR/run" \
			--state-dir "$DIR/state"
		[[ ${lines[0]} == *"\"$ext\": \""*"\" is reserved for files of trafd"* ]]
		[ -z "$(ls -A "$DIR/run")$(ls -A "$DIR/state")" ]
	done
	for ext in status lock a.statuses a.locked eth0.100 a-torn a_new; do
		"$TRAFD" --status -f $ext --run-dir "$DIR/run" \
			--state-dir "$DIR/state" || [ $? -eq 1 ]
	done
}
