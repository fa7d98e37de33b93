#!/usr/bin/env bats
# The source in the kernel, and the ring: the same account as pcap's for the same
# traffic, nothing lost, nothing left behind.

load assert
load live_helpers

setup() {
	live_setup
	IFACE=veB
	ip -n "$NS_A" link set veA mtu 9000
	ip -n "$NS_B" link set veB mtu 9000
	works_here
}

teardown() {
	live_teardown
}

# begin EXT OPTIONS...: a daemon of its own account on $IFACE.
begin() {
	local ext=$1
	shift
	ip netns exec "$NS_B" "$TRAFD" -i "$IFACE" -f "$ext" --user root -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PIDS="$PIDS $(cat "$DIR/run/trafd.$ext")"
}

# each OPTIONS...: the same by each source, accounts `pcap', `ring', `ebpf'.
each() {
	local source
	for source in pcap ring ebpf; do
		begin $source --source $source "$@"
	done
}

# protocols_of EXT: what trafstat -s says of it.
protocols_of() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i "$1" -s \
		--format=json | python3 -S -c '
import json, sys
print(json.dumps(json.load(sys.stdin)[0]["protocols"], indent=1))'
}

same_protocols() {
	protocols_of pcap >"$DIR/protocols.pcap" &&
		protocols_of ring >"$DIR/protocols.ring" &&
		diff "$DIR/protocols.pcap" "$DIR/protocols.ring" &&
		protocols_of ebpf >"$DIR/protocols.ebpf" &&
		diff "$DIR/protocols.pcap" "$DIR/protocols.ebpf"
}

finish() {
	if [ -e "$DIR/run/trafd.pcap" ]; then
		wait_until 20 same_protocols
	fi
	stop_all
}

# rows_of EXT: its table; books_of EXT: what the ledger says of frames.
rows_of() {
	table "$DIR/state/trafd.$1" "$DIR/state/tmp/trafd.$1"
}

books_of() {
	local f
	for f in "$DIR/state/trafd.$1" "$DIR/state/tmp/trafd.$1"; do
		[ ! -s "$f" ] ||
			"$TRAFLOG" --coverage -s --format=json -i "$f"
	done | python3 -S -c '
import json, sys
sums = {}
blocks = list(map(json.loads, sys.stdin))
assert blocks
for d in blocks:
    for k in ("frames", "wire_bytes", "ip", "nonip", "unsupported", "l2_cut",
              "ip_cut", "ip_version", "ip_ihl", "ip_len", "drop_kernel"):
        sums[k] = sums.get(k, 0) + d[k]
print(sums)'
}

# same_accounts: not empty, and equal in rows and ledger.
same_accounts() {
	local source
	for source in pcap ring ebpf; do
		rows_of $source >"$DIR/rows.$source"
		books_of $source >"$DIR/books.$source"
		diff "$DIR/books.pcap" "$DIR/books.$source"
		[ -s "$DIR/rows.pcap" ]
		diff "$DIR/rows.pcap" "$DIR/rows.$source" >"$DIR/diff" || {
			echo "$source differs"
			head -n 20 "$DIR/diff"
			return 1
		}
	done
}

captures() {
	[ -d "$DIR/made" ] || {
		mkdir "$DIR/made"
		python3 "$TRAF_SRCDIR/tests/captures/gencap.py" "$DIR/made"
	}
}

replay() {
	captures
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/replay.py" veA \
		"$DIR"/made/link-ethernet.pcap "$DIR"/made/ip-ethernet.pcap \
		"$DIR"/made/ip-vlan.pcap "$DIR"/made/deep.pcap \
		"$DIR"/made/sums.pcap >"$DIR/replayed"
}

# dumped EXT N: that many dumps are done.
dumped() {
	awk -v n="$2" '$1 == "dump_done" { done = $2 } END { exit done < n }' \
		"$DIR/run/trafd.$1.status"
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA "$@" >"$DIR/sent"
}

@test "every frame that Ethernet can carry: the same rows and the same ledger" {
	each
	replay
	send 500 20000
	finish
	same_accounts
	[ "$(awk '{ print $1 }' "$DIR/replayed")" -gt 2000 ]
	python3 - "$DIR/protocols.ebpf" <<-'END'
		import json, sys
		j = json.load(open(sys.argv[1]))
		for group, values in j.items():
		    assert any(values.values()), group
		assert j["fragments"]["first"] and j["fragments"]["later"]
		assert j["tcp"]["data"] and j["icmp"]["types"]
	END
	[ "$(wc -l <"$DIR/rows.ebpf")" -gt 900 ]
}

@test "each mode of ports" {
	local mode
	for mode in service none; do
		each --ports $mode
		replay
		finish
		same_accounts
		rm -rf "$DIR/state"
		mkdir "$DIR/state"
	done
}

@test "filters: tags in the frame and beside it, both directions, parts of packets" {
	local filter
	for filter in 'udp' 'tcp port 80 or icmp' 'vlan' 'vlan 100 and udp' \
	    'not vlan' 'ip6' 'ip6 proto 58' 'src net 10.0.0.0/25' \
	    'ip[6:2] & 0x1fff != 0' 'len > 300' \
	    'tcp[12] & 0xf0 = 0x50 and greater 100'; do
		each "$filter"
		send 200 4000
		finish
		echo "$filter"
		same_accounts
		rm -rf "$DIR/state"
		mkdir "$DIR/state"
	done
}

# libpcap itself misses the first of these: it filters what comes before its
# filter is in the kernel, and there it does not know directions.
@test "a filter of directions" {
	begin in --source ebpf inbound
	begin out --source ebpf outbound
	send 200 4000
	finish
	LC_ALL=C sort "$DIR/sent" | diff - <(rows_of in)
	[ -s "$DIR/state/tmp/trafd.out" ]
	quietly rows_of out
}

@test "at full speed no packet is lost, though it is harvested meanwhile" {
	begin ebpf --source ebpf
	ip netns exec "$NS_A" "$SENDER" veA 3000 800000 >"$DIR/sent" 3>&- &
	local sender=$! dumps=0
	until gone $sender; do
		dumps=$((dumps + 1))
		kill -HUP "${PIDS# }"
		wait_until 20 dumped ebpf $dumps
	done
	wait $sender
	[ $dumps -gt 2 ]
	finish
	LC_ALL=C sort "$DIR/sent" | diff - <(rows_of ebpf)
}

# With tables of a few thousand rows: they fill up all the time, and there is
# time to harvest them more than once on a machine that has more to do.
@test "floods of new flows: tables that fill up are harvested, sums are exact" {
	begin ebpf --source ebpf --buffer 1
	ip netns exec "$NS_A" "$SENDER" veA random 200000 100000 >"$DIR/sent"
	finish
	rows_of ebpf | awk '{ p += $6; d += $7; b += $8 }
		END { printf "%d\t%d\t%d\n", p, d, b }' |
		diff "$DIR/sent" -
	[ "$(rows_of ebpf | wc -l)" -gt 10000 ]
}

@test "both ends of a wire on one machine: each sees what it sends and receives" {
	begin ebpf --source ebpf
	ip netns exec "$NS_A" "$TRAFD" -i veA -f sent --user root -m 0 \
		--source ebpf --run-dir "$DIR/run" --state-dir "$DIR/state" \
		3>&-
	PIDS="$PIDS $(cat "$DIR/run/trafd.sent")"
	ip netns exec "$NS_A" "$SENDER" veA 300 150000 >"$DIR/a" 3>&- &
	local one=$!
	ip netns exec "$NS_B" "$SENDER" veB 200 150000 >"$DIR/b" 3>&- &
	wait $one
	wait $!
	finish
	rows_of ebpf >"$DIR/one"
	diff "$DIR/one" <(rows_of sent)
	awk -F '\t' -v OFS='\t' '
		{ k = $1 OFS $2 OFS $3 OFS $4 OFS $5
		  p[k] += $6; d[k] += $7; b[k] += $8 }
		END { for (k in p) print k, p[k], d[k], b[k] }' \
		"$DIR/a" "$DIR/b" | LC_ALL=C sort | diff - "$DIR/one"
}

# objects PID: the programs and maps that it holds in the kernel.
objects() {
	cat /proc/"$1"/fdinfo/* 2>/dev/null |
		awk '/^(prog|map)_id:/ { print $1 $2 }' | sort -u
}

# left OBJECTS: those that the kernel still knows.
left() {
	python3 - "$@" <<-'PY'
	import ctypes, sys
	lib = ctypes.CDLL("libbpf.so.1")
	for o in sys.argv[1:]:
	    kind, n = o.split("_id:")
	    if getattr(lib, "bpf_%s_get_fd_by_id" % kind)(int(n)) >= 0:
	        print(o)
	PY
}

nothing_left() {
	quietly left "$@"
}

@test "after kill -9 nothing of it is in the kernel" {
	begin ebpf --source ebpf udp or tcp
	send 10 100
	objects "${PIDS# }" >"$DIR/objects"
	[ "$(grep -c prog "$DIR/objects")" -ge 2 ]
	mapfile -t objects <"$DIR/objects"
	left "${objects[@]}" | says .
	kill -KILL "${PIDS# }"
	wait_until 20 gone "${PIDS# }"
	PIDS=
	wait_until 20 nothing_left "${objects[@]}"
	ip -n "$NS_B" -d link show veB | says 'promiscuity 0'
}

@test "promiscuous unless -p" {
	begin ebpf --source ebpf
	ip -n "$NS_B" -d link show veB | says 'promiscuity 1'
	finish
	begin ebpf --source ebpf -p
	ip -n "$NS_B" -d link show veB | says 'promiscuity 0'
}

# device KIND FILE...: frames received by a device of that kind, named t0.
device() {
	local kind=$1
	shift
	# What the device before this one said is no word of this one.
	rm -f "$DIR/device"
	mkfifo "$DIR/go"
	ip netns exec "$NS_B" python3 "$TRAF_SRCDIR/tests/lib/replay.py" \
		"$kind":t0 "$@" <"$DIR/go" >"$DIR/device" 3>&- &
	DEVICE=$!
	exec 7>"$DIR/go"
	wait_until 20 grep -qs made "$DIR/device"
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.t0.disable_ipv6=1
	ip -n "$NS_B" link set t0 up
	IFACE=t0
}

replay_device() {
	echo >&7
	wait_until 20 grep -q '^[0-9]' "$DIR/device"
	finish
	exec 7>&-
	wait $DEVICE		# its name is free only then
	rm "$DIR/go"
}

@test "an interface without link header, and a tap" {
	captures
	device tun "$DIR"/made/ip-raw.pcap
	each
	replay_device
	same_accounts
	[ "$(wc -l <"$DIR/rows.ebpf")" -gt 100 ]
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
	device tap "$DIR"/made/ip-ethernet.pcap "$DIR"/made/link-ethernet.pcap
	each --ports service ip or ip6
	replay_device
	same_accounts
}

# local_traffic: 500 datagrams through the loopback interface.
local_traffic() {
	ip netns exec "$NS_B" python3 -S -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(500):
    s.sendto(b"x" * (i % 50), ("127.0.0.1", 9))'
}

local_packets() {
	rows_of ebpf | awk -F '\t' '
		$1 == "127.0.0.1" && $4 == 9 { n += $6 } END { print n }'
}

@test "the loopback interface: what goes out and comes in counts once" {
	IFACE=lo
	each
	local_traffic
	finish
	same_accounts
	[ "$(local_packets)" -eq 500 ]
}

# Since Linux 6.11 a second tag in a cooked frame is lost on its way through
# libpcap, so that here the sender says what is right.
@test "any: all interfaces, tags and all" {
	IFACE=any
	begin ebpf --source ebpf
	begin udp --source ebpf udp and not host 127.0.0.1
	local_traffic
	send 300 3000
	finish
	[ "$(local_packets)" -eq 500 ]
	LC_ALL=C sort "$DIR/sent" |
		diff - <(rows_of ebpf | grep -v '^127')
	[ "$(rows_of udp | cut -f 5 | sort -u)" = 17 ]
}

# another_kind SOURCE: an interface comes back as one without link header.
another_kind() {
	chown nobody "$DIR/state"
	ip netns exec "$NS_B" "$TRAFD" --foreground -i veB -m 0 \
		--user nobody --source "$1" --run-dir "$DIR/run" \
		--state-dir "$DIR/state" \
		ip or ip6 2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	PID=$(cat "$DIR/run/trafd.veB")
	send 100 1000
	ip -n "$NS_B" link del veB
	logged 1 'waiting for it to return'
	captures
	device tun "$DIR"/made/ip-raw.pcap
	ip -n "$NS_B" link set t0 down
	ip -n "$NS_B" link set t0 name veB up
	logged 1 'interface returned: veB: link type raw; counting continues'
	echo >&7
	wait_until 20 grep -q '^[0-9]' "$DIR/device"
	stop_trafd TERM
	exec 7>&-
	[ "$(account | wc -l)" -gt 200 ]
	[ "$(account | awk '$1 ~ /^(10|fd)/ { n += $6 } END { print n }')" \
		-ge 1000 ]
	[ "$(ledger gaps)" -eq 1 ]
}

@test "it comes back as another kind of interface: the sandbox is no obstacle" {
	another_kind ebpf
}

@test "likewise with a ring" {
	another_kind ring
}

@test "-c: exactly so many packets, then it ends" {
	run ip netns exec "$NS_B" "$TRAFD" --foreground -i veB -c 1 \
		--source ebpf --run-dir "$DIR/none" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ $output != *'which -c needs'* ]] || skip "older than Linux 5.12"
	begin ebpf --source ebpf -c 1234
	ip netns exec "$NS_A" "$SENDER" veA 50 5000 >"$DIR/sent"
	wait_until 20 gone "${PIDS# }"
	PIDS=
	[ "$(rows_of ebpf | awk '{ n += $6 } END { print n }')" -eq 1234 ]
}

@test "auto takes it and says so, or takes the ring and says why" {
	start_logged --source auto
	logged 1 'source ebpf: veB: packets are counted in the kernel'
	stop_trafd TERM
	: >"$DIR/log"
	ip netns exec "$NS_B" setpriv --bounding-set=-sys_admin,-bpf \
		--inh-caps=-sys_admin,-bpf "$TRAFD" --foreground -i veB \
		--user root --run-dir "$DIR/run" --state-dir "$DIR/state" \
		2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	logged 1 'source ring: cannot count .*does not let this process load'
	# shellcheck disable=SC2034 # of live_helpers
	PID=$(cat "$DIR/run/trafd.veB")
	stop_trafd TERM
}
