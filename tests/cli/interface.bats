#!/usr/bin/env bats
# The interface may vanish: whatever is done to it, the daemon stays, says so
# once, and goes on with its account when it is back.

load assert
load live_helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA 10 "$1" >"$DIR/sent"
}

# delivered [N]: what was sent (100) has come out of the buffer, which goes
# with an interface.
delivered() {
	wait_until 20 taken "${1:-100}"
}

# now: nanoseconds since the machine was started, to a hundredth of a second.
now() {
	awk '{ printf "%.0f\n", $1 * 1e9 }' /proc/uptime
}

# cpu_ticks: processor time of the daemon so far, hundredths of a second.
cpu_ticks() {
	sed 's/.*) //' "/proc/$PID/stat" | awk '{ print $12 + $13 }'
}

@test "down and up: nothing is lost, both are logged once" {
	start_logged
	send 100
	ip -n "$NS_B" link set veB down
	logged 1 'interface is down: veB'
	ip -n "$NS_B" link set veB up
	logged 1 'interface is up again: veB'
	linked
	send 100
	stop_trafd TERM
	[ "$(packets)" -eq 200 ]
	[ "$(grep -c 'interface is ' "$DIR/log")" -eq 2 ]
	[ "$(ledger gaps)" -eq 0 ]
	[ "$(counted rx)" -eq 200 ]
}

@test "deleted and made anew: one gap, the counters of both, no busy loop" {
	start_logged
	send 100
	delivered
	begin=$(now)
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	logged 1 'still waiting'
	ticks=$(cpu_ticks)
	sleep 2			# what it costs in that time
	[ $(($(cpu_ticks) - ticks)) -le 5 ]
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	make_veth 192.0.2.1/24 1400
	logged 1 'interface returned: veB: link type ethernet; counting'
	end=$(now)
	send 100
	stop_trafd TERM
	# Each reason once: while it is made anew it may be seen down.
	[ -z "$(grep 'still waiting' "$DIR/log" | sort | uniq -d)" ]
	[ "$(packets)" -eq 200 ]
	[ "$(ledger gaps)" -eq 1 ]
	[ "$(ledger gap_ns)" -ge 2000000000 ]
	[ "$(ledger away_ns)" -eq "$(ledger gap_ns)" ]
	[ "$(ledger gap_ns)" -le $((end - begin + 10000000)) ]
	[ "$(counted rx)" -eq 200 ]
}

@test "saves while it is away share the gap" {
	start_logged
	begin=$(now)
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	sleep 1			# so long is the gap at least
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	sleep 1
	kill -INT "$PID"
	wait_until 20 reached save_done 2
	[ "$(ledger gaps)" -eq 1 ]
	end=$(now)
	[ "$(ledger gap_ns)" -ge 1900000000 ]
	[ "$(ledger gap_ns)" -le $((end - begin + 10000000)) ]
}

@test "renamed while up, and back: what passes meanwhile is not its account" {
	start_logged
	send 100
	delivered
	ip -n "$NS_B" link set veB name veC ||
		skip "this kernel renames no interface that is up"
	logged 1 'interface lost: veB: it was deleted, renamed or replaced;'
	logged 1 'still waiting'
	send 50
	ip -n "$NS_B" link set veC name veB
	logged 1 'interface returned: veB'
	send 100
	stop_trafd TERM
	[ "$(packets)" -eq 200 ]
	[ "$(ledger gaps)" -eq 1 ]
	# It is the same interface: it knows what has been missed.
	[ "$(counted rx)" -eq 250 ]
}

@test "moved to another namespace and back" {
	start_logged
	send 100
	delivered
	ip -n "$NS_B" link set veB netns "$NS_A"
	logged 1 'waiting for it to return'
	logged 1 'still waiting'
	ip -n "$NS_A" link set veB netns "$NS_B"
	ip -n "$NS_B" link set veB up
	logged 1 'interface returned: veB'
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=1
	linked
	send 100
	stop_trafd TERM
	[ "$(ledger gaps)" -eq 1 ]
	[ "$(sent_packets)" -eq 200 ]
}

@test "replaced at once by another of its name: noticed" {
	start_logged
	send 100
	delivered
	printf '%s\n' 'link del veB' \
		"link add veB type veth peer name veA netns $NS_A" \
		'link set veB up' | ip -n "$NS_B" -b -
	logged 1 'interface returned: veB'
	ip -n "$NS_A" link set veA up
	linked
	logged 1 'waiting for it to return'
	send 100
	stop_trafd TERM
	[ "$(sent_packets)" -eq 200 ]
}

@test "another link type: the filter is compiled anew" {
	command -v python3 >/dev/null || skip "needs python3 for a tun device"
	[ -c /dev/net/tun ] || skip "no tun devices here"
	start_logged udp
	send 110
	delivered 30		# more than three in ten are UDP
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	# A tun device carries IP without a link layer.  Ten packets of UDP
	# and ten of TCP come in from it.
	mkfifo "$DIR/go"
	ip netns exec "$NS_B" python3 - "$DIR" 3>&- <<-'PY' &
	import fcntl, os, signal, struct, subprocess, sys
	signal.alarm(120)
	fd = os.open("/dev/net/tun", os.O_RDWR)
	fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH", b"veB", 0x1001))
	open("/proc/sys/net/ipv6/conf/veB/disable_ipv6", "w").write("1")
	subprocess.check_call(["ip", "link", "set", "veB", "up"])
	open(sys.argv[1] + "/go").read()
	for proto in [17, 6] * 10:
	    os.write(fd, struct.pack(">BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0, 0,
	        64, proto, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]),
	        1000, 2000, 8, 0))
	open(sys.argv[1] + "/sent", "w").close()
	signal.pause()
	PY
	tun=$!
	logged 1 'interface returned: veB: link type raw'
	rm -f "$DIR/sent"
	: >"$DIR/go"
	wait_until 20 test -e "$DIR/sent"
	stop_trafd TERM
	kill $tun
	table "$DIR/state/tmp/trafd.veB" >"$DIR/got"
	[ "$(awk '$1 == "192.0.2.1" { print $5, $6, $8 }' "$DIR/got")" = \
		"17 10 280" ]
	[ "$(awk '$5 != 17' "$DIR/got" | wc -l)" -eq 0 ]
}

@test "a filter with names of hosts works again: no resolver is needed" {
	# Only this name space of files sees the name.
	unshare -m true || skip "no mount namespaces here"
	printf '10.1.0.0 known.example\n10.1.0.0 known\n' >"$DIR/hosts"
	unshare -m sh -c "mount --bind '$DIR/hosts' /etc/hosts &&
		exec ip netns exec $NS_B '$TRAFD' --foreground -i veB \
		--user root -m 0 --run-dir '$DIR/run' \
		--state-dir '$DIR/state' dst host known.example" \
		2>"$DIR/log" 3>&- &
	wait_until 20 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$DIR/run/trafd.veB")
	send 100
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	once=$(packets)
	[ "$once" -gt 0 ]
	: >"$DIR/hosts"
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	make_veth
	logged 1 'interface returned: veB'
	send 100
	stop_trafd TERM
	[ "$(packets)" -eq $((2 * once)) ]
}

@test "-c counts on across a gap" {
	start_logged -c 150
	send 100
	delivered
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	make_veth
	logged 1 'interface returned: veB'
	send 100
	wait_until 20 gone "$PID"
	PID=
	[ "$(packets)" -eq 150 ]
}

@test "other addresses: logged once, and the next block has them" {
	ip -n "$NS_B" addr add 192.0.2.1/24 dev veB
	start_logged
	send 100
	ip -n "$NS_B" addr del 192.0.2.1/24 dev veB
	ip -n "$NS_B" addr add 198.51.100.1/25 dev veB
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	logged 1 'interface changed: veB: now 198.51.100.0/25'
	grep -aq '198.51.100.0/25' "$DIR/state/trafd.veB"
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	# An interface that is away has not changed its addresses.
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	kill -HUP "$PID"
	wait_until 20 reached dump_done 2
	[ "$(grep -c 'networks of the interface changed' "$DIR/log")" -eq 1 ]
}

@test "another MTU while it is up: nothing happens" {
	start_logged
	send 50
	ip -n "$NS_B" link set veB mtu 9000
	ip -n "$NS_A" link set veA mtu 9000
	sleep 1.2		# it looks more than once, and finds nothing
	send 50
	stop_trafd TERM
	[ "$(packets)" -eq 100 ]
	[ "$(ledger gaps)" -eq 0 ]
	[ "$(grep -cE 'waiting|back|down' "$DIR/log")" -eq 0 ]
}

@test "at start a down interface is an error, at once" {
	ip -n "$NS_B" link set veB down
	run ip netns exec "$NS_B" "$TRAFD" -i veB --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ "$output" == *"interface is down: veB; bring it up first"* ]]
}
