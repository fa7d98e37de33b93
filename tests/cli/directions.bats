#!/usr/bin/env bats
# In and out: by which networks a report tells one from the other, however an
# interface got its addresses, was renumbered or is connected.

load assert
load live_helpers

setup() {
	live_setup
}

teardown() {
	[ -z "${NS_C-}" ] || ip netns del "$NS_C"
	live_teardown
}

# put SRC DST COUNT OCTETS: packets from the other end.
put() {
	ip netns exec "$NS_A" python3 -S "$TRAF_SRCDIR/tests/lib/packets.py" \
		"${PORT:-veA}" "$@"
}

# addr add|del ADDRESS...: an address of the interface.
addr() {
	local what=$1
	shift
	ip -n "$NS_B" addr "$what" "$@" dev veB
}

# told [OPTIONS]: in and out of UDP in the save file.
told() {
	"$TRAFLOG" -i "${SAVE:-$DIR/state/trafd.veB}" --by proto --format=tsv \
		"$@" 2>/dev/null | awk '$1 == "udp" { print $2, $3 }'
}

# blocks: how many there are.
blocks() {
	"$TRAFLOG" -i "$DIR/state/trafd.veB" --by block --format=tsv |
		tail -n +2 | wc -l
}

# saved: save, and wait for it.
saved() {
	local n
	n=$(status save_done)
	kill -INT "$PID"
	wait_until 20 reached save_done $((n + 1))
}

# in_out IN OUT: what a save tells is that.
in_out() {
	local got
	saved
	got=$(told)
	echo "$got"
	[ "$got" = "$1 $2" ]
}

# both: 700 octets in, to two networks, and 90 out.
both() {
	put 192.0.2.9 10.0.0.7 1 500
	put 192.0.2.9 10.5.0.7 1 200
	put 10.5.0.7 192.0.2.9 1 90
}

@test "an address with a label is local" {
	addr add 10.0.0.1/24
	addr add 10.5.0.1/24 label veB:1
	start_trafd -m 0
	both
	in_out 700 90
}

@test "an address with the label of another interface is local" {
	addr add 10.0.0.1/24
	ip -n "$NS_B" link add veX type veth peer name veY
	# The kernel takes any label that begins with the name.
	addr add 10.5.0.1/24 label veBX
	start_trafd -m 0
	both
	in_out 700 90
}

@test "of a point-to-point address the own end is local, not the peer" {
	addr add 10.0.0.1 peer 192.0.2.1/32
	start_trafd -m 0
	put 192.0.2.1 10.0.0.1 1 300
	put 10.0.0.1 192.0.2.1 1 200
	put 192.0.2.1 10.0.0.2 1 100	# passes
	in_out 300 200
}

@test "the own end of a peer's network that does not have it is local alone" {
	addr add 10.0.0.1 peer 192.0.2.1/24
	start_trafd -m 0
	put 192.0.2.1 10.0.0.1 1 300
	put 10.0.0.2 192.0.2.7 1 200	# passes
	in_out 300 0
}

@test "on any the networks of all interfaces are local" {
	addr add 10.0.0.1/24
	ip -n "$NS_B" link add veX type veth peer name veY
	ip -n "$NS_B" addr add 10.5.0.1/24 dev veX
	ip netns exec "$NS_B" "$TRAFD" -i any --user root --source pcap -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" \
		'udp port 2000' 3>&-
	PID=$(cat "$DIR/run/trafd.any")
	both
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	PID=
	SAVE=$DIR/state/tmp/trafd.any
	[ "$(told)" = '700 90' ]
}

@test "an address that is taken away before the save was local while there" {
	addr add 10.0.0.1/24
	addr add 10.5.0.1/24
	start_trafd -m 0
	both
	addr del 10.0.0.1/24
	addr del 10.5.0.1/24
	in_out 700 90
}

@test "an address that comes after the start is local" {
	start_trafd -m 0
	addr add 10.0.0.1/24
	addr add 10.5.0.1/24
	both
	in_out 700 90
}

@test "a renumbered line: each packet by the networks of its time" {
	# shellcheck disable=SC2034 # for start_trafd
	for TRAF_SOURCE in pcap ring auto; do
		addr add 10.0.0.1/24
		start_trafd -m 0
		put 10.1.0.5 10.0.0.1 1 600
		put 10.0.0.1 10.1.0.5 1 800
		addr del 10.0.0.1/24
		addr add 10.1.0.1/24
		put 10.1.0.1 10.0.0.5 2 900
		in_out 600 2600
		stop_trafd TERM
		addr del 10.1.0.1/24
		rm -f "$DIR/state/trafd.veB"
	done
}

@test "a prefix that is replaced: the new one comes before the old one goes" {
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=0
	addr add 2001:db8:1::1/64 nodad
	start_logged -m 0
	put 2001:db8:2::5 2001:db8:1::1 1 600
	addr add 2001:db8:2::1/64 nodad
	addr del 2001:db8:1::1/64
	logged 2 'networks of the interface changed'
	put 2001:db8:2::1 2001:db8:1::5 2 900
	saved
	[ "$(told)" = '600 1800' ]
}

# renumbered [first]: six times, between packets that are 50 ms apart, if `first'
# the new address comes before the old one goes: all packets go out.
renumbered() {
	ip netns exec "$NS_A" python3 -S "$TRAF_SRCDIR/tests/lib/renumber.py" \
		veA "$NS_B" veB 6 .05 .3 "$@"
	in_out 0 600
}

@test "renumbered between packets that are 50 ms apart, six times" {
	# shellcheck disable=SC2034 # for start_trafd
	for TRAF_SOURCE in pcap ring auto; do
		addr add 10.0.0.1/24
		start_trafd -m 0
		renumbered
		stop_trafd TERM
		rm -f "$DIR/state/trafd.veB"
		ip -n "$NS_B" addr flush dev veB
	done
}

@test "so are they with threads" {
	# shellcheck disable=SC2034 # for start_trafd
	for TRAF_SOURCE in pcap ring; do
		addr add 10.0.0.1/24
		start_trafd -m 0 --threads 2
		renumbered
		stop_trafd TERM
		rm -f "$DIR/state/trafd.veB"
		ip -n "$NS_B" addr flush dev veB
	done
}

# Without the right to load programs, auto is the ring.
@test "so are they if the interface came later, also with threads" {
	local threads
	chmod 777 "$DIR/run" "$DIR/state"
	for threads in 1 2; do
		ip -n "$NS_B" link del veB
		ip netns exec "$NS_B" setpriv --reuid 65534 --clear-groups \
			--inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw \
			--bounding-set=-all,+net_raw "$TRAFD" -i veB --wait \
			-m 0 --threads $threads --run-dir "$DIR/run" \
			--state-dir "$DIR/state" 3>&-
		PID=$(cat "$DIR/run/trafd.veB")
		make_veth 10.0.0.1/24
		wait_until 20 counts
		renumbered
		stop_trafd TERM
		rm -f "$DIR/state/"*veB
	done
}

# counts: to the user of that daemon it says so.
counts() {
	setpriv --reuid 65534 --clear-groups \
		"$TRAF_BUILDDIR/tools/trafstat/trafstat" \
		--run-dir="$DIR/run" -i veB -D | grep -q '^veB: capturing'
}

@test "threads that split at full speed lose nothing, and count nothing twice" {
	local i sender
	addr add 10.0.0.1/24
	start_trafd -m 0 --source ring --threads 2 --buffer 64
	ip netns exec "$NS_A" "$SENDER" veA 500 600000 200000 >"$DIR/sent" &
	sender=$!
	for i in 1 2 3 4; do
		wait_until 20 has_seen $((i * 100000))
		addr add "10.$i.0.1/24"
		kill -HUP "$PID"
	done
	wait $sender
	wait_until 20 has_seen 600000
	stop_trafd TERM
	[ "$(blocks)" -ge 3 ]
	LC_ALL=C sort "$DIR/sent" | diff - <(account)
}

@test "so are they if the new address comes first" {
	# shellcheck disable=SC2034 # for start_trafd
	for TRAF_SOURCE in pcap ring auto; do
		addr add 10.0.0.1/24
		start_trafd -m 0
		renumbered first
		stop_trafd TERM
		rm -f "$DIR/state/trafd.veB"
		ip -n "$NS_B" addr flush dev veB
	done
}

# dumping: one dump after the other, until the daemon is gone
dumping() {
	local n
	while n=$(status dump_done) && kill -HUP "$PID"; do
		wait_until 20 reached dump_done $((n + 1))
	done 2>/dev/null
}

@test "renumbered while the account is dumped: what goes to others is out" {
	# shellcheck disable=SC2034 # for start_trafd
	for TRAF_SOURCE in pcap ring auto; do
		addr add 10.0.0.1/24
		start_trafd -m 0
		dumping 3>&- &
		PIDS=$!
		ip netns exec "$NS_A" python3 -S \
			"$TRAF_SRCDIR/tests/lib/renumber.py" veA "$NS_B" veB \
			6 .05 .3 remote
		kill "$PIDS"
		wait "$PIDS" || true
		PIDS=
		in_out 0 600
		stop_trafd TERM
		rm -f "$DIR/state/trafd.veB"
		ip -n "$NS_B" addr flush dev veB
	done
}

@test "a change that only concerns link-local networks makes no block" {
	addr add 10.0.0.1/24
	start_trafd -m 0
	put 10.1.0.5 10.0.0.1 1 600
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=0
	addr add fe80::7/64 nodad
	addr add 10.0.0.2/24
	saved
	[ "$(blocks)" -eq 1 ]
}

@test "while nothing can be saved the block has the networks of both" {
	addr add 10.0.0.1/24
	start_logged -m 0
	put 192.0.2.9 10.0.0.7 1 500
	mkdir "$DIR/away"
	mv "$DIR/state" "$DIR/away/state"
	addr add 10.5.0.1/24
	logged 1 'counts are kept'
	mv "$DIR/away/state" "$DIR/state"
	put 192.0.2.9 10.5.0.7 1 200
	in_out 700 0
}

@test "a dump of other networks is saved with these, not resumed" {
	addr add 10.0.0.1/24
	start_trafd -m 0
	put 10.1.0.5 10.0.0.1 1 600
	wait_until 20 taken 1
	stop_trafd TERM
	addr del 10.0.0.1/24
	addr add 10.1.0.1/24
	start_trafd -m 0 -r
	put 10.1.0.1 10.0.0.5 2 900
	in_out 600 1800
}

@test "a dump of the same networks is resumed, also before they are there" {
	addr add 10.0.0.1/24
	start_trafd -m 0
	put 10.1.0.5 10.0.0.1 1 600
	wait_until 20 taken 1
	stop_trafd TERM
	addr del 10.0.0.1/24
	start_trafd -m 0 -r
	[ ! -e "$DIR/state/trafd.veB" ]
	addr add 10.0.0.1/24
	put 10.0.0.1 10.1.0.5 2 900
	in_out 600 1800
	[ "$(blocks)" -eq 1 ]
}

# many STEP: 400 networks, each STEP further.
many() {
	local i n
	for ((i = 0; i < 400; i++)); do
		n=$((i * $1))
		echo "addr add 10.$((n / 256)).$((n % 256)).1/24 dev veB"
	done | ip -n "$NS_B" -batch -
}

# to_many STEP: 100 octets to a host of each of them.
to_many() {
	ip netns exec "$NS_A" python3 -S - "$TRAF_SRCDIR" "$1" <<-'EOT'
	import socket, sys
	sys.path.insert(0, sys.argv[1] + "/tests/lib")
	import packets
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("veA", 0))
	for i in range(400):
	    n = i * int(sys.argv[2])
	    s.send(packets.frame("192.0.2.9",
	                         f"10.{n // 256}.{n % 256}.9", 100))
	EOT
}

@test "400 networks that touch: all are local, and the block has them" {
	many 1
	start_logged -m 0
	to_many 1
	put 192.0.2.9 10.1.144.1 1 900		# just behind the last
	in_out 40000 0
	[ "$(grep -c 'joined to wider' "$DIR/log")" -eq 0 ]
}

@test "400 networks that do not touch: all are local, and the log tells" {
	many 3
	start_logged -m 0
	to_many 3
	put 192.0.2.9 10.9.0.1 1 900
	in_out 40000 0
	[ "$(grep -c 'joined to wider' "$DIR/log")" -eq 1 ]
}

# ports: veB becomes a port of a bridge with that address.
ports() {
	ip -n "$NS_B" link add br0 type bridge
	ip -n "$NS_B" link set veB master br0
	ip -n "$NS_B" addr add "$1" dev br0
}

@test "a port of a bridge has the networks of the bridge" {
	ports 10.0.0.1/24
	ip -n "$NS_B" addr add 10.5.0.1/24 dev br0
	start_trafd -m 0
	both
	in_out 700 90
}

@test "a port that joins a bridge while it is counted has its networks" {
	start_trafd -m 0
	ports 10.0.0.1/24
	ip -n "$NS_B" addr add 10.5.0.1/24 dev br0
	both
	in_out 700 90
}

@test "a port of a bridge with a link-local address of its own, too" {
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=0
	addr add fe80::7/64 nodad
	ports 10.0.0.1/24
	ip -n "$NS_B" addr add 10.5.0.1/24 dev br0
	start_trafd -m 0 'udp port 2000'
	both
	in_out 700 90
}

@test "the device below macvlans has the networks of these" {
	ip -n "$NS_B" link add mac0 link veB type macvlan mode bridge \
		2>/dev/null || skip "no macvlan here"
	ip -n "$NS_B" link add mac1 link veB type macvlan mode bridge
	ip -n "$NS_B" addr add 10.0.0.1/24 dev mac0
	ip -n "$NS_B" addr add 10.5.0.1/24 dev mac1
	start_trafd -m 0
	both
	in_out 700 90
}

# The kernel passes on only what concerns the interface: what matters changes
# while it is counted, in every way that it can begin to matter.
@test "masters and devices that come while it is counted are heard" {
	start_logged
	ip -n "$NS_B" link add mv0 link veB type macvlan ||
		skip "the kernel has no such device"
	ip -n "$NS_B" addr add 10.9.1.1/24 dev mv0
	logged 1 'networks of the interface changed: veB: now 10.9.1.0/24'
	ip -n "$NS_B" link del mv0
	ip -n "$NS_B" link add br0 type bridge
	ip -n "$NS_B" addr add 10.9.2.1/24 dev br0
	ip -n "$NS_B" link set veB master br0
	logged 1 'networks of the interface changed: veB: now 10.9.2.0/24'
	ip -n "$NS_B" addr add 10.9.5.1/24 dev br0
	logged 1 'networks of the interface changed: veB: now .*10.9.5.0/24'
	ip -n "$NS_B" addr add 10.9.8.1/24 dev veB
	logged 1 'networks of the interface changed: veB: now 10.9.8.0/24'
	ip -n "$NS_B" addr del 10.9.8.1/24 dev veB
	ip -n "$NS_B" addr del 10.9.2.1/24 dev br0
	logged 1 'networks of the interface changed: veB: now 10.9.5.0/24$'
}

@test "the other end of a veth is no device on it" {
	ip -n "$NS_B" link add veX type veth peer name veY
	ip -n "$NS_B" addr add 10.5.0.1/24 dev veY
	ip -n "$NS_B" link set veX up
	ip -n "$NS_B" link set veY up
	ip netns exec "$NS_B" "$TRAFD" -i veX --user root --source pcap \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.veX")
	ip netns exec "$NS_B" "$TRAF_BUILDDIR/tools/trafstat/trafstat" \
		--run-dir="$DIR/run" -i veX -D >"$DIR/told"
	[ "$(grep -c 10.5 "$DIR/told")" -eq 0 ]
}

@test "without a network a report says so and names --local" {
	start_trafd -m 0
	put 192.0.2.9 203.0.113.7 1 500
	saved
	"$TRAFLOG" -i "$DIR/state/trafd.veB" --by proto >"$DIR/told"
	grep -q 'note: In and Out are .* give its networks with --local' \
		"$DIR/told"
	[ "$(told --local=203.0.113.0/24)" = '500 0' ]
	"$TRAFLOG" -i "$DIR/state/trafd.veB" --by proto \
		--local=203.0.113.0/24 >"$DIR/told"
	[ "$(grep -c 'give its networks' "$DIR/told")" -eq 0 ]
}

@test "trafd --local is what a block has, and addresses do not change it" {
	start_trafd -m 0 --local '203.0.113.0/25, 203.0.113.128/25'
	addr add 10.0.0.1/24
	put 192.0.2.9 203.0.113.200 1 500
	put 192.0.2.9 10.0.0.1 1 90
	in_out 500 0
	grep -aq '203.0.113.0/24' "$DIR/state/trafd.veB"
	run -127 "$TRAFD" -i veB --local 10.0.0.0/33
	[[ $output == *'--local 10.0.0.0/33: networks are needed'* ]]
}

@test "trafd --read --local: what is local in a capture" {
	local src
	"$SENDER" - 2 4 2>&1 >"$DIR/pcap" | grep -w 17 >"$DIR/sent"
	src=$(cut -f 1 "$DIR/sent")
	"$TRAFD" --read "$DIR/pcap" -f read --run-dir "$DIR/run" -m 0 \
		--state-dir "$DIR/state" --local "$src"
	SAVE=$DIR/state/trafd.read
	[ "$(told)" = "0 $(cut -f 8 "$DIR/sent")" ]
}

@test "networks that come faster than blocks are made: all rows are right" {
	addr add 10.0.0.1/24
	start_trafd -m 0
	for i in {1..12}; do
		addr add "10.5.$((i * 2)).1/24"
		put 192.0.2.9 "10.5.$((i * 2)).7" 1 50
	done
	in_out 600 0
}

@test "networks that change too often: blocks are limited, all rows stay" {
	works_here
	# shellcheck disable=SC2034 # for start_logged
	TRAF_SOURCE=ebpf
	addr add 10.0.0.1/24
	start_logged
	put 192.0.2.9 10.0.0.7 1 500
	for i in {1..40}; do
		addr add "10.5.$((i * 2)).1/24"
		put 192.0.2.9 "10.5.$((i * 2)).7" 1 50
	done
	logged 1 'networks change too often'
	in_out 2500 0
	[ "$(blocks)" -le 32 ]
}
