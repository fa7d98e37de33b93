#!/usr/bin/env bats
# From a number to its packets: indexes of traces, ipreport --where, --write,
# --index, and traflog --packets.

load assert
load report_helpers
load live_helpers

setup() {
	report_setup UTC
	NS_A='' recorder=''
	traces=$TRAF_SRCDIR/tests/lib/indexed.py
	[ -n "$(command -v python3)" ] || skip "python3 is not installed"
}

teardown() {
	[ -z "$recorder" ] || kill -KILL "$recorder" 2>/dev/null || true
	traf_teardown_net
	cd /
	rm -rf "$dir"
}

ipreport() {
	"$TRAF_BUILDDIR/tools/ipreport/ipreport" "$@"
}

traflog() {
	PATH=$TRAF_BUILDDIR/tools/ipreport:$PATH \
	    "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" "$@"
}

make() {
	python3 -B "$traces" "$@"
}

# plain FILE: its packets as text, without numbers, which differ in a part
plain() {
	ipreport -N -X 16 "$1"
}

# answers FILE SEED: the same packets with the index and without it, for random
# conditions, as text with their numbers and as a new trace
answers() {
	local n=0
	while IFS= read -r where; do
		cp indexed "$1.idx"
		ipreport -nN -X 16 --where "$where" "$1" >with 2>err
		[ ! -s err ]
		ipreport --where "$where" --write with.pcapng "$1" 2>said
		rm "$1.idx"
		ipreport -nN -X 16 --where "$where" "$1" >without 2>err
		grep -q "$1: no index; read through" err
		ipreport --where "$where" --write without.pcapng "$1" 2>/dev/null
		cmp with without
		grep -q '^ipreport: [0-9]* packets* found in [01] of 1 file$' \
		    said
		# Of none the statistics have the time of writing.
		grep -q '^ipreport: 0 ' said || cmp with.pcapng without.pcapng
		n=$((n + 1))
	done < <(make where "$2" 12)
	[ "$n" -eq 12 ]
}

@test "random conditions find the same packets with an index: pcap" {
	make pcap 1 50 >t
	ipreport --index t
	mv t.idx indexed
	answers t 1
}

@test "random conditions find the same packets with an index: pcapng" {
	local seed
	for seed in 2 3; do
		make pcapng "$seed" 50 >t
		ipreport --index t
		mv t.idx indexed
		answers t "$seed"
	done
}

@test "random conditions find the same packets with an index: iptrace" {
	make iptrace 4 50 >t
	ipreport --index t
	mv t.idx indexed
	answers t 4
}

@test "random conditions find the same packets with an index: zstd" {
	[ -n "$(command -v zstd)" ] || skip "zstd is not installed"
	make pcapng 5 50 >t
	ipreport --index t
	mv t.idx indexed
	zstd -q --rm t
	while IFS= read -r where; do
		cp indexed t.idx
		ipreport -nN -X 16 --where "$where" t.zst >with 2>err
		[ ! -s err ]
		rm t.idx
		ipreport -nN -X 16 --where "$where" t.zst >without 2>/dev/null
		cmp with without
	done < <(make where 5 6)
	make pcapng 6 3 >t
	zstd -qf --rm t
	cp indexed t.idx
	ipreport -N --where udp t.zst >out 2>err
	grep -q 't.zst: the index is of another file; read through' err
}

@test "a trace that was cut, then compressed, is searched as without index" {
	[ -n "$(command -v zstd)" ] || skip "zstd is not installed"
	local size
	make pcapng 5 50 >whole
	ipreport --index whole
	for size in 3000000 20000000 40000000; do
		head -c $size whole >t
		zstd -qf --rm t
		cp whole.idx t.idx
		fails 1 ipreport -nN -X 16 --where 'host 10.0.2.3' t.zst
		mv err with.err
		mv out with
		rm t.idx
		fails 1 ipreport -nN -X 16 --where 'host 10.0.2.3' t.zst
		cmp out with
		grep 'to its end' err | cmp with.err -
	done
	[ -s with ]
}

@test "packets found are those that tcpdump finds" {
	[ -n "$(command -v tcpdump)" ] || skip "tcpdump is not installed"
	local host n
	make pcap 7 40 >t
	ipreport --index t
	for host in 10.0.0.1 10.0.3.2 10.0.7.5; do
		ipreport --where "host $host and not vlan 6 and not vlan 7 and \
not vlan 8" --write found t 2>said
		n=$(tcpdump -nr t "ip host $host" 2>/dev/null | wc -l)
		[ "$n" -gt 20 ]
		grep -q "^ipreport: $n packets found in 1 of 1 file$" said
		[ "$(tcpdump -nr found 2>/dev/null | wc -l)" -eq "$n" ]
	done
}

@test "an index is the account of its trace" {
	make pcap 8 40 >t
	ipreport --index t
	"$TRAF_BUILDDIR/trafd/trafd" --read t -f x -m 0 --state-dir "$dir"
	traflog -i x -s -n --format=csv >wanted
	traflog -i ./t.idx -s -n --format=csv >got
	[ "$(wc -l <got)" -gt 300 ]
	cut -d, -f3- wanted >wanted.rows
	cut -d, -f3- got >got.rows
	cmp wanted.rows got.rows
	traflog -i x -s --coverage --format=tsv >wanted
	traflog -i ./t.idx -s --coverage --format=tsv >got
	traflog --check ./t.idx
	for entry in frames ip nonip malformed truncated; do
		grep -w "$entry" wanted >one || continue
		grep -w "$entry" got >two
		cmp one two
	done
}

@test "what the trace tells of packets is in the new trace" {
	[ -n "$(command -v tshark)" ] || skip "tshark is not installed"
	make told >t
	ipreport --where 'host 10.0.0.1' --write found t 2>said
	grep -q '^ipreport: 3 packets found in 1 of 1 file$' said
	for f in t found; do
		tshark -r $f -Y 'ip.src == 10.0.0.1' -T fields \
		    -e frame.time_epoch -e frame.interface_name \
		    -e frame.packet_flags -e frame.comment -e frame.len \
		    -e ip.proto >$f.text 2>/dev/null
	done
	[ "$(wc -l <found.text)" -eq 3 ]
	diff t.text found.text
	grep -q 'first,second' found.text
	capinfos found >infos
	grep -q 'Name = eth7' infos
	grep -q 'Filter string = tcp or udp' infos
	grep -q 'Speed = 1000000000' infos
	ipreport -N found >text
	grep -q 'TRACING DROPPED 75 PACKETS' text
}

@test "several files are written in the order of their first packets" {
	make ns 9 2 >b
	make pcapng 10 2 >a
	python3 -B "$TRAF_SRCDIR/tests/lib/captures.py" pcap 5 100000 >c
	python3 -B "$TRAF_SRCDIR/tests/lib/captures.py" pcap 5 -5000 >d
	ipreport --where udp --write found c a d 2>said
	grep -q 'packets found in 3 of 3 files' said
	ipreport --format json found | grep -o '"time": *"[^"]*"' >when
	[ "$(wc -l <when)" -gt 20 ]
	head -n 1 when | says 2017-07-14.01:16:40
	tail -n 1 when | says 2017-07-15.06:26:44
}

@test "--write - is a trace on standard output" {
	make pcapng 11 5 >t
	ipreport --where udp --write found t 2>/dev/null
	ipreport --where udp --write - t 2>/dev/null | cat >piped
	echo before >appended
	ipreport --where udp --write - t 2>/dev/null >>appended
	plain found >wanted
	[ "$(wc -l <wanted)" -gt 100 ]
	plain piped | cmp - wanted
	[ "$(head -n 1 appended)" = before ]
	tail -c +8 appended >rest
	plain rest | cmp - wanted
}

@test "formats of --write" {
	make pcap 12 2 >t
	local format
	for format in pcapng pcap iptrace; do
		ipreport --where tcp --write found --format $format t 2>said
		grep -q ' packets found in 1 of 1 file' said
		ipreport -N --where tcp --format json found 2>/dev/null |
		    grep -c '"time"' >n
		[ "$(cat n)" -eq "$(sed 's/[^0-9]*\([0-9]*\).*/\1/' said)" ]
	done
	make told >t
	fails 1 ipreport --where udp --write found --format pcap t
	grep -q 'cannot have packets of link type 101 too (use --format pcapng)' err
	fails 127 ipreport --format pcap t
	grep -q 'format pcap needs --write' err
	fails 127 ipreport --format json --write found t
}

@test "an input is never overwritten, by no name" {
	make pcap 13 1 >t
	cp t kept
	ln t hard
	ln -s t soft
	local name
	for name in t ./t hard soft; do
		fails 1 ipreport --where udp --write $name kept t
		grep -q "$name: it is an input (name another file)" err
		cmp t kept
	done
	# shellcheck disable=SC2094 # refused
	fails 1 ipreport --where udp --write t - <t
	cmp t kept
}

@test "an index that is stale, foreign, cut or damaged: the trace is read" {
	make pcap 14 40 >t
	ipreport -nN -X 16 --where 'host 10.0.5.2' t >wanted 2>/dev/null
	[ -s wanted ]
	make pcap 15 40 >other
	ipreport --index t other
	cp t.idx good
	cp other.idx t.idx
	ipreport -nN -X 16 --where 'host 10.0.5.2' t >got 2>err
	cmp wanted got
	grep -q 't: the index is of another file; read through' err
	head -c 3000 good >t.idx
	ipreport -nN -X 16 --where 'host 10.0.5.2' t >got
	cmp wanted got
	cp good t.idx
	printf x | dd of=t.idx bs=1 seek=700 conv=notrunc status=none
	ipreport -nN -X 16 --where 'host 10.0.5.2' t >got 2>err
	cmp wanted got
	grep -q 't: the index is damaged; read through' err
	: >t.idx
	ipreport -nN -X 16 --where 'host 10.0.5.2' t >got 2>err
	cmp wanted got
	grep -q 't: the index ends at byte 0; read through' err
}

@test "the index of somebody who does not own the trace is not used" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	make pcap 9 1 >t
	ipreport --index t
	chown 4711 t.idx
	ipreport -N --where udp t >got 2>err
	grep -q 't: the index is of a user who does not own the trace; read ' \
	    err
	# It may be of root, who owns all, or of the owner of the trace.
	chown 4711 t
	ipreport -N --where udp t >got 2>err
	[ ! -s err ]
	chown 0 t.idx
	ipreport -N --where udp t >got 2>err
	[ ! -s err ]
}

@test "conditions of counters are those of each packet" {
	make pcap 16 20 >t
	ipreport --index t
	ipreport --where 'bytes < 100 and udp' --write few t 2>said
	[ "$(sed 's/[^0-9]*\([0-9]*\).*/\1/' said)" -gt 20 ]
	rm t.idx
	ipreport --where 'bytes < 100 and udp' --write same t 2>/dev/null
	plain few >a
	plain same >b
	cmp a b
}

@test "--since and --until find parts, too" {
	make pcap 17 40 >t
	ipreport --index t
	ipreport -nN -X 0 --since 2017-07-14T02:40:02 \
	    --until 2017-07-14T02:40:04 t >with
	rm t.idx
	ipreport -nN -X 0 --since 2017-07-14T02:40:02 \
	    --until 2017-07-14T02:40:04 t >without
	cmp with without
	[ -s with ]
}

@test "--since finds packets that are in no flow, such as those of ARP" {
	make arp 50 >t
	ipreport --index t
	ipreport -n --since 2017-07-14T02:40:10 --until 2017-07-14T02:40:20 \
	    t >with
	rm t.idx
	ipreport -n --since 2017-07-14T02:40:10 --until 2017-07-14T02:40:20 \
	    t >without
	cmp with without
	[ "$(grep -c '^Packet Number' with)" -eq 10 ]
}

@test "--index: what cannot have one" {
	fails 1 ipreport --index nowhere
	grep -q 'cannot make an index: nowhere: cannot open: No such file' err
	fails 1 ipreport --index - </dev/null
	echo text >t
	fails 1 ipreport --index t
	grep -q 'cannot make an index: t: at byte 0: not a capture' err
	[ ! -e t.idx ]
	make pcap 18 1 >t
	echo mine >t.idx
	fails 1 ipreport --index t
	grep -q 't.idx is not an index (move it away)' err
	[ "$(cat t.idx)" = mine ]
	rm t.idx
	head -c 100000 t >torn
	fails 1 ipreport --index torn
	grep -q 'cannot make an index: torn: at byte .*ends inside' err
	[ ! -e torn.idx.new ]
	traflog --check ./torn.idx
	ipreport --index t
	ipreport --index t
	[ -n "$(command -v zstd)" ] || return 0
	zstd -q t
	fails 1 ipreport --index t.zst
	grep -q 'index: t.zst: it is compressed (decompress it, make the' err
	[ -e t.idx ]
	[ ! -e t.idx.new ]
}

@test "traflog --packets: the packets of a report's rows" {
	mkdir traces
	make pcap 19 20 >traces/b
	make pcapng 20 20 >traces/a
	echo no trace >traces/notes
	ipreport --index traces/a traces/b
	traflog --packets traces -n --where 'host 10.0.2.3' >got 2>err
	ipreport -N --where 'host 10.0.2.3' traces >wanted
	cmp wanted got
	[ -s got ]
	[ ! -s err ]
	traflog --packets traces --write found --where 'host 10.0.2.3' 2>err
	grep -q ' packets found in 2 of 2 files' err
	traflog --packets traces/b --write found from 10.0.2.3 port 443 2>err
	n=$(sed 's/[^0-9]*\([0-9]*\).*/\1/' err)
	echo 'from 10.0.2.3 # a host
	    port 443' >pattern
	traflog --packets traces/b --write found -F pattern 2>err
	[ "$n" -gt 0 ]
	[ "$n" -eq "$(sed 's/[^0-9]*\([0-9]*\).*/\1/' err)" ]
	traflog -i ./traces/b.idx -s -n --format=csv from 10.0.2.3 port 443 |
	    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "packets")
		c = i; next } { n += $c } END { print n }' >rows
	[ "$(cat rows)" -eq "$n" ]
}

@test "packets that iptrace has recorded are found by its indexes" {
	local i
	traf_setup_net
	mkdir traces run
	ip netns exec "$NS_B" "$TRAF_BUILDDIR/iptrace/iptrace" --foreground \
	    --user root --run-dir "$dir/run" --rotate-size 30k \
	    --compress zstd -i veB "$dir/traces/log" 2>log 3>&- &
	wait_until 20 grep -q 'recording veB' log
	recorder=$(cat run/iptrace.*)
	for i in 1 2 3; do
		ip netns exec "$NS_A" python3 -B \
		    "$TRAF_SRCDIR/tests/lib/packets.py" veA 10.9.0.$i 10.9.9.9 \
		    100 500
	done
	kill -TERM "$recorder"
	wait_until 20 grep -q ' received, ' log
	grep -q ' 300 received, 0 dropped' log
	wait_until 20 gone "$recorder"
	recorder=
	[ "$(find traces -name '*.idx' | wc -l)" -gt 3 ]
	for i in 1 2 3; do
		ipreport --where "src host 10.9.0.$i" --write found$i \
		    traces 2>said
		grep -q '^ipreport: 100 packets found in [1-9]' said
		[ "$(wc -l <said)" -eq 1 ]
		ipreport -N -X 0 found$i >text
		[ "$(grep -c "SRC = *10.9.0.$i >" text)" -eq 100 ]
	done
	traflog --packets traces --where 'src host 10.9.0.2' -n >text
	[ "$(grep -c 'SRC = *10.9.0.2 >' text)" -eq 100 ]
}

@test "traflog --packets: what it cannot do" {
	mkdir empty
	fails 1 traflog --packets empty
	grep -q 'no trace in the directory: empty (record one: iptrace ' err
	fails 1 traflog --packets nowhere
	grep -q 'nowhere: No such file' err
	fails 127 traflog --packets empty --where 'bytes > 1M'
	grep -q 'packets: bytes, data and packets are counters of rows' err
	fails 127 traflog --packets empty --where 'nonsense ('
	fails 127 traflog --packets empty --by host
	fails 127 traflog --packets empty -l
	fails 127 traflog -i x --write out
	grep -q 'write needs --packets' err
	mkdir bin
	cp "$TRAF_BUILDDIR/tools/traflog/traflog" bin
	PATH=/nonexistent fails 1 bin/traflog --packets empty
	grep -q 'cannot run ipreport (it belongs to the same package' err
	printf '#!/bin/sh\necho "$@"\n' >bin/ipreport
	chmod +x bin/ipreport
	bin/traflog --packets empty --since -2h --until now -n --write w \
	    --where udp proto tcp >got
	echo '-N --where udp --pattern proto tcp --since -2h --until now' \
	    '--write w -- empty' >wanted
	cmp wanted got
}
