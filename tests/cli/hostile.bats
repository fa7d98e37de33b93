#!/usr/bin/env bats
# What local users may have prepared for a daemon that starts as root, what
# rights the daemon is left with, and what hostile files may show.

load assert
load live_helpers
load sanitized

setup() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	DIR=$(mktemp -d)
	# shellcheck disable=SC2034 # of live_helpers
	NS_A='' NS_B='' PID=''
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	chmod 755 "$DIR"
	mkdir "$DIR/run" "$DIR/state"
	chmod 1777 "$DIR/run"
}

teardown() {
	[ -z "$PID" ] || kill -KILL "$PID" 2>/dev/null || true
	[ -z "$PID" ] || wait_until 60 gone "$PID"
	traf_teardown_net
	rm -rf "$DIR"
}

# need_user: a daemon that becomes nobody on an interface of its own.
need_user() {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	traf_setup_net
}

# start USER OPTIONS...: the daemon; sets PID.  SOURCE=auto if it matters what
# the source may do: to load its programs takes the kernel a while.
start() {
	local user=$1
	shift
	ip netns exec "$NS_B" "$TRAFD" -i veB --user "$user" -m 0 \
		--source "${SOURCE:-pcap}" \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
}

stop() {
	kill -TERM "$PID"
	wait_until 60 gone "$PID"
	PID=
}

# A file of root that the daemon's user must not get at.
make_victim() {
	echo secret >"$DIR/victim"
	chmod 600 "$DIR/victim"
}

victim_is_well() {
	[ "$(stat -c %u:%a "$DIR/victim"):$(cat "$DIR/victim")" = \
		0:600:secret ]
}

# rights KEY: the values of all threads in /proc/PID/status, each once.
rights() {
	awk -v key="$1:" '$1 == key { $1 = ""; print }' \
		/proc/"$PID"/task/*/status | sort -u | xargs
}

may_do_nothing_but_capture() {
	local key threads
	threads=("/proc/$PID/task/"*)
	[ ${#threads[@]} -ge 3 ]
	# A part of the sandbox, which a build may be without.
	if linked_with "$TRAFD" libseccomp; then
		[ "$(rights NoNewPrivs)" = 1 ]
	fi
	[ "$(rights Groups)" = "" ]
	[ "$(rights Uid | tr ' ' '\n' | sort -u)" = "$(id -u "$1")" ]
	for key in CapInh CapAmb CapBnd; do
		[ "$(rights $key)" = 0000000000000000 ]
	done
	# CAP_NET_RAW alone.
	for key in CapPrm CapEff; do
		[ "$(rights $key)" = 0000000000002000 ]
	done
}

need_capng() {
	linked_with "$TRAFD" libcap-ng || skip "built without libcap-ng"
}

@test "symbolic and hard links under the names of the run directory" {
	need_user
	make_victim
	for link in "ln -s" ln; do
		for name in trafd.veB trafd.veB.status; do
			$link "$DIR/victim" "$DIR/run/$name"
			start nobody
			victim_is_well
			[ "$(stat -c %F "$DIR/run/$name")" = "regular file" ]
			stop
			rm -f "$DIR/run/"*
			[ "$(stat -c %h "$DIR/victim")" = 1 ]
		done
	done
}

@test "a FIFO or a stranger's file under the name of the PID file" {
	need_user
	mkfifo "$DIR/run/trafd.veB"
	timeout 60 ip netns exec "$NS_B" "$TRAFD" -i veB --user nobody \
		--source pcap \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	stop
	echo 1 >"$DIR/run/trafd.veB"
	chown 12345 "$DIR/run/trafd.veB"
	start nobody
	[ "$(stat -c %U "$DIR/run/trafd.veB")" = nobody ]
}

@test "a PID file that somebody holds is an error, not a second daemon" {
	need_user
	(flock 9 && : >"$DIR/held" && exec sleep 600) \
		9>>"$DIR/run/trafd.veB" 3>&- &
	holder=$!
	wait_until 20 test -e "$DIR/held"
	chown 12345 "$DIR/run/trafd.veB"
	run ip netns exec "$NS_B" "$TRAFD" -i veB --user nobody \
		--source pcap \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ "$output" == *"trafd is already running"* ]]
	kill $holder
}

@test "a link in place of the directory of dumps gives nothing away" {
	need_user
	mkdir "$DIR/root"
	ln -s "$DIR/root" "$DIR/state/tmp"
	chown nobody "$DIR/state"
	run ip netns exec "$NS_B" "$TRAFD" -i veB --user nobody \
		--source pcap \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ "$output" == *"not a directory: --state-dir $DIR/state/tmp; "* ]]
	[ "$(stat -c %u "$DIR/root")" = 0 ]
}

@test "files of root under the name of the account are not given away" {
	need_user
	make_victim
	mkdir "$DIR/state/tmp"
	chown nobody "$DIR/state" "$DIR/state/tmp"
	for file in state/trafd.veB state/tmp/trafd.veB; do
		for link in "ln -s" ln "cp -p"; do
			$link "$DIR/victim" "$DIR/$file"
			run ip netns exec "$NS_B" "$TRAFD" -i veB \
				--user nobody --source pcap \
				--run-dir "$DIR/run" \
				--state-dir "$DIR/state" 3>&-
			[ "$status" -eq 1 ]
			victim_is_well
			[ "$(stat -Lc %u "$DIR/$file")" = 0 ]
			rm "$DIR/$file"
		done
	done
}

@test "what root saves there goes to the daemon's user, who appends to it" {
	need_user
	chown nobody "$DIR/state"
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\145\000\000\000' \
		>"$DIR/one.pcap"
	printf '\0\312\232\073\0\0\0\0\001\0\0\0\001\0\0\0\140' \
		>>"$DIR/one.pcap"
	"$TRAFD" --read "$DIR/one.pcap" -f veB --state-dir "$DIR/state"
	[ "$(stat -c %U:%a "$DIR/state/trafd.veB")" = nobody:640 ]
	# One from before, in a directory that is root's no more.
	chown root "$DIR/state/trafd.veB"
	start nobody
	[ "$(stat -c %U "$DIR/state/trafd.veB")" = nobody ]
	kill -INT "$PID"
	wait_until 20 grep -q '^save_done 1' "$DIR/run/trafd.veB.status"
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" = 2 ]
}

@test "files are 0640 and directories 0750 whatever the umask" {
	need_user
	rmdir "$DIR/state"
	for mask in 000 077; do
		umask $mask
		start nobody
		kill -INT "$PID"
		wait_until 20 grep -q '^save_done 1' \
			"$DIR/run/trafd.veB.status"
		[ "$(stat -c %a "$DIR/run/trafd.veB")" = 644 ]
		[ "$(stat -c %a "$DIR/run/trafd.veB.status")" = 644 ]
		stop
		[ "$(stat -c %U:%a "$DIR/state" "$DIR/state/tmp" |
			sort -u)" = nobody:750 ]
		[ "$(stat -c %U:%a "$DIR/state/trafd.veB" \
			"$DIR/state/tmp/trafd.veB" | sort -u)" = nobody:640 ]
		rm -rf "$DIR/state"
	done
}

@test "a directory that the daemon's user cannot write to is an error" {
	need_user
	chown 12345 "$DIR/state"
	chmod 700 "$DIR/state"
	for user in nobody root; do
		need_capng
		run ip netns exec "$NS_B" "$TRAFD" -i veB --user $user \
			--source pcap \
			--run-dir "$DIR/run" --state-dir "$DIR/state"
		[ "$status" -eq 1 ]
		[[ "$output" == *"not writable by the user of trafd: --state-dir $DIR/state; "* ]]
	done
}

@test "one directory for PID files and accounts is an error" {
	for other in "$DIR/state" "$DIR/state/../state/"; do
		run "$TRAFD" -i lo --run-dir "$DIR/state" --state-dir "$other"
		[ "$status" -eq 1 ]
		[[ "$output" == *"directory are the same: $DIR/state: "* ]]
		quietly ls "$DIR/state"
	done
}

@test "no thread has more than CAP_NET_RAW after the start" {
	need_user
	need_capng
	SOURCE=auto
	start nobody
	may_do_nothing_but_capture nobody
}

@test "root that stays has CAP_NET_RAW only, and still does its work" {
	traf_setup_net
	need_capng
	SOURCE=auto
	start root
	may_do_nothing_but_capture root
	kill -INT "$PID"
	wait_until 20 grep -q '^save_done 1' "$DIR/run/trafd.veB.status"
	stop
	[ -s "$DIR/state/trafd.veB" ]
	[ -s "$DIR/state/tmp/trafd.veB" ]
	[ ! -e "$DIR/run/trafd.veB" ]
	[ ! -e "$DIR/run/trafd.veB.status" ]
	start root -r
	stop
}

@test "system calls of all threads are filtered" {
	traf_setup_net
	linked_with "$TRAFD" libseccomp || skip "built without a sandbox"
	grep -q '^Seccomp:' /proc/self/status || skip "no seccomp here"
	SOURCE=auto
	start root
	[ "$(rights Seccomp)" = 2 ]
}

@test "a detached daemon holds nothing of the terminal or shell" {
	traf_setup_net
	start root </dev/zero >"$DIR/out" 2>"$DIR/err"
	for fd in 0 1 2; do
		[ "/proc/$PID/fd/$fd" -ef /dev/null ]
	done
	[ "$(readlink "/proc/$PID/cwd")" = / ]
}

@test "a daemon started with closed streams opens no file in their place" {
	traf_setup_net
	start root <&- >&- 2>&-
	kill -INT "$PID"
	wait_until 20 grep -q '^save_done 1' "$DIR/run/trafd.veB.status"
	[ "/proc/$PID/fd/2" -ef /dev/null ]
	[ "$(cat "$DIR/run/trafd.veB")" = "$PID" ]
	"$TRAFLOG" --check -i "$DIR/state/trafd.veB"
}

@test "the log says that trafd stays root" {
	traf_setup_net
	ip netns exec "$NS_B" "$TRAFD" --foreground -i veB --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" \
		2>"$DIR/err" 3>&- &
	wait_until 20 grep -q "accounting to" "$DIR/err"
	PID=$(cat "$DIR/run/trafd.veB")
	if linked_with "$TRAFD" libcap-ng; then
		kept="of its capabilities at most CAP_NET_RAW is kept"
	else
		kept="all rights of root are kept"
	fi
	grep -q "still root: --user root; $kept\$" "$DIR/err"
	stop
}

# with_users COMMAND: in a system whose only users are root and $USERS.
with_users() {
	printf 'root:x:0:0::/:/bin/sh\n%s\n' "$USERS" >"$DIR/passwd"
	# shellcheck disable=SC2016 # for that shell
	ip netns exec "$NS_B" unshare -m sh -ec '
		mount --make-rprivate /
		mount --bind "$0" /etc/passwd
		exec "$@"' "$DIR/passwd" "$@" 3>&-
}

@test "without the user trafd root starts nothing, but as whom it is told" {
	traf_setup_net
	set -- "$TRAFD" -i veB --run-dir "$DIR/run" --state-dir "$DIR/state"
	USERS='' with_users true || skip "no mount namespaces here"
	for how in --foreground --check-config; do
		USERS='' run with_users "$@" $how
		[ "$status" -eq 1 ]
		[[ $output == *"trafd: no user to run as: trafd; create it, or \
give --user root to stay root"* ]]
	done
	[ ! -e "$DIR/run/trafd.veB" ]
	[ ! -e "$DIR/state/.trafd.veB.lock" ]
	USERS='' with_users "$@" --user root
	PID=$(cat "$DIR/run/trafd.veB")
	stop
	USERS='trafd:x:54321:54321::/:/bin/false' with_users "$@"
	PID=$(cat "$DIR/run/trafd.veB")
	[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$PID/status")" = 54321 ]
	[ "$(stat -c %u "$DIR/state/.trafd.veB.lock")" = 54321 ]
	stop
}

@test "no octet of a hostile file reaches the terminal as it is" {
	esc=$(printf '\033')
	printf 'block e%s]0;x\aY gate%s[2J 1795215600 1795219200\n%s\n' \
		"$esc" "$esc" "10.0.0.1 1 10.0.0.2 2 6 1 1 41" |
		"$TRAF_BUILDDIR/tests/lib/mksave" "$DIR/state/trafd.x"
	: >"$DIR/state/trafd.e${esc}[2Jy"
	for options in "-a" "-l" "-r" "-s" "--format=json" "--format=csv" \
	    "--check" "-i none"; do
		# shellcheck disable=SC2086 # words
		"$TRAFLOG" -n --state-dir "$DIR/state" -i "$DIR/state/trafd.x" \
			$options >>"$DIR/out" 2>&1 || true
	done
	grep -q 'e?\]0;x?Y' "$DIR/out"
	grep -q 'have: e?\[2Jy' "$DIR/out"
	# Nor of a name that somebody gave to a file.
	cp "$DIR/state/trafd.x" "$DIR/state/trafd.e${esc}[2Jy"
	for options in "-a" "--check" "--by hour" "-o x" "-w /nosuch/x" \
	    "-b #9 -e #9"; do
		# shellcheck disable=SC2086
		"$TRAFLOG" -n -i "$DIR/state/trafd.e${esc}[2Jy" $options \
			>>"$DIR/out" 2>&1 || true
		# shellcheck disable=SC2086
		"$TRAFLOG" -n -i "$DIR/none/trafd.e${esc}[2Jy" $options \
			>>"$DIR/out" 2>&1 || true
	done
	grep -q 'trafd.e?\[2Jy: 1 block, ' "$DIR/out"
	grep -q 'none/trafd.e?\[2Jy: ' "$DIR/out"
	[ "$(LC_ALL=C tr -d '\n -~' <"$DIR/out" | wc -c)" -eq 0 ]
}

@test "what a daemon left as its last error is shown without control characters" {
	printf 'pid 42\ndump_begun 1\ndump_done 0\ndump_failed 1\nlast_error a\033[2Jb\n' \
		>"$DIR/status"
	run env trafd_log=/dev/null sh -c ". '$TRAF_BUILDDIR/scripts/traf.subr'
		traf_name=trafdump traf_iface=veB traf_pid=42
		traf_counters=\$(cat '$DIR/status')
		traf_failed_since dump '0 0 0'"
	[ "$status" -eq 0 ]
	[[ "$output" == *"(veB) dump failed: a[2Jb"* ]]
}

# ---- the history of accounts, which are another user's ----

need_history() {
	grep -q '^#define HAVE_DB 1' "$TRAF_BUILDDIR/config.h" ||
		skip "built without Berkeley DB"
	[ "$(id -u)" = 0 ] || skip "needs root"
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	TRAFDB=$TRAF_BUILDDIR/tools/trafdb/trafdb
	account_of "$(date +%s)" "$DIR/state/trafd.e0"
	chown -R nobody "$DIR/state"
}

# account_of TIME FILE: a block of a second.
account_of() {
	printf 'block e0 gate %d %d\ninstance 1 %d\n10.0.0.1 1 10.0.0.9 2 6 1 1 41\n' \
		"$1" $(($1 + 1)) "$1" | "$TRAF_BUILDDIR/tests/lib/mksave" "$2"
}

# as_nobody COMMANDS: what that user may have prepared.
as_nobody() {
	chroot --userspec=nobody: / sh -ec "cd '$DIR/state'; $1"
}

@test "links and settings in the history's directory do not move root's hand" {
	need_history
	make_victim
	mkdir -m 700 "$DIR/root"
	for trap in "ln -s '$DIR/victim' db/log.0000000001" \
	    "ln -s '$DIR/root/new' db/log.0000000001" \
	    "echo 'set_lg_dir $DIR/root' >db/DB_CONFIG" \
	    "echo 'set_data_dir $DIR/root' >db/DB_CONFIG" \
	    "rmdir db; ln -s '$DIR/root' db"; do
		as_nobody "mkdir db; $trap"
		for command in update rebuild verify "limit x e0 1M" check; do
			# shellcheck disable=SC2086
			"$TRAFDB" --state-dir "$DIR/state" $command || true
		done
		victim_is_well
		quietly ls -A "$DIR/root"
		quietly find "$DIR/state" -user root
		rm -rf "$DIR/state/db"
	done
}

@test "root's own files and hook are used as root" {
	need_history
	mkdir -m 700 "$DIR/root"
	account_of 1700000000 "$DIR/root/moved"
	db() { "$TRAFDB" "$@" --state-dir "$DIR/state"; }
	# Who has changed its user cannot be searched for leaks.
	no_leak_search
	db update
	db update -v -f "$DIR/root/moved" e0 2>"$DIR/said"
	grep -q '1 block added' "$DIR/said"
	db rebuild -v e0 "$DIR/root/moved" 2>"$DIR/said"
	grep -q '2 blocks added' "$DIR/said"
	db limit most e0 40 --period month
	printf '#!/bin/sh\nid -u >"%s/root/hook"; id -G >>"%s/root/hook"\n' \
		"$DIR" "$DIR" >"$DIR/hook"
	chmod 755 "$DIR/hook"
	db check --exec "$DIR/hook" || [ $? -eq 2 ]
	{ id -u; id -G; } | diff - "$DIR/root/hook"
	db prune --files=1d e0 "$DIR/root/moved"
	[ ! -e "$DIR/root/moved" ]
	quietly find "$DIR/state/db" -user root
	db verify
}

@test "trafstat -h: what another host says does not reach the terminal as it is" {
	command -v python3 >/dev/null || skip "no python3"
	cat >"$DIR/host.py" <<-'EOT'
	import socket, sys
	s = socket.create_server(('127.0.0.1', 0))
	print(s.getsockname()[1], flush=True)
	for say in (b'\x1b]0;x\x07row\x9b2J\r\n\tend\n', b'trafstatd: \x1b[2Jno\n',
	            b'\x00\x1b\xff' * 50000):
	    c = s.accept()[0]
	    c.recv(1024)
	    c.sendall(say)
	    c.close()
	EOT
	python3 "$DIR/host.py" >"$DIR/port" 3>&- &
	wait_until 20 test -s "$DIR/port"
	host=127.0.0.1:$(cat "$DIR/port")
	run "$TRAF_BUILDDIR/tools/trafstat/trafstat" -h "$host"
	[ "$status" -eq 0 ]
	[ "$output" = $'?]0;x?row?2J?\n\tend' ]
	run "$TRAF_BUILDDIR/tools/trafstat/trafstat" -h "$host"
	[ "$status" -eq 1 ]
	[ "$output" = 'trafstatd: ?[2Jno' ]
	# In binary it is for a program, octet by octet.
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" -b -h "$host" >"$DIR/binary"
	[ "$(wc -c <"$DIR/binary")" -eq 150000 ]
	[ "$(tr -d '\000\033\377' <"$DIR/binary" | wc -c)" -eq 0 ]
}

@test "trafdb: files that trafd has not named are no accounts, nor shown as they are" {
	need_history
	esc=$(printf '\033')
	cp "$DIR/state/trafd.e0" "$DIR/state/trafd.${esc}[2Jy"
	cp "$DIR/state/trafd.e0" "$DIR/state/trafd.x y"
	db() { "$TRAFDB" "$@" --state-dir "$DIR/state" >>"$DIR/out" 2>&1; }
	db update -v
	[ "$(grep -c ' added' "$DIR/out")" -eq 1 ]
	# By hand, if somebody wants it.
	db update -v -f "$DIR/state/trafd.${esc}[2Jy" "${esc}[2Jy"
	for command in stat dump verify "rebuild -v"; do
		# shellcheck disable=SC2086
		db $command || true
	done
	grep -q '^?\[2Jy: 1 block, ' "$DIR/out"
	[ "$(LC_ALL=C tr -d '\n\t -~' <"$DIR/out" | wc -c)" -eq 0 ]
}

@test "a FIFO in place of the status file is not waited for" {
	mkfifo "$DIR/status"
	run timeout 20 env trafd_log=/dev/null sh -c "
		. '$TRAF_BUILDDIR/scripts/traf.subr'
		traf_pid=42 traf_status=$DIR/status
		traf_counts save"
	[ "$status" -eq 1 ]
}

@test "a FIFO in the history's directory is refused, not waited for" {
	need_history
	"$TRAFDB" --state-dir "$DIR/state" update
	for name in lock writer history.db; do
		mv "$DIR/state/db/$name" "$DIR/kept"
		mkfifo "$DIR/state/db/$name"
		chmod 666 "$DIR/state/db/$name"
		for program in "$TRAFDB stat" "$TRAFDB update" \
		    "$TRAFLOG -i e0 --history --total"; do
			# shellcheck disable=SC2086 # words
			run timeout 20 $program --state-dir "$DIR/state"
			echo "$name: $program: $status: $output"
			[ "$status" -eq 1 ] || [ "$name" = writer ]
			[ "$status" -ne 124 ]
		done
		mv "$DIR/kept" "$DIR/state/db/$name"
	done
	"$TRAFDB" --state-dir "$DIR/state" verify
}
