#!/usr/bin/env bats
# trafd -i any --once: a packet that passes several devices is counted on one.

bats_require_minimum_version 1.5.0
load assert
load live_helpers
load sanitized

setup() {
	live_setup
	NS_C=trafC$$
	ip netns add "$NS_C"
	for ns in "$NS_A" "$NS_B" "$NS_C"; do
		ip netns exec "$ns" sysctl -qw \
			net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
	done
	# A -- veA | veB -- B -- veD | veC -- C
	ip link add veD netns "$NS_B" type veth peer name veC netns "$NS_C"
	ip -n "$NS_B" link set veD up
	ip -n "$NS_C" link set veC up
	wait_until 20 carries "$NS_C" veC
	works_here
}

teardown() {
	[ -z "${NS_C-}" ] || ip netns del "$NS_C"
	live_teardown
}

# begin [OPTIONS]: count on all interfaces of B.
begin() {
	ip netns exec "$NS_B" "$TRAFD" -i any --user root \
		--source "$TRAF_SOURCE" -m 0 --run-dir "$DIR/run" \
		--state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.any")
}

# told PORT: packets of UDP to that port, then the account is forgotten.
told() {
	stop_trafd TERM
	"$TRAFLOG" -i "$DIR/state/tmp/trafd.any" --by proto --format=tsv \
		--where "port $1" | awk '$1 == "udp" { n = $6 } END { print n + 0 }'
	rm -f "$DIR/state/tmp/trafd.any"
}

# counts N M: all of the next test's packets are N frames, with --once M.
counts() {
	local all once
	for TRAF_SOURCE in pcap ring ebpf; do
		begin
		"$3"
		all=$(told 2000)
		begin --once
		"$3"
		once=$(told 2000)
		echo "$TRAF_SOURCE: $all frames, $once packets"
		[ "$all $once" = "$1 $2" ] || return
	done
}

# from NAMESPACE ADDRESS N [PORT]: packets to the address, by a socket.
from() {
	ip netns exec "$1" python3 -S -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[2])):
    s.sendto(b"x" * 100, (sys.argv[1], int(sys.argv[3])))' "$2" "$3" \
		"${4-2000}"
}

# meet NAMESPACE ADDRESS: they know of each other, and so does a bridge.
meet() {
	known() {
		ip -n "$1" neigh show "$2" | grep -q lladdr
	}
	from "$1" "$2" 1 9
	wait_until 20 known "$1" "$2"
}

# address NAMESPACE ADDRESS DEVICE, with 24 bits
address() {
	ip -n "$1" addr add "$2/24" dev "$3"
}

router() {
	address "$NS_A" 10.1.0.2 veA
	address "$NS_B" 10.1.0.1 veB
	address "$NS_B" 10.2.0.1 veD
	address "$NS_C" 10.2.0.2 veC
	ip -n "$NS_A" route add default via 10.1.0.1
	ip -n "$NS_C" route add default via 10.2.0.1
	ip netns exec "$NS_B" sysctl -qw net.ipv4.ip_forward=1
}

@test "a router: what it forwards, what it gets and what it sends" {
	router
	send_all() {
		from "$NS_A" 10.2.0.2 5		# in and out
		from "$NS_C" 10.1.0.2 4
		from "$NS_A" 10.1.0.1 3		# for the router
		from "$NS_B" 10.2.0.2 2		# of the router
	}
	counts 23 14 send_all
}

@test "a router that translates addresses" {
	router
	ip netns exec "$NS_B" nft -f - <<-'EOT' || skip "no nftables here"
	table ip nat {
		chain post {
			type nat hook postrouting priority 100;
			oifname "veD" masquerade
		}
	}
	EOT
	send_all() {
		from "$NS_A" 10.2.0.2 5
	}
	counts 10 5 send_all
}

bridge() {
	ip -n "$NS_B" link add br0 type bridge forward_delay 0
	ip -n "$NS_B" link set veB master br0
	ip -n "$NS_B" link set veD master br0
	ip -n "$NS_B" link set br0 up
	address "$NS_A" 10.1.0.2 veA
	address "$NS_B" 10.1.0.1 br0
	address "$NS_C" 10.1.0.3 veC
	# Let the bridge learn where each of them is.
	meet "$NS_A" 10.1.0.3
	meet "$NS_A" 10.1.0.1
	meet "$NS_C" 10.1.0.1
}

@test "a bridge with two ports: between these, to the host and from it" {
	bridge
	send_all() {
		from "$NS_A" 10.1.0.3 5		# in and out
		from "$NS_A" 10.1.0.1 3		# port and bridge
		from "$NS_B" 10.1.0.3 2
	}
	counts 20 10 send_all
}

@test "a bridge that is made while it counts" {
	for TRAF_SOURCE in pcap ebpf; do
		begin --once
		bridge
		from "$NS_A" 10.1.0.3 5
		from "$NS_A" 10.1.0.1 3
		from "$NS_B" 10.1.0.3 2
		[ "$(told 2000)" -eq 10 ]
		ip -n "$NS_B" link del br0
		ip -n "$NS_A" addr flush dev veA
		ip -n "$NS_C" addr flush dev veC
	done
}

@test "a VXLAN: the packets of the underlay" {
	local ns
	address "$NS_A" 10.1.0.2 veA
	address "$NS_B" 10.1.0.1 veB
	for ns in "$NS_A 2 1 veA" "$NS_B 1 2 veB"; do
		# shellcheck disable=SC2086 # words
		set -- $ns
		ip -n "$1" link add vx0 type vxlan id 7 dstport 4789 \
			local "10.1.0.$2" remote "10.1.0.$3" dev "$4" ||
			skip "no VXLAN here"
		address "$1" "10.7.0.$2" vx0
		ip -n "$1" link set vx0 up
	done
	meet "$NS_A" 10.7.0.1
	send_all() {
		from "$NS_A" 10.7.0.1 5
		from "$NS_B" 10.7.0.2 3
	}
	counts 8 0 send_all	# those in the tunnel
	for TRAF_SOURCE in pcap ebpf; do
		# Not the answers of ICMP in the tunnel, which are shorter.
		begin --once 'udp port 4789 and ip[2:2] = 178'
		send_all
		[ "$(told 4789)" -eq 8 ]
	done
}

@test "the loopback interface, and both ends of a veth pair here" {
	ip -n "$NS_B" link add veX type veth peer name veY
	ip -n "$NS_B" link set veX up
	ip -n "$NS_B" link set veY up
	wait_until 20 carries "$NS_B" veX
	send_all() {
		from "$NS_B" 127.0.0.1 4
		ip netns exec "$NS_B" python3 -S \
			"$TRAF_SRCDIR/tests/lib/packets.py" veX 10.9.0.1 \
			10.9.0.2 3 128
	}
	counts 10 7 send_all
}

@test "a macvlan and the device below it" {
	ip -n "$NS_B" link add mac0 link veB type macvlan mode bridge ||
		skip "no macvlan here"
	address "$NS_A" 10.1.0.2 veA
	address "$NS_B" 10.1.0.1 mac0
	ip -n "$NS_B" link set mac0 up
	# Only the macvlan answers for its address.
	ip netns exec "$NS_B" sysctl -qw net.ipv4.conf.all.arp_ignore=1
	meet "$NS_A" 10.1.0.1
	send_all() {
		from "$NS_A" 10.1.0.1 5
		from "$NS_B" 10.1.0.2 3
	}
	counts 16 8 send_all
}

@test "a namespace behind a veth, as a container is connected" {
	router
	ip -n "$NS_B" link add br0 type bridge forward_delay 0
	ip -n "$NS_B" addr flush dev veD
	ip -n "$NS_B" link set veD master br0
	address "$NS_B" 10.2.0.1 br0
	ip -n "$NS_B" link set br0 up
	meet "$NS_C" 10.2.0.1
	meet "$NS_A" 10.1.0.1
	send_all() {
		from "$NS_C" 10.1.0.2 5		# veD, br0, veB
		from "$NS_A" 10.2.0.2 3
	}
	counts 24 8 send_all
}

@test "with an expression, with -c and with --local" {
	router
	for TRAF_SOURCE in pcap ebpf; do
		begin --once --local 10.1.0.0/24 'src net 10.1.0.0/24 and udp'
		from "$NS_A" 10.2.0.2 5
		from "$NS_C" 10.1.0.2 4
		[ "$(told 2000)" -eq 5 ]
		begin --once -c 3 'udp port 2000'
		from "$NS_A" 10.2.0.2 5
		wait_until 20 gone "$PID"
		[ "$(told 2000)" -eq 3 ]
	done
}

# one_more: a packet; is any counted?
one_more() {
	from "$NS_B" 127.0.0.1 1
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i any --ask=ledger | awk '$1 == "ip" { print $2 }')" -gt 0 ]
}

@test "a clock that is set back an hour after the start: packets count" {
	if sanitized "$TRAFD"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	${TRAF_CC:-cc} -shared -fPIC -o "$DIR/skew.so" \
		"$TRAF_SRCDIR/tests/lib/skew.c" || skip "cannot preload here"
	printf '%-20s' 3600 >"$DIR/skew"
	for TRAF_SOURCE in pcap ring; do
		SKEW_FILE=$DIR/skew LD_PRELOAD=$DIR/skew.so begin --once
		wait_until 5 one_more
		stop_trafd TERM
		rm "$DIR/state/tmp/trafd.any"
	done
}

@test "--once where it cannot be done is refused" {
	run -127 "$TRAFD" -i veB --once
	[[ $output == *'--once needs -i any'* ]]
	run -127 "$TRAFD" -i any --once --threads 2
	[[ $output == *'--once cannot be used with --threads'* ]]
	TRAF_SOURCE=ring
	run -1 begin --once udp
	[[ $output == *'any: not with a ring and an expression; give another'* ]]
	run ip netns exec "$NS_B" setpriv --bounding-set=-bpf,-sys_admin \
		--inh-caps=-all "$TRAFD" -i any --once --source pcap \
		--check-config --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ $output == *'cannot count each packet once: any: '* ]]
}
