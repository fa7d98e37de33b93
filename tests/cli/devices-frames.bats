#!/usr/bin/env bats
# Devices by the MAC addresses of frames: captures, and a mirror port, whose
# daemon never talks to the hosts.  The truth is what the capture was made of.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A='' PID=''
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	mkdir "$DIR/run" "$DIR/state"
	make_trunk ethernet
}

teardown() {
	stop_trafd KILL
	traf_teardown_net
	wait_until 20 rm -rf "$DIR"
}

make_trunk() {
	python3 "$TRAF_SRCDIR/tests/lib/trunk.py" "$DIR/pcap" "$DIR/truth" "$1"
}

read_capture() {
	"$TRAFD" --read "$DIR/pcap" -f x -m 0 --state-dir "$DIR/state"
}

ask() {
	"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -n \
		--format=tsv "$@" 2>"$DIR/notes"
}

# same_as_truth ACCOUNT: both questions, against what was sent
same_as_truth() {
	diff <(sed -n 's/^local	//p' "$DIR/truth" | LC_ALL=C sort) \
		<(ask -i "$1" --by=local | awk -F '\t' -v OFS='\t' \
			'NR > 1 { print $1, $3, $4 }' | LC_ALL=C sort)
	diff <(sed -n 's/^mac	//p' "$DIR/truth" | LC_ALL=C sort) \
		<(ask -i "$1" --by=mac | awk -F '\t' -v OFS='\t' \
			'NR > 1 { print $1, $2, $3 }' | LC_ALL=C sort)
}

@test "a capture of a trunk: each device has its bytes, by any link type" {
	for link in ethernet sll sll2; do
		rm -rf "$DIR/state"
		mkdir "$DIR/state"
		make_trunk $link
		read_capture
		same_as_truth x
	done
	[ "$(grep -c '^mac' "$DIR/truth")" -eq 7 ]
	[ "$(grep -c '^local' "$DIR/truth")" -eq 12 ]
	ask -i x --by=local | says '^192.168.10.11	192.168.10.11 fd00:10::11	'
	ask -i x --by=local |
		says '^192.168.10.1	192.168.10.1 192.168.20.1 fd00:10::1 fd00:20::1	'
	# The day is that of the capture.  No remote address has a MAC address.
	grep -qx '192.168.20.22 52:54:00:00:00:22 2026-11-20 2026-11-20' \
		"$DIR/state/devices.x"
	not grep -q '^198\|^2001' "$DIR/state/devices.x"
	# People know better: the lines without days are one device.
	sed -i 's/\(00:ee\) .*/\1/' "$DIR/state/devices.x"
	[ "$(ask -i x --by=mac | grep -c '^52:54:00:00:00:ee	')" -eq 1 ]
}

@test "what a router passed on does not show the MAC address of its host" {
	"$TRAFD" --read "$DIR/pcap" -f x -m 0 --state-dir "$DIR/state" 'vlan 10'
	grep -q '^192.168.10.1 52:54:00:00:00:ff ' "$DIR/state/devices.x"
	grep -q '^fd00:10::13 52:54:00:00:00:13 ' "$DIR/state/devices.x"
	not grep -q '^192.168.20\|^fd00:20:' "$DIR/state/devices.x"
	ask -i x --by=local | says '^192.168.20.21	192.168.20.21	'
}

@test "a capture may go into an account whose devices are known better" {
	printf '%s\n' '192.168.10.11 52:54:00:00:00:aa 2026-11-01 2026-11-25' \
		'192.168.10.12 52:54:00:00:00:aa 2026-11-01 2026-11-02' \
		'192.168.10.13 52:54:00:00:00:13 2026-11-21 2026-11-25' \
		>"$DIR/state/devices.x"
	read_capture
	grep -qx '192.168.10.11 52:54:00:00:00:aa 2026-11-01 2026-11-25' \
		"$DIR/state/devices.x"
	grep -qx '192.168.10.12 52:54:00:00:00:12 2026-11-20 2026-11-20' \
		"$DIR/state/devices.x"
	grep -qx '192.168.10.13 52:54:00:00:00:13 2026-11-20 2026-11-25' \
		"$DIR/state/devices.x"
	# A capture without frames makes no file.
	"$TRAFD" --read "$DIR/pcap" -f y -m 0 --state-dir "$DIR/state" \
		'net 198.51.100.0/24 and src host 198.51.100.9'
	[ ! -e "$DIR/state/trafd.y" ]
	[ ! -e "$DIR/state/devices.y" ]
}

# mirror OPTIONS...: a daemon on an interface without any address, to which
# all frames of the trunk go
mirror() {
	traf_setup_net
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	kill -0 "$PID"
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/replay.py" veA \
		"$DIR/pcap" >"$DIR/sent"
	[ "$(cut -d ' ' -f 2 "$DIR/sent")" -eq 0 ]
}

@test "a mirror port: live, after dumps, saved, and by several threads" {
	mirror --source pcap
	same_as_truth veB
	kill -HUP "$PID"
	wait_until 20 reached_veB dump_done 1
	same_as_truth veB
	# It is learned again if the file is lost and the hosts go on talking.
	rm "$DIR/state/devices.veB"
	kill -INT "$PID"
	wait_until 20 reached_veB save_done 1
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/lib/replay.py" veA \
		"$DIR/pcap" >"$DIR/sent"
	ask -i veB --by=mac | says '^52:54:00:00:00:22	'
	stop_trafd TERM
	ip netns del "$NS_A"
	ip netns del "$NS_B"
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
	mirror --source pcap --threads 2
	same_as_truth veB
}

# works_here: skip where trafd was built without it, or the kernel refuses.
works_here() {
	local why
	why=$("$TRAFD" --check-config -i lo --source ebpf --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 2>&1) || true
	case $why in
	*'built without it'*) skip "built without clang or libbpf" ;;
	*'does not let this process load programs'*)
		skip "the kernel lets nobody load programs here" ;;
	esac
}

@test "one MAC address for a whole network, as by proxy ARP, is no device" {
	traf_setup_net
	ip -n "$NS_B" addr add 192.168.7.1/24 dev veB
	for n in $(seq 20 59); do
		echo "neigh add 192.168.7.$n lladdr $(printf \
			'52:54:00:00:00:%02x' $((n < 50 ? 0xee : n))) \
			dev veB nud stale"
	done | ip -n "$NS_B" -batch -
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" --source pcap 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	kill -HUP "$PID"
	wait_until 20 reached_veB dump_done 1
	[ "$(grep -c '^192.168.7.5[0-9] ' "$DIR/state/devices.veB")" -eq 10 ]
	[ "$(grep -c ' 52:54:00:00:00:ee ' "$DIR/state/devices.veB")" -eq 5 ]
	# Not one device, and not those five either.
	ip netns exec "$NS_A" python3 -c '
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("veA", 0))
for n in range(20, 60):
    s.send(bytes(12) + b"\x08\x00" + struct.pack(
        "!BBHHHBBH", 0x45, 0, 60, 0, 0, 63, 17, 0) +
        bytes([192, 168, 7, n, 192, 168, 7, 1]) + bytes(40))
'
	ask -i veB --by=local >"$DIR/answer"
	[ "$(grep -c '^192.168.7.[2-5][0-9]	' "$DIR/answer")" -eq 40 ]
	ask -i veB --by=mac >"$DIR/answer"
	not grep -q '00:ee' "$DIR/answer"
	says '^unknown	[0-9]*	1800	' <"$DIR/answer"
	says '^52:54:00:00:00:32	[0-9]*	60	' <"$DIR/answer"
}

@test "a mirror port, counted in the kernel" {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	works_here
	mirror --source ebpf
	same_as_truth veB
	kill -INT "$PID"
	wait_until 20 reached_veB save_done 1
	same_as_truth veB
	grep -q '^fd00:20::22 52:54:00:00:00:22 ' "$DIR/state/devices.veB"
}

reached_veB() {
	[ "$(awk -v key="$1" '$1 == key { print $2 }' \
		"$DIR/run/trafd.veB.status")" -ge "$2" ]
}
