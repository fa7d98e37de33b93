#!/usr/bin/env bats
# Limits of the process: a daemon that is out of descriptors for a while goes
# on counting, and limits with which it could not save are refused at once.
# jobs: 6

bats_require_minimum_version 1.5.0
load assert
load live_helpers
load sanitized

setup() {
	live_setup
	command -v prlimit >/dev/null || skip "needs prlimit(1)"
}

teardown() {
	live_teardown
}

# processes: the daemon, and the worker of --monitor.
processes() {
	echo "$PID $(cat "/proc/$PID/task/$PID/children")"
}

# descriptors SOFT: how many the daemon may have open from now on.
descriptors() {
	local p all
	all=$(processes)
	for p in $all; do
		prlimit --pid "$p" --nofile="$1:"
	done
}

# The interface itself is looked at once a second: what is sent takes three.
starved() {
	descriptors 3
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 330 >"$DIR/sent"
	descriptors 1024
	wait_until 20 taken 1000
	stop_trafd TERM
	[ "$(packets)" -eq 1000 ]
	[ "$(ledger gaps)" -eq 0 ]
	has_logged 0 'interface lost'
	has_logged 0 'interface is'
}

@test "out of descriptors: pcap counts on" {
	start_logged
	starved
}

@test "out of descriptors: threads count on" {
	start_logged --threads 2
	starved
}

@test "out of descriptors: the kernel counts on" {
	run ip netns exec "$NS_B" "$TRAFD" --check-config -i veB \
		--source ebpf --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state"
	[ "$status" -eq 0 ] || skip "the kernel counts nothing here"
	TRAF_SOURCE=ebpf start_logged
	starved
}

@test "out of descriptors: the worker of --monitor counts on" {
	start_logged --monitor
	starved
	has_logged 1 'accounting to'
}

@test "dumps and saves fail meanwhile, lose nothing and change no networks" {
	ip -n "$NS_B" addr add 192.0.2.1/24 dev veB
	start_logged
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	descriptors 3
	kill -HUP "$PID"
	wait_until 20 reached dump_failed 1
	kill -INT "$PID"
	wait_until 20 reached save_failed 1
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	descriptors 1024
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	[ "$(sent_packets)" -eq 200 ]
	has_logged 0 'networks of the interface changed'
	grep -aq '192.0.2.0/24' "$DIR/state/trafd.veB"
	stop_trafd TERM
	[ "$(sent_packets)" -eq 200 ]
}

@test "an interface that goes while nobody can ask is missed as soon as one can" {
	start_logged
	descriptors 3
	ip -n "$NS_B" link del veB
	logged 1 'interface lost: veB'
	descriptors 1024
	make_veth
	logged 1 'interface returned: veB'
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	stop_trafd TERM
	[ "$(sent_packets)" -eq 100 ]
	[ "$(ledger gaps)" -eq 1 ]
}

# limited OPTION PROGRAM...: with that limit of prlimit(1), in $NS_B.
limited() {
	local limit=$1
	shift
	ip netns exec "$NS_B" prlimit "$limit" "$@" -i veB --user root \
		--source pcap --run-dir "$DIR/run" --state-dir "$DIR/state"
}

# refused LIMIT MESSAGE: by --check-config and by the start, in one line.
refused() {
	run limited "$1" "$TRAFD" --check-config
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep -vc 'still root' <<<"$output")" -eq 1 ]
	says "trafd: $2" <<<"$output"
	run limited "$1" "$TRAFD" --foreground
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep -vc 'still root' <<<"$output")" -eq 1 ]
	says "trafd: $2" <<<"$output"
	[ ! -e "$DIR/run/trafd.veB" ]
}

@test "limits with which nothing could be saved are refused" {
	refused --nofile=60:60 'limit of open files too small: 60, at least 65'
	refused --fsize=0 'limit of file sizes too small: 0 bytes'
	refused --fsize=65536 'limit of file sizes too small: 65536 bytes'
	# A sanitizer's shadow alone is larger than that.
	sanitized "$TRAFD" || {
		refused --as=80000000 'limit of memory too small: '
		refused --data=20000000 'limit of memory too small: '
	}
}

@test "a limit of processes below the threads of the daemon is refused" {
	id daemon >/dev/null || skip "no user daemon"
	for limit in 4 6; do
		for how in --check-config --foreground; do
			[ $limit = 4 ] || set -- --threads 2
			run ip netns exec "$NS_B" prlimit --nproc=$limit \
				"$TRAFD" -i veB --user daemon --source pcap $how \
				--run-dir "$DIR/run" --state-dir "$DIR/state" "$@"
			echo "$output"
			[ "$status" -eq 1 ]
			says "limit of processes too small: $limit, at least $((limit + 1)) are needed" <<<"$output"
		done
	done
	# Root has none.
	limited --nproc=1 "$TRAFD" --check-config
}

# saves OPTION: starts with that limit, dumps and saves.
saves() {
	limited "$1" "$TRAFD" -m 0 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	ip netns exec "$NS_A" "$SENDER" veA 500 1000 >"$DIR/sent"
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	stop_trafd TERM
	[ "$(packets)" -eq "$2" ]
}

@test "with what is just enough it dumps and saves" {
	saves --nofile=65:65 1000
	saves --fsize=1048576 2000
	sanitized "$TRAFD" || {
		saves --as=300000000 3000
		saves --data=150000000 4000
	}
}

# too_large PROGRAM...: it may write no file of more than 4 KiB, and says so.
too_large() {
	run prlimit --fsize=4096 "$@"
	echo "$status: $output"
	[ "$status" -eq 1 ]
	[[ $output == *'File too large'* ]]
}

@test "a limit of file sizes is an error like others, and nothing is left behind" {
	cd "$DIR"
	mkdir at
	"$SENDER" - random 3000 >pcap 2>/dev/null
	too_large "$TRAFD" --user root --state-dir at -m 0 -f x --read pcap
	[ "$(find at -type f | wc -l)" -eq 0 ]
	"$TRAFD" --user root --state-dir at -m 0 -f x --read pcap
	find at | sort >before
	too_large "$TRAFLOG" -i at/trafd.x -a -w at/out
	find at | sort | diff before -
	too_large "$TRAFLOG" -i at/trafd.x -a --layout old -w at/out
	find at | sort | diff before -
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] || return 0
	too_large "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir at update
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir at update
	"$TRAFLOG" --state-dir at -i x -n --by=host --format=csv >got
	"$TRAFLOG" --state-dir at -i x -n --by=host --format=csv --files |
		cmp - got
}
