#!/usr/bin/env bats
# All programs that write, on a system that is in a bad state: writes that are
# short or interrupted, a full disk, errors before and after the fact, no
# descriptors, no memory, a clock that jumps.  Never a wrong sum with status 0,
# never a saved block lost, never a temporary file left.

load assert
load live_helpers
load sanitized

setup() {
	NS_A=''
	DIR=$(mktemp -d)
	command -v python3 >/dev/null || skip "no python3"
	if sanitized "$TRAF_BUILDDIR/trafd/trafd"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	export FAILING=$DIR/failing.so TZ=UTC LC_ALL=C
	${TRAF_CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$FAILING" \
		"$TRAF_SRCDIR/tests/lib/failing.c" -ldl ||
		skip "no C compiler for a library to preload"
	LD_PRELOAD=$FAILING sh -c : || skip "nothing can be preloaded here"
	cd "$DIR"
}

teardown() {
	traf_teardown_net
	cd /
	rm -rf "$DIR"
}

failing() {
	python3 "$TRAF_SRCDIR/tests/lib/failing.py" "$@" 3>&-
}

# live OPTIONS...: of a daemon
live() {
	local built=$DIR
	live_setup
	rm -rf "$DIR"
	DIR=$built
	export NS_A NS_B
	failing live "$@"
}

@test "trafd --read, in all layouts" {
	failing read
}

@test "traflog -w" {
	failing write
}

@test "traflog's answers" {
	failing answer
}

@test "trafdb update, rebuild and prune" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
		skip "built without Berkeley DB"
	failing history
}

@test "trafd with --threads" {
	live --source pcap --threads 2
}

@test "trafd with --monitor, in a layout of BPFT" {
	live --source pcap --monitor --layout old
}

@test "trafd in the other layout of BPFT" {
	live --source pcap --layout new
}

@test "trafd whose packets the kernel counts" {
	live_setup
	run ip netns exec "$NS_B" "$TRAFD" --check-config -i veB \
		--source ebpf --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state"
	traf_teardown_net
	rm -rf "$DIR"
	DIR=${FAILING%/*}
	[ "$status" -eq 0 ] || skip "the kernel lets nobody load programs here"
	live --source ebpf
}
