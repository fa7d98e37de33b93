#!/usr/bin/env bats
# The source ring, where it is not the same as pcap; ebpf.bats compares them,
# wire.bats has what offload joins.

load assert
load live_helpers
load sanitized

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# begin NAME OPTION...: a daemon of its own account
begin() {
	local name=$1
	shift
	ip netns exec "$NS_B" "$TRAFD" -f "$name" --user root -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PIDS+=" $(cat "$DIR/run/trafd.$name")"
}

finish() {
	local p
	for p in $PIDS; do
		kill -TERM "$p"
	done
	for p in $PIDS; do
		wait_until 20 gone "$p"
	done
	PIDS=
}

# rows NAME: its table, without what the kernel itself sends
rows() {
	"$TRAFLOG" -s -n --format=tsv -i "$DIR/state/tmp/trafd.$1" \
		--where 'udp or tcp or icmp' | sed 1d | cut -f 3- |
		LC_ALL=C sort
}

# many NAMESPACE ADDRESS N: so many datagrams of different sizes
many() {
	ip netns exec "$1" python3 -S -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET,
                  socket.SOCK_DGRAM)
for i in range(int(sys.argv[2])):
    s.sendto(bytes(i % 300), (sys.argv[1], 9 + i % 3))' "$2" "$3"
}

counted() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i "$1" --ask=ledger | awk '$1 == "ip" { print $2 }')" -ge "$2" ]
}

# Devices with Ethernet and without any header, both directions, the loopback
# device, and a filter.
@test "any: the same account as that of libpcap, with and without a filter" {
	local filter i=0
	ip -n "$NS_A" addr add 10.5.1.1/24 dev veA
	ip -n "$NS_B" addr add 10.5.1.2/24 dev veB
	for filter in "" "udp port 10" "ip and not host 127.0.0.1" \
		"inbound" "src 10.5.1.2 or dst port 11"; do
		i=$((i + 1))
		begin "pcap$i" -i any --source pcap "$filter"
		begin "ring$i" -i any --source ring "$filter"
	done
	many "$NS_A" 10.5.1.2 300
	many "$NS_B" 10.5.1.1 200
	many "$NS_B" 127.0.0.1 100
	wait_until 20 counted pcap1 600
	wait_until 20 counted ring1 600
	finish
	for ((; i > 0; i--)); do
		diff <(rows "pcap$i") <(rows "ring$i")
		[ "$(rows "ring$i" | wc -l)" -gt 0 ]
	done
}

@test "what a ring cannot do goes to libpcap, with the reason" {
	run ! ip netns exec "$NS_B" "$TRAFD" --check-config -i any --user root \
		--source ring --run-dir "$DIR/run" --state-dir "$DIR/state" \
		greater 100
	[[ $output == *'cannot filter in the kernel: "greater 100": it tests the length'* ]]
	ip netns exec "$NS_B" "$TRAFD" --foreground -i any --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" \
		ether proto 0x88cc or greater 100 2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	PIDS+=" $(cat "$DIR/run/trafd.any")"
	logged 1 'source pcap: .*it tests the length'
}

@test "an interface that goes takes no frame with it that had come" {
	local threads
	for threads in 1 2; do
		begin "gone$threads" -i veB --source ring --threads $threads
		ip netns exec "$NS_A" "$SENDER" veA 100 50000 >"$DIR/sent"
		ip -n "$NS_A" link del veA
		wait_until 20 counted "gone$threads" 50000
		finish
		LC_ALL=C sort "$DIR/sent" | diff - <(
			table "$DIR/state/tmp/trafd.gone$threads")
		make_veth
	done
}

@test "frames that the kernel cannot describe: said, and none is lost after" {
	if sanitized "$TRAFD"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	${TRAF_CC:-cc} -shared -fPIC -o "$DIR/undescribed.so" \
		"$TRAF_SRCDIR/tests/lib/undescribed.c" ||
		skip "cannot preload here"
	LD_PRELOAD=$DIR/undescribed.so TRAF_SOURCE=ring start_logged
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/sent"
	logged 1 'segments are unknown: veB: .*each frame counts as one packet'
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/sent"
	wait_until 20 counted veB 2000
	stop_trafd TERM
	"$TRAFLOG" --coverage -s --format=json -i "$DIR/state/tmp/trafd.veB" |
		python3 -S -c '
import json, sys
d = json.load(sys.stdin)
assert (d["drop_kernel"], d["gaps"], d["ip"]) == (7, 1, 2000), d'
}

@test "at full speed no packet is lost" {
	begin full -i veB --source ring
	ip netns exec "$NS_A" "$SENDER" veA 3000 600000 >"$DIR/sent"
	wait_until 60 counted full 600000
	finish
	LC_ALL=C sort "$DIR/sent" | diff - <(table "$DIR/state/tmp/trafd.full")
}

@test "-c: as many frames, and no more" {
	begin some -i veB --source ring -c 1234
	ip netns exec "$NS_A" "$SENDER" veA 10 3000 >"$DIR/sent"
	wait_until 20 gone "${PIDS# }"
	PIDS=
	[ "$(table "$DIR/state/tmp/trafd.some" | awk -F '\t' '
		{ n += $6 } END { print n }')" -eq 1234 ]
}
