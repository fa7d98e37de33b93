#!/usr/bin/env bats
# ipreport: records of the data trace: their text, line by line where it is that
# of z/OS; which are printed; sessions, payloads; and programs that count packets
# leave them out.
# Files have the names of what makes them:
# shellcheck disable=SC2094

load assert

setup() {
	T=$BATS_TEST_TMPDIR
	PATH=$TRAF_BUILDDIR/tools/ipreport:$TRAF_BUILDDIR/tools/traflog:$PATH
	export TZ=UTC LC_ALL=C
	[ -n "$(command -v python3)" ] || skip "python3 is not installed"
	cd "$T" || return
}

# The traces that most tests read are made once.
setup_file() {
	local kind
	[ -n "$(command -v python3)" ] || return 0
	for kind in mixed hostile; do
		python3 -SB "$TRAF_SRCDIR/tests/lib/datatraces.py" $kind \
			>"$BATS_FILE_TMPDIR/$kind"
	done
}

make() {
	if [ $# -eq 1 ] && [ -s "$BATS_FILE_TMPDIR/$1" ]; then
		cat "$BATS_FILE_TMPDIR/$1"
	else
		python3 -SB "$TRAF_SRCDIR/tests/lib/datatraces.py" "$@"
	fi
}

# fields PROGRAM-OF-PYTHON: for each object, o, of standard input
fields() {
	python3 -S -c "
import json, sys
for line in sys.stdin:
    o = json.loads(line)
    $1"
}

# records FILE OPTION...: numbers of the records that are printed
records() {
	ipreport -N --summary --format csv "${@:2}" "$1" |
		awk -F, 'NR > 1 { printf "%s ", $1 }'
}

# ---- text ----

@test "START, DATA and END of one socket, as the reference prints them" {
	make triple >triple
	ipreport -j 63 triple >text
	# Lines of Linux only, with their own test.
	grep -Ev '^  (Process|Unit|Offset|Sent|Round Trip)' text >reference
	diff - reference <<-'EOT'
	 63 data     DATA     00000005 13:18:52.705248 Data Trace
	 To Jobname        : USER12                                    Full=0
	  Tod Clock        : 2009/06/22 13:18:52.705248                Cid: 00000058
	  Domain           : AF_Inet          Type: Stream             Protocol: TCP
	  State            : API Data Flow Starts
	  Segment #        : 0                Flags: Out
	  Source           : 192.0.2.1
	  Destination      : 192.0.2.80
	  Source Port      : 40000            Dest Port: 80    Asid: 01F6 TCB: 007AEE88

	 64 data     DATA     00000005 13:18:52.705253 Data Trace
	 To Jobname        : USER12                                    Full=12
	  Tod Clock        : 2009/06/22 13:18:52.705253                Cid: 00000058
	  Domain           : AF_Inet          Type: Stream             Protocol: TCP
	  Segment #        : 0                Flags: Out
	  Source           : 192.0.2.1
	  Destination      : 192.0.2.80
	  Source Port      : 40000            Dest Port: 80    Asid: 01F6 TCB: 007AEE88
	  Data             : 12               Data Length: 12
	 000000 AEBCDB3D 03340A00 00000000          |............ ...=.4...... |

	 65 data     DATA     00000005 13:18:52.705257 Data Trace
	 To Jobname        : USER12                                    Full=0
	  Tod Clock        : 2009/06/22 13:18:52.705257                Cid: 00000058
	  Domain           : AF_Inet          Type: Stream             Protocol: TCP
	  State            : API Data Flow Ends
	  Segment #        : 0                Flags: Out
	  Source           : 192.0.2.1
	  Destination      : 192.0.2.80
	  Source Port      : 40000            Dest Port: 80    Asid: 01F6 TCB: 007AEE88

	EOT
}

@test "lines that z/OS has not: owner, offset, sums, losses, a part of the data" {
	make triple >triple
	ipreport -j 65 triple >end
	grep -Fx '  Process          : 502              User: 4294967294' end
	grep -Fx '  Unit             : /system.slice/app.service' end
	grep -Fx '  Sent             : 12               Received: 0' end
	grep -Fx '  Round Trip (us)  : 250              Retransmissions: 1' end
	make mixed >mixed
	ipreport --state data mixed >text
	grep -Fx ' From Jobname      : curl                                      Abbrev=8' text
	grep -Fx '  Data             : 8                Data Length: 19' text
	grep -Fx '  Offset           : 0                Exchange: Segment' text
	grep -Fx '  Offset           : 8589934592       Exchange: Call' text
	grep -Fx '  Lost             : 3 records before this one' text
	grep -Fx '  Process          : 502              User: 0 (root)' text
	ipreport -N --state data mixed | says -Fx '  Process          : 502              User: 0'
	# Only the end of TCP has a round trip.
	ipreport --cid 20 --state end mixed >udp
	grep -Fx '  Sent             : 5                Received: 7' udp
	lacks 'Round Trip' udp
	grep -Fx '  Domain           : AF_Inet6         Type: Datagram           Protocol: UDP' udp
}

@test "-e, -X and -x change the dump; -s begins each line with DATA:" {
	make mixed >mixed
	ipreport --cid 1f --state data --direction sent mixed >both
	grep -Fx ' 000000 47455420 2F204854 54502F31 2E310D0A |.........&...... GET / HTTP/1.1.. |' both
	grep -Fx ' 000010 0D0A                                |.. .. |' both
	ipreport -e --cid 1f --state data --direction sent mixed |
		says -Fx ' 000010 0D0A                                |.. |'
	ipreport -X 16 --cid 1f --state data --direction sent mixed >short
	grep -Fx ' 2 more bytes' short
	lacks '^ 000010' short
	ipreport -X 0 --cid 1f --state data mixed >none
	lacks '|' none
	lacks 'more byte' none
	ipreport -x --cid 1f --state start mixed |
		says '^ 000000 000C0004 64617461 00140004 0A000001 |'
	ipreport -s --entidlist 5 mixed >tags
	[ "$(grep -c . tags)" -gt 50 ]
	lacks -v '^DATA: \|^TRACING\|^$' tags
}

@test "packets and data records are printed in their order, with one numbering" {
	make mixed >mixed
	ipreport -nN mixed >text
	[ "$(grep -c ' Data Trace$' text)" -eq 13 ]
	[ "$(grep -c '^====(' text)" -eq 4 ]
	grep -A1 '^Packet Number 12' text | says '^====( 60 bytes received'
	grep '^ *13 data ' text
}

@test "nothing of a record gets to the terminal, and what is none is said" {
	make hostile >hostile
	for options in "" --summary --sessions --format=json; do
		# shellcheck disable=SC2086 # words
		ipreport $options hostile >out
		[ "$(tr -d '\n -~' <out | wc -c)" -eq 0 ]
	done
	ipreport hostile >text
	grep -Fx ' To Jobname        : ?[2J??xxxxxxxxxxxxxxxxxxxxxxxxx           Full=0' text
	grep -F  '  Offset           : 18446744073709551615 Exchange: Call' text
	# The frame that is none of ours is a packet that nobody knows.
	grep -A2 '8 bytes transmitted on interface data' text | says 'not decoded'
	[ "$(records hostile --where 'net 0.0.0.0/0')" = "1 2 5 6 " ]
}

# ---- which records ----

@test "selections: entid, job, cid, state, direction, number, time, flow" {
	make mixed >mixed
	all='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17'
	[ "$(records mixed)" = "$all " ]
	[ "$(records mixed --entidlist 4,5)" = "$all " ]
	[ "$(records mixed --entidlist 4)" = "12 14 15 16 " ]
	[ "$(records mixed --entidlist 5)" = "1 2 3 4 5 6 7 8 9 10 11 13 17 " ]
	[ "$(records mixed --job curl)" = "1 3 9 17 " ]
	[ "$(records mixed --job 'r*')" = "2 4 5 6 7 8 13 " ]
	[ "$(records mixed --job '[!rc]*')" = "10 11 " ]
	[ "$(records mixed --cid 1F)" = "1 3 9 17 " ]
	[ "$(records mixed --cid 0x0000001f --state data)" = "3 9 " ]
	[ "$(records mixed --state start)" = "1 2 6 11 " ]
	[ "$(records mixed --state end)" = "13 17 " ]
	[ "$(records mixed --job curl --direction sent)" = "1 3 17 " ]
	[ "$(records mixed --entidlist 4 --direction received)" = "12 15 " ]
	[ "$(records mixed --job curl -j 4)" = "9 17 " ]
	[ "$(records mixed --job curl -c 2)" = "1 3 " ]
	[ "$(records mixed --entidlist 5 --since '2017-07-14 02:40:01')" = "13 17 " ]
	[ "$(records mixed --since '2017-07-14 02:40:03' --until '2017-07-14 02:40:05')" = "16 " ]
	[ "$(records mixed --where 'host 192.0.2.80')" = "1 3 9 17 " ]
	[ "$(records mixed --where 'port 9999 or dst port 514')" = "6 7 8 16 " ]
	[ "$(records mixed --where 'src host 10.9.9.9')" = "10 " ]
	[ "$(records mixed --pattern 'from 10.0.0.1 port 80')" = "1 3 17 " ]
	[ "$(records mixed --where 'bytes > 17' --entidlist 5)" = "3 9 " ]
}

@test "--where: whose a data record is; a packet has no owner" {
	make mixed >mixed
	[ "$(records mixed --where 'program curl')" = "1 3 9 17 " ]
	[ "$(records mixed --where 'program r* and port 514')" = "6 7 8 " ]
	[ "$(records mixed --where 'user 4294967290')" = "1 3 9 17 " ]
	[ "$(records mixed --where 'user root and dst port 53')" = "2 4 13 " ]
	[ "$(records mixed --where 'unit "/user.slice/a b"')" = "1 3 9 17 " ]
	[ "$(records mixed --where 'not program r* and not program curl')" = "10 11 14 15 16 " ]
	ipreport --sessions --where 'program curl' mixed 2>err | says '^SESSIONS: 1,'
	lacks 'does not say' err
	ipreport --payload out --where 'program curl' --cid 1f --direction sent mixed
	[ "$(head -c 3 out)" = GET ]
	# An index has only packets.
	ipreport --index mixed 2>/dev/null
	[ "$(records mixed --where 'program curl')" = "1 3 9 17 " ]
	ipreport --entidlist 4 --write packets mixed 2>/dev/null
	ipreport --where 'program curl' packets 2>err
	[ "$(tail -n 1 err)" = "ipreport: --where: a packet does not say whose it is, and no records of the data trace were read: program curl" ]
}

@test "-F is for packets: data records are left out, which is said once" {
	make mixed >mixed
	ipreport -N -F 'udp port 9999 or tcp' mixed >out 2>err
	[ "$(grep -c '^====(' out)" -eq 3 ]
	lacks 'Data Trace' out
	[ "$(cat err)" = "ipreport: mixed: -F is for packets: records of the data trace are left out (use --where)" ]
}

@test "-f: a data record that is added is printed" {
	make mixed >whole
	head -c "$(($(wc -c <whole) - 200))" whole >grows
	mkfifo pipe
	ipreport -f -N --entidlist 5 --state end grows >pipe &
	reader=$!
	exec 5<pipe
	read -r -t 10 line <&5
	[[ $line == "13 data     DATA     00000005 "* ]]
	tail -c 200 whole >>grows
	while [[ $line != "17 data"* ]]; do
		read -r -t 10 line <&5
	done
	kill "$reader"
	wait "$reader" || :
	exec 5<&-
}

@test "an index does not hide data records, nor change numbers" {
	make mixed >mixed
	cp mixed plain
	run ipreport --index mixed
	[ "$status" -eq 0 ]
	[[ $output == "ipreport: mixed: index of 4 packets (data records are not in it), "* ]]
	for where in 'host 10.9.9.9' 'port 53' 'port 9999' 'port 4'; do
		ipreport -N --summary --where "$where" mixed 2>err >with
		[ ! -s err ]
		ipreport -N --summary --where "$where" plain 2>err >without
		says 'no index' <err
		cmp with without
	done
	# A trace of which nothing is read counts in the next one's numbers.
	ipreport -N --summary --entidlist 4 --where 'port 4' mixed |
		says '^RECORDS: 17 read, 0 passed'
}

@test "--write keeps data records, so that they are the same in a new trace" {
	make mixed >mixed
	ipreport --entidlist 5 --write new mixed
	ipreport -N --format json --entidlist 5 mixed |
		sed 's/"number":[0-9]*/"number":0/' >before
	ipreport -N --format json new | sed 's/"number":[0-9]*/"number":0/' >after
	[ "$(grep -c '"entid":5' after)" -eq 13 ]
	# Losses are in the statistics of the new trace.
	sed 's/,"dropped":3//' before | diff - after
	run -1 ipreport --write x --format iptrace mixed
	[[ $output == *"the format cannot have packets of link type 252"* ]]
}

# ---- JSON, summary, sessions ----

@test "--format json: all that a record tells, as numbers and text" {
	make mixed >mixed
	ipreport --entidlist 5 --format json mixed | fields '
    if "number" not in o:
        assert o["dropped_writer"] + o["dropped_kernel"] == 3, o
        continue
    if o["number"] == 9:
        del o["time"]
        assert o == {"number": 9, "time_ns": 1500000000000004500, "entid": 5,
            "state": "data", "direction": "received", "interface": "data",
            "job": "curl", "cid": "1f", "pid": 12, "uid": 4294967290,
            "unit": "/user.slice/a b", "proto": 6, "local": "10.0.0.1",
            "remote": "192.0.2.80", "local_port": 40000, "remote_port": 80,
            "offset": 0, "length": 19, "captured": 8, "segment": True,
            "data": b"HTTP/1.1".hex(), "dropped": 3}, o
    if o["number"] == 17:
        assert o["state"] == "end" and o["sent"] == 18, o
        assert o["received"] == 1900 and o["rtt_us"] == 2500, o
        assert o["retransmissions"] == 2 and "length" not in o, o
    if o["number"] == 17: print("all")' | says '^all$'
	ipreport -X 2 --format json --cid 1f --state data mixed | fields '
    assert "number" not in o or o["data"] in ("4745", "4854"), o
    print("cut")' | says '^cut$'
}

@test "--summary: a line a record, the options in force, and counts" {
	make mixed >mixed
	ipreport -N --summary --job 'cu*' --state data mixed >text
	diff - text <<-'EOT'
	OPTIONS IN FORCE: --job cu* --state data
	record   time               kind   way      cid      proto source          sport destination     dport length job
	3        02:40:00.000002500 DATA   sent     1f       TCP   10.0.0.1        40000 192.0.2.80      80    18     curl
	9        02:40:00.000004500 DATA   received 1f       TCP   192.0.2.80      80    10.0.0.1        40000 19     curl
	RECORDS: 17 read, 2 passed, 0 packet, 2 data, 3 lost
	EOT
	ipreport -N --summary mixed | says '^RECORDS: 17 read, 17 passed, 4 packet, 13 data, 3 lost$'
	# What comes behind the last one is not read.
	ipreport -N --summary -j 3 -c 2 mixed | says '^RECORDS: 4 read, 2 passed, 0 packet, 2 data, '
	ipreport -N --summary --format json -j 11 -c 2 mixed | fields '
    assert o["record"] in (11, 12), o
    assert o["sport"] is None and o["proto"] == ("UDP" if o["record"] == 11 else None), o'
}

@test "--sessions: a line a socket, whole or not" {
	make mixed >mixed
	ipreport -N --sessions mixed >text
	diff - text <<-'EOT'
	start              end                state    job             user       pid     cid      proto local           lport remote          rport sent       received   rtt_ms   again unit
	02:40:00.000000500 02:40:09.000000500 whole    curl            4294967290 12      1f       TCP   10.0.0.1        40000 192.0.2.80      80    18         1900       2.500    2     /user.slice/a b
	02:40:00.000001500 02:40:01.000000500 whole    resolved        0          7       20       UDP   2001:db8::1     5353  2001:db8::53    53    5          7          -        -     -
	02:40:00.000004100 -                  no-end   rsyslogd        0          502     21       UDP   10.0.0.1        9000  several         -     8          0          -        -     -
	02:40:00.000005500 -                  part     sshd            0          502     5        TCP   10.0.0.1        22    10.9.9.9        50000 0          6          -        -     -
	02:40:00.000006500 -                  no-end   idle            0          502     22       UDP   -               -     -               -     0          0          -        -     -
	SESSIONS: 5, 1 without start, 3 without end, 31 octets sent, 1913 received, 3 lost
	EOT
	ipreport --sessions --format json --cid 1f mixed | fields '
    assert o["state"] == "whole" and o["received"] == 1900, o
    assert o["rtt_ms"] == 2.5 and o["again"] == 2 and o["rport"] == 80, o
    assert o["start"] == "2017-07-14T02:40:00.000000500Z", o
    print("one")' | says '^one$'
}

@test "--sessions: a socket whose records are in several files, in any order" {
	make mixed >mixed
	ipreport --write trace --since '2017-07-14 02:40:05' mixed
	ipreport --write trace.1 --until '2017-07-14 02:40:01' mixed
	ipreport --write trace.2 --since '2017-07-14 02:40:01' \
		--until '2017-07-14 02:40:05' mixed
	ipreport -N --sessions trace* | grep -v ^SESSIONS >parts
	[ "$(grep -c whole parts)" -eq 2 ]
	ipreport -N --sessions mixed | grep -v ^SESSIONS | diff - parts
}

@test "--sessions: of more sockets than are remembered, the oldest are printed" {
	make many 140000 >many
	ipreport --sessions many >text
	[ "$(grep -c ' no-end ' text)" -eq 140000 ]
	tail -n 1 text | says '^8928 sessions too many at a time'
	sort -c -k 1,1 <(grep ' no-end ' text)
}

# ---- payload ----

@test "--payload: segments out of order and twice are the file that was sent" {
	head -c 300000 /dev/urandom >sent
	make stream sent >stream
	run ipreport --payload out --cid 77 --direction sent stream
	[ "$status" -eq 0 ]
	[ "$output" = "ipreport: out: 300000 octets of 219 records, 0 octets missing" ]
	cmp sent out
	[ "$(stat -c %a out)" = 600 ]
	# The other direction has the same, from the end to the beginning.
	ipreport --payload back --cid 77 --direction received stream
	python3 -S -c 'import sys; sys.exit(open("sent", "rb").read()[::-1] != open("back", "rb").read())'
}

@test "--payload: what is missing is said, and zeros in the file" {
	head -c 30000 /dev/urandom >sent
	make stream sent gap >stream
	run -1 ipreport --payload out --cid 77 --direction sent stream
	[ "${lines[0]}" = "ipreport: not in the trace: octets 10136 to 13031 of the stream" ]
	[[ ${lines[1]} == "ipreport: out: 27104 octets of "*", 2896 octets missing" ]]
	cmp -n 10136 sent out
	cmp -i 13032 sent out
	# A record of which only a part is in the trace; the start is not there.
	make mixed >mixed
	run -1 ipreport --payload out --cid 1f --direction received mixed
	[ "${lines[0]}" = "ipreport: not in the trace: octets 8 to 18 of the stream" ]
	[ "$(tr '\0' . <out)" = "HTTP/1.1..........." ]
	run -0 ipreport --payload out --cid 5 --direction received mixed
	[[ $output == *"the trace begins with octet 8589934592 of the stream, and so does the file"* ]]
	[ "$(cat out)" = secret ]
}

@test "--payload: a stream that is older than the trace begins with its lowest octet" {
	head -c 300000 /dev/urandom >sent
	for begin in 1000 5000000000; do
		make tail sent $begin >older
		run ipreport --payload out --cid 77 --direction sent older
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = "ipreport: out: 300000 octets of 208 records, 0 octets missing" ]
		[ "${lines[1]}" = "ipreport: the trace begins with octet $begin of the stream, and so does the file" ]
		cmp sent out
	done
	# A gap is zeros, not what was there before octets were moved.
	make tail sent 5000000000 gap >older
	run -1 ipreport --payload out --cid 77 --direction sent older
	[ "${lines[0]}" = "ipreport: not in the trace: octets 5000057920 to 5000065159 of the stream" ]
	cmp -n 57920 sent out
	[ "$(tail -c +57921 out | head -c 7240 | tr -d '\0' | wc -c)" -eq 0 ]
	cmp -i 65160 sent out
}

@test "--payload: records with a part of their data are said" {
	make mixed >mixed
	run -1 ipreport --payload out --cid 1f --direction received mixed
	[ "${lines[2]}" = "ipreport: 1 record is abbreviated (record all with iptrace --data=FULL)" ]
	ipreport --payload out --cid 1f --direction sent mixed 2>err
	lacks abbreviated err
}

@test "--payload refuses what it cannot write, and says if there is nothing" {
	make hostile >hostile
	run -1 ipreport --payload out --cid 2 --direction sent hostile
	[ "$output" = "ipreport: cannot write the payload: out: a record is beyond the end of all files" ]
	run -1 ipreport --payload out --cid 999 --direction sent hostile
	[[ $output == *"no data record is of this session and direction"* ]]
	cp hostile kept
	run -1 ipreport --payload hostile --cid 2 --direction sent hostile
	[[ $output == *"hostile: it is an input (name another file)" ]]
	cmp hostile kept
	run -127 ipreport --payload out --cid 2 hostile
	[[ ${lines[0]} == *"--direction"* ]]
	run -127 ipreport --payload out --direction sent hostile
	[[ ${lines[0]} == *"--cid"* ]]
	run -127 ipreport --cid 12g hostile
	[[ ${lines[0]} == *"--cid 12g: no connection id;"* ]]
	run -127 ipreport --summary --sessions hostile
	[[ ${lines[0]} == *"--summary and --sessions exclude each other"* ]]
}

# ---- other programs ----

@test "tables, checksums, trafd --read and traflog: data records are no packets" {
	make mixed >mixed
	ipreport --table udp mixed 2>err >table
	[ "$(wc -l <table)" -eq 3 ]
	[ "$(cat err)" = "ipreport: a table has no records of the data trace (use --summary or --sessions)" ]
	ipreport -C --entidlist 5 mixed >sums 2>err
	[ ! -s err ]
	lacks -i 'checksum\|sum=' sums
	ipreport --index mixed 2>/dev/null
	traflog -i ./mixed.idx >report 2>err
	says '^traflog: 13 records of the data trace: they are no packets and are not counted$' <err
	grep ' 2 records$' report
	mkdir state
	"$TRAF_BUILDDIR/trafd/trafd" --read mixed -f mixed --state-dir state 2>err
	[ "$(grep -c 'records of the data trace: mixed: they are no packets' err)" -eq 1 ]
	lacks 'not supported\|damaged' err
	traflog -i state/trafd.mixed --coverage --format json 2>/dev/null | fields '
    assert o["frames"] == 4 and o["data_records"] == 13, o
    assert o["unsupported"] == 0 and o["ip"] == 3 and o["nonip"] == 1, o
    print("counted")' | says counted
	# The first record of the file is theirs, and a filter is of packets.
	echo udp >filter
	"$TRAF_BUILDDIR/trafd/trafd" --read mixed -f udp --state-dir state -F filter
	traflog -i state/trafd.udp --coverage --format json 2>/dev/null | fields '
    assert o["frames"] == 1 and o["data_records"] == 0, o
    print("filtered")' | says filtered
}

@test "frames of that link type that others have written are counted as unsupported" {
	make mixed >mixed
	# Their interface has another name.
	python3 -S -c '
import sys
name = b"\2\0\4\0data"
octets = open("mixed", "rb").read()
assert octets.count(name) == 1
sys.stdout.buffer.write(octets.replace(name, b"\2\0\4\0sock"))' >others
	"$TRAF_BUILDDIR/trafd/trafd" --read others -f others -m 0 --state-dir state
	traflog -i state/trafd.others --coverage --format json | fields '
    assert o["frames"] == 17 and o["data_records"] == 0, o
    assert o["unsupported"] == 13 and o["ip"] == 3 and o["nonip"] == 1, o
    print("counted")' | says counted
}

@test "other programs see HTTP in a data record" {
	[ -n "$(command -v tshark)" ] || skip "tshark is not installed"
	make mixed >mixed
	tshark -r mixed -Y http.request -T fields -e http.request.method -e ip.dst -e tcp.dstport 2>/dev/null >http || :
	grep -q GET http
	# A start has no payload that were a malformed message of the service.
	tshark -r mixed -Y _ws.malformed -T fields -e frame.number >numbers 2>/dev/null
	[ "$(tr '\n' ' ' <numbers)" = "4 5 " ]
}
