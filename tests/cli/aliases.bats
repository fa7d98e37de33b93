#!/usr/bin/env bats
# One interface, several names: labels of addresses and alternative names are
# names of the interface, and nothing is counted twice by mistake.

bats_require_minimum_version 1.5.0
load assert
load live_helpers

LONG=an-alternative-name-of-thirty-l

setup() {
	live_setup
	ip -n "$NS_B" addr add 10.0.0.1/24 dev veB label veB:0
	ip -n "$NS_B" link property add dev veB altname uplink altname "$LONG" \
		2>/dev/null || skip "no alternative names here"
}

teardown() {
	live_teardown
}

put() {
	ip netns exec "$NS_A" python3 -S "$TRAF_SRCDIR/tests/lib/packets.py" \
		veA "$@"
}

# begin NAME [OPTIONS]: a daemon on the interface by that name.
begin() {
	local name=$1
	shift
	ip netns exec "$NS_B" "$TRAFD" -i "$name" --user root \
		--source "${TRAF_SOURCE:-pcap}" \
		--run-dir "$DIR/run" --state-dir "$DIR/state" -m 0 "$@" 3>&- ||
		return
	PIDS="${PIDS-} $(cat "$DIR/run/trafd.${EXT:-$name}")"
}

# end NAME: its dump is written.
end() {
	local pid
	pid=$(cat "$DIR/run/trafd.$1")
	kill -TERM "$pid"
	wait_until 20 gone "$pid"
}

# told NAME: bytes, in and out.
told() {
	"$TRAFLOG" -i "$DIR/state/tmp/trafd.$1" --by proto --format=tsv |
		awk '$1 == "udp" { print $4, $2, $3 }'
}

# counters NAME: packets and bytes that the interface itself has received.
counters() {
	"$TRAFLOG" --coverage -s --format=tsv -i "$DIR/state/tmp/trafd.$1" |
		awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == 2 { print $at["rx_packets_end"] - $at["rx_packets_begin"] }'
}

# counted_as NAME: networks, counters and account of the interface.
counted_as() {
	local TRAF_SOURCE
	for TRAF_SOURCE in pcap auto; do
		begin "$1"
		put 192.0.2.9 10.0.0.7 3 500
		end "$1"
		[ "$(told "$1")" = '1500 1500 0' ]
		[ "$(counters "$1")" -eq 3 ]
		rm "$DIR/state/tmp/trafd.$1"
	done
}

@test "a label counts the interface, with its networks and counters" {
	counted_as veB:0
}

@test "so does an alternative name" {
	counted_as uplink
}

@test "so does one that is longer than 15 letters" {
	[ ${#LONG} -gt 15 ]
	counted_as "$LONG"
}

@test "a label of an alternative name, short or long" {
	counted_as uplink:7
	counted_as "$LONG:7"
}

@test "a name that nothing has is no such interface, however long" {
	run -1 begin "$LONG-none"
	[[ $output == *"$LONG-none: no such interface (have: "*veB* ]]
	run -1 begin veC:0
	[[ $output == *'veC:0: no such interface'* ]]
}

@test "renamed: an alternative name still is the interface" {
	begin uplink
	put 192.0.2.9 10.0.0.7 1 500
	ip -n "$NS_B" link set veB name veZ
	put 192.0.2.9 10.0.0.7 2 500
	end uplink
	[ "$(told uplink)" = '1500 1500 0' ]
	[ "$(counters uplink)" -eq 3 ]
}

@test "a second trafd by another name is refused, and both are named" {
	begin veB
	for name in veB:0 uplink "$LONG"; do
		run -1 begin "$name"
		[[ $output == *"interface already counted: $name and veB are both \
names of veB, and PID $(cat "$DIR/run/trafd.veB") counts it as veB; \
give -f NAME to count it twice"* ]]
		[ ! -e "$DIR/run/trafd.$name" ]
	done
}

@test "so is the interface itself while a label of it is counted" {
	begin veB:0
	run -1 begin veB
	[[ $output == *'veB and veB:0 are both names of veB'* ]]
	end veB:0
	begin veB	# now it is not
}

@test "-f says that it is meant" {
	begin veB
	EXT=again begin uplink -f again
	put 192.0.2.9 10.0.0.7 1 500
	end veB
	end again
	[ "$(told veB)" = '500 500 0' ]
	[ "$(told again)" = '500 500 0' ]
}

# scripts: trafd.conf of these interfaces; trafstart of the build.
scripts() {
	cat >"$DIR/conf" <<-EOT
	trafd_ifaces="$1"
	trafd_flags="--user root --source pcap -m 0"
	trafd_program=$TRAFD
	trafd_log=$DIR/log
	trafd_rundir=$DIR/run
	trafd_statedir=$DIR/state
	${2-}
	EOT
	export TRAFD_CONF=$DIR/conf
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
}

trafstart() {
	ip netns exec "$NS_B" sh "$TRAF_BUILDDIR/scripts/trafstart" "$@" 3>&-
}

@test "trafstart of a list with two names of one interface: one is started" {
	scripts 'veB veB:0'
	run -1 trafstart
	[[ $output == *'veB:0 and veB are both names of veB'* ]]
	PID=$(cat "$DIR/run/trafd.veB")
	[ ! -e "$DIR/run/trafd.veB:0" ]
}

@test "trafstart --check-config finds two names of one interface" {
	scripts "veB uplink"
	run -1 trafstart --check-config
	[[ $output == *'(uplink) the same interface as veB, veB: '* ]]
	[[ $output == *' give one of them -f'* ]]
	scripts "uplink $LONG"
	run -1 trafstart --check-config
	[[ $output == *"($LONG) the same interface as uplink, veB"* ]]
	scripts "veB uplink" \
		'trafd_uplink_flags="--user root --source pcap -f again"'
	run -0 trafstart --check-config
	[[ $output == *'good: uplink, which is veB: link type'* ]]
}

@test "trafd_IFACE_local: the networks of that interface" {
	scripts "veB:0" 'trafd_veB_0_local="203.0.113.0/24 2001:db8::/32"'
	trafstart --check-config
	trafstart
	PID=$(cat "$DIR/run/trafd.veB:0")
	put 192.0.2.9 203.0.113.7 1 500
	put 192.0.2.9 10.0.0.7 1 90
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	PID=
	[ "$(told veB:0)" = '590 500 0' ]
	# Blank is none: the networks of the interface.
	scripts "veB" 'trafd_veB_local=" , "'
	trafstart
	PID=$(cat "$DIR/run/trafd.veB")
	put 192.0.2.9 10.0.0.7 1 90
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	PID=
	[ "$(told veB)" = '90 90 0' ]
	# A name that is not quite it: the start says so, too, and counts.
	scripts "veB" 'trafd_veB_locl="203.0.113.0/24"'
	run -1 trafstart --check-config
	run -0 trafstart
	[ "$output" = "trafstart: unknown variable in $DIR/conf: trafd_veB_locl; see trafd.conf(5)" ]
	PID=$(cat "$DIR/run/trafd.veB")
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	PID=
	scripts "veB" 'trafd_veB_local="203.0.113.0/33"'
	run ! trafstart --check-config
	[[ $output == *'--local 203.0.113.0/33: networks are needed'* ]]
}
