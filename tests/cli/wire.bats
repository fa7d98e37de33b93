#!/usr/bin/env bats
# With segmentation offload, the account of the sender is that of the wire: a
# client, a router without any offload, and a server; the router's side towards
# the server shows each packet.

load assert
load live_helpers
load web_helpers

setup() {
	live_setup
	web_setup
	NS_C=trafC$$
	ip netns add "$NS_C"
	ip link add veC netns "$NS_B" type veth peer name veD netns "$NS_C"
	ip -n "$NS_C" link set lo up
	ip -n "$NS_B" link set veC up
	ip -n "$NS_C" link set veD up
	ip netns exec "$NS_B" sysctl -qw net.ipv4.ip_forward=1
	ip -n "$NS_A" addr add 10.4.1.2/24 dev veA
	ip -n "$NS_B" addr add 10.4.1.1/24 dev veB
	ip -n "$NS_B" addr add 10.4.2.1/24 dev veC
	ip -n "$NS_C" addr add 10.4.2.2/24 dev veD
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip netns exec "$NS_A" sysctl -qw net.ipv6.conf.veA.disable_ipv6=0
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=0
	ip -n "$NS_A" addr add fd04:1::2/64 dev veA nodad
	ip -n "$NS_B" addr add fd04:1::1/64 dev veB nodad
	ip -n "$NS_B" addr add fd04:2::1/64 dev veC nodad
	ip -n "$NS_C" addr add fd04:2::2/64 dev veD nodad
	ip -n "$NS_A" route add default via fd04:1::1
	ip -n "$NS_C" route add default via fd04:2::1
	ip -n "$NS_A" route add default via 10.4.1.1
	ip -n "$NS_C" route add default via 10.4.2.1
	wait_until 20 carries "$NS_B" veC
	wait_until 20 carries "$NS_C" veD
	offload "$NS_A" veA on
	offload "$NS_B" veB off
	offload "$NS_B" veC off
	offload "$NS_C" veD off
}

teardown() {
	stop_web KILL
	live_teardown
	ip netns del "$NS_C" 2>/dev/null || true
}

# offload NAMESPACE INTERFACE on|off [gro|gso|tso]
offload() {
	ip netns exec "$1" python3 "$TRAF_SRCDIR/tests/lib/offload.py" "${@:2}"
}

# begin NAME NAMESPACE INTERFACE SOURCE [OPTION...]: a daemon of its own
begin() {
	local name=$1
	mkdir -p "$DIR/$name"
	ip netns exec "$2" "$TRAFD" -i "$3" --user root --source "$4" -m 0 \
		--run-dir "$DIR/$name" --state-dir "$DIR/$name/state" \
		"${@:5}" 3>&-
	PIDS+=" $(cat "$DIR/$name/trafd.$3")"
}

# begin_all: each source at the client, and libpcap at the wire
begin_all() {
	SOURCES="ring threads"
	begin ring "$NS_A" veA ring
	begin threads "$NS_A" veA ring --threads 2
	refuses_ebpf || {
		SOURCES+=" ebpf"
		begin ebpf "$NS_A" veA ebpf
	}
	begin wire "$NS_B" veC pcap
}

# serve ADDRESS: a server that reads all of a connection and answers by half of
# it, and takes datagrams
serve() {
	ip netns exec "$NS_C" python3 -c '
import socket, sys
s = socket.create_server((sys.argv[1], 7000), family=socket.AF_INET6 if ":" in
                         sys.argv[1] else socket.AF_INET)
u = socket.socket(s.family, socket.SOCK_DGRAM)
u.bind((sys.argv[1], 7000))
print("ready", flush=True)
while True:
    c = s.accept()[0]
    n = 0
    while True:
        data = c.recv(1 << 20)
        if not data:
            break
        n += len(data)
    c.sendall(bytes(n // 2))
    c.close()' "$1" >"$DIR/server.$1" 3>&- &
	PIDS+=" $!"
	wait_until 20 grep -q ready "$DIR/server.$1"
}

# transfer ADDRESS BYTES [MSS]: there, and half of it back; then datagrams of
# 100 to 1400 bytes, of which one call of the system sends many
transfer() {
	ip netns exec "$NS_A" timeout 60 python3 -c '
import socket, sys
to, n, mss = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in to else socket.AF_INET
s = socket.socket(family)
if mss:
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
s.connect((to, 7000))
s.sendall(bytes(n))
s.shutdown(socket.SHUT_WR)
while s.recv(1 << 20):
    pass
u = socket.socket(family, socket.SOCK_DGRAM)
for size in 100, 536, 1400:
    u.setsockopt(17, 103, size)         # UDP_SEGMENT
    u.sendto(bytes(size * 20 + 7), (to, 7000))' "$1" "$2" "${3:-0}"
}

# rows NAME: from, to, protocol, packets, data, bytes: the live table
rows() {
	"$TRAFLOG" --state-dir "$DIR/$1/state" --run-dir "$DIR/$1" \
		-i "$(interface "$1")" -n --by=src,dst,proto \
		--where='tcp or udp' --format=tsv 2>"$DIR/notes.$1" |
		awk -F '\t' -v OFS='\t' 'NR > 1 && $1 != "total" {
			print $1, $2, $3, $8, $7, $6 }' | LC_ALL=C sort
}

interface() {
	case $1 in
	wire) echo veC ;;
	any.*) echo any ;;
	*) echo veA ;;
	esac
}

# agree ROWS: all accounts are that of the wire, to the packet and the byte
agree() {
	local source
	rows wire >"$DIR/wire.rows"
	[ "$(wc -l <"$DIR/wire.rows")" -eq "$1" ]
	for source in $SOURCES; do
		rows "$source" >"$DIR/$source.rows"
		diff "$DIR/$source.rows" "$DIR/wire.rows" || return
	done
}

# ask NAME WHAT: an entry of the ledger or of the protocols' statistics
ask() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/$1" \
		-i "$(interface "$1")" --ask=ledger |
		awk -v name="$2" '$1 == name { print $2 }'
}

# layers_agree NAME: trafstat -D adds up, and more than 4000 packets are saved
layers_agree() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/$1" -i veA \
		-D | awk '$2 == "decode" || $2 == "table" || $2 == "save" {
		if ($(NF - 3) != $(NF - 2) + $(NF - 1) + $NF) bad = 1
		if ($2 != "decode" && $(NF - 2) < 4000) bad = 1
		n++ } END { exit bad || n != 3 }'
}

@test "the sender's account is that of the wire, from the kernel and the ring" {
	local source
	begin_all
	serve 10.4.2.2
	transfer 10.4.2.2 4000000
	wait_until 20 agree 3
	# It would have been a few packets otherwise.
	[ "$(awk '$1 == "10.4.1.2" && $3 == "tcp" { print $4 }' \
		"$DIR/wire.rows")" -gt 2500 ]
	for source in $SOURCES; do
		[ "$(ask "$source" segments)" -gt 2000 ]
		[ "$(ask "$source" joined)" -eq 0 ]
		# No more packets in rows than the answer says were seen.
		"$TRAFLOG" --state-dir "$DIR/$source/state" \
			--run-dir "$DIR/$source" -i veA -n --by proto \
			>"$DIR/all"
		[ "$(awk '$1 == "total" { print $6 }' "$DIR/all")" -gt 2000 ]
		[ "$(awk '$1 == "total" { print $6 }' "$DIR/all")" -le "$(
			sed -n 's/,//g; s/.* of \([0-9]*\) packets seen.*/\1/p' \
			"$DIR/all")" ]
		# All layers count packets: what is saved is what has come.
		kill -INT "$(cat "$DIR/$source/trafd.veA")"
		wait_until 20 layers_agree "$source"
	done
	[ "$(ask wire segments)" -eq 0 ]
	[ "$(ask wire joined)" -eq 0 ]
}

@test "likewise with IPv6, small segments, no time stamps, some offloads" {
	begin_all
	serve fd04:2::2
	serve 10.4.2.2
	transfer fd04:2::2 300000
	transfer 10.4.2.2 300000 536
	ip netns exec "$NS_A" sysctl -qw net.ipv4.tcp_timestamps=0
	transfer fd04:2::2 300000 1220
	offload "$NS_A" veA off tso
	transfer 10.4.2.2 300000
	offload "$NS_A" veA off gso
	offload "$NS_C" veD on gro
	transfer 10.4.2.2 300000
	offload "$NS_A" veA on
	offload "$NS_A" veA off gro
	transfer fd04:2::2 300000
	offload "$NS_A" veA off
	transfer fd04:2::2 100000
	wait_until 20 agree 6
}

@test "likewise with each combination of offloads at the client" {
	local tso gso gro gro_there to mss
	begin_all
	serve fd04:2::2
	serve 10.4.2.2
	for tso in on off; do for gso in on off; do for gro in on off; do
		offload "$NS_A" veA $tso tso
		offload "$NS_A" veA $gso gso
		offload "$NS_A" veA $gro gro
		for gro_there in on off; do
			offload "$NS_C" veD $gro_there gro
			to=10.4.2.2 mss=1400
			[ $gro_there = on ] || to=fd04:2::2 mss=536
			transfer $to 60000 $mss
		done
	done; done; done
	wait_until 20 agree 6
}

@test "likewise in VXLAN, whose inner headers each packet repeats" {
	ip -n "$NS_A" link add vx type vxlan id 7 dstport 4789 ||
		skip "the kernel has no such device"
	ip -n "$NS_A" link del vx
	tunnel "$NS_A" 10.4.1.2 10.4.2.2 10.9.0.1
	tunnel "$NS_C" 10.4.2.2 10.4.1.2 10.9.0.2
	begin_all
	serve 10.9.0.2
	transfer 10.9.0.2 1000000
	wait_until 20 agree 2
	[ "$(awk '$1 == "10.4.1.2" { print $4 }' "$DIR/wire.rows")" -gt 700 ]
}

# tunnel NAMESPACE LOCAL REMOTE ADDRESS
tunnel() {
	ip -n "$1" link add vx type vxlan id 7 local "$2" remote "$3" \
		dstport 4789
	ip netns exec "$1" sysctl -qw net.ipv6.conf.vx.disable_ipv6=1
	ip -n "$1" addr add "$4/24" dev vx
	ip -n "$1" link set vx up
}

# bridged: instead of a router
bridged() {
	ip -n "$NS_B" link add br0 type bridge ||
		skip "the kernel has no such device"
	ip -n "$NS_B" link set veB master br0
	ip -n "$NS_B" link set veC master br0
	ip -n "$NS_B" link set br0 up
	wait_until 20 carries "$NS_B" br0
}

@test "likewise with VLAN tags, behind a bridge" {
	bridged
	begin_all
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/joined.py" veA
	wait_until 20 agree_tagged
}

# Of frames with tags in them the kernel hands over what follows the tags.
@test "... and on any, as frames of a card that adds no tags" {
	bridged
	SOURCES=any.ring
	begin any.ring "$NS_A" any ring
	refuses_ebpf || {
		SOURCES+=" any.ebpf"
		begin any.ebpf "$NS_A" any ebpf
	}
	begin wire "$NS_B" veC pcap
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/joined.py" veA
	wait_until 20 agree_tagged
	local source
	for source in $SOURCES; do
		[ "$(ask "$source" nonip)" -eq 0 ]
	done
}

# agree_tagged: as agree, with VLANs
agree_tagged() {
	local source
	tagged wire >"$DIR/wire.rows"
	[ "$(wc -l <"$DIR/wire.rows")" -eq 5 ]
	for source in $SOURCES; do
		tagged "$source" >"$DIR/$source.rows"
		diff "$DIR/$source.rows" "$DIR/wire.rows" || return
	done
}

tagged() {
	"$TRAFLOG" --state-dir "$DIR/$1/state" --run-dir "$DIR/$1" \
		-i "$(interface "$1")" -n --by=vlan,src,dst,proto \
		--where='tcp or udp' --format=tsv |
		awk -F '\t' -v OFS='\t' 'NR > 1 && $1 != "total" {
			print $1, $2, $3, $4, $9, $8, $7 }' | LC_ALL=C sort
}

@test "libpcap cannot know: it says what is missing at least, and what to do" {
	local a b p q
	begin short "$NS_A" veA pcap
	begin wire "$NS_B" veC pcap
	serve 10.4.2.2
	transfer 10.4.2.2 4000000
	wait_until 20 agree_in_data
	[ "$(ask short segments)" -eq 0 ]
	[ "$(ask short joined)" -gt 20 ]
	a=$(awk '{ n += $6 } END { print n }' "$DIR/a")
	b=$(awk '{ n += $6 } END { print n }' "$DIR/c")
	p=$(ask short joined_bytes)
	q=$((b - a))
	echo "missing: $q; at least $p"
	[ "$p" -le "$q" ]
	[ $((p * 100)) -gt $((q * 95)) ]
	grep -q 'frames were longer than the MTU: .* --source auto' \
		"$DIR/notes.short"
	lacks 'longer than the MTU' "$DIR/notes.wire"
}

# agree_in_data: no byte of the programs is missing
agree_in_data() {
	rows short >"$DIR/a"
	rows wire >"$DIR/c"
	[ "$(wc -l <"$DIR/c")" -eq 3 ]
	diff <(cut -f 1-3,5 "$DIR/a") <(cut -f 1-3,5 "$DIR/c")
}

# iface INTERFACE PYTHON: of trafstat -I, as c: what both have counted
iface() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -I "$1" \
		--format=json >"$DIR/iface"
	python3 -c '
import json, sys
c = json.load(open(sys.argv[1]))[0]["closure"]
if not ('"$2"'):
    print(c, file=sys.stderr)
    sys.exit(1)' "$DIR/iface"
}

# metric INTERFACE NAME [LABEL]
metric() {
	awk -v i="interface=\"$1\"" -v name="$2" -v label="${3-}" '
		index($1, name "{") == 1 && index($1, i) && index($1, label) {
			print $2
		}' "$DIR/metrics"
}

# without_ipv6: its own packets, such as MLD reports, come at any moment, also
# between the first look at the counters and the first packet of the account.
without_ipv6() {
	local n
	for n in "$NS_A" "$NS_B" "$NS_C"; do
		ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	done
}

@test "the interface's own counters beside the account: the same without offload" {
	without_ipv6
	offload "$NS_A" veA off
	begin run "$NS_B" veC pcap
	begin run "$NS_B" veB ring
	serve 10.4.2.2
	transfer 10.4.2.2 1000000
	for i in veB veC; do
		wait_until 20 iface $i "c['packets'] > 700 and
			c['packets'] == c['interface_packets'] and
			c['bytes'] == c['interface_bytes'] > 1500000"
		wait_until 20 tells_same $i
		kill -INT "$(cat "$DIR/run/trafd.$i")"
		wait_until 20 saved $i
		"$TRAFLOG" -i "$DIR/run/state/trafd.$i" --coverage >"$DIR/text"
		# A neighbour may be looked for at that moment.
		grep -q -e '^the interface itself counted the same: ' \
			-e ' moment earlier or later$' "$DIR/text"
	done
}

# tells_same INTERFACE: but not while a neighbour is looked for
tells_same() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -I "$1" |
		grep "^$1: the interface itself counted the same: "
}

saved() {
	grep -qx 'save_done 1' "$DIR/run/trafd.$1.status"
}

# differs SOURCE: the account of a sender from what the interface counted
differs() {
	offload "$NS_A" veA off gro	# it joins what the interface counted
	begin run "$NS_A" veA "$1"
	serve 10.4.2.2
	transfer 10.4.2.2 4000000
	# A virtual interface counts a joined frame once.
	wait_until 20 iface veA "c['packets'] > 4000 and
		c['packets'] > c['interface_packets'] + 2000 and
		c['bytes'] > c['interface_bytes'] and
		'joined once' in c['text']"
	wait_until 20 differs_by_segments
}

# Its answers are of several moments.
differs_by_segments() {
	segments=$(ask run segments)
	iface veA "c['packets'] - c['interface_packets'] == $segments"
}

@test "... and with offload: by how much, and why (ring)" {
	local segments
	differs ring
	kill -INT "$(cat "$DIR/run/trafd.veA")"
	wait_until 20 saved veA
	"$TRAFLOG" -i "$DIR/run/state/trafd.veA" --coverage >"$DIR/text"
	grep -q '^the interface itself counted .* joined once, ' "$DIR/text"
}

# metrics_agree: they are of several moments, too
metrics_agree() {
	local frames
	get /metrics >"$DIR/metrics"
	frames=$(metric veA trafd_wire_frames_total)
	[ "$(metric veA trafd_wire_segments_total)" -gt 2000 ]
	[ "$frames" -gt 2000 ]
	[ "$frames" -eq $(($(
		metric veA trafd_interface_packets_total received) + $(
		metric veA trafd_interface_packets_total sent))) ]
}

@test "... and with offload: by how much, and why (ebpf), also in metrics" {
	local segments
	works_here
	differs ebpf
	need_http
	start_web --http 0
	wait_until 20 metrics_agree
	[ "$(metric veA trafd_wire_bytes_total)" -gt \
		"$(metric veA trafd_interface_bytes_total sent)" ]
	[ "$(metric veA trafd_joined_frames_total)" -eq 0 ]
	get '/?i=veA' | grep -q 'The interface itself counted .* joined once'
}

# record FORMAT: of what the client sends and gets
record() {
	mkdir -p "$DIR/traces" "$DIR/rec.$1"
	ip netns exec "$NS_A" "$TRAF_BUILDDIR/iptrace/iptrace" --foreground \
		--user root --run-dir "$DIR/rec.$1" --format "$1" -i veA \
		"$DIR/traces/$1" 2>"$DIR/said.$1" 3>&- &
	wait_until 20 grep -q 'recording veA' "$DIR/said.$1"
	PIDS+=" $(cat "$DIR/rec.$1"/iptrace.*)"
}

# account OPTION...: all rows of an account but those of the interface itself,
# which joins its groups again and again
account() {
	"$TRAFLOG" "$@" -n --format=csv |
		cut -d, -f3- | grep -v "^fe80:\|^::" | LC_ALL=C sort
}

# fragments: of echo requests and of datagrams, which are answered
fragments() {
	ip netns exec "$NS_A" python3 -c '
import socket
for family, proto, kind, to in ((socket.AF_INET, 1, 8, "10.4.2.2"),
                                (socket.AF_INET6, 58, 128, "fd04:2::2")):
    echo = bytes([kind, 0, 0, 0, 0, 7, 0, 1]) + bytes(4000)
    if proto == 1:
        total = sum(echo[i] << 8 | echo[i + 1] for i in range(0, 4008, 2))
        echo = echo[:2] + (0xffff ^ total).to_bytes(2, "big") + echo[4:]
    raw = socket.socket(family, socket.SOCK_RAW, proto)
    raw.settimeout(20)
    raw.sendto(echo, (to, 0))
    while len(raw.recv(9000)) < 4008:
        pass
    socket.socket(family, socket.SOCK_DGRAM).sendto(bytes(5000), (to, 9))'
}

@test "the account, the index and the trace of an interface are one" {
	local f
	offload "$NS_A" veA on gro
	begin ring "$NS_A" veA ring
	record pcapng
	record pcap
	record iptrace
	serve 10.4.2.2
	serve fd04:2::2
	transfer 10.4.2.2 2000000
	transfer fd04:2::2 2000000 1220
	fragments
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/joined.py" veA
	# Neighbours are looked for later, too: all end at the same packet.
	ip -n "$NS_A" link set veA down
	stop_all
	cd "$DIR/traces"
	for f in pcapng pcap iptrace; do
		grep -q ", 0 dropped" "$DIR/said.$f"
		account -i "./$f.idx" -s >"$DIR/$f.rows"
		"$TRAFD" --read "$f" -f "r$f" -m 0 --state-dir "$DIR/read"
		account -i "r$f" -s --state-dir "$DIR/read" >"$DIR/$f.read"
	done
	[ "$(wc -l <"$DIR/pcapng.rows")" -gt 12 ]
	account -i veA -s --state-dir "$DIR/ring/state" >"$DIR/live"
	diff "$DIR/live" "$DIR/pcapng.rows"
	diff "$DIR/pcapng.rows" "$DIR/pcap.rows"
	diff "$DIR/pcapng.rows" "$DIR/iptrace.rows"
	diff "$DIR/pcapng.rows" "$DIR/pcapng.read"
	# The other formats cannot tell it.
	run ! diff "$DIR/pcapng.rows" "$DIR/pcap.read"
	diff "$DIR/pcap.read" "$DIR/iptrace.read"
	"$TRAF_BUILDDIR/tools/ipreport/ipreport" --index pcapng
	account -i ./pcapng.idx -s >"$DIR/again"
	cmp "$DIR/pcapng.rows" "$DIR/again"
}
