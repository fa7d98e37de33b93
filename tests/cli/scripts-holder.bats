#!/usr/bin/env bats
# trafstart, trafstop, trafdump and trafsave where a daemon cannot be seen by
# ps or its number, where they race with each other, in a run directory that
# others can write to, and their exit statuses.  With the real trafd, on the
# loopback of a network namespace of each test.  Needs root.
# jobs: 6

load assert
load live_helpers

setup()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root: captures packets"
	command -v ip >/dev/null || skip "ip (iproute2) is not installed"
	NS=trafh-$$-$BATS_TEST_NUMBER
	ip netns add "$NS" 2>/dev/null || skip "no network namespaces here"
	ip -n "$NS" link set lo up
	T=$(mktemp -d)
	chmod 755 "$T"
	mkdir -p "$T/run" "$T/state/tmp" "$T/bin"
	ln -s "$TRAF_BUILDDIR/trafd/trafd" "$T/trafd"
	PATH=$TRAF_BUILDDIR/scripts:$TRAF_BUILDDIR/tools/trafstat:$PATH
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	export TRAFD_CONF=$T/trafd.conf TMPDIR=$T
	conf lo
}

teardown()
{
	[ -n "${T-}" ] || return 0
	daemons | while read -r pid; do
		kill -KILL "$pid" || :
		wait_until 60 gone "$pid"
	done
	ip netns del "$NS"
	rm -rf "$T"
}

# Numbers of all daemons of this test, whatever they have told.
daemons()
{
	/bin/ps -A -o pid= -o stat= -o args= |
	    awk -v trafd="$T/trafd" '$3 == trafd && $2 !~ /^Z/ { print $1 }'
}

conf()	# interfaces
{
	cat >"$TRAFD_CONF" <<-EOT
	trafd_program=$T/trafd
	trafd_ifaces="$*"
	trafd_flags="-r -m 0 --user root --source pcap"
	trafd_rundir=$T/run
	trafd_statedir=$T/state
	trafd_log=$T/log
	trafd_timeout=20
	EOT
}

in_ns()	# command
{
	ip netns exec "$NS" "$@"
}

silent()	# command
{
	quietly in_ns "$@"
}

# A daemon and its PID file, or neither.
consistent()
{
	local there
	there=$(daemons)
	if [ -n "$there" ]; then
		[ "$(cat "$T/run/trafd.lo")" = "$there" ]
		kill -0 "$(cat "$T/run/trafd.lo")"
		[ -S "$T/run/trafd.lo.sock" ]
		[ -s "$T/run/trafd.lo.status" ]
	else
		[ -z "$(ls "$T/run")" ]
	fi
}

blocks()	# ext
{
	"$TRAF_BUILDDIR/tools/traflog/traflog" -l -r -n -i "$T/state/trafd.$1"
}

# ---- who runs ----

@test "trafstop & trafstart: a daemon with a PID file, or none" {
	for n in 1 2 3 4 5 6; do
		in_ns trafstart 2>/dev/null || :
		in_ns trafstop 2>/dev/null 3>&- &
		in_ns trafstart 2>/dev/null 3>&- || :
		wait $!
		consistent
	done
}

@test "two trafstops and two trafstarts at once" {
	for n in 1 2 3; do
		running=()
		for command in trafstop trafstart trafstop trafstart; do
			in_ns $command >/dev/null 2>&1 3>&- &
			running+=($!)
		done
		wait "${running[@]}" || :
		consistent
	done
}

@test "a daemon that ps does not show is the same to the scripts" {
	printf '#!/bin/sh\nexit 0\n' >"$T/bin/ps"
	chmod +x "$T/bin/ps"
	PATH=$T/bin:$PATH
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	silent trafdump
	silent trafsave
	rm "$T/run/trafd.lo.sock"
	silent trafdump
	silent trafsave
	[ "$(blocks lo)" -eq 2 ]
	run -1 in_ns trafstart lo
	consistent || [ -s "$T/run/trafd.lo" ]
	silent trafstop
	wait_until 20 gone "$pid"
	[ -z "$(ls "$T/run")" ]
}

@test "a PID file that somebody has removed or changed" {
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	sleep 600 3>&- &
	other=$!
	for number in "$other" 1 0 '' x; do
		echo "$number" >"$T/new"
		mv "$T/new" "$T/run/trafd.lo"
		silent trafdump
		rm -f "$T/run/trafd.lo.sock"
		silent trafsave
	done
	rm "$T/run/trafd.lo"
	silent trafsave
	run -1 in_ns trafstart lo
	[[ $output == *"already running: "*": PID $pid;"* ]]
	silent trafstop
	wait_until 20 gone "$pid"
	kill $other
}

@test "nothing configured: a daemon of which one file is left is not passed over" {
	ip -n "$NS" link add v0 type veth peer name v1
	ip -n "$NS" link set v0 up
	ip -n "$NS" link set v1 up
	silent trafstart lo v0
	conf ""
	lock=$T/state/.trafd.v0.lock
	# The daemon locks its account again when it writes.
	for command in trafdump trafsave; do
		rm "$lock"
		silent $command
	done
	[ "$(blocks v0)" -eq 1 ]
	[ "$(blocks lo)" -eq 1 ]
	# The socket only.
	rm "$lock" "$T/run/trafd.v0"
	run -0 in_ns sh -c ". '$TRAF_SUBR'; traf_name=x
	    traf_main traf_report_status v0"
	[ "$output" = "trafd is running on v0." ]
	silent trafsave
	[ "$(blocks v0)" -eq 2 ]
	# The lock only.
	mv "$T/run/trafd.v0.sock" "$T/hidden"
	silent trafsave
	[ "$(blocks v0)" -eq 3 ]
	mv "$T/hidden" "$T/run/trafd.v0.sock"
	rm "$lock"
	silent trafstop
	[ -z "$(daemons)" ]
}

@test "nothing configured: a PID file only, that is an error and not silence" {
	silent trafstart lo
	conf ""
	rm "$T/state/.trafd.lo.lock"
	mv "$T/run/trafd.lo.sock" "$T/hidden"
	for command in trafdump trafsave trafstop; do
		run -1 in_ns $command
		[[ $output == *"does not answer at $T/run/trafd.lo.sock"* ]]
	done
	mv "$T/hidden" "$T/run/trafd.lo.sock"
	silent trafstop
	[ -z "$(daemons)" ]
}

# In a PID namespace of its own, with its own /proc.
inside()	# command
{
	ip netns exec "$NS" unshare --pid --fork --mount-proc \
	    --kill-child "$@"
}

need_pid_namespaces()
{
	unshare --pid --fork --mount-proc true 2>/dev/null ||
	    skip "no PID namespaces here"
}

@test "a daemon that is process 1 of a container" {
	need_pid_namespaces
	inside "$T/trafd" -i lo --foreground -r -m 0 --user root \
	    --run-dir "$T/run" --state-dir "$T/state" 2>"$T/err" 3>&- &
	wait_until 20 test -S "$T/run/trafd.lo.sock"
	wait_until 20 grep -q 'accounting to' "$T/err"
	[ "$(cat "$T/run/trafd.lo")" = 1 ]
	silent trafdump
	[ -s "$T/state/tmp/trafd.lo" ]
	silent trafsave
	[ "$(blocks lo)" -eq 1 ]
	run -1 in_ns trafstart lo
	[[ $output == *"already running: "*": PID 1 of another namespace;"* ]]
	# Its number means nothing here, and its socket is not there.
	mv "$T/run/trafd.lo.sock" "$T/hidden"
	run -1 in_ns trafsave
	[[ $output == *"(lo) trafd runs in a container or on another host, and \
does not answer at $T/run/trafd.lo.sock"* ]]
	run -1 in_ns trafstop
	[ -e "$T/run/trafd.lo" ]
	mv "$T/hidden" "$T/run/trafd.lo.sock"
	silent trafstop
	[ -z "$(daemons)" ]
	[ -z "$(ls "$T/run")" ]
}

# contained OPTIONS: a daemon as process 1 in a container whose state directory
# is its own; the run directory is shared.
contained()
{
	inside unshare --mount sh -c "
		mount -t tmpfs tmpfs $T/state || exit
		mkdir $T/state/tmp
		exec $T/trafd -i lo --foreground -r -m 0 --user root $1 \
		    --source pcap --run-dir $T/run --state-dir $T/state" \
	    2>"$T/err" 3>&- &
	wait_until 20 grep -q 'accounting to' "$T/err"
	[ "$(cat "$T/run/trafd.lo")" = 1 ]
}

@test "process 1 of a container: of its directories only the run directory" {
	need_pid_namespaces
	for options in "" --monitor; do
		contained "$options"
		quietly ls "$T/state/tmp"
		silent trafdump
		silent trafsave
		run -0 in_ns "$T/trafd" --status -f lo --run-dir "$T/run" \
		    --state-dir "$T/state"
		[[ $output == "pid 0"*"save_done 1"* ]]
		run -1 in_ns trafstart lo
		[[ $output == *"already running: "* ]]
		silent trafstop
		[ -z "$(daemons)" ]
		[ -z "$(ls "$T/run")" ]
	done
}

@test "process 1 of a container: of its files only the socket" {
	need_pid_namespaces
	contained ""
	rm "$T/run/trafd.lo" "$T/run/trafd.lo.status"
	silent trafdump
	silent trafsave
	silent trafstop
	[ -z "$(daemons)" ]
	not [ -e "$T/run/trafd.lo.sock" ]
}

@test "process 1 of a container: who may not ask is told so, nothing is signaled" {
	need_pid_namespaces
	id daemon >/dev/null || skip "no user daemon"
	contained ""
	chmod 755 "$T/run"
	chmod 700 "$T/state"
	as_daemon() {
		in_ns setpriv --reuid daemon --clear-groups "$@"
	}
	as_daemon test -x "$T/trafd" || skip "not all may read the build"
	run -0 as_daemon "$T/trafd" --status -f lo --run-dir "$T/run" \
		--state-dir "$T/state"
	[ "${lines[0]}" = "pid 0" ]
	for command in trafdump trafsave trafstop; do
		run -1 as_daemon $command lo
		[ "$output" = "$command: (lo) permission denied: $T/run/trafd.lo.sock: run $command as root" ]
	done
	silent trafstop
	[ -z "$(daemons)" ]
}

@test "in the container itself: process 1 is asked by its socket, or signaled" {
	need_pid_namespaces
	cat >"$T/in" <<-EOT
	{
		until [ -S $T/run/trafd.lo.sock ] && trafdump lo; do
			sleep 0.05
		done 2>/dev/null
		trafsave lo && echo saved
		mv $T/run/trafd.lo.sock $T/hidden
		trafdump lo && trafsave lo && echo signaled
		trafstop lo	# and all of the container ends with it
	} >$T/said 2>&1 &
	exec $T/trafd -i lo --foreground -r -m 0 --user root --source pcap \
	    --run-dir $T/run --state-dir $T/state
	EOT
	run -0 inside sh "$T/in"
	[ "$(cat "$T/said")" = saved$'\n'signaled ]
	[ "$(blocks lo)" -eq 2 ]
}

@test "from a container: no process of the same number is signaled" {
	need_pid_namespaces
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	quietly inside trafdump lo
	quietly inside trafsave lo
	# A victim of that number in there.
	cat >"$T/in" <<-EOT
	mv $T/run/trafd.lo.sock $T/hidden
	n=0
	while [ \$n -lt 5 ]; do sleep 60 & n=\$((n + 1)); done
	trafsave lo && echo saved
	trafstop lo && echo stopped
	kill -0 \$! && echo alive
	EOT
	run -0 inside sh "$T/in"
	[[ $output == *"in a container or on another host"*alive* ]]
	[[ $output != *saved* && $output != *stopped* ]]
	kill -0 "$pid"
	mv "$T/hidden" "$T/run/trafd.lo.sock"
	# Another state directory in there: the socket is all that is shared.
	sed -i "s|^trafd_statedir=.*|trafd_statedir=$T/none|" "$TRAFD_CONF"
	quietly inside trafsave lo
	quietly inside trafstop lo
	wait_until 20 gone "$pid"
}

@test "habits: kill -0 of the number in the PID file" {
	silent trafstart
	kill -0 "$(cat "$T/run/trafd.lo")"
	[ "$(tr -d '0-9' <"$T/run/trafd.lo" | od -An -c | tr -d ' ')" = '\n' ]
	kill -TERM "$(cat "$T/run/trafd.lo")"
	wait_until 20 test ! -e "$T/run/trafd.lo"
	silent trafstart
	silent trafstop
	not [ -e "$T/run/trafd.lo" ]
}

@test "trafd --status and --clean" {
	ask()
	{
		"$T/trafd" "$1" -f lo --run-dir "$T/run" \
		    --state-dir "$T/state"
	}
	run -1 ask --status
	[ -z "$output" ]
	quietly ask --clean
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	silent trafdump
	run -0 ask --status
	[ "${lines[0]}" = "pid $pid" ]
	[ "${lines[2]}" = "dump_done 1" ]
	run -1 ask --clean
	[[ $output == *"nothing removed: lo: trafd is running: PID $pid" ]]
	consistent
	kill -KILL "$pid"
	wait_until 20 gone "$pid"
	run -1 ask --status
	[ "${lines[0]}" = "pid $pid" ]
	quietly ask --clean
	[ -z "$(ls "$T/run")" ]
	run -1 ask --status
	[ -z "$output" ]
	run -127 "$T/trafd" --status
}

# ---- a run directory that others can write to ----

as_nobody()	# commands
{
	chroot --userspec=nobody: / sh -ec "cd '$T/run'; $1"
}

@test "files of others in the run directory are not read, nor waited for" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	chmod 1777 "$T/run"
	conf lo
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	as_nobody "echo $pid >trafd.zz; mkfifo trafd.fifo trafd.fifo.status;
		truncate -s 1T trafd.huge trafd.huge.status;
		ln -s /dev/zero trafd.zero; mkdir trafd.dir;
		: >trafd.; : >trafd.-x; : >trafd.All; : >trafd.a.lock.b
		: >trafd.\$\(id\); ln -s trafd.lo.sock trafd.link.sock"
	for n in 1 2; do
		quietly timeout 20 ip netns exec "$NS" trafdump lo
		quietly timeout 20 ip netns exec "$NS" trafsave lo
		for name in zz fifo huge zero dir; do
			run -1 timeout 20 ip netns exec "$NS" trafsave $name
			[[ $output == *"($name) trafd is not running"* ]]
		done
		rm -f "$T/run/trafd.lo.sock"	# now by signals
	done
	# Nothing configured: what runs.
	conf ""
	quietly timeout 20 ip netns exec "$NS" trafsave
	[ "$(blocks lo)" -eq 3 ]
	quietly timeout 20 ip netns exec "$NS" trafstop
	wait_until 20 gone "$pid"
}

@test "the daemon's own files, replaced by somebody who may" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	chmod 777 "$T/run"
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	sleep 600 3>&- &
	other=$!
	for put in "truncate -s 1T trafd.lo.status" "mkfifo trafd.lo.status" \
	    "ln -s /dev/zero trafd.lo.status" "mkdir trafd.lo.status" \
	    "printf 'pid $pid\nsave_begun 9\nsave_done 9\nsave_failed 0\n' \
	    >trafd.lo.status"; do
		as_nobody "rm -rf trafd.lo trafd.lo.status trafd.lo.sock; $put
			echo $other >trafd.lo"
		quietly timeout 30 ip netns exec "$NS" trafsave lo
		quietly timeout 30 ip netns exec "$NS" trafdump lo
	done
	[ "$(blocks lo)" -eq 5 ]
	quietly timeout 30 ip netns exec "$NS" trafstop lo
	wait_until 20 gone "$pid"
	kill $other
	silent trafstart
}

@test "a huge status file of the daemon's user is read as far as it may be long" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	sed -i 's/--user root/--user nobody/' "$TRAFD_CONF"
	silent trafstart
	pid=$(cat "$T/run/trafd.lo")
	rm "$T/run/trafd.lo.sock"
	truncate -s 1T "$T/run/trafd.lo.status"
	quietly timeout 30 ip netns exec "$NS" trafsave lo
	quietly timeout 30 ip netns exec "$NS" trafstop lo
	wait_until 20 gone "$pid"
}

@test "a socket of somebody else is not asked" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	command -v python3 >/dev/null || skip "no python3"
	chmod 1777 "$T/run"
	cat >"$T/liar.py" <<-'EOT'
	import os, socket, struct, sys
	os.setgid(65534)
	os.setuid(65534)
	s = socket.socket(socket.AF_UNIX)
	s.bind(sys.argv[1])
	s.listen()
	os.chmod(sys.argv[1], 0o777)
	while True:
	    c = s.accept()[0]
	    print('asked', flush=True)
	    command = struct.unpack('<H', c.recv(16)[6:8])[0]
	    c.sendall(struct.pack('<4sHHIIQ', b'TRFA', 1, command, 0, 0, 16) +
	              bytes(16))
	    c.close()
	EOT
	python3 "$T/liar.py" "$T/run/trafd.lo.sock" >"$T/asked" 3>&- &
	liar=$!
	wait_until 20 test -S "$T/run/trafd.lo.sock"
	run -1 in_ns trafsave lo
	[[ $output == *"(lo) trafd is not running"* ]]
	run -2 trafstat --run-dir="$T/run" -i lo --ask=save
	[[ $output == *"trafd.lo.sock: user 65534, who is not trafd's"* ]]
	conf ""
	run -1 in_ns trafsave
	[[ $output == "trafsave: no trafd is running, "* ]]
	[ ! -s "$T/asked" ]
	kill $liar
}

# ---- exit statuses ----

@test "three interfaces in every order: alive, dead and away" {
	ip -n "$NS" link add v0 type veth peer name v1
	ip -n "$NS" link set v0 up
	ip -n "$NS" link set v1 up
	conf lo v0 v1
	silent trafstart
	# One was killed, of one the interface has gone.
	kill -KILL "$(cat "$T/run/trafd.v1")"
	ip -n "$NS" link del v0
	n=0
	for order in "lo v0 v1" "lo v1 v0" "v0 lo v1" "v0 v1 lo" "v1 lo v0" \
	    "v1 v0 lo"; do
		conf "$order"
		case $n in
		0) arguments=All ;;
		1) arguments='' ;;
		*) arguments=$order ;;
		esac
		for command in trafdump trafsave; do
			# shellcheck disable=SC2086
			run -1 in_ns $command $arguments
			[ "${#lines[@]}" -eq 1 ]
			[[ $output == *"(v1) trafd is not running"* ]]
		done
		n=$((n + 1))
		[ "$(blocks lo)" -eq $n ]
		[ "$(blocks v0)" -eq $n ]
	done
	# Without the dead one it is good, by socket and by signal.
	for arguments in "lo v0" "v0 lo"; do
		# shellcheck disable=SC2086
		silent trafdump $arguments
	done
	run -1 in_ns trafstart lo v0
	[[ $output == *"(lo) trafd"*"already running"* ]]
	rm "$T/run/trafd.lo.sock" "$T/run/trafd.v0.sock"
	for arguments in "lo v0" "v0 lo"; do
		# shellcheck disable=SC2086
		silent trafsave $arguments
	done
	for arguments in "v1 lo" "lo v1"; do
		# shellcheck disable=SC2086
		run -1 in_ns trafsave $arguments
	done
	run -1 in_ns trafstop v1 lo v0
	[ -z "$(daemons)" ]
	run -1 in_ns trafstop lo
}

@test "by socket or by signal, the status is that of the save" {
	command -v python3 >/dev/null || skip "no python3"
	silent trafstart
	mkdir "$T/state/trafd.lo"
	run -1 in_ns trafsave lo
	[[ $output == *"(lo) save failed: "* ]]
	mv "$T/run/trafd.lo.sock" "$T/hidden"
	run -1 in_ns trafsave lo
	[[ $output == *"(lo) save failed: "* ]]
	rmdir "$T/state/trafd.lo"
	silent trafsave lo
	silent trafsave lo lo
	# A socket that nobody serves.
	python3 -c "import socket
socket.socket(socket.AF_UNIX).bind('$T/run/trafd.lo.sock')"
	silent trafsave lo
	silent trafdump lo
	# A history that cannot follow is told, and is no failure.
	mkdir "$T/state/db"
	: >"$T/state/db/history.db"
	echo "trafd_trafdb=false" >>"$TRAFD_CONF"
	run -0 in_ns trafsave lo
	[[ $output == *"(lo) saved, but the history was not fully updated"* ]]
}

@test "from cron: no terminal, a short PATH, a directory that cannot be read" {
	mkdir -m 0 "$T/closed"
	silent trafstart
	cat >"$T/cron" <<-EOT
	cd '$T/closed'
	exec env -i PATH=/usr/bin:/bin HOME=/ TRAF_SUBR='$TRAF_SUBR' \
	    TRAFD_CONF='$TRAFD_CONF' setsid sh -c \
	    'exec <&- ; "\$@"' sh '$TRAF_BUILDDIR/scripts/'"\$@"
	EOT
	for command in trafdump "trafsave lo" "trafsave All" trafstop; do
		# shellcheck disable=SC2086
		silent sh "$T/cron" $command
	done
	run -1 in_ns sh "$T/cron" trafsave
	silent sh "$T/cron" trafstart
	[ "$(blocks lo)" -eq 2 ]
}

# ---- trafstart ----

@test "trafstart needs no directory for temporary files" {
	echo 'trafd_nosuch0_flags="--user root --no-wait"' >>"$TRAFD_CONF"
	for dir in "$T/none" "$T/trafd.conf" /proc; do
		TMPDIR=$dir silent trafstart
		TMPDIR=$dir silent trafstop
		TMPDIR=$dir run -1 in_ns trafstart nosuch0
		[[ $output == *"(nosuch0) trafd: nosuch0: no such interface"* ]]
		[[ $output == *"(nosuch0) trafd failed with status 1"* ]]
	done
	run -1 in_ns trafstart 'a.status'
	[[ $output == *"\".status\" is reserved for files of trafd"* ]]
	[[ $output == *"failed with status 127"* ]]
}

@test "backslashes in names are shown as they are, by any shell" {
	for shell in sh dash bash; do
		command -v $shell >/dev/null || continue
		for command in trafsave trafstart; do
			run -1 in_ns $shell "$TRAF_BUILDDIR/scripts/$command" \
			    'a\tb\c'
			[[ ${lines[0]} == *'(a\tb\c) '* ]]
		done
		conf 'x\ny'
		run -1 in_ns $shell "$TRAF_BUILDDIR/scripts/trafdump"
		[[ $output == *'(x\ny) '* ]]
	done
	grep -qF '(a\tb\c)' "$T/log"
}
