#!/usr/bin/env bats
# Frames of all interfaces at once, as they are on their links: veth, a bridge,
# devices without a link header, the loopback device.

load assert
load live_helpers

setup() {
	live_setup
	EACH=$TRAF_BUILDDIR/tests/lib/each TUNS=''
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip -n "$NS_A" addr add 10.5.1.1/24 dev veA
	ip -n "$NS_B" link add brB type bridge
	ip -n "$NS_B" link set veB master brB
	ip -n "$NS_B" addr add 10.5.1.2/24 dev brB
	ip -n "$NS_B" link set brB up
	wait_until 20 carries "$NS_B" brB
	mkfifo "$DIR/stop"
}

teardown() {
	exec 7>&- 8>&-
	live_teardown
}

# begin OPTION...: prints frames until `finish'
begin() {
	ip netns exec "$NS_B" "$EACH" "$@" <"$DIR/stop" >"$DIR/out" \
		2>"$DIR/err" 3>&- 8>&- &
	PID=$!
	exec 7>"$DIR/stop"
	wait_until 20 grep -q '^ready' "$DIR/out"
}

finish() {
	exec 7>&-
	wait "$PID"
	PID=
}

# with_tuns: tunB has no link header, pppB one that only its driver knows
with_tuns() {
	ip netns exec "$NS_B" test -c /dev/net/tun ||
		skip "the kernel has no such device"
	mkfifo "$DIR/tuns"
	ip netns exec "$NS_B" python3 -S "$TRAF_SRCDIR/tests/lib/tuns.py" \
		tunB pppB <"$DIR/tuns" >"$DIR/tuns.out" 3>&- 7>&- &
	PIDS+=" $!"
	exec 8>"$DIR/tuns"
	wait_until 20 grep -q ready "$DIR/tuns.out"
}

# sees N PATTERN: so many frames match
sees() {
	[ "$(grep -cE "^frame $2" "$DIR/out")" -eq "$1" ]
}

# say NAMESPACE ADDRESS PORT [TEXT]: a datagram
say() {
	ip netns exec "$1" python3 -S -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(sys.argv[3].encode(), (sys.argv[1], int(sys.argv[2])))' \
		"$2" "$3" "${4-abc}"
}

@test "each frame has the link type, the name and the header of its interface" {
	with_tuns
	begin 'udp port 443 or udp port 444'
	say "$NS_A" 10.5.1.2 443
	say "$NS_B" 10.5.1.1 444
	say "$NS_B" 127.0.0.1 443
	echo >&8
	local udp=0800450000
	wait_until 20 sees 1 "veB 1 in [a-z?]+ 45 0 .{24}${udp}1f"
	wait_until 20 sees 1 "brB 1 in [a-z?]+ 45 0 .{24}${udp}1f"
	wait_until 20 sees 1 "veB 1 out [a-z?]+ 45 0 .{24}${udp}1f"
	wait_until 20 sees 1 "brB 1 out [a-z?]+ 45 0 .{24}${udp}1f"
	# It is received what was sent there, once.
	wait_until 20 sees 1 "lo 1 in [a-z?]+ 45 0 0{24}${udp}1f"
	wait_until 20 sees 1 "tunB 12 in [?] 33 0 4500002100010000"
	# Type 0 (to us), ARPHRD_PPP, no address, IP.
	wait_until 20 sees 1 "pppB 113 in [?] 49 0 000002000000.{16}${udp}21"
	finish
	[ "$(grep -c ^frame "$DIR/out")" -eq 7 ]
}

@test "what an interface is: name, link type, address, speed" {
	local mac
	with_tuns
	begin 'udp port 443'
	say "$NS_A" 10.5.1.2 443
	say "$NS_B" 127.0.0.1 443
	echo >&8
	wait_until 20 grep -q '^frame pppB' "$DIR/out"
	finish
	for name in veB brB; do
		mac=$(ip netns exec "$NS_B" cat /sys/class/net/$name/address)
		grep -q "^interface $name 1 $mac 1 " "$DIR/out"
	done
	grep -q '^interface veB .* 10000000000$' "$DIR/out"
	grep -q '^interface lo 1 00:00:00:00:00:00 0 0$' "$DIR/out"
	grep -q '^interface tunB 12 .* 0 [0-9]*$' "$DIR/out"
	grep -q '^interface pppB 113 .* 0 [0-9]*$' "$DIR/out"
	# And which can be captured one by one.
	[ "$(grep -c '^can ' "$DIR/out")" -eq 5 ]
	for name in veB brB lo tunB pppB; do
		grep -qx "can $name" "$DIR/out"
	done
}

@test "an interface that comes and goes while all are captured" {
	begin 'udp port 443'
	ip -n "$NS_B" link add newB type veth peer name newC
	ip -n "$NS_B" link set newB up
	ip -n "$NS_B" link set newC up
	ip -n "$NS_B" addr add 10.6.1.1/24 dev newB
	ip -n "$NS_B" neigh add 10.6.1.9 lladdr 02:00:00:00:00:09 dev newB
	wait_until 20 carries "$NS_B" newB
	say "$NS_B" 10.6.1.9 443
	wait_until 20 sees 1 "newB 1 out [a-z?]+ 45 0 020000000009"
	wait_until 20 sees 1 "newC 1 in [a-z?]+ 45 0 020000000009"
	ip -n "$NS_B" link del newB
	say "$NS_A" 10.5.1.2 443 later
	wait_until 20 sees 1 "veB 1 in "
	finish
}

@test "a VLAN tag is put back, inside of the snapshot length" {
	begin -s 40
	ip netns exec "$NS_A" python3 -S -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("veA", 0))
s.send(bytes([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1]) +
       bytes.fromhex("8100000708004500") + bytes(80))'
	wait_until 20 grep -qE '^frame veB 1 in' "$DIR/out"
	finish
	grep -E '^frame veB 1 in' "$DIR/out" >"$DIR/frame"
	read -r _ _ _ _ _ wire _ octets <"$DIR/frame"
	[ "$wire" -eq 100 ]
	[ ${#octets} -eq 80 ]
	[[ $octets == 0200000000090200000000018100000708004500* ]]
}

@test "joined frames are described, and sums that are not there yet" {
	begin 'tcp port 4443'
	ip netns exec "$NS_B" python3 -S -c '
import socket
s = socket.socket()
s.bind(("10.5.1.2", 4443))
s.listen()
print("ready", flush=True)
c = s.accept()[0]
while c.recv(1 << 20):
    pass' >"$DIR/server" 3>&- 7>&- &
	PIDS+=" $!"
	wait_until 20 grep -q ready "$DIR/server"
	ip netns exec "$NS_A" python3 -S -c '
import socket
socket.create_connection(("10.5.1.2", 4443)).sendall(bytes(300000))'
	wait_until 20 grep -qE '^frame veB 1 in (later|valid) [0-9]{5} 14[0-9]{2} ' "$DIR/out"
	finish
	# The answers are sent by this host: their sums are the device's work.
	grep -qE '^frame veB 1 out later ' "$DIR/out"
}
