#!/usr/bin/env bats
# ipreport: its text, byte by byte where it is AIX's; JSON; which packets are
# printed; files that end, grow and are damaged.
# Files have the names of what makes them:
# shellcheck disable=SC2094

load assert
load live_helpers

setup() {
	T=$BATS_TEST_TMPDIR
	PATH=$TRAF_BUILDDIR/tools/ipreport:$PATH
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	export TZ=UTC LC_ALL=C
	[ -n "$(command -v python3)" ] || skip "python3 is not installed"
	cd "$T" || return
}

teardown() {
	[ -z "${FOLLOWER-}" ] || kill "$FOLLOWER" 2>/dev/null || :
}

make() {
	python3 -B "$TRAF_SRCDIR/tests/lib/traces.py" "$@"
}

# fields PROGRAM-OF-PYTHON: for each object, o, of standard input
fields() {
	python3 -c "
import json, sys
for line in sys.stdin:
    o = json.loads(line)
    $1"
}

# ---- text ----

@test "AIX's example, byte by byte" {
	make aix >aix
	ipreport -X 16 --resolve-time 0 aix >text
	diff - text <<-'EOT'
	====( 130 bytes received on interface en0 )==== 12:12:33.397003947
	ETHERNET packet : [ b4:14:89:de:14:41 -> fa:09:6a:20:34:0a ]  type 800  (IP)
	IP header breakdown:
	        < SRC =    10.192.16.78 >
	        < DST =   10.196.30.184 >
	        ip_v=4, ip_hl=20, ip_tos=0, ip_len=116, ip_id=28382, ip_off=0 DF
	        ip_ttl=125, ip_sum=4a1c, ip_p = 6 (TCP)
	TCP header breakdown:
	        <source port=49878, destination port=22(ssh) >
	        th_seq=4291273262, th_ack=570980773
	        th_off=5, flags<PUSH | ACK>
	        th_win=512, th_sum=3ff7, th_urp=0
	00000000     3387f1bb 1a998af0 fbaa6891 08f92fc8     |3.........h.../.|
	        60 more bytes

	EOT
}

@test "each kind of packet, from pcapng and from iptrace" {
	make mixed >pcapng
	make mixed iptrace >iptrace
	ipreport -nN pcapng >text
	diff "$TRAF_SRCDIR/tests/cli/ipreport.text" text
	ipreport -nN iptrace | diff text -
}

@test "-s: each line has the tag of its protocol, and no titles" {
	make mixed >mixed
	ipreport -srvnCN -X 0 mixed >text
	lacks breakdown text
	lacks -Ev '^(Packet Number [0-9]+||[A-Z0-9]+: .*)$' text
	ipreport -snN -j 3 -c 1 mixed >third
	diff - third <<-'EOT'
	Packet Number 3
	ETH: ====( 74 bytes received on interface en0 )==== 02:40:02.123456789
	ETH:    [ 02:00:00:00:00:02 -> 02:00:00:00:00:01 ]  type 800  (IP)
	IP:     < SRC =        10.0.0.1 >
	IP:     < DST =       192.0.2.2 >
	IP:     ip_v=4, ip_hl=20, ip_tos=0, ip_len=60, ip_id=7, ip_off=0
	IP:     ip_ttl=64, ip_sum=aeb2, ip_p = 6 (TCP)
	TCP:    <source port=40000, destination port=22 >
	TCP:    th_seq=1000, th_ack=2000
	TCP:    th_off=5, flags<PUSH | ACK>
	TCP:    th_win=512, th_sum=1175, th_urp=0
	TCP:    00000000     61626364 65666768 696a6b6c 6d6e6f70     |abcdefghijklmnop|
	TCP:    00000010     71727374                                |qrst            |

	EOT
}

@test "-v: options of TCP, the date, what the packet counts as" {
	make mixed >mixed
	ipreport -vN -j 2 -c 1 mixed >text
	grep -qx '        th_opt: mss=1460, sack permitted, timestamp=1 echo=0, wscale=7' text
	grep -qx '        link=1 (ethernet), date=2017-07-14 +0000, counts as ip of 60 octets, 0 of data' text
	ipreport -N -j 2 -c 1 mixed | lacks th_opt
}

@test "-x, -X, -e: what is dumped" {
	make mixed >mixed
	ipreport -xN -j 4 -c 1 mixed >text
	grep -q '^00000000     02000000 00010200 00000002 08004500     |..............E.|$' text
	[ "$(grep -c '^0000' text)" -eq 4 ]
	ipreport -N -X 0 mixed | lacks '^0000'
	ipreport -N -X 17 -j 3 -c 1 mixed >text
	grep -q '^00000010     71                                      |q               |$' text
	grep -qx '        3 more bytes' text
	ipreport -N -X 19 -j 3 -c 1 mixed | grep -qx '        1 more byte'
	# All octets, by the table of another program.
	python3 -c '
import sys
sys.path.insert(0, sys.argv[1])
import traces
octets = bytes(range(256))
sys.stdout.buffer.write(traces.head() + traces.packet(
    traces.E4 + traces.ip4(17, traces.udp(octets)), 1))
text = "".join(c if " " <= c <= "~" else "." for c in octets.decode("cp037"))
with open("want", "w") as f:
    for i in range(0, 256, 16):
        print("|" + text[i:i + 16] + "|", file=f)
	' "$TRAF_SRCDIR/tests/lib" >ebcdic
	ipreport -eN ebcdic | sed -n 's/^0000.*     |/|/p' | diff want -
}

@test "-C: what can be said of checksums" {
	make sums >sums
	ipreport -CN -X 0 sums | grep 'checksum ' | grep -v udp | uniq -c |
		awk '{ $1 = $1 } 1' >states
	diff - states <<-'EOT'
	2 checksum correct
	1 checksum wrong: it should be afc4
	1 checksum wrong: it should be ac22
	1 checksum correct
	1 checksum none: the sender has not computed it
	1 checksum wrong: it should be afc4
	1 checksum not computed yet: that is left to the interface
	1 checksum correct
	1 checksum cannot be verified: the packet is cut
	1 checksum correct
	1 checksum correct, as the system says
	1 checksum correct
	1 checksum cannot be verified: the packet is a fragment
	1 checksum correct
	1 checksum cannot be verified: the packet is source-routed
	8 checksum correct
	EOT
	ipreport -C --format=json sums | fields '
    print(*(x["checksum_state"] for x in o["layers"]
            if "checksum_state" in x))' | diff - <(cat <<-'EOT'
	good good
	bad bad
	good none
	bad not-computed
	good cut
	good vouched
	good fragment
	good routed
	good
	good
	good good
	good good
	good good
	EOT
	)
}

@test "what is there of a cut header is shown, and what does not count" {
	make short >short
	ipreport -vN -X 0 -c 4 short >text
	[ "$(grep -c 'source port=40000, destination port=22 >' text)" -eq 2 ]
	grep -v 'link=' text |
		grep -E 'cut|opt:|_len=' | diff - <(cat <<-'EOT'
	        ip_v=4, ip_hl=20, ip_tos=0, ip_len=60, ip_id=7, ip_off=0
	        th_opt: mss=1460, sack permitted, cut
	        cut: 30 of 40 bytes of the header captured
	        ip_v=4, ip_hl=20, ip_tos=0, ip_len=60, ip_id=7, ip_off=0
	        cut: 13 of 40 bytes of the header captured
	        ip_v=4, ip_hl=32, ip_tos=0, ip_len=43, ip_id=7, ip_off=0
	        ip_opt: router alert, cut
	        cut: 26 of 32 bytes of the header captured
	        ip_v=4, ip_hl=20, ip_tos=0, bad_len=19, ip_id=7, ip_off=0
	EOT
	)
}

@test "-C: in a packet without a length, nothing is computed yet" {
	make short >short
	ipreport -CN -X 0 -j 5 -c 3 short >text
	lacks 'checksum wrong' text
	[ "$(grep -c 'checksum not computed yet' text)" -eq 5 ]
	grep -q ' inner_len=60, ' text
}

@test "groups of IGMPv3 and MLDv2; offsets of fragments in octets" {
	make short >short
	ipreport -N -X 0 -j 8 short | grep -E 'group=|offset' |
		diff - <(cat <<-'EOT'
	        group=224.0.0.251, record=4 (to exclude), sources=1
	        group=224.0.0.252, record=3 (to include), sources=0
	        group=ff02::fb, record=4 (to exclude), sources=0
	        next=17 (UDP), offset=1480, mf=0, id=7
	EOT
	)
	ipreport --format=json -j 8 -c 1 short | fields '
    print(*(g["group"] for g in o["layers"][2]["groups"]),
          "group" in o["layers"][2])' | says -x '224.0.0.251 224.0.0.252 False'
	make mixed >mixed
	ipreport --format=json -j 13 -c 1 mixed | fields '
    print(o["layers"][1]["offset"])' | says -x 24
}

@test "what a trace tells: joined, cut, lost before, process, comment, losses" {
	make told >told
	ipreport -vCN -X 0 told >text
	grep -qx '        3 segments of 1400 octets, joined by offload' text
	grep -qx '        60 of 3054 bytes captured' text
	grep -qx '        12 packets lost before this one' text
	grep -q 'pid=4711, tid=4712' text
	grep -qx '        comment: what it was' text
	[ "$(tail -n 1 text)" = "TRACING DROPPED 42 PACKETS" ]
	ipreport --format=json told | fields '
    print(o.get("segments"), o.get("segment_octets"), o.get("dropped"),
          o.get("pid"), o.get("comment"), o.get("dropped_kernel"),
          o.get("dropped_interface"))' | diff - <(cat <<-'EOT'
	3 1400 None None 3 segments of 1400 octets None None
	None None 12 None None None None
	None None None 4711 what it was None None
	None None None None None 40 2
	EOT
	)
}

@test "hostile octets never reach the terminal" {
	make hostile >hostile
	for o in -vnN -svxN -evxN "--format=json -C"; do
		# shellcheck disable=SC2086 # words of $o
		ipreport $o hostile >text
		lacks -a '[^ -~]' text
		grep -q '\[2J' text
	done
}

@test "names of hosts and services; -N" {
	python3 -c '
import sys
sys.path.insert(0, sys.argv[1])
import traces
sys.stdout.buffer.write(traces.head() + traces.packet(traces.E4 +
    traces.ip4(6, traces.tcp(b""), src="127.0.0.1"), 1))
	' "$TRAF_SRCDIR/tests/lib" >local
	grep -q '^127\.0\.0\.1[[:space:]]*localhost' /etc/hosts ||
		skip "127.0.0.1 is not localhost here"
	ipreport local >text
	grep -qx '        < SRC =       127.0.0.1 >  (localhost)' text
	grep -qx '        <source port=40000, destination port=22(ssh) >' text
	ipreport -N local >text
	grep -qx '        < SRC =       127.0.0.1 >' text
	grep -qx '        <source port=40000, destination port=22 >' text
}

# ---- which packets ----

@test "-c and -j; several files: numbers go on" {
	make mixed >mixed
	[ "$(ipreport -nN -c 2 mixed | grep -c Number)" -eq 2 ]
	ipreport -nN -j 22 -c 4 mixed mixed >text
	grep Number text | tr '\n' ' ' | says -x 'Packet Number 22 Packet Number 23 Packet Number 24 Packet Number 25 '
	[ "$(ipreport -nN -j 24 mixed | wc -c)" -eq 0 ]
}

@test "--where is traflog's condition, -F is pcap-filter's" {
	make mixed >mixed
	ipreport -nN --where 'vlan 7' mixed | grep Number | says -x 'Packet Number 7'
	ipreport -nN --where 'proto 58 or port 4789' mixed | grep Number |
		tr '\n' ' ' | says -x 'Packet Number 10 Packet Number 17 '
	# What is in a tunnel does not count.
	[ "$(ipreport -N --where 'host 10.1.1.1' mixed | wc -c)" -eq 0 ]
	ipreport -nN -F 'arp' mixed | grep Number | says -x 'Packet Number 1'
	ipreport -nN -F 'ip6' --where 'proto tcp' mixed | grep Number |
		says -x 'Packet Number 5'
	run -1 ipreport -F 'nosuch nosuch' mixed
	[ "${#lines[@]}" -eq 1 ]
	run -127 ipreport --where 'nosuch' mixed
	[[ $output == "ipreport: --where: "*nosuch* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "--since and --until" {
	make mixed >mixed
	ipreport -nN --since 2017-07-14T02:40:20 mixed | grep -c Number |
		says -x 3
	ipreport -nN --until 2017-07-14T02:40:02 mixed | grep -c Number |
		says -x 2
	[ "$(ipreport -N --until 2016 mixed | wc -c)" -eq 0 ]
}

# ---- files ----

@test "standard input; a reader that has seen enough" {
	make many 20000 >many
	ipreport -nN - <many | cmp - <(ipreport -nN many)
	ipreport -N many | head -n 1 >line
	grep -q '^====(' line
	(
		rc=0
		ipreport -N many 2>err || rc=$?
		echo $rc >rc
	) | head -c 10 >part
	[ "$(cat rc)" -eq 0 ]
	[ ! -s err ]
	[ -n "$(cat part)" ]
}

@test "output that cannot be written: status 1" {
	make mixed >mixed
	[ -c /dev/full ] || skip "there is no /dev/full"
	run -1 bash -c 'ipreport -N mixed >/dev/full'
	[ "$output" = "ipreport: cannot write to standard output: No space left on device" ]
}

@test "a damaged file: what came before is printed, then the byte; status 1" {
	make mixed >mixed
	size=$(wc -c <mixed)
	head -c $((size - 30)) mixed >short
	rc=0
	ipreport -nN short >text 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(grep -c Number text)" -eq 22 ]
	[ "$(wc -l <err)" -eq 1 ]
	grep -q '^ipreport: cannot read the trace to its end: short: at byte [0-9]*: ' err
	# The next file is read all the same.
	rc=0
	ipreport -nN short mixed 2>err | grep -c Number | says -x 45 || rc=$?
	[ "$rc" -ne 0 ]
	run -1 ipreport nosuch
	[ "$output" = "ipreport: cannot open the trace: nosuch: No such file or directory" ]
	echo text >none
	run -1 ipreport none
	[[ $output == "ipreport: cannot read the trace to its end: none: at byte 0: "* ]]
	run -127 ipreport
	[[ ${lines[0]} == "ipreport: no file"* ]]
}

@test "-f: packets are printed as they are added" {
	make many 3 >many
	head -c 24 many >growing
	ipreport -nN -f growing >text &
	FOLLOWER=$!
	tail -c +25 many | head -c 70 >>growing
	wait_until 10 grep -q 'Packet Number 1' text
	tail -c +95 many >>growing
	wait_until 10 grep -q 'Packet Number 3' text
	kill -0 "$FOLLOWER"
	run -127 ipreport -f growing many
	[[ ${lines[0]} == *"-f follows one file" ]]
}

# ---- what else agrees ----

@test "an awk reader adds up what traflog says" {
	make mixed >mixed
	make many 5000 >many
	for trace in mixed many; do
		ipreport -N "$trace" | awk -f "$TRAF_SRCDIR/tests/lib/octets.awk" \
			2>ports | sort >of-text
		rm -rf state
		"$TRAFD" --read "$trace" -f x -m 0 --state-dir state
		"$TRAFLOG" -n --format=tsv -i state/trafd.x |
			awk -F '\t' 'NR > 1 { sum[$3 "\t" $5] += $10 }
			END { for (pair in sum) print pair "\t" sum[pair] }' |
			sort >of-account
		diff of-account of-text
		[ -s of-text ]
	done
	[ "$(cat ports)" -eq 5000 ]
}

@test "text and JSON show what trafd counts, also of cut and broken frames" {
	mkdir all
	python3 -B "$TRAF_SRCDIR/tests/captures/gencap.py" all
	make mixed >all/mixed
	make short >all/short
	# More captures may be named in TRAF_CORPUS.
	# shellcheck disable=SC2086 # patterns
	python3 -B "$TRAF_SRCDIR/tests/lib/ipreport_account.py" \
		"$TRAF_BUILDDIR/tools/ipreport/ipreport" "$TRAFD" "$TRAFLOG" \
		all/* ${TRAF_CORPUS-}
}

@test "options that contradict each other are refused" {
	make mixed >mixed
	run -127 ipreport --table tcp --write x mixed
	[[ ${lines[0]} == *"--table and --write exclude each other" ]]
	run -127 ipreport --index --where 'port 22' mixed
	[[ ${lines[0]} == *"--index makes indexes of whole files, "* ]]
	[ ! -e x ]
	[ ! -e mixed.idx ]
}

@test "tshark sees the same packets" {
	[ -n "$(command -v tshark)" ] || skip "tshark is not installed"
	mkdir own all
	python3 -B "$TRAF_SRCDIR/tests/captures/gencap.py" all
	for kind in mixed sums told; do
		make $kind >own/$kind.pcapng
	done
	make mixed iptrace >own/mixed.iptrace
	# Of the captures for the decoder, those of which tshark decodes each
	# link header that is strange on purpose as trafd does.
	for kind in 802.11 fddi frelay ipv4 ipv6 raw slip token-ring; do
		mv all/link-$kind.pcap own
	done
	# More captures may be named in TRAF_CORPUS.
	# shellcheck disable=SC2086 # patterns
	python3 -B "$TRAF_SRCDIR/tests/lib/ipreport_tshark.py" \
		"$TRAF_BUILDDIR/tools/ipreport/ipreport" own/* \
		all/sums.pcap all/several-snaplens.pcapng ${TRAF_CORPUS-}
}

@test "--format=json: the fields of each layer" {
	make mixed >mixed
	ipreport --format=json mixed | fields '
    print(o["number"], o["length"], o["verdict"],
          "/".join(x["layer"] for x in o["layers"]))' >layers
	[ "$(wc -l <layers)" -eq 23 ]
	sed -n '1p;7p;17p;23p' layers | diff - <(cat <<-'EOT'
	1 60 nonip ethernet/arp
	7 52 ip ethernet/vlan/ipv4/udp/payload
	17 98 ip ethernet/ipv4/udp/vxlan/ethernet/ipv4/udp/payload
	23 20 ip-cut ethernet/ipv4
	EOT
	)
	ipreport --format=json -j 7 -c 1 mixed | fields '
    print(o["time"], o["interface"], o["direction"], o["flow"]["vlan"],
          o["flow"]["ip_bytes"], o["layers"][1]["priority"],
          o["layers"][2]["src"], o["layers"][3]["dst_port"])' |
		says -x '2017-07-14T02:40:06.123456789Z en0 received 7 34 3 10.0.0.1 9999'
}
