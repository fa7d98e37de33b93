#!/usr/bin/env bats
# trafd --read: several interfaces, damage, streams; and filters that the
# kernel does not take.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A='' PID=''
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	CAPTURES=$TRAF_SRCDIR/tests/lib/captures.py
	SAVED=$DIR/state/trafd.x DUMPED=$DIR/state/tmp/trafd.x
	export TZ=UTC LC_ALL=C
	chmod 755 "$DIR"
	mkdir "$DIR/run"
	[ -n "$(command -v python3)" ] || skip "python3 is not installed"
}

teardown() {
	exec 7>&-
	stop_trafd KILL
	traf_teardown_net
	wait_until 20 rm -rf "$DIR"
}

make() {
	python3 -B "$CAPTURES" "$@"
}

# count CAPTURE [EXPRESSION]: account for it in account x
count() {
	"$TRAFD" --read "$1" -f x -m 0 --state-dir "$DIR/state" "${@:2}"
}

# frames FILE: of each block
frames() {
	[ ! -s "$1" ] || "$TRAFLOG" --coverage --format=tsv -i "$1" |
		awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "frames") n = i }
		NR > 1 { print $n }'
}

# times FILE: begin and end of each block, in seconds since those of the packets
times() {
	"$TRAFLOG" --coverage --format=tsv -i "$1" | tail -n +2 |
		while read -r begin end _; do
			echo $(($(date -d "$begin" +%s) - 1500000000)) \
				$(($(date -d "$end" +%s) - 1500000000))
		done
}

# ---- files ----

@test "a filter means the same for each link type of a capture" {
	for e in 'udp and src host 10.0.0.1 or ip6' 'ip proto 47' 'greater 100'; do
		rm -rf "$DIR/state"
		sum=0
		for name in ip-ethernet ip-raw ip-sll2 link-ppp; do
			make part $name >"$DIR/one"
			count "$DIR/one" "$e"
			n=$(frames "$SAVED")
			sum=$((sum + ${n:-0}))
			rm -rf "$DIR/state"
		done
		make part ip-ethernet ip-raw ip-sll2 link-ppp >"$DIR/all"
		count "$DIR/all" "$e"
		[ "$sum" -gt 0 ]
		[ "$(frames "$SAVED")" -eq "$sum" ]
	done
}

@test "a filter that does not fit a link type ends reading there" {
	make part ip-sll2 ip-ethernet >"$DIR/all"
	run count "$DIR/all" inbound
	[ "$status" -eq 1 ]
	[[ $output == *"capture file not read to its end: $DIR/all: after "*" counted frames: invalid filter: \"inbound\": "* ]]
	# Before anything is counted it is refused.
	rm -rf "$DIR/state"
	make part ip-ethernet ip-sll2 >"$DIR/all"
	run count "$DIR/all" inbound
	[ "$status" -eq 1 ]
	[[ $output == *'invalid filter: "inbound"'* ]]
	[ ! -e "$DIR/state" ]
}

@test "a link type among others that is not supported is named" {
	make part ip-ethernet link-unsupported-189 ip-raw >"$DIR/all"
	run count "$DIR/all"
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "trafd: link type not supported: $DIR/all: USB_LINUX; its frames are not decoded" ]
}

@test "damage is told with its byte and the frames before it, which are saved" {
	for kind in pcap ns pcapng iptrace; do
		rm -rf "$DIR/state"
		make $kind 5 >"$DIR/whole"
		at=$(make $kind 4 | wc -c)
		head -c -3 "$DIR/whole" >"$DIR/cut"
		run count "$DIR/cut"
		[ "$status" -eq 1 ]
		[[ $output == "trafd: capture file damaged: $DIR/cut: after 4 counted frames: at byte $at: the file ends inside a "* ]]
		[ "$(frames "$SAVED")" -eq 4 ]
		# In the middle; the frames after it are not looked for.
		at=$(make $kind 2 | wc -c)
		lengths=4
		[ $kind != iptrace ] || lengths=0
		cp "$DIR/whole" "$DIR/cut"
		printf '\377\377\377\377\377\377\377\377\377\377\377\377' |
			dd of="$DIR/cut" bs=1 seek=$((at + lengths)) conv=notrunc status=none
		run count "$DIR/cut"
		[ "$status" -eq 1 ]
		[[ $output == *"after 2 counted frames: at byte $at: invalid "* ]]
		[ "$(frames "$SAVED" | tail -n 1)" -eq 2 ]
	done
}

@test "a trace of iptrace counts as the capture of the same packets" {
	make pcap 5 >"$DIR/pcap"
	make iptrace 5 >"$DIR/iptrace"
	make iptrace >"$DIR/empty"
	count "$DIR/pcap"
	"$TRAFLOG" -i "$SAVED" >"$DIR/want"
	rm -rf "$DIR/state"
	count "$DIR/empty"
	[ ! -s "$SAVED" ]
	count "$DIR/iptrace"
	[ "$(times "$SAVED")" = '0 4' ]
	"$TRAFLOG" -i "$SAVED" >"$DIR/got"
	cmp "$DIR/want" "$DIR/got"
	[ "$(frames "$SAVED")" = 5 ]
}

@test "a capture that is compressed by zstd is read as it is" {
	[ -n "$(command -v zstd)" ] || skip "zstd is not installed"
	for kind in pcap pcapng iptrace; do
		rm -rf "$DIR/state"
		{ make $kind 2 | zstd -c; make $kind-more 3 2 | zstd -c; } \
			>"$DIR/zst"
		count "$DIR/zst"
		[ "$(frames "$SAVED")" = 5 ]
		[ "$(times "$SAVED")" = '0 4' ]
		rm -rf "$DIR/state"
		count - <"$DIR/zst"
		[ "$(frames "$SAVED")" = 5 ]
	done
	# All but the check sum is there.
	head -c -1 "$DIR/zst" >"$DIR/cut"
	rm -rf "$DIR/state"
	run count "$DIR/cut"
	[ "$status" -eq 1 ]
	[[ $output == *"at byte $(make iptrace 5 | wc -c): the file ends inside a zstd frame" ]]
	[ "$(frames "$SAVED")" = 5 ]
}

@test "what is no capture is refused, and leaves nothing" {
	make pcapng >"$DIR/header"
	for n in 0 3 11 27; do
		head -c $n "$DIR/header" >"$DIR/bad"
		run count "$DIR/bad"
		[ "$status" -eq 1 ]
		[[ $output == "trafd: cannot read the capture: $DIR/bad: at byte 0: the file ends inside a "* ]]
	done
	printf 'From: nobody\n' >"$DIR/bad"
	run count "$DIR/bad"
	[ "$status" -eq 1 ]
	[ "$output" = "trafd: cannot read the capture: $DIR/bad: at byte 0: not a capture: neither pcap nor pcapng nor iptrace" ]
	printf 'iptrace 3.0' >"$DIR/bad"
	run count "$DIR/bad"
	[ "$status" -eq 1 ]
	[ "$output" = "trafd: cannot read the capture: $DIR/bad: at byte 0: not a trace of iptrace 1.0 or 2.0" ]
	for with in gzip xz bzip2 lz4; do
		[ -n "$(command -v $with)" ] || continue
		$with -c <"$DIR/header" >"$DIR/bad"
		run count "$DIR/bad"
		[ "$status" -eq 1 ]
		[[ $output == "trafd: cannot read the capture: $DIR/bad: at byte 0: it is compressed; decompress it first"* ]]
	done
	run count "$DIR"
	[ "$status" -eq 1 ]
	[ "$output" = "trafd: cannot open the capture: $DIR: Is a directory" ]
	[ ! -e "$DIR/state" ]
}

@test "a capture without frames makes no block" {
	for kind in pcap pcapng; do
		make $kind >"$DIR/empty"
		run count "$DIR/empty"
		[ "$status" -eq 0 ]
		[ "$output" = "trafd: no frames counted: $DIR/empty: no block was saved" ]
		[ ! -e "$SAVED" ]
	done
	make pcap 3 >"$DIR/three"
	count "$DIR/three"
	# None that the filter wants, damage before the first, an empty pipe.
	run count "$DIR/three" tcp
	[ "$status" -eq 0 ]
	head -c 39 "$DIR/three" >"$DIR/cut"
	run count "$DIR/cut"
	[ "$status" -eq 1 ]
	[[ $output == *'after 0 counted frames: at byte 24: '* ]]
	make pcap | count -
	[ "$(frames "$SAVED")" = 3 ]
	[ "$(times "$SAVED")" = '0 2' ]
}

@test "a capture that says no times is dated now, and that is told" {
	make untimed >"$DIR/untimed"
	before=$(date +%s)
	run count "$DIR/untimed"
	[ "$status" -eq 0 ]
	[ "$output" = "trafd: no times in the capture: $DIR/untimed: the block is dated now" ]
	[ "$(frames "$SAVED")" -eq 2 ]
	read -r begin _ <<<"$(times "$SAVED")"
	[ $((begin + 1500000000)) -ge "$before" ]
	# Others in the same capture do.
	{ make untimed; make pcapng-more 2 7; } >"$DIR/both"
	run -0 count "$DIR/both"
	[ "$(times "$SAVED" | tail -n 1)" = '7 8' ]
}

@test "icmp finds untagged frames, and the lines of the page find the others" {
	make tagged >"$DIR/tagged"
	while read -r n e; do
		rm -rf "$DIR/state"
		count "$DIR/tagged" "$e"
		[ "$(frames "$SAVED")" -eq "$n" ] || {
			echo "$e: $(frames "$SAVED") instead of $n"
			return 1
		}
	done <<-'END'
	3 icmp
	5 icmp or (vlan and icmp)
	6 icmp or (vlan and (icmp or (vlan and icmp)))
	2 vlan 7 and icmp
	END
	# They are those of the page.
	man=$(sed -n '/^\.Sh FILTERS/,/^\.Sh COUNTING/p' "$TRAF_SRCDIR/man/trafd.8")
	[[ $man == *'.Dl icmp or (vlan and icmp)'* ]]
	[[ $man == *'.Dl icmp or (vlan and (icmp or (vlan and icmp)))'* ]]
}

# ---- streams ----

# stream OPTIONS...: a reader of a named pipe, whose other end is descriptor 7
stream() {
	mkfifo "$DIR/pipe"
	start_stream "$@"
}

start_stream() {
	"$TRAFD" --read "$DIR/pipe" -f x -m 0 --state-dir "$DIR/state" "$@" \
		2>>"$DIR/log" 3>&- 7>&- &
	PID=$!
	exec 7>"$DIR/pipe"
}

# has FILE N: its last block has so many frames
has() {
	[ "$(frames "$1" | tail -n 1)" = "$2" ]
}

# The packets are in the daemon's table when a dump has them.
dumped() {
	kill -HUP "$PID"
	wait_until 2 has "$DUMPED" "$1"
}

@test "signals mean the same for a stream: HUP dumps, INT saves, TERM ends" {
	for kind in pcap ns pcapng iptrace; do
		rm -rf "$DIR/state" "$DIR/pipe"
		: >"$DIR/log"
		stream
		make $kind 3 >&7
		wait_until 20 dumped 3
		make $kind-more 2 3 >&7
		wait_until 20 dumped 5
		[ "$(times "$DUMPED")" = '0 4' ]
		kill -INT "$PID"
		wait_until 20 has "$SAVED" 5
		wait_until 20 test ! -e "$DUMPED"
		[ "$(times "$SAVED")" = '0 4' ]
		make $kind-more 7 100 >&7
		wait_until 20 dumped 7
		# A packet of which only a part has come is no packet.
		make $kind-more 1 200 | head -c 20 >&7
		kill -TERM "$PID"
		wait "$PID"
		PID=
		exec 7>&-
		[ "$(times "$DUMPED")" = '100 106' ]
		[ "$(frames "$SAVED")" = 5 ]
		# The next reader of the account saves what is left there.
		make $kind 1 300 | count -
		[ "$(frames "$SAVED" | tr '\n' ' ')" = '5 7 1 ' ]
		[ "$(times "$SAVED" | tail -n 1)" = '300 300' ]
		[ ! -e "$DUMPED" ]
	done
}

@test "QUIT ends a stream, and -r resumes what it has dumped" {
	stream
	make pcap 3 >&7
	wait_until 20 dumped 3
	kill -QUIT "$PID"
	wait "$PID"
	exec 7>&-
	[ "$(frames "$DUMPED")" = 3 ]
	[ ! -e "$SAVED" ]
	start_stream -r
	make pcap 4 10 >&7
	exec 7>&-
	wait "$PID"
	PID=
	[ "$(frames "$SAVED")" = 7 ]
	[ "$(times "$SAVED")" = '0 13' ]
}

# is_held PID: a signal does not kill it, but waits, or is heard at once
is_held() {
	grep -Eq '^Sig(Blk|Cgt):.*[4-7c-f][0-9a-f]{3}$' "/proc/$1/status"
}

@test "signals that come while a stream is opened are heard then" {
	for sig in HUP INT; do
		rm -rf "$DIR/state" "$DIR/pipe"
		stream	# it waits a moment for the header
		wait_until 20 is_held "$PID"
		kill -$sig "$PID"
		make pcap 3 >&7
		exec 7>&-
		wait "$PID"
		PID=
		[ "$(frames "$SAVED")" = 3 ]
	done
}

# leave N FIRST: a stream of so many packets, which ends with a dump
leave() {
	stream --dump-interval 1
	make pcap "$@" >&7
	wait_until 20 has "$DUMPED" "$1"
	stop_trafd TERM
	exec 7>&-
	rm "$DIR/pipe"
}

@test "a dump of a stream keeps the times of its packets, whatever the clock" {
	for at in 0 700000000 -1499999999 2700000000; do
		for how in '' -r; do
			rm -rf "$DIR/state"
			leave 3 "$at"
			make pcap 1 $((at + 60)) | count - $how 2>"$DIR/log"
			lacks 'clock was set' "$DIR/log"
			if [ -n "$how" ]; then
				[ "$(frames "$SAVED")" = 4 ]
				[ "$(times "$SAVED")" = "$at $((at + 60))" ]
				continue
			fi
			[ "$(frames "$SAVED" | tr '\n' ' ')" = '3 1 ' ]
			[ "$(times "$SAVED" | head -n 1)" = \
				"$at $((at + 2))" ]
		done
		"$TRAFLOG" --coverage --format=tsv -i "$SAVED" |
			awk -F '\t' 'NR == 1 { n = split($0, name) }
			NR > 1 { for (i = 1; i <= n; i++)
				if (name[i] ~ /^clock_|^gap|^down/ && $i) exit 1
			}'
	done
}

@test "times of packets and of a clock are not mixed in one block" {
	stream --dump-interval 1
	make untimed >&7
	wait_until 20 has "$DUMPED" 2
	stop_trafd TERM
	exec 7>&-
	make pcap 3 | count - -r
	[ "$(frames "$SAVED" | tr '\n' ' ')" = '2 3 ' ]
	[ "$(times "$SAVED" | tail -n 1)" = '0 2' ]
	[ "$(times "$SAVED" | head -n 1 | cut -d ' ' -f 1)" -gt 100000000 ]
}

@test "a silent stream: the intervals pass, and no block is empty" {
	stream --save-interval 1
	wait_until 20 grep -q 'save done: .*: 0 rows' "$DIR/log"
	[ ! -e "$SAVED" ]
	# The header comes late, and alone.
	make pcapng >&7
	make pcapng-more 3 0 >&7
	wait_until 20 has "$SAVED" 3
	n=$(grep -c 'save done: .*: 0 rows' "$DIR/log")
	once_more() {
		[ "$(grep -c 'save done: .*: 0 rows' "$DIR/log")" -gt "$n" ]
	}
	wait_until 20 once_more
	make pcapng-more 2 50 >&7
	exec 7>&-
	wait "$PID"
	PID=
	[ "$(times "$SAVED" | tr '\n' ' ')" = '0 2 50 51 ' ]
}

@test "a stream is dumped in intervals, and a kill loses no more" {
	stream --dump-interval 1
	make pcap 3 >&7
	wait_until 20 has "$DUMPED" 3
	stop_trafd KILL
	exec 7>&-
	make pcap 1 20 | count -
	[ "$(frames "$SAVED" | tr '\n' ' ')" = '3 1 ' ]
}

@test "a stream that comes byte by byte" {
	for kind in pcap pcapng iptrace; do
		make $kind 4 | python3 -c '
import os, sys
for octet in sys.stdin.buffer.read():
    os.write(1, bytes([octet]))' | count -
		has "$SAVED" 4
	done
}

@test "a stream that ends inside a packet, or begins as no capture" {
	make pcap 5 | head -c -1 >"$DIR/cut"
	run -1 bash -c "cat '$DIR/cut' | '$TRAFD' --read - -f x --state-dir '$DIR/state'"
	[ "$output" = "trafd: capture file damaged: -: after 4 counted frames: at byte $(make pcap 4 | wc -c): the file ends inside a packet: 44 of 45 bytes are left" ]
	[ "$(frames "$SAVED")" = 4 ]
	run -1 bash -c "echo hello, world | '$TRAFD' --read - -f x --state-dir '$DIR/state'"
	[[ $output == *'not a capture'* ]]
	# Later than its reader waits: then it has begun already.
	stream
	wait_until 20 test -e "$DIR/state/.trafd.x.lock"
	echo 'hello, world' >&7
	rc=0
	wait "$PID" || rc=$?
	PID=
	[ $rc -eq 1 ]
	grep -q 'capture file damaged: .*: after 0 counted frames: at byte 0: not a capture' "$DIR/log"
	[ "$(frames "$SAVED")" = 4 ]
}

@test "-c ends a stream after so many frames of those that match" {
	stream -c 3 udp
	make pcap 2 >&7
	make pcap-more 5 10 >&7
	wait "$PID"
	PID=
	[ "$(frames "$SAVED")" = 3 ]
	[ "$(times "$SAVED")" = '0 10' ]
}

@test "two link types in a stream, saved between" {
	stream
	make part ip-ethernet ip-raw >"$DIR/both"
	all=$("$TRAFD" --read "$DIR/both" -f y -m 0 --state-dir "$DIR/state" &&
		frames "$DIR/state/trafd.y")
	head -c 5000 "$DIR/both" >&7
	some() {
		kill -INT "$PID"
		[ -s "$SAVED" ]
	}
	wait_until 20 some
	tail -c +5001 "$DIR/both" >&7
	exec 7>&-
	wait "$PID"
	PID=
	[ "$(frames "$SAVED" | wc -l)" -gt 1 ]
	[ "$(frames "$SAVED" | awk '{ n += $1 } END { print n }')" -eq "$all" ]
}

# ---- filters of interfaces ----

# live SOURCE... -- EXPRESSION: the frames that it counts of those of
# captures.py; its messages are in the log
live() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	rm -rf "$DIR/state"
	TRAF_SOURCE=pcap start_logged "${options[@]}" "$2"
	ip netns exec "$NS_A" python3 -B "$CAPTURES" send veA
	wait_until 20 heard 18
	stop_trafd TERM
	frames "$DIR/state/tmp/trafd.veB"
	lacks 'Warning\|Kernel filter' "$DIR/log"
}

# heard N: so many frames have come to the interface since it was told last
heard() {
	local n
	n=$(ip netns exec "$NS_B" cat /sys/class/net/veB/statistics/rx_packets)
	[ $((n - ${before:-0})) -ge "$1" ] && before=$n
}

# long_filter HOST N: ICMP of N hosts that send nothing, and to HOST
long_filter() {
	python3 -c "
print('icmp and (' + ' or '.join('src host 10.%d.%d.1' % (1 + i // 250, i % 250)
    for i in range($2)) + ' or dst host $1)')"
}

@test "a filter that the kernel does not take is exact, and that is told once" {
	live_setup
	long=$(long_filter 192.0.2.1 2300)
	for source in '--source pcap' '--threads 3' '--source auto'; do
		while read -r n here e; do
			e=${e/LONG/$long}
			# shellcheck disable=SC2086 # two words
			got=$(live $source -- "$e")
			[ "$got" = "$n" ] || {
				echo "$source ${e:0:60}: $got instead of $n"
				cat "$DIR/log"
				return 1
			}
			[ "$(grep -c 'filter not in the kernel: veB: ' "$DIR/log")" \
				-eq $((here)) ]
		done <<-END
		9 1 ip6 protochain 17
		6 1 LONG
		12 1 udp[1008:4] = 0x64656570 or ip6 protochain 17
		12 1 ip6 protochain 17 or (vlan and icmp)
		END
	done
}

@test "the tag of a VLAN is where the kernel would have it" {
	live_setup
	# Without optimizing few hosts make it long, and it is compiled at once.
	# The same with `icmp' for LONG, which the kernel takes, is in the next
	# test: behind `vlan' libpcap looks for headers after a tag.
	long=$(long_filter 192.0.2.1 250)
	while read -r n e; do
		got=$(live -O -- "${e/LONG/$long}")
		[ "$got" = "$n" ] || {
			echo "$e: $got instead of $n"
			return 1
		}
		has_logged 1 'filter not in the kernel: '
	done <<-'END'
	6 LONG
	3 vlan 7 and LONG
	0 vlan 8 and LONG
	3 LONG and not vlan
	0 not vlan and LONG
	9 LONG or (vlan 7 and udp)
	END
}

@test "a filter that the kernel takes is exact from the first frame on" {
	live_setup
	while read -r n e; do
		got=$(live -- "$e")
		[ "$got" = "$n" ] || {
			echo "$e: $got instead of $n"
			return 1
		}
	done <<-'END'
	18 inbound
	0 outbound
	6 inbound and icmp
	7 inbound and vlan 7
	6 icmp
	3 vlan and icmp
	3 icmp and not vlan
	0 not vlan and icmp
	9 icmp or (vlan 7 and udp)
	3 udp[1008:4] = 0x64656570
	18 multicast
	END
}

@test "on any, the header of a cooked frame means the same here and in the kernel" {
	live_setup
	while read -r n here e; do
		got=$(live -i any -f veB -- "$e")
		[ "$got" = "$n" ] || {
			echo "$e: $got instead of $n"
			return 1
		}
		has_logged "$here" 'filter not in the kernel: any: '
	done <<-'END'
	6 0 icmp
	6 0 link[14:2] = 0x800 and icmp
	6 1 link[14] = 8 and link[15] = 0 and icmp
	6 0 link[0:2] != 4 and icmp
	6 1 link[1] != 4 and icmp
	6 1 icmp and greater 44
	0 1 icmp and greater 45
	END
}

@test "-c counts what a filter here accepts" {
	live_setup
	TRAF_SOURCE=pcap start_logged -c 7 'ip6 protochain 17'
	ip netns exec "$NS_A" python3 -B "$CAPTURES" send veA
	wait_until 20 gone "$PID"
	PID=
	[ "$(frames "$DIR/state/tmp/trafd.veB")" = 7 ]
}

@test "what neither the kernel nor trafd can evaluate is refused" {
	live_setup
	run -1 ip netns exec "$NS_B" "$TRAFD" --foreground -i veB --user root \
		--source pcap --run-dir "$DIR/run" --state-dir "$DIR/state" \
		'inbound and ip6 protochain 17'
	[[ $output == *'cannot set the filter: veB: the kernel does not take it, and only the kernel knows the direction; '* ]]
	works_here
	run -1 ip netns exec "$NS_B" "$TRAFD" --foreground -i veB --user root \
		--source ebpf --run-dir "$DIR/run" --state-dir "$DIR/state" \
		'ip6 protochain 17'
	[[ $output == *'cannot count in the kernel: veB: the filter cannot run in the kernel: '* ]]
}
