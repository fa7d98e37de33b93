#!/usr/bin/env bats
# An idle interface lets the daemon sleep: no timer runs where nothing
# happens.  What happens after a sleep is seen as soon as ever, and exactly.
# jobs: 8

load assert
load live_helpers

setup() {
	live_setup
	LOOKS_LAST=8		# seconds after which it sleeps long
	AGAIN=			# after there was something to do
}

teardown() {
	live_teardown
}

need_ebpf() {
	ip netns exec "$NS_B" "$TRAFD" --check-config -i veB --source ebpf \
		--user root --run-dir "$DIR/run" --state-dir "$DIR/state" ||
		skip "nothing is counted in the kernel here"
}

# wake_ups: how often all threads of the daemon have slept and gone on.
wake_ups() {
	local p children
	children=$(cat "/proc/$PID/task/$PID/children")
	for p in "$PID" $children; do
		cat "/proc/$p/task/"*/status
	done | awk '$1 == "voluntary_ctxt_switches:" { n += $2 } END { print n }'
}

# sleeps: it wakes up twice in six seconds at most, with what it still did.
sleeps() {
	local before
	sleep "$LOOKS_LAST"
	before=$(wake_ups)
	sleep 6
	echo "$(($(wake_ups) - before)) wake-ups in 6 s of $*"
	[ $(($(wake_ups) - before)) -le 2 ]
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA "$@" >"$DIR/sent"
}

# idles OPTIONS...: it sleeps, and counts what comes then.
idles() {
	start_logged "$@"
	sleeps "$@"
	send 10 100
	wait_until 20 taken 100
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	[ -z "$AGAIN" ] || sleeps "$@"
	stop_trafd TERM
	[ "$(packets)" -eq 100 ]
}

@test "source pcap sleeps, and again after there was something to do" {
	AGAIN=yes
	idles --source pcap
}

@test "source ebpf sleeps, and again after there was something to do" {
	AGAIN=yes
	need_ebpf
	idles --source ebpf
}

@test "source ring sleeps, and again after there was something to do" {
	AGAIN=yes
	idles --source ring
}

@test "several threads sleep" {
	idles --source ring --threads 3
}

@test "with --monitor both processes sleep" {
	idles --source pcap --monitor
}

@test "timers of dumps wake it, and nothing else does" {
	start_logged --dump-interval 3600 --save-interval 86400
	sleeps --dump-interval
}

@test "one whose interface is down sleeps, and hears when it is up again" {
	start_logged
	ip -n "$NS_B" link set veB down
	logged 1 'interface is down: veB'
	sleeps down
	ip -n "$NS_B" link set veB up
	wait_until 3 has_logged 1 'interface is up again: veB'
	linked
	send 10 100
	stop_trafd TERM
	[ "$(packets)" -eq 100 ]
}

# after_a_sleep SOURCE: traffic is shown at once and dumped exactly.
after_a_sleep() {
	start_logged --source "$1"
	sleep "$LOOKS_LAST"
	send 10 1000
	wait_until 2 taken 1000
	send 10 1000
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	[ "$(packets)" -eq 2000 ]
	sleep "$LOOKS_LAST"
	send 10 1000
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	send 10 1000
	stop_trafd TERM
	[ "$(packets)" -eq 4000 ]
}

@test "after a sleep, traffic is shown at once and dumped exactly (pcap)" {
	after_a_sleep pcap
}

@test "after a sleep, traffic is shown at once and dumped exactly (ring)" {
	after_a_sleep ring
}

@test "after a sleep, traffic is shown at once and dumped exactly (ebpf)" {
	need_ebpf
	after_a_sleep ebpf
}

@test "ebpf: a table that fills up after a sleep wakes the daemon" {
	need_ebpf
	start_logged --source ebpf --buffer 1
	sleep "$LOOKS_LAST"
	# A generation of a processor holds 7,000 rows.
	send 30000 30000 5000
	stop_trafd TERM
	[ "$(packets)" -eq 30000 ]
	[ "$(ledger fold_packets)" -eq 0 ]
	[ "$(account | wc -l)" -eq 30000 ]
}

@test "counters of an interface that is deleted are whole, also after a sleep" {
	command -v python3 >/dev/null || skip "needs python3 for a tun device"
	[ -c /dev/net/tun ] || skip "no tun devices here"
	ip -n "$NS_B" link del veB
	# Twice: as soon as it is told, ten packets come in and it goes.
	mkfifo "$DIR/go"
	ip netns exec "$NS_B" python3 - "$DIR" 3>&- <<-'PY' &
	import fcntl, os, signal, struct, subprocess, sys
	signal.alarm(200)
	for n in range(2):
	    fd = os.open("/dev/net/tun", os.O_RDWR)
	    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH", b"veB", 0x1001))
	    with open("/proc/sys/net/ipv6/conf/veB/disable_ipv6", "w") as f:
	        f.write("1")
	    subprocess.check_call(["ip", "link", "set", "veB", "up"])
	    open(sys.argv[1] + "/made%d" % n, "w").close()
	    open(sys.argv[1] + "/go").read()
	    for i in range(10):
	        os.write(fd, struct.pack(">BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0,
	            0, 64, 17, 0, bytes([192, 0, 2, 1]),
	            bytes([192, 0, 2, 2]), 1000, 2000, 8, 0))
	    os.close(fd)
	PY
	wait_until 20 test -e "$DIR/made0"
	# Nothing of the traffic comes to the daemon, so it sleeps on.
	start_logged udp port 7
	sleep "$LOOKS_LAST"
	: >"$DIR/go"
	logged 1 'interface lost: veB'
	logged 1 'interface returned: veB'
	: >"$DIR/go"
	logged 2 'interface lost: veB'
	stop_trafd TERM
	echo "counted $(counted rx)"
	[ "$(counted rx)" -eq 20 ]
}

@test "what came before an interface was renamed is counted" {
	start_logged
	sleep 2
	send 10 100
	ip -n "$NS_B" link set veB name veC ||
		skip "this kernel renames no interface that is up"
	logged 1 'interface lost: veB'
	send 10 50
	ip -n "$NS_B" link set veC name veB
	wait_until 3 has_logged 1 'interface returned: veB'
	send 10 100
	stop_trafd TERM
	[ "$(packets)" -eq 200 ]
}

@test "many changes of other interfaces do not wake it" {
	start_logged
	sleep "$LOOKS_LAST"
	before=$(wake_ups)
	for ((i = 0; i < 20; i++)); do
		ip -n "$NS_B" link add vex type veth peer name vey
		ip -n "$NS_B" link set vex up
		ip -n "$NS_B" link del vex
	done
	[ $(($(wake_ups) - before)) -le 2 ]
}
