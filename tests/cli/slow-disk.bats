#!/usr/bin/env bats
# The capture does not wait for the disk: an fsync that takes ten seconds, a
# table of a million rows frozen, dumped and merged back, under 200,000
# packets a second; and with that table TERM is answered in two seconds.

load assert
load live_helpers
load sanitized

setup() {
	live_setup
	STATE=$DIR/state
}

teardown() {
	live_teardown
}

# An fsync(2) that takes ten seconds, the first time.
make_slow() {
	cat >"$DIR/slow.c" <<-'C'
	#include <sys/syscall.h>
	#include <unistd.h>
	int fsync(int);
	int fsync(int fd)
	{
		static int calls;

		if (calls++ == 0)
			sleep(10);
		return (int)syscall(SYS_fsync, fd);
	}
	C
	${TRAF_CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$DIR/slow.so" \
		"$DIR/slow.c"
}

# Milliseconds of the monotonic clock.
now() {
	awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime
}

# How many processes want each processor, at least 1: the time limits of a
# machine that others use too.
crowd() {
	awk -v cpus="$(nproc)" '{ n = int($1 / cpus + 1); print n }' \
		/proc/loadavg
}

@test "10 s in fsync, a million rows, 200 kpps: no packet is lost; TERM in 2 s" {
	if sanitized "$TRAFD"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	make_slow || skip "no C compiler for a library to preload"
	# The disk is slow here, not a machine that others use too.
	LD_PRELOAD=$DIR/slow.so nice -n -10 ip netns exec "$NS_B" "$TRAFD" \
		--foreground -i veB -m 0 --user root --run-dir "$DIR/run" \
		--state-dir "$STATE" --max-flows 2000000 --buffer 256 \
		2>>"$DIR/log" 3>&- &
	shell=$!
	wait_until 60 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$DIR/run/trafd.veB")
	ip netns exec "$NS_A" "$SENDER" veA 1000000 3200000 200000 \
		>"$DIR/sent" 3>&- &
	sender=$!
	wait_until 60 taken 1000000
	begin=$(now)
	kill -HUP "$PID"
	wait_until 60 reached dump_done 1
	[ $(($(now) - begin)) -ge 10000 ]
	wait $sender
	limit=$((2000 * $(crowd)))
	begin=$(now)
	kill -TERM "$PID"
	wait "$shell"
	took=$(($(now) - begin))
	PID=
	echo "TERM took $took ms, limit $limit ms"
	[ $took -le $limit ]
	"$TRAFLOG" -a -n --format=tsv -i "$STATE/tmp/trafd.veB" |
		awk -F '\t' 'NR > 1 { r++; n += $8; b += $10 }
		    END { print r, n, b }' >"$DIR/got"
	awk -F '\t' '{ r++; n += $6; b += $8 } END { print r, n, b }' \
		"$DIR/sent" >"$DIR/want"
	diff "$DIR/want" "$DIR/got"
	lacks dropped "$DIR/log"
}
