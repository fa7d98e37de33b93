#!/usr/bin/env bats
# The source in the kernel: the same account as that of pcap for the same
# traffic, nothing lost, nothing left behind.

load live_helpers

setup() {
	live_setup
	IFACE=veB PIDS=
	ip -n "$NS_A" link set veA mtu 9000
	ip -n "$NS_B" link set veB mtu 9000
	works_here
}

teardown() {
	local p
	for p in $PIDS; do
		kill -KILL "$p" 2>/dev/null || true
	done
	live_teardown
}

# works_here: skip where trafd was built without it, or the kernel refuses.
works_here() {
	local why
	why=$(ip netns exec "$NS_B" "$TRAFD" --foreground -i veB -c 1 \
		--source ebpf --run-dir "$DIR/none" --state-dir "$DIR/none" \
		2>&1) || true
	case $why in
	*'built without it'*) skip "built without clang or libbpf" ;;
	*'lets this process load no programs'*)
		skip "the kernel lets nobody load programs here" ;;
	esac
}

# begin EXT OPTIONS...: a daemon of its own account on $IFACE.
begin() {
	local ext=$1
	shift
	ip netns exec "$NS_B" "$TRAFD" -i $IFACE -f "$ext" --user root -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PIDS="$PIDS $(cat "$DIR/run/trafd.$ext")"
}

# both OPTIONS...: the same by either source, accounts `pcap' and `ebpf'.
both() {
	begin pcap --source pcap "$@"
	begin ebpf --source ebpf "$@"
}

finish() {
	local p
	sleep 0.2		# a buffer of pcap may be that late
	for p in $PIDS; do
		kill -TERM "$p"
	done
	for p in $PIDS; do
		wait_until 20 gone "$p"
	done
	PIDS=
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
	done | python3 -c '
import json, sys
sums = {}
for d in map(json.loads, sys.stdin):
    for k in ("frames", "wire_bytes", "ip", "nonip", "unsupported", "l2_cut",
              "ip_cut", "ip_version", "ip_ihl", "ip_len", "drop_kernel"):
        sums[k] = sums.get(k, 0) + d[k]
print(sums)'
}

# same_accounts: not empty, and equal in rows and ledger.
same_accounts() {
	rows_of pcap >"$DIR/rows.pcap"
	rows_of ebpf >"$DIR/rows.ebpf"
	books_of pcap >"$DIR/books.pcap"
	books_of ebpf >"$DIR/books.ebpf"
	diff "$DIR/books.pcap" "$DIR/books.ebpf"
	[ -s "$DIR/rows.pcap" ]
	diff "$DIR/rows.pcap" "$DIR/rows.ebpf" >"$DIR/diff" || {
		head -n 20 "$DIR/diff"
		return 1
	}
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

send() {
	ip netns exec "$NS_A" "$SENDER" veA "$@" >"$DIR/sent"
}

@test "every frame that Ethernet can carry: the same rows and the same ledger" {
	both
	replay
	send 500 20000
	finish
	same_accounts
	[ "$(awk '{ print $1 }' "$DIR/replayed")" -gt 2000 ]
	[ "$(wc -l <"$DIR/rows.ebpf")" -gt 900 ]
}

@test "each mode of ports" {
	local mode
	for mode in service none; do
		both --ports $mode
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
		both "$filter"
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
	[ -z "$(rows_of out)" ]
}

@test "at full speed no packet is lost, though it is harvested meanwhile" {
	begin ebpf --source ebpf
	ip netns exec "$NS_A" "$SENDER" veA 3000 1500000 >"$DIR/sent" 3>&- &
	local sender=$!
	while kill -0 $sender 2>/dev/null; do
		sleep 0.3
		kill -HUP $PIDS
	done
	wait $sender
	finish
	LC_ALL=C sort "$DIR/sent" | diff - <(rows_of ebpf)
}

@test "-c: exactly so many packets, then it ends" {
	begin ebpf --source ebpf -c 1234
	ip netns exec "$NS_A" "$SENDER" veA 50 5000 >"$DIR/sent"
	wait_until 20 gone $PIDS
	PIDS=
	[ "$(rows_of ebpf | awk '{ n += $6 } END { print n }')" -eq 1234 ]
}

@test "auto takes it and says so, or takes pcap and says why" {
	start_logged --source auto
	logged 1 'veB: source ebpf: counted in the kernel'
	stop_trafd TERM
	ip netns exec "$NS_B" setpriv --bounding-set=-sys_admin,-bpf \
		--inh-caps=-sys_admin,-bpf "$TRAFD" --foreground -i veB \
		--user root --run-dir "$DIR/run" --state-dir "$DIR/state" \
		2>"$DIR/log" 3>&- &
	logged 1 'source pcap, not ebpf: the kernel lets this process load no'
	PID=$(cat "$DIR/run/trafd.veB")
	stop_trafd TERM
}
