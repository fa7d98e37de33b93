#!/usr/bin/env bats
# A log that hangs never holds up the daemon: not its start, its capture, its
# dumps and saves, its answers or its end.  What the log did not take is
# counted, and told when the log takes lines again.
# jobs: 4
load assert
load live_helpers
load web_helpers
load sanitized

setup() {
	command -v python3 >/dev/null || skip "no python3"
	live_setup
	web_setup
	LOG_PIDS=
}

teardown() {
	# shellcheck disable=SC2086
	[ -z "$LOG_PIDS" ] || kill -KILL $LOG_PIDS 2>/dev/null || true
	stop_web
	live_teardown
}

# log_daemon KIND FILE: a syslogd; sets LOG.  FILE `-': one that hangs.
log_daemon() {
	: >"$DIR/ready"
	ip netns exec "$NS_B" python3 "$TRAF_SRCDIR/tests/lib/fakelog.py" \
		"$1" "$DIR/syslog" "$2" >"$DIR/ready" 3>&- &
	LOG=$!
	LOG_PIDS="$LOG_PIDS $LOG"
	wait_until 20 grep -q ready "$DIR/ready"
}

end_log_daemon() {
	kill -KILL "$LOG"
	wait_until 20 gone "$LOG"
}

# with_dev COMMAND...: where /dev is one of its own, with that syslogd.
with_dev() {
	# shellcheck disable=SC2016
	ip netns exec "$NS_B" unshare -m sh -c '
		dir=$1
		shift
		mount --make-rprivate /
		mkdir -p "$dir/dev"
		mount -t tmpfs traf-dev "$dir/dev"
		for n in null zero full random urandom tty; do
			: >"$dir/dev/$n"
			mount --bind "/dev/$n" "$dir/dev/$n"
		done
		ln -s "$dir/syslog" "$dir/dev/log"
		mount --rbind "$dir/dev" /dev
		exec "$@"' sh "$DIR" "$@"
}

need_dev() {
	with_dev test -L /dev/log || skip "no mount namespaces here"
}

# options: of every daemon here.
options() {
	echo -i veB --user root -m 0 --source "${TRAF_SOURCE:-pcap}" \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
}

answers() {
	[ -S "$DIR/run/trafd.veB.sock" ] && taken 0
}

begun() {
	wait_until 30 answers
	PID=$(cat "$DIR/run/trafd.veB")
}

# Milliseconds of the monotonic clock, and the limit of a busy machine.
now() {
	awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime
}

two_seconds() {
	awk -v cpus="$(nproc)" '{ print 2000 * int($1 / cpus + 1) }' \
		/proc/loadavg
}

ends_in_time() {
	local begin limit
	limit=$(two_seconds)
	begin=$(now)
	kill -TERM "$PID"
	wait_until 60 gone "$PID"
	PID=
	echo "TERM took $(($(now) - begin)) ms, limit $limit ms"
	[ $(($(now) - begin)) -le "$limit" ]
}

# works: it counts, dumps, saves and answers: a thousand packets, twice.
works() {
	local n=1000 d s
	d=$(status dump_done)
	s=$(status save_done)
	ip netns exec "$NS_A" "$SENDER" veA 10 "$n" >"$DIR/sent"
	wait_until 20 taken "$n"
	kill -HUP "$PID"
	wait_until 20 reached dump_done $((d + 1))
	kill -INT "$PID"
	wait_until 20 reached save_done $((s + 1))
	ip netns exec "$NS_A" "$SENDER" veA 10 "$n" >"$DIR/sent"
}

# full_pipe: descriptor 8, which takes nothing any more.
full_pipe() {
	mkfifo "$DIR/pipe"
	exec 8<>"$DIR/pipe"
	timeout 2 head -c 2000000 /dev/zero >&8 || true
	# The search for leaks stops the thread that writes there, and then
	# writes there itself: it would never end.
	no_leak_search
}

# read_pipe FILE: what is in it after that, now and later.
read_pipe() {
	(timeout 60 cat "$DIR/pipe" | tr -d '\0' >"$1") 3>&- 8>&- &
	exec 8>&-
}

@test "a full pipe at standard error: counts, dumps, saves, answers and ends" {
	full_pipe
	# shellcheck disable=SC2046
	ip netns exec "$NS_B" "$TRAFD" --foreground $(options) 2>&8 3>&- 8>&- &
	begun
	works
	ends_in_time
	[ "$(packets)" -eq 2000 ]
}

@test "a reader that comes back gets all lines, whole and in their order" {
	full_pipe
	# shellcheck disable=SC2046
	ip netns exec "$NS_B" "$TRAFD" --foreground $(options) 2>&8 3>&- 8>&- &
	begun
	works
	for ((i = 2; i <= 6; i++)); do
		kill -HUP "$PID"
		wait_until 20 reached dump_done "$i"
	done
	read_pipe "$DIR/log"
	stop_trafd TERM
	logged 1 'accounting ends'
	[ "$(grep -cv '^trafd: ' "$DIR/log")" -eq 0 ]
	grep -o 'accounting to\|dump done\|save done\|ends' "$DIR/log" |
		xargs >"$DIR/got"
	echo "accounting to dump done save done dump done dump done dump done" \
		"dump done dump done dump done ends" | diff - "$DIR/got"
}

@test "a file system that hangs below standard error" {
	sanitized "$TRAFD" && skip "a sanitizer does not let itself be preloaded"
	# By whatever function it may be written to.
	cat >"$DIR/hang.c" <<-'C'
	#include <sys/syscall.h>
	#include <stdarg.h>
	#include <stdio.h>
	#include <unistd.h>
	static void hang(int fd)
	{
		while (fd == 2)
			sleep(1000);
	}
	ssize_t write(int fd, const void *octets, size_t len)
	{
		hang(fd);
		return (syscall(SYS_write, fd, octets, len));
	}
	int fprintf(FILE *f, const char *format, ...)
	{
		va_list ap;
		int n;

		hang(fileno(f));
		va_start(ap, format);
		n = vfprintf(f, format, ap);
		va_end(ap);
		return (n);
	}
	C
	${TRAF_CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$DIR/hang.so" \
		"$DIR/hang.c" || skip "no C compiler for a library to preload"
	# shellcheck disable=SC2046
	LD_PRELOAD=$DIR/hang.so ip netns exec "$NS_B" "$TRAFD" --foreground \
		$(options) 2>"$DIR/log" 3>&- &
	begun
	works
	ends_in_time
	[ "$(packets)" -eq 2000 ]
}

@test "a terminal that was stopped by ^S" {
	# As in full_pipe().
	no_leak_search
	# shellcheck disable=SC2046
	ip netns exec "$NS_B" python3 - "$TRAFD" --foreground $(options) \
		3>&- <<-'PY' &
	import os, pty, sys, termios, time
	master, slave = pty.openpty()
	termios.tcflow(slave, termios.TCOOFF)
	pid = os.fork()
	if pid == 0:
	    os.setsid()
	    os.dup2(slave, 2)
	    os.execv(sys.argv[1], sys.argv[1:])
	os.waitpid(pid, 0)
	PY
	begun
	works
	ends_in_time
	[ "$(packets)" -eq 2000 ]
}

@test "a syslogd that hangs: starts, works and ends" {
	need_dev
	for kind in dgram stream; do
		log_daemon $kind -
		# shellcheck disable=SC2046
		with_dev timeout --foreground 60 "$TRAFD" $(options) 3>&-
		begun
		works
		ends_in_time
		[ "$(packets)" -eq 2000 ]
		end_log_daemon
		rm -rf "$DIR/state/"*
	done
}

@test "an error of the start reaches the terminal though syslogd hangs" {
	need_dev
	log_daemon dgram -
	run with_dev timeout --foreground 30 "$TRAFD" -i nosuch --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ "$output" == *"nosuch: no such interface"* ]]
}

@test "syslogd stops for a while: nothing is lost; ends: told how much" {
	need_dev
	log_daemon dgram "$DIR/log"
	# shellcheck disable=SC2046
	with_dev "$TRAFD" $(options) 3>&-
	begun
	logged 1 'accounting to'
	grep -q "^<30>[A-Z][a-z][a-z] [ 0-9]* ..:..:.. trafd\[$PID\]: veB: acc" \
		"$DIR/log"
	kill -STOP "$LOG"
	works
	# More than the socket holds.
	for ((i = 2; i <= 21; i++)); do
		kill -HUP "$PID"
		wait_until 20 reached dump_done "$i"
	done
	kill -CONT "$LOG"
	logged 21 'dump done'
	logged 0 'log lines lost'
	end_log_daemon
	kill -HUP "$PID"
	wait_until 20 reached dump_done 22
	kill -HUP "$PID"
	wait_until 20 reached dump_done 23
	log_daemon dgram "$DIR/log"
	kill -INT "$PID"
	logged 2 'save done'
	logged 1 'log lines lost: 2:'
	# One of the other kind in its place.
	end_log_daemon
	log_daemon stream "$DIR/log"
	kill -INT "$PID"
	logged 3 'save done'
	stop_trafd TERM
	logged 1 'accounting ends'
	[ "$(grep -cv '^<' "$DIR/log")" -eq 0 ]
}

@test "--monitor: both processes live with a syslogd that hangs" {
	need_dev
	log_daemon dgram -
	# shellcheck disable=SC2046
	with_dev timeout --foreground 60 "$TRAFD" --monitor $(options) 3>&-
	begun
	works
	kill -HUP "$PID"
	wait_until 20 reached dump_done 2
	first=$(cat "/proc/$PID/task/$PID/children")
	# shellcheck disable=SC2086
	kill -KILL $first
	wait_until 20 gone "${first% }"
	wait_until 20 answers
	ip netns exec "$NS_A" "$SENDER" veA 10 500 >"$DIR/sent"
	# taken() would lack what is saved: the parent hands a SIGINT on that
	# came just before the kill.
	wait_until 20 has_seen 500
	ends_in_time
	[ "$(packets)" -eq 2500 ]
}

@test "--monitor: both processes live with a full pipe" {
	full_pipe
	# shellcheck disable=SC2046
	ip netns exec "$NS_B" "$TRAFD" --foreground --monitor $(options) \
		2>&8 3>&- 8>&- &
	begun
	works
	kill -HUP "$PID"
	wait_until 20 reached dump_done 2
	first=$(cat "/proc/$PID/task/$PID/children")
	# shellcheck disable=SC2086
	kill -KILL $first
	wait_until 20 gone "${first% }"
	wait_until 20 answers
	ip netns exec "$NS_A" "$SENDER" veA 10 500 >"$DIR/sent"
	wait_until 20 has_seen 500
	ends_in_time
	[ "$(packets)" -eq 2500 ]
}

@test "a service manager that hangs does not hold up the start or the end" {
	log_daemon dgram -
	# shellcheck disable=SC2046
	NOTIFY_SOCKET=$DIR/syslog ip netns exec "$NS_B" "$TRAFD" \
		--foreground $(options) 2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	begun
	works
	ends_in_time
	[ "$(packets)" -eq 2000 ]
}

# refuses: a line that trafstatd does not take is answered.
refuses() {
	# shellcheck disable=SC2016
	ip netns exec "$NS_B" timeout 2 bash -c '
		exec 9<>/dev/tcp/127.0.0.1/8765 || exit 1
		echo nonsense >&9
		grep -q "^trafstatd: " <&9' 2>/dev/null
}

@test "trafstatd answers while its log hangs" {
	need_dev
	log_daemon dgram -
	with_dev "$TRAF_BUILDDIR/tools/trafstatd/trafstatd" --syslog --user root \
		--run-dir "$DIR/run" --listen 127.0.0.1:8765 3>&- &
	web=$!
	LOG_PIDS="$LOG_PIDS $web"
	wait_until 2 refuses
	# The shell that runs the function is not the server.
	web=$(cat "/proc/$web/task/$web/children")
	web=${web% }
	LOG_PIDS="$LOG_PIDS $web"
	limit=$(two_seconds)
	begin=$(now)
	kill -TERM "$web"
	wait_until 20 gone "$web"
	LOG_PIDS=$LOG
	[ $(($(now) - begin)) -le "$limit" ]
}
