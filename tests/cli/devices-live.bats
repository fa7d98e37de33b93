#!/usr/bin/env bats
# Devices as the real daemon learns them: two clients with two addresses each,
# behind a bridge, and a firewall that counts the same packets.

load assert
load live_helpers

# The clients have no link-local addresses, so that the firewall's rules name
# all they have; neighbour discovery goes by fd07::.
make_client() {
	local n=$1 ns=$2
	ip link add "p$n" netns "$NS_B" type veth peer name eth0 netns "$ns"
	ip -n "$ns" link set eth0 address "52:54:00:00:00:0$n"
	ip -n "$ns" link set eth0 addrgenmode none
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip -n "$ns" addr add "192.168.7.1$n/24" dev eth0
	ip -n "$ns" addr add "fd07::1$n/64" dev eth0
	ip -n "$NS_B" link set "p$n" addrgenmode none master br0 up
	ip -n "$ns" link set eth0 up
	ip -n "$ns" route add default via 192.168.7.1
	ip -n "$ns" route add default via fd07::1
	wait_until 20 carries "$ns" eth0
	wait_until 20 carries "$NS_B" "p$n"
}

# rules: a counter for each address and way
rules() {
	local a v
	echo 'table inet count { chain in { type filter hook prerouting priority -300;'
	for a in 192.168.7.11 fd07::11 192.168.7.12 fd07::12; do
		v=ip
		[[ $a != *:* ]] || v=ip6
		echo "iifname br0 $v saddr $a counter"
	done
	echo '}; chain out { type filter hook postrouting priority 300;'
	for a in 192.168.7.11 fd07::11 192.168.7.12 fd07::12; do
		v=ip
		[[ $a != *:* ]] || v=ip6
		echo "oifname br0 $v daddr $a counter"
	done
	echo '}; }'
}

setup() {
	command -v nft >/dev/null || skip "no nft"
	live_setup
	NS_1=trafC1$$ NS_2=trafC2$$
	ip netns add "$NS_1"
	ip netns add "$NS_2"
	ip -n "$NS_B" link add br0 address 52:54:00:00:00:ff type bridge
	ip -n "$NS_B" link set br0 addrgenmode none
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.br0.accept_dad=0 \
		net.ipv6.conf.all.forwarding=1
	ip -n "$NS_B" addr add 192.168.7.1/24 dev br0
	ip -n "$NS_B" addr add fd07::1/64 dev br0
	ip -n "$NS_B" link set br0 up
	ip -n "$NS_B" addr add 198.51.100.9/32 dev lo
	ip -n "$NS_B" addr add 2001:db8::9/128 dev lo
	make_client 1 "$NS_1"
	make_client 2 "$NS_2"
	wait_until 20 carries "$NS_B" br0
	rules | ip netns exec "$NS_B" nft -f - || skip "nft counts nothing here"
}

teardown() {
	live_teardown
	ip netns del "$NS_1" 2>/dev/null || true
	ip netns del "$NS_2" 2>/dev/null || true
}

# start OPTIONS...: a daemon on the bridge
start() {
	ip netns exec "$NS_B" "$TRAFD" -i br0 --user "${1:-root}" \
		--source "${TRAF_SOURCE:-pcap}" --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.br0")
	kill -0 "$PID"
}

# talk NAMESPACE N: datagrams to a host outside, by both protocols, and then
# a connection, which is refused when all of them have passed
talk() {
	ip netns exec "$1" python3 - "$2" <<-'END'
	import socket, sys
	for family, to in ((socket.AF_INET, '198.51.100.9'),
	                   (socket.AF_INET6, '2001:db8::9')):
	    with socket.socket(family, socket.SOCK_DGRAM) as s:
	        for i in range(int(sys.argv[1])):
	            s.sendto(bytes(10 + 7 * i), (to, 9999))
	    with socket.socket(family, socket.SOCK_STREAM) as s:
	        s.settimeout(20)
	        try:
	            s.connect((to, 9999))
	        except ConnectionRefusedError:
	            pass
	END
}

# firewall: the bytes that it counted for each client, `192.168.7.11 BYTES'
firewall() {
	ip netns exec "$NS_B" nft list table inet count |
		sed -n 's/.*[sd]addr \([^ ]*\) counter packets [0-9]* bytes \([0-9]*\).*/\1 \2/p' |
		awk '{ sub("fd07::", "192.168.7.", $1); n[$1] += $2 }
		END { for (a in n) print a, n[a] }' | LC_ALL=C sort
}

ask() {
	"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -i br0 -n \
		--format=tsv "$@" 2>"$DIR/notes"
}

# devices OPTIONS...: the rows of the clients, as those of the firewall
devices() {
	ask --by=local "$@" >"$DIR/answer"
	awk -F '\t' '$1 ~ /^192.168.7.1[12]$/ { print $1, $5 }
		$1 ~ /^fd07::1[12]$/ { print "apart:", $1 }' "$DIR/answer" |
		LC_ALL=C sort
}

# macs: likewise, by the clients' own MAC addresses
macs() {
	ask --by=mac | sed -n 's/^52:54:00:00:00:0\([12]\)	/192.168.7.1\1	/p' |
		awk -F '\t' '{ print $1, $4 }' | LC_ALL=C sort
}

# reached_br0 KEY N: a number of the status file
reached_br0() {
	[ "$(awk -v key="$1" '$1 == key { print $2 }' \
		"$DIR/run/trafd.br0.status")" -ge "$2" ]
}

@test "live, saved, from the history, after a restart: the firewall's bytes" {
	start
	talk "$NS_1" 20
	talk "$NS_2" 35
	want=$(firewall)
	[ "$(wc -l <<<"$want")" -eq 2 ]
	# Not saved at all, and nobody has asked for a dump.
	diff <(devices) <(echo "$want")
	grep -q '^192.168.7.12	192.168.7.12 fd07::12	' "$DIR/answer"
	[ "$(devices --apart | grep -vc apart)" -eq 2 ]
	[ "$(devices --apart | grep -c '^apart: fd07::1[12]$')" -eq 2 ]
	kill -INT "$PID"
	wait_until 20 reached_br0 save_done 1
	diff <(devices --saved) <(echo "$want")
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" update --state-dir "$DIR/state" br0
	diff <(devices --history) <(echo "$want")
	stop_trafd TERM
	start
	talk "$NS_1" 5
	more=$(firewall)
	not diff <(echo "$more") <(echo "$want")
	diff <(devices) <(echo "$more")
	diff <(macs) <(echo "$more")
	ask --by=mac | lacks unknown
	# The router is a device too; it has sent neighbour solicitations.
	ask --by=mac | says '^52:54:00:00:00:ff	'
}

@test "what is learned: a file to read and edit, written only if it changes" {
	start
	talk "$NS_1" 1
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 1
	file=$DIR/state/devices.br0
	today=$(date -u +%F)
	grep -qx "192.168.7.11 52:54:00:00:00:01 $today $today" "$file"
	grep -qx "fd07::11 52:54:00:00:00:01 $today $today" "$file"
	grep -qx "192.168.7.1 52:54:00:00:00:ff $today $today" "$file"
	[ "$(stat -c %a "$file")" = 640 ]
	before=$(stat -c %i "$file")
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 2
	[ "$(stat -c %i "$file")" = "$before" ]
	# An address added by hand stays; one that has another MAC now is new.
	{
		echo '192.168.7.99 52:54:00:00:00:63 2026-01-02 2026-01-03'
		sed 's/^\(fd07::11 .*:\)01 .*/\177 2026-01-02 2026-01-03/' "$file"
	} >"$DIR/edited"
	cat "$DIR/edited" >"$file"
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 3
	grep -qx '192.168.7.99 52:54:00:00:00:63 2026-01-02 2026-01-03' "$file"
	grep -qx "fd07::11 52:54:00:00:00:01 $today $today" "$file"
	# The client gets another network card.
	ip -n "$NS_1" link set eth0 address 52:54:00:00:00:03
	ip -n "$NS_B" neigh flush dev br0
	talk "$NS_1" 1
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 4
	grep -q '^192.168.7.11 52:54:00:00:00:03 ' "$file"
	not grep -q '^192.168.7.11 52:54:00:00:00:01 ' "$file"
}

@test "a devices file that is damaged or a link does not harm the account" {
	file=$DIR/state/devices.br0
	printf 'nonsense\n192.168.7.99 52:54:00:00:00:63\n' >"$file"
	ip netns exec "$NS_B" "$TRAFD" --foreground -i br0 --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 2>"$DIR/log" 3>&- &
	PID=$!
	wait_until 20 grep -q 'accounting to' "$DIR/log"
	talk "$NS_1" 1
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 1
	logged 1 "devices file damaged: $file: line 1; renamed to devices.br0.damaged.1, its valid lines are kept"
	grep -q '^192.168.7.99 52:54:00:00:00:63 - -$' "$file"
	grep -qx nonsense "$file.damaged.1"
	# If it cannot be replaced, it stays, with the lines that are valid.
	echo again >>"$file"
	mkdir "$DIR/state/.devices.br0.new"
	kill -HUP "$PID"
	wait_until 20 logged 1 "devices not learned: $file: write: "
	grep -qx again "$file"
	grep -q '^192.168.7.99 ' "$file"
	[ ! -e "$file.damaged.2" ]
	rmdir "$DIR/state/.devices.br0.new"
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 3
	# Both are there; after nine, the last one is replaced.
	grep -qx again "$file.damaged.2"
	grep -qx nonsense "$file.damaged.1"
	for n in 3 4 5 6 7 8 9; do
		echo full >"$file.damaged.$n"
	done
	echo last >>"$file"
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 4
	grep -qx last "$file.damaged.9"
	grep -qx nonsense "$file.damaged.1"
	grep -qx full "$file.damaged.8"
	[ "$(find "$DIR/state" -name 'devices.br0.damaged*' | wc -l)" -eq 9 ]
	rm "$file"
	ln -s "$DIR/elsewhere" "$file"
	for n in 5 6; do
		kill -HUP "$PID"
		wait_until 20 reached_br0 dump_done $n
	done
	logged 1 "devices not learned: $file: read: "
	[ -L "$file" ]
	[ ! -e "$DIR/elsewhere" ]
	rm "$file"
	kill -HUP "$PID"
	wait_until 20 reached_br0 dump_done 7
	[ -s "$file" ]
	[ "$(awk '$1 == "dump_failed" { print $2 }' \
		"$DIR/run/trafd.br0.status")" -eq 0 ]
}

@test "without root and within the sandbox the daemon learns all the same" {
	id nobody >/dev/null || skip "no user nobody"
	start nobody
	talk "$NS_1" 3
	want=$(firewall)
	diff <(devices | grep 11) <(grep 11 <<<"$want")
	diff <(macs | grep 11) <(grep 11 <<<"$want")
	[ "$(stat -c %U "$DIR/state/devices.br0")" = nobody ]
}
