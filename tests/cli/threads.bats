#!/usr/bin/env bats
# --threads: the same account by several threads as by one.

load assert
load live_helpers
load sanitized

setup() {
	live_setup
	TWO=
}

teardown() {
	[ -z "$TWO" ] || kill -KILL "$TWO" 2>/dev/null || true
	live_teardown
}

threads_of() {
	local threads=("/proc/$1/task/"*)
	echo ${#threads[@]}
}

# has_threads N PID
has_threads() {
	[ "$(threads_of "$2")" -eq "$1" ]
}

# protocols_of EXT: what trafstat -s says of it, the number of all IP first.
protocols_of() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i "$1" -s \
		--format=json | python3 -S -c '
import json, sys
j = json.load(sys.stdin)[0]["protocols"]
print(j["ip"]["packets"] + j["ipv6"]["packets"], json.dumps(j))'
}

same_protocols() {
	local one
	one=$(protocols_of veB)
	[[ $one == '60000 '* && $one == "$(protocols_of two)" ]]
}

# The buffers hold all of it, however late somebody looks.
@test "three threads make the account of one, dumps and saves in between" {
	start_trafd -m 0 --buffer 64
	one=$(threads_of "$PID")
	ip netns exec "$NS_B" "$TRAFD" -i veB -f two --threads 3 -m 0 \
		--buffer 64 --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 3>&-
	TWO=$(cat "$DIR/run/trafd.two")
	wait_until 20 has_threads $((one + 3)) "$TWO"
	ip netns exec "$NS_A" "$SENDER" veA 1000 60000 20000 \
		>"$DIR/sent" 3>&- &
	sender=$!
	n=0
	for sig in HUP INT HUP INT HUP; do
		n=$((n + 10000))
		wait_until 20 has_seen $n two
		kill -$sig "$TWO"
	done
	wait $sender
	wait_until 20 same_protocols
	kill -TERM "$TWO"
	wait_until 20 gone "$TWO"
	stop_trafd TERM
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	account >"$DIR/got"
	diff "$DIR/want" "$DIR/got"
	table "$DIR/state/trafd.two" "$DIR/state/tmp/trafd.two" >"$DIR/got"
	diff "$DIR/want" "$DIR/got"
}

@test "the ledger of threads: each frame once, what one of them drops too" {
	start_trafd -m 0 --threads 2 --buffer 1
	ip netns exec "$NS_A" "$SENDER" veA 1000 20000 >"$DIR/sent"
	kill -STOP "$PID"
	ip netns exec "$NS_A" "$SENDER" veA 1000 20000 >"$DIR/sent"
	kill -CONT "$PID"
	stop_trafd TERM
	[ "$(ledger frames)" -eq "$(packets)" ]
	[ "$(ledger drop_kernel)" -gt 0 ]
	[ $(($(ledger frames) + $(ledger drop_kernel))) -eq 40000 ]
}

@test "a flood of flows fills the tables of threads, and no packet is lost" {
	start_trafd -m 0 --threads 2 --max-flows 4096
	ip netns exec "$NS_A" "$SENDER" veA random 30000 20000 >"$DIR/sent"
	stop_trafd TERM
	[ "$(packets)" -eq 30000 ]
	[ "$(ledger fold_packets)" -gt 0 ]
	[ "$(ledger fold_packets)" -le 30000 ]
}

# folded_remote: after a flood of more flows at once than there is room for,
# from 10.0/16 to 10.1/16, which is local (and more in IPv6).
folded_remote() {
	kill -STOP "$PID"
	ip netns exec "$NS_A" "$SENDER" veA random 16000 >"$DIR/sent"
	kill -CONT "$PID"
	stop_trafd TERM
	account >"$DIR/rows"
	[ "$(awk '$3 ~ /^10\.1\./ && $1 !~ /^10\./' "$DIR/rows" |
		wc -l)" -gt 0 ]
	[ "$(awk '$1 ~ /^10\.0\./ && $3 !~ /^10\./' "$DIR/rows" |
		wc -l)" -eq 0 ]
}

# address_comes_later OPTIONS...: and a dump after it.
address_comes_later() {
	start_logged --max-flows 4096 "$@"
	ip -n "$NS_B" addr add 10.1.0.1/16 dev veB
	ip netns exec "$NS_A" "$SENDER" veA 100 100 >"$DIR/sent"
	kill -HUP "$PID"
	logged 1 'interface changed: veB: now 10.1.0.0/16'
	wait_until 20 reached dump_done 1
}

@test "what threads fold is the remote side" {
	ip -n "$NS_B" addr add 10.1.0.1/16 dev veB
	start_trafd -m 0 --threads 2 --max-flows 4096
	folded_remote
}

@test "an address that comes later is local after the next dump" {
	address_comes_later
	folded_remote
}

@test "and so it is to threads" {
	address_comes_later --threads 2
	folded_remote
}

@test "threads give an interface up, and have it again" {
	start_logged --threads 2
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	wait_until 20 taken 100		# a buffer that waits is lost with it
	ip -n "$NS_B" link del veB
	logged 1 'interface lost: veB: .*; waiting for it to return'
	make_veth
	logged 1 'interface returned: veB'
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	stop_trafd TERM
	[ "$(sent_packets)" -eq 200 ]
	[ "$(ledger gaps)" -eq 1 ]
}

# make_starved: a machine on which threads get no time: what they wait for
# never comes, and what others do takes twenty times as long.
make_starved() {
	cat >"$DIR/starved.c" <<-'C'
	#include <sys/syscall.h>
	#include <poll.h>
	#include <time.h>
	#include <unistd.h>
	int poll(struct pollfd *p, nfds_t n, int ms)
	{
		struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

		return (syscall(SYS_ppoll, p, n == 2 && ms == -1 ? 1 : n,
		    ms < 0 ? (void *)0 : &t, (void *)0, (size_t)8));
	}
	int clock_gettime(clockid_t clock, struct timespec *t)
	{
		int rc = syscall(SYS_clock_gettime, clock, t);
		long long ns = (t->tv_sec * 1000000000LL + t->tv_nsec) * 20;

		if (clock == CLOCK_THREAD_CPUTIME_ID) {
			t->tv_sec = ns / 1000000000;
			t->tv_nsec = ns % 1000000000;
		}
		return (rc);
	}
	C
	${TRAF_CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$DIR/starved.so" \
		"$DIR/starved.c"
}

@test "what there is no time for at the end is in the ledger" {
	sanitized "$TRAFD" && skip "a sanitizer does not let itself be preloaded"
	make_starved || skip "no C compiler for a library to preload"
	for threads in 1 2 3; do
		LD_PRELOAD=$DIR/starved.so start_trafd -m 0 --buffer 64 \
			--threads $threads
		ip netns exec "$NS_A" "$SENDER" veA random 150000 >"$DIR/sent"
		stop_trafd TERM
		echo "$(packets) counted, $(ledger drop_kernel) dropped"
		[ "$(packets)" -gt 0 ]
		[ "$(packets)" -eq "$(ledger frames)" ]
		[ $(($(packets) + $(ledger drop_kernel))) -eq 150000 ]
		rm -r "$DIR/state"
		mkdir "$DIR/state"
	done
}

@test "-c and --read have no use for threads, and say so" {
	for args in "-c 10 -i lo" "--read /dev/null"; do
		# shellcheck disable=SC2086 # words
		run -127 "$TRAFD" --threads 2 $args
		[[ $output == *"--threads cannot be used with -c or --read"* ]]
	done
	run -127 "$TRAFD" --threads 0 -i lo
}
