#!/usr/bin/env bats
# trafstart, trafstop, trafdump and trafsave with the real trafd, on a veth
# pair in a network namespace of each test; and the sequences of commands that
# sites have run for years.  Needs root.

load assert
load live_helpers

setup()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root: captures packets"
	command -v ip >/dev/null || skip "ip (iproute2) is not installed"
	NS=traf-$$-$BATS_TEST_NUMBER
	ip netns add "$NS" 2>/dev/null || skip "no network namespaces here"
	ip netns add "$NS-peer"
	link "$NS" "$NS-peer" v0 10.231.0
	T=$(mktemp -d)
	mkdir -p "$T/run" "$T/state/tmp"
	PATH=$TRAF_BUILDDIR/scripts:$TRAF_BUILDDIR/tools/traflog:$TRAF_BUILDDIR/tools/trafstat:$TRAF_BUILDDIR/tools/trafstatd:$TRAF_BUILDDIR/tools/trafdb:$PATH
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	export TRAFD_CONF=$T/trafd.conf TMPDIR=$T
	conf v0
}

teardown()
{
	[ -n "${T-}" ] || return 0
	for f in "$T"/run/trafd.*; do
		pid=$(head -n 1 "$f")
		case $pid in
		*[!0-9]* | '' | 1) continue ;;
		esac
		[[ $(ps -o args= -p "$pid") != *"$T"* ]] || kill -KILL "$pid"
	done
	ip netns del "$NS"
	ip netns del "$NS-peer"
	rm -rf "$T"
}

# A veth pair: net.1 here, net.2 at the peer.  No IPv6, whose neighbour
# discovery would be counted too.
link()	# namespace, its peer, interface, first three numbers of the network
{
	for ns in "$1" "$2"; do
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		    net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || :
		ip -n "$ns" link set lo up
	done
	ip -n "$1" link add "$3" type veth peer name "$3" netns "$2"
	ip -n "$1" addr add "$4.1/24" dev "$3"
	ip -n "$2" addr add "$4.2/24" dev "$3"
	ip -n "$1" link set "$3" up
	ip -n "$2" link set "$3" up
	wait_until 20 carries "$1" "$3"
	wait_until 20 carries "$2" "$3"
}

conf()	# interfaces
{
	cat >"$TRAFD_CONF" <<-EOT
	trafd_program=$TRAF_BUILDDIR/trafd/trafd
	trafd_ifaces="$*"
	trafd_flags="-r -m 0 --user root --source ${SOURCE:-pcap}"
	trafd_rundir=$T/run
	trafd_statedir=$T/state
	trafd_log=$T/log
	trafd_timeout=60
	EOT
}

in_ns()	# command
{
	ip netns exec "$NS" "$@"
}

# Send datagrams of one byte: 29 bytes of IP each.
send()	# number [address]
{
	in_ns bash -c "for ((i = 0; i < $1; i++)); do
		printf x >/dev/udp/${2:-10.231.0.2}/9; done" 2>/dev/null || :
}

# Sum of the bytes of our datagrams in a save file.
bytes_in()	# file [traflog options]
{
	traflog -n --format=tsv -i "$@" | awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["proto"] ~ /^(udp|17)$/ && $at["dport"] == 9 { sum += $at["bytes"] }
	END { print sum + 0 }'
}

blocks_in()	# file
{
	traflog -l -r -n -i "$1"
}

equal()	# a, b
{
	[ "$1" = "$2" ] || {
		echo "'$1' is not '$2'"
		return 1
	}
}

in_silence()	# command
{
	quietly in_ns "$@"
}

@test "start, save, stop: silent, and every byte is on the disk" {
	in_silence trafstart v0
	send 100
	in_silence trafsave v0
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 2900
	in_silence trafstop v0
	not [ -s "$T/run/trafd.v0" ]
	grep -q '(v0) signaling' "$T/log"
}

@test "each save is a block of its own, a dump is none" {
	in_silence trafstart
	for n in 1 2 3; do
		send $n
		in_silence trafdump
		[ -s "$T/state/tmp/trafd.v0" ]
		in_silence trafsave
		equal "$(blocks_in "$T/state/trafd.v0")" $n
		equal "$(bytes_in "$T/state/trafd.v0")" $((n * 29))
	done
}

@test "what a stop has dumped comes back with the next start" {
	in_silence trafstart
	send 10
	in_silence trafstop
	in_silence trafstart
	send 5
	in_silence trafsave
	equal "$(bytes_in "$T/state/trafd.v0" -a)" $((15 * 29))
}

@test "two instances are served apart and together" {
	conf v0 lo
	in_silence trafstart All
	send 10
	send 7 127.0.0.1
	in_silence trafsave lo
	not [ -e "$T/state/trafd.v0" ]
	in_silence trafsave all
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 290
	equal "$(bytes_in "$T/state/trafd.lo" -a)" 203
	in_silence trafstop lo
	in_silence trafdump v0
	in_silence trafstop v0
}

@test "a second start says that one runs, and the first goes on" {
	in_silence trafstart
	send 3
	run in_ns trafstart v0
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"(v0)"*"already running"* ]]
	in_silence trafstart
	grep -qF '(v0) is already running' "$T/log"
	in_silence trafsave
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 87
}

from_peer()	# number address
{
	NS=$NS-peer send "$@"
}

# proposes INTERFACES: the line that trafstart proposes in the namespace.
proposes()
{
	conf
	run in_ns trafstart
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "    trafd_ifaces=\"$1\"" ]
}

@test "trafstart proposes what carries traffic, the busiest first, never lo" {
	proposes v0		# up, though nothing has arrived
	link "$NS" "$NS-peer" v1 10.231.1
	send 50 127.0.0.1
	from_peer 1 10.231.1.1
	proposes v1
	from_peer 9 10.231.0.1
	proposes "v0 v1"
	ip -n "$NS" route add default via 10.231.1.2
	proposes "v0 v1"
	# Names that a shell would run, or take for an option, are not proposed.
	ip -n "$NS" link set v0 down
	# shellcheck disable=SC2016 # as they are
	for name in '$(id)' 'a`id`' 'a"b' 'x;id' '*' -rf 'a\nb'; do
		ip -n "$NS" link set dev v0 name "$name"
		ip -n "$NS" link set dev "$name" up
		proposes v1
		ip -n "$NS" link set dev "$name" down
		ip -n "$NS" link set dev "$name" name v0
	done
	ip -n "$NS" link set v0 up
	# A part of a bridge does not count: the bridge has its packets.
	ip -n "$NS" link add br0 type bridge
	ip -n "$NS" link set br0 up
	ip -n "$NS" link set v0 master br0
	proposes v1
	ip -n "$NS" link set v1 down
	ip -n "$NS" link set br0 down
	proposes lo		# nothing else is up
}

@test "stale PID files are no obstacle" {
	echo 99999999 >"$T/run/trafd.v0"
	in_silence trafstart
	pid=$(cat "$T/run/trafd.v0")
	kill -KILL "$pid"
	wait_until 60 gone "$pid"
	run in_ns trafsave
	[ "$status" -eq 1 ]
	[[ $output == *"not running"* ]]
	in_silence trafstart
	send 2
	in_silence trafsave
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 58
	in_silence trafstop
}

@test "an absent interface: trafd waits for it, or gives its reason" {
	run in_ns trafstart nosuch0
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"(nosuch0) trafd: interface missing: nosuch0: "* ]]
	in_silence trafstop nosuch0
	echo 'trafd_nosuch0_flags="--user root --no-wait"' >>"$TRAFD_CONF"
	run in_ns trafstart nosuch0
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"(nosuch0) trafd: nosuch0: no such interface"* ]]
	not [ -s "$T/run/trafd.nosuch0" ]
}

@test "a daemon that does not answer in time" {
	in_silence trafstart
	kill -STOP "$(cat "$T/run/trafd.v0")"
	echo trafd_timeout=1 >>"$TRAFD_CONF"
	run in_ns trafsave
	[ "$status" -eq 1 ]
	[[ $output == *"no answer"* ]]
	kill -CONT "$(cat "$T/run/trafd.v0")"
	echo trafd_timeout=60 >>"$TRAFD_CONF"
	in_silence trafsave
	in_silence trafstop
}

@test "a save file that was moved away, emptied or deleted" {
	in_silence trafstart
	file=$T/state/trafd.v0
	send 1
	in_silence trafsave
	mv "$file" "$T/away"
	send 2
	in_silence trafsave
	equal "$(bytes_in "$file" -a)" 58
	cat /dev/null >"$file"
	send 3
	in_silence trafsave
	equal "$(bytes_in "$file" -a)" 87
	rm "$file"
	send 4
	in_silence trafsave
	equal "$(bytes_in "$file" -a)" 116
	equal "$(bytes_in "$T/away" -a)" 29
}

@test "a save that cannot be written says why and loses nothing" {
	in_silence trafstart
	send 5
	mkdir "$T/state/trafd.v0"
	run in_ns trafsave
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"(v0) save failed: $T/state/trafd.v0: "* ]]
	rmdir "$T/state/trafd.v0"
	in_silence trafsave
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 145
}

# ---- what sites run ----

@test "site: save, report and empty the file with nothing in between" {
	in_silence trafstart v0
	for n in 1 2 3; do
		send 4
		in_ns trafsave v0
		sum=$(bytes_in "$T/state/trafd.v0" -a)
		cat /dev/null >"$T/state/trafd.v0"
		equal "$sum" 116
	done
}

@test "site: dumps by cron, a save at 23:59, a report of the last block" {
	in_silence trafstart v0
	for day in 1 2; do
		for n in 1 2 3; do
			send $day
			in_silence trafdump v0
		done
		in_silence trafsave v0
		traflog -i "$T/state/trafd.v0" -n >"$T/daily-$day.txt"
	done
	grep -v '^ ' "$T/daily-2.txt" | awk 'NF && $5 == "udp" && $4 == 9 {
		sum += $7 } END { exit sum != 6 * 29 }'
}

@test "site: save all, move the files away, read them twice" {
	conf v0 lo
	in_silence trafstart
	send 10
	send 20 127.0.0.1
	in_silence trafsave
	mkdir "$T/tosend" "$T/state/arc"
	# shellcheck disable=SC2010 # as they do
	ls "$T/state" | grep '^trafd.\(\w\)\+$' >"$T/files"
	while read -r file; do
		mv "$T/state/$file" "$T/tosend/"
	done <"$T/files"
	cd "$T/tosend"
	equal "$(echo *)" "trafd.lo trafd.v0"
	for _ in 1 2; do
		equal "$(bytes_in ./trafd.v0 -a)" 290
		equal "$(bytes_in ./trafd.lo -a)" 580
	done
	send 1
	in_silence trafsave
	equal "$(bytes_in "$T/state/trafd.v0" -a)" 29
	cd "$T/state"
	equal "$(echo *)" "arc devices.v0 tmp trafd.lo trafd.v0"
}

@test "site: rc script: trafd -i, TERM to the PID of the file, wait" {
	in_ns "$TRAF_BUILDDIR/trafd/trafd" -i v0 -p -r --user root --source pcap \
	    --run-dir "$T/run" --state-dir "$T/state" 3>&-
	pid=$(cat "$T/run/trafd.v0")
	equal "$(tr -d '0-9' <"$T/run/trafd.v0" | od -An -c | tr -d ' ')" '\n'
	kill -0 "$pid"
	kill -TERM "$pid"
	wait_until 60 gone "$pid"
	[ -s "$T/state/tmp/trafd.v0" ]
}

trafd_status()	# iface
{
	"$TRAF_BUILDDIR/trafd/trafd" --status -f "$1" --run-dir "$T/run" \
	    --state-dir "$T/state"
}

# What trafd itself says of the interface.
said_lost()
{
	in_ns trafstat --run-dir="$T/run" -i v0 -D | grep 'interface missing'
}

is_away()
{
	grep -qx 'interface away' "$T/run/trafd.v0.status"
}

@test "the interface is away: said at once, and saved when it returns" {
	SOURCE=auto conf v0	# whose tables are not lost with the interface
	sed -i 's/--user root/--user root --monitor/' "$TRAFD_CONF"
	in_silence trafstart v0
	send 10
	ip -n "$NS" link del v0
	wait_until 20 is_away
	[ "$(trafd_status v0 | tail -n 1)" = 'interface away' ]
	echo trafd_timeout=600 >>"$TRAFD_CONF"
	run timeout 60 ip netns exec "$NS" trafdump v0
	equal "$status $output" "0 trafdump: (v0) interface away: what was \
counted was dumped when it was lost, and nothing was counted since"
	[ -s "$T/state/tmp/trafd.v0" ]
	run timeout 60 ip netns exec "$NS" trafsave v0
	equal "$status $output" "0 trafsave: (v0) interface away: what was \
counted is in the dump, and trafd saves it when the interface returns"
	grep -q 'trafsave: (v0) interface away: ' "$T/log"
	not [ -e "$T/state/trafd.v0" ]
	link "$NS" "$NS-peer" v0 10.231.0
	wait_until 20 test -s "$T/state/trafd.v0"
	equal "$(bytes_in "$T/state/trafd.v0")" 290
	not is_away
	in_silence trafsave v0
	in_silence trafstop v0
}

@test "the interface is away, but trafd may open it: saved at once" {
	SOURCE=auto conf v0
	in_silence trafstart v0
	send 10
	ip -n "$NS" link del v0
	wait_until 20 said_lost
	in_silence timeout 60 trafdump v0
	[ -s "$T/state/tmp/trafd.v0" ]
	in_silence timeout 60 trafsave v0
	equal "$(bytes_in "$T/state/trafd.v0")" 290
	in_silence trafstop v0
}
