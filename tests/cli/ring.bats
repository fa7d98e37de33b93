#!/usr/bin/env bats
# The source ring, where it is not the same as pcap; ebpf.bats compares them,
# wire.bats has what offload joins.

load assert
load live_helpers

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
	stop_all
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
		stop_all
		LC_ALL=C sort "$DIR/sent" | diff - <(
			table "$DIR/state/tmp/trafd.gone$threads")
		make_veth
	done
}

# needs_tap: devices of today shall send nothing by themselves
needs_tap() {
	ip netns exec "$NS_B" test -c /dev/net/tun ||
		skip "the kernel has no such device"
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
}

# undescribed N: frames that the kernel cannot describe
undescribed() {
	ip netns exec "$NS_B" python3 -S \
		"$TRAF_SRCDIR/tests/lib/undescribed.py" tapB "$1"
}

# In place of a frame that is dropped the ring has what it had there before.
@test "frames that the kernel cannot describe: said, none counts, none is lost after" {
	needs_tap
	ip netns exec "$NS_B" "$TRAFD" --foreground -i any --source ring -m 0 \
		--user root --run-dir "$DIR/run" --state-dir "$DIR/state" \
		2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	PIDS+=" $(cat "$DIR/run/trafd.any")"
	ip netns exec "$NS_A" "$SENDER" veA 10 60000 100000 >"$DIR/sent"
	wait_until 20 counted any 60000
	undescribed 7
	wait_until 20 changed_over any
	logged 1 'segments are unknown: any: .*each frame counts as one packet'
	undescribed 1
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/sent"
	wait_until 20 counted any 61001
	stop_all
	"$TRAFLOG" --coverage -s --format=json -i "$DIR/state/tmp/trafd.any" |
		python3 -S -c '
import json, sys
d = json.load(sys.stdin)
assert (d["drop_kernel"], d["gaps"], d["ip"]) == (7, 1, 61001), d
assert d["frames"] == 61001, d'
}

@test "... and while it changes over only what comes in the gap it tells is lost" {
	local once sender
	needs_tap
	for once in "" --once; do
		# shellcheck disable=SC2086 # nothing, or an option
		begin busy -i any $once --source ring
		ip netns exec "$NS_A" "$SENDER" veA 100 60000 40000 \
			>"$DIR/sent" &
		sender=$!
		wait_until 20 counted busy 1000
		undescribed 7
		wait_until 20 changed_over busy
		kill -0 "$sender"		# it was under load
		wait "$sender"
		stop_all
		"$TRAFLOG" --coverage -s --format=json \
			-i "$DIR/state/tmp/trafd.busy" | python3 -S -c '
import json, sys
d = json.load(sys.stdin)
lost = 60007 - d["ip"] - d["drop_kernel"]
assert 0 <= lost <= 400 + d["gap_ns"] / 25000, d
assert d["gap_ns"] < 1e9 and 1 <= d["drop_kernel"] <= 7, d'
		rm "$DIR/state/tmp/trafd.busy"
	done
}

changed_over() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i "$1" --ask=ledger | awk '$1 == "gaps" { print $2 }')" -eq 1 ]
}

@test "at full speed no packet is lost" {
	begin full -i veB --source ring
	ip netns exec "$NS_A" "$SENDER" veA 3000 600000 >"$DIR/sent"
	wait_until 60 counted full 600000
	stop_all
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
