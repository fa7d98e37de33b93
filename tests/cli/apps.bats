#!/usr/bin/env bats
# ipreport: what is above TCP and UDP, and its tables.

load assert

setup() {
	DIR=$(mktemp -d)
	REPORT=$TRAF_BUILDDIR/tools/ipreport/ipreport
	export TZ=UTC LC_ALL=C
	[ -n "$(command -v python3)" ] || skip "python3 is not installed"
}

teardown() {
	rm -rf "$DIR"
}

# make KIND: a capture of appmaker.py as $DIR/KIND
make() {
	python3 -B "$TRAF_SRCDIR/tests/lib/appmaker.py" "$1" "$DIR/$1"
}

# tagged KIND TAGS [OPTION...]: the lines with these tags, and the numbers
tagged() {
	local kind=$1 tags=$2
	shift 2
	make "$kind"
	"$REPORT" -N -n -s -X 0 "$@" "$DIR/$kind" |
		grep -E "^(Packet|$tags)" || return 1
}

# first N: of a list of packets, those up to packet N
first() {
	awk -v n="$1" '/^Packet/ && $3 > n { exit } { print }'
}

# same TEXT: is it what comes in
same() {
	diff -u - <(printf '%s\n' "$1")
}

@test "a query and its answer are shown" {
	run -0 tagged dns DNS:
	same "$(first 2 <<<"$output" | sed -n '1,12p')" <<'EOF'
Packet Number 1
DNS:    id=4660, flags<RD>, opcode=0 (QUERY), questions=1, answers=0
DNS:    authorities=0, additionals=1
DNS:    question: name=www.example.com, type=1 (A), class=1 (IN)
DNS:    additional: name=., type=41 (OPT), udp_size=1232, extended_rcode=0
DNS:        version=0, flags<DO>
DNS:        option: code=8 (CLIENT-SUBNET), address=198.51.100.0, family=1
DNS:            source_prefix=24, scope_prefix=0
Packet Number 2
DNS:    id=4660, flags<QR | RD | RA>, opcode=0 (QUERY), rcode=0 (NOERROR)
DNS:    questions=1, answers=17, authorities=1, additionals=1
DNS:    question: name=www.example.com, type=1 (A), class=1 (IN)
EOF
	for line in 'address=192.0.2.80' 'address=2001:db8::80' \
	    'target=other.www.example.com' \
	    'preference=10, target=mail.www.example.com' \
	    'primary=ns.example.net, mailbox=root.example.net, serial=2026010203' \
	    'text="v=\"1\"", text="a\x07b"' \
	    'priority=1, weight=2, port=389, target=ldap.example.net' \
	    'critical=1, tag="issue", value="ca.example"' \
	    'flags<ZONE | SEP>, protocol=3, algorithm=13 (ECDSAP256SHA256)' \
	    'parameter: key=1 (alpn), protocol="h2", protocol="h3"' \
	    'not_decoded=22'; do
		grep -Fqx "DNS:        $line" <<<"$output"
	done
}

@test "without tags, a protocol has a title and its lines a margin" {
	make dns
	run -0 "$REPORT" -N -c 1 "$DIR/dns"
	same "$(sed -n '/^DNS/,/question:/p' <<<"$output")" <<'EOF'
DNS breakdown:
        id=4660, flags<RD>, opcode=0 (QUERY), questions=1, answers=0
        authorities=0, additionals=1
        question: name=www.example.com, type=1 (A), class=1 (IN)
EOF
}

@test "what is decoded is not dumped; what is not is" {
	make others
	"$REPORT" -N -F 'udp port 123' "$DIR/others" >"$DIR/out"
	grep -q '^NTP breakdown:' "$DIR/out"
	not grep -q '|$' "$DIR/out"
	make rpc
	"$REPORT" -N -c 1 "$DIR/rpc" >"$DIR/out"
	grep -q '|$' "$DIR/out"
	"$REPORT" -N -r -c 1 "$DIR/rpc" >"$DIR/out"
	grep -q '^RPC breakdown:' "$DIR/out"
	not grep -q '|$' "$DIR/out"
}

@test "several messages of the DNS in a segment, and one in two" {
	run -0 tagged dns DNS:
	same "$(sed -n '/^Packet Number 5$/,/^Packet Number 6$/p' <<<"$output")" \
	    <<'EOF'
Packet Number 5
DNS:    length=33, id=8, flags<RD>, opcode=0 (QUERY), questions=1, answers=0
DNS:    authorities=0, additionals=0
DNS:    question: name=big.example.com, type=16 (TXT), class=1 (IN)
DNS:    length=31, id=9, flags<RD>, opcode=0 (QUERY), questions=1, answers=0
DNS:    authorities=0, additionals=0
DNS:    question: name=x.example.com, type=65280, class=1 (IN)
Packet Number 6
EOF
	grep -Fq 'length=1069, (continued in a later segment)' <<<"$output"
	grep -Fqx 'DNS:    (continued from a segment before), octets=471' \
	    <<<"$output"
	not grep -q malformed <<<"$output"
}

@test "DHCP: options, also in the fields of names; routes; relays" {
	run -0 tagged dhcp DHCP
	for line in 'DHCP:   option: code=53 (message-type), type=2 (OFFER)' \
	    'DHCP:       route: network=198.51.100.0, prefix=24, router=192.0.2.1' \
	    'DHCP:       route: network=0.0.0.0, prefix=0, router=192.0.2.2' \
	    'DHCP:       domain=lab.example.com' \
	    'DHCP:       part: code=1 (circuit-id), value="eth0"' \
	    'DHCP:   option: code=67 (boot-file-name), value="boot.img"' \
	    'DHCP:   option: code=66 (tftp-server-name), value="tftp.example.com"' \
	    'DHCP:   file="/boot/img", sname="server"' \
	    'DHCPV6: type=12 (RELAY-FORW), hops=1, link=2001:db8::9, peer=2001:db8::9' \
	    'DHCPV6:     message: type=1 (SOLICIT), xid=0x123456'; do
		grep -Fqx "$line" <<<"$output"
	done
}

@test "RPC: a call, its reply with what the call was, and refusals" {
	run -0 tagged rpc 'RPC:|PMAP:|MOUNT:' -r
	same "$(first 2 <<<"$output")" <<'EOF'
Packet Number 1
RPC:    xid=0x1, kind=0 (CALL), program=100000 (portmapper), version=2
RPC:    procedure=3 (GETPORT)
RPC:    credentials: flavor=0 (AUTH_NONE), length=0
PMAP:   call=GETPORT, program=100003 (nfs), version=3, protocol=17 (UDP), port=0
Packet Number 2
RPC:    xid=0x1, kind=1 (REPLY), program=100000 (portmapper), version=2
RPC:    procedure=3 (GETPORT), reply=ACCEPTED, status=0 (SUCCESS)
PMAP:   reply=GETPORT, port=2049
EOF
	for line in 'MOUNT:  call=MNT, path="/export/home"' \
	    'RPC:    reason=5 (AUTH_TOOWEAK)' \
	    'RPC:    procedure=0 (NULL), reply=DENIED, status=0 (RPC_MISMATCH), lowest=2' \
	    'MOUNT:  reply=MNT, status=13 (ACCES)'; do
		grep -Fqx "$line" <<<"$output"
	done
	grep -Fq '(its call was not seen)' <<<"$output"
}

@test "NFS: records of TCP, whole, several in a segment, and pieces" {
	run -0 tagged nfs3tcp 'RPC:|NFS:' -r
	grep -Fqx 'NFS:    dir=000102030405060708090a0b0c0d0e0f101112131415161718191a1b' \
	    <<<"$output"
	grep -Fqx 'NFS:    name="both"' <<<"$output"
	[ "$(grep -c 'continued in a later segment' <<<"$output")" -eq 1 ]
	[ "$(grep -c 'continued from a segment before' <<<"$output")" -eq 2 ]
	[ "$(grep -c 'continued in a later fragment' <<<"$output")" -eq 1 ]
	not grep -q malformed <<<"$output"
}

@test "NFS: of a reply in fragments, the first one is decoded" {
	run -0 tagged fragments 'RPC:|NFS:' -r
	grep -Fqx 'NFS:    count=4000, eof=yes, octets=4000' <<<"$output"
	not grep -q malformed <<<"$output"
	run -0 "$REPORT" --table nfs --format csv "$DIR/fragments"
	[ "${lines[1]#*udp}" = ',0x00000001,nfs,3,READ,OK,1.000,0,offset=0 count=4000' ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "JSON: lists are lists, numbers have names beside them" {
	make nfs4
	"$REPORT" -r --format=json "$DIR/nfs4" >"$DIR/out"
	run -0 python3 - "$DIR/out" <<'EOF'
import json
import sys
packets = [json.loads(line) for line in open(sys.argv[1])]
call, reply = packets[6], packets[7]
print(call["rpc"][0]["procedure_name"], call["rpc"][0]["credentials"]["gids"])
print([o["op_name"] for o in call["nfs"][0]["operation"]])
print([(o["op"], o["status"]) for o in reply["nfs"][0]["operation"]])
print(reply["nfs"][0]["operation"][3]["access"])
print(packets[5]["nfs"][0]["operation"][2]["attributes"])
EOF
	same "$output" <<'EOF'
COMPOUND ['10', '20']
['PUTFH', 'LOOKUP', 'GETFH', 'ACCESS']
[(22, 0), (15, 0), (10, 0), (3, 0)]
['READ', 'LOOKUP']
{'type': 1, 'type_name': 'REG', 'change': 5, 'size': 4096, 'fsid': '0:99', 'fileid': 1234, 'mode': '0644'}
EOF
}

@test "--table nfs: calls with their replies, repeated, never answered" {
	make pairs
	run -0 "$REPORT" --table nfs "$DIR/pairs"
	same "$(awk '!/^calls/ { print $1, $2, $10, $11, $12, $13 }' \
	    <<<"$output")" <<'EOF'
packet reply procedure status ms again
1 2 GETATTR OK 1.000 0
3 5 GETATTR STALE 701.000 1
- 8 - SUCCESS - 0
10 11 GETATTR OK 1.000 0
9 12 GETATTR OK 3.000 0
7 - GETATTR - - 0
EOF
	[ "${lines[-1]}" = "calls: 5, answered: 4, never answered: 1, \
repeated: 1, replies without a call: 1" ]
}

@test "--table says in text what was lost, before the totals" {
	python3 -B "$TRAF_SRCDIR/tests/lib/traces.py" told >"$DIR/told"
	run -0 "$REPORT" --table dns "$DIR/told"
	[ "${lines[-2]}" = "TRACING DROPPED 42 PACKETS" ]
	[[ ${lines[-1]} = "calls: 0, "* ]]
	run -0 "$REPORT" --table dns --format csv "$DIR/told"
	[ "${#lines[@]}" -eq 1 ]
}

@test "--table in constant memory, whatever is never answered" {
	make flood
	run -0 "$REPORT" --table nfs "$DIR/flood"
	[ "${#lines[@]}" -eq $((1 + 17000 + 2)) ]
	[ "${lines[-2]}" = "calls: 17000, answered: 0, never answered: 17000, \
repeated: 0, replies without a call: 0" ]
	[ "${lines[-1]}" = "too many calls at once to wait for their replies: \
616 given up, the oldest" ]
}

@test "--table dns as CSV" {
	make pairs
	run -0 "$REPORT" --table dns --format csv "$DIR/pairs"
	same "$output" <<'EOF'
packet,reply,time,client,server,id,type,status,answers,ms,again,name
13,14,2026-01-02T03:04:05.711000000Z,192.0.2.1,192.0.2.53,1,A,NOERROR,1,1.000,0,a.example.com
15,17,2026-01-02T03:04:05.713000000Z,192.0.2.1,192.0.2.53,2,A,SERVFAIL,0,1001.000,1,a.example.com
18,,2026-01-02T03:04:06.715000000Z,192.0.2.1,192.0.2.53,3,A,,,,0,a.example.com
,20,2026-01-02T03:04:06.717000000Z,192.0.2.1,192.0.2.53,4,A,NOERROR,0,,0,c.example.com
19,,2026-01-02T03:04:06.716000000Z,192.0.2.1,192.0.2.53,3,AAAA,,,,0,b.example.com
EOF
}

@test "--table dns: of a name that does not end nothing is shown" {
	make unended
	run -0 "$REPORT" --table dns --format csv "$DIR/unended"
	same "$(cut -d, -f1,6,12 <<<"$output")" <<'EOF'
packet,id,name
1,1,confidential.example.com
2,2,
EOF
}

@test "--table tcp and udp: one line a packet" {
	make nfs4
	run -0 "$REPORT" --table tcp -c 2 "$DIR/nfs4"
	same "$output" <<'EOF'
packet  time               source          sport destination     dport seq        ack        window length flags
1       03:04:05.000000000 192.0.2.1       40000 192.0.2.53      2049  1000       1000       512    152    PUSH|ACK
2       03:04:05.001000000 192.0.2.53      2049  192.0.2.1       40000 1000       1152       512    64     PUSH|ACK
EOF
	run -0 "$REPORT" --table udp --format json "$DIR/nfs4"
	[ -z "$output" ]
	make dhcp
	run -0 "$REPORT" --table udp --format json -c 1 "$DIR/dhcp"
	[ "$output" = '{"packet":1,"time":"2026-01-02T03:04:05.000000000Z",'"\
"'"source":"0.0.0.0","sport":68,"destination":"255.255.255.255",'"\
"'"dport":67,"length":276}' ]
}

@test "a table in CSV needs --table" {
	make dns
	run -127 "$REPORT" --format csv "$DIR/dns"
	[[ $output = *"--format csv needs --table"* ]]
}

@test "hostile packets: bounded, printable, and no line that is not ours" {
	make hostile
	for format in text json; do
		limited=$(timeout 10 "$REPORT" -N -r -s -X 0 --format=$format \
		    "$DIR/hostile" | tee "$DIR/out" | wc -c)
		[ "$limited" -gt 1000 ]
		[ "$limited" -lt 1000000 ]
		not grep -q '[^ -~]' "$DIR/out"
	done
	"$REPORT" -N -r -s -X 0 "$DIR/hostile" >"$DIR/out"
	grep -Fq 'name=a\027[31m\010,\032type=28.b\\\"c.example' "$DIR/out"
	grep -Fq 'value="x\", type=9\x1b[2J"' "$DIR/out"
	grep -Fq 'name="a\", status=0 \x1b]0;x\x07\xc3\xbf"' "$DIR/out"
	grep -Fq '(nested too deeply)' "$DIR/out"
	grep -Fq '(more is not shown)' "$DIR/out"
	grep -Fq '(malformed: too many operations)' "$DIR/out"
	for table in dns nfs tcp udp icmp; do
		timeout 10 "$REPORT" --table $table "$DIR/hostile" >"$DIR/out"
		not grep -q '[^ -~]' "$DIR/out"
	done
}

@test "small protocols: NTP, SNMP, syslog, TFTP" {
	run -0 tagged others 'NTP:|SNMP:|SYSLOG:|TFTP:'
	for line in 'NTP:    leap=0, version=4, mode=4 (server), stratum=2, poll=6, precision=-20' \
	    'SYSLOG: facility=4 (auth), severity=2 (crit)' \
	    'TFTP:   opcode=1 (RRQ), file="boot.img", mode="octet"' \
	    'TFTP:   opcode=5 (ERROR), error=1, message="File not found"'; do
		grep -Fqx "$line" <<<"$output"
	done
	grep -Fq 'community="public", pdu=160 (GetRequest)' <<<"$output"
}

@test "tshark finds the same names, types, programs and times" {
	[ -n "$(command -v tshark)" ] || skip "tshark is not installed"
	captures=()
	for kind in dns dhcp rpc nfs2 nfs3 nfs3tcp nfs4 pairs; do
		make $kind
		captures+=("$DIR/$kind")
	done
	run -0 python3 -B "$TRAF_SRCDIR/tests/lib/appcompare.py" "$REPORT" \
	    "${captures[@]}"
	[[ ${lines[-1]} = *"213 of nfs,"*"107 of pairs of nfs,"* ]]
}

@test "the corpus: tshark finds the same" {
	[ -n "$(command -v tshark)" ] || skip "tshark is not installed"
	corpus=$TRAF_SRCDIR/../shared/corpus/captures
	[ -d "$corpus" ] || skip "no corpus"
	run -0 python3 -B "$TRAF_SRCDIR/tests/lib/appcompare.py" "$REPORT" \
	    "$corpus"/*.pcap*
	[[ ${lines[-1]} = *" of dhcp,"*" of dns,"*" of rpc" ]]
}
