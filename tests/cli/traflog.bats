#!/usr/bin/env bats
# traflog(1): options, texts and faults, on save files made by mksave.

load assert
load report_helpers
load sanitized

setup() {
	report_setup
	unset IFF_LISTEN
	"$mksave" trafd.fxp0 <<-'EOF'
	# Nov 21 00:00:00 - 23:59:00 in CET
	block fxp0 gate 1795215600 1795301940
	ledger drop_kernel 5
	ledger drop_iface 7
	192.168.0.1 80 10.100.2.98 1025 6 10 12345 13456
	10.100.2.98 1025 192.168.0.1 80 6 8 100 500
	10.0.0.1 client 10.0.0.2 53 17 2 60 120
	2001:db8:ffff:ffff:ffff:ffff:ffff:1 0 2001:db8::2 0 58 1 8 56
	172.16.0.9 0 172.16.0.1 0 1 1 56 84
	other 0 other 0 0 500 100000 200000
	block fxp0 gate 1795302000.5 1795388340.9
	ledger drop_kernel 1
	192.168.0.1 80 10.100.2.98 1025 6 10 1 3
	block fxp0 gate 1795388400 1795392000
	192.168.0.1 80 10.100.2.98 1026 6 1 5000000000 5000000040
	192.168.0.1 80 10.100.2.98 1025 6 1 1 41
	EOF
}

head_of() { grep -c "^ (fxp0) gate at $1\$" got; }

@test "text of the last block" {
	traflog -i fxp0 -n > got
	same <<-'EOF'

	 (fxp0) gate at Nov 23 00:00:00 - Nov 23 01:00:00
	 Summary: 5000000001 data bytes, 5000000081 all bytes, 2 records
	     From           Port         To            Port  Proto     Data       All
	192.168.0.1        80      10.100.2.98        1026    tcp  5000000000 5000000040
	192.168.0.1        80      10.100.2.98        1025    tcp          1         41
	EOF
}

@test "an account can be the first operand, and a pattern may follow" {
	traflog -i fxp0 -n > want
	traflog fxp0 -n > got
	cmp got want
	traflog -i fxp0 -n -a port 53 > want
	traflog -n -a fxp0 port 53 > got
	cmp got want
	# With -i it is a word of the pattern, which there is not.
	fails 127 traflog -i fxp0 fxp0
}

@test "text of all blocks, every kind of row" {
	traflog -i fxp0 -a -n > got
	same <<-'EOF'

	 (fxp0) gate at Nov 21 00:00:00 - Nov 21 23:59:00
	 Summary: 112569 data bytes, 214216 all bytes, 6 records
	     From           Port         To            Port  Proto     Data       All
	192.168.0.1        80      10.100.2.98        1025    tcp      12345      13456
	10.100.2.98        1025    192.168.0.1        80      tcp        100        500
	10.0.0.1           client  10.0.0.2           53      udp         60        120
	172.16.0.9         0       172.16.0.1         0       icmp        56         84
	2001:db8:ffff:ffff:ffff:ffff:ffff:1 0       2001:db8::2        0       ipv6-icmp         8         56
	other              0       other              0       ip      100000     200000

	 (fxp0) gate at Nov 22 00:00:00 - Nov 22 23:59:00
	 Summary: 1 data bytes, 3 all bytes, 1 records
	     From           Port         To            Port  Proto     Data       All
	192.168.0.1        80      10.100.2.98        1025    tcp          1          3

	 (fxp0) gate at Nov 23 00:00:00 - Nov 23 01:00:00
	 Summary: 5000000001 data bytes, 5000000081 all bytes, 2 records
	     From           Port         To            Port  Proto     Data       All
	192.168.0.1        80      10.100.2.98        1026    tcp  5000000000 5000000040
	192.168.0.1        80      10.100.2.98        1025    tcp          1         41
	EOF
}

@test "--blank-ports leaves rows without ports at five fields" {
	traflog -i fxp0 -n -b '#1' -e '#1' --blank-ports | grep icmp |
	    awk '{ print NF }' > got
	printf '5\n5\n' | same
}

@test "-l lists all blocks, -l -r counts them" {
	traflog -i fxp0 -l > got
	same <<-'EOF'
	 #        Started            Dumped            Data         All     Recs
	001   Nov 21 00:00:00   Nov 21 23:59:00       112569     214216    6
	002   Nov 22 00:00:00   Nov 22 23:59:00            1          3    1
	003   Nov 23 00:00:00   Nov 23 01:00:00   5000000001 5000000081    2
	EOF
	[ "$(traflog -i fxp0 -l -r)" = 3 ]
	[ "$(traflog -i fxp0 -lr -b '#2')" = 2 ]
	traflog -i fxp0 -l -b '#2' -e '#2' | sed 1d > got
	echo "002   Nov 22 00:00:00   Nov 22 23:59:00            1          3    1" |
	    same
}

@test "-r prints totals of All" {
	traflog -i fxp0 -r > got
	echo 5000000081 | same
	traflog -i fxp0 -r -a > got
	printf '214216\n3\n5000000081\n' | same
	traflog -i fxp0 -r -s > got
	echo 5000214300 | same
}

@test "-s merges blocks" {
	traflog -i fxp0 -s -n > got
	same <<-'EOF'

	 (fxp0) gate at Nov 21 00:00:00 - Nov 23 01:00:00
	 Summary: 5000112571 data bytes, 5000214300 all bytes, 7 records
	     From           Port         To            Port  Proto     Data       All
	192.168.0.1        80      10.100.2.98        1026    tcp  5000000000 5000000040
	192.168.0.1        80      10.100.2.98        1025    tcp      12347      13500
	10.100.2.98        1025    192.168.0.1        80      tcp        100        500
	10.0.0.1           client  10.0.0.2           53      udp         60        120
	172.16.0.9         0       172.16.0.1         0       icmp        56         84
	2001:db8:ffff:ffff:ffff:ffff:ffff:1 0       2001:db8::2        0       ipv6-icmp         8         56
	other              0       other              0       ip      100000     200000
	EOF
	traflog -i fxp0 -s -n -b '#2' > got
	[ "$(head_of 'Nov 22 00:00:00 - Nov 23 01:00:00')" -eq 1 ]
}

@test "-b and -e choose by number and by local time" {
	# arguments | first fields of the headers that must come
	while IFS='|' read -r args wanted; do
		eval "traflog -i fxp0 -r $args" > got 2> err
		if [ "$(tr '\n' ' ' < got)" != "$wanted" ]; then
			echo "$args: $(cat got)" >&2
			return 1
		fi
	done <<-'EOF'
	-b '#1'|214216 3 5000000081 
	-b '#2'|3 5000000081 
	-e '#2'|214216 3 
	-b '#2' -e '#2'|3 
	-b '#4'|
	-b '#3' -e '#1'|
	-b 2611210000|214216 3 5000000081 
	-b 2611210000.01|3 5000000081 
	-e 2611212359|214216 
	-e 2611212358.59|
	-b 2611220000 -e 2611222359|3 
	-b 2611220000 -e 2611230100|3 5000000081 
	-b '#2' -e 2611230059.59|3 
	EOF
}

@test "-S sorts" {
	while IFS='|' read -r order wanted; do
		traflog -i fxp0 -n -b '#1' -e '#1' -S "$order" |
		    awk 'NF == 7 && !/From/ { printf "%s ", $5 == "tcp" ? $2 : $5 }' > got
		if [ "$(cat got)" != "$wanted" ]; then
			echo "$order: $(cat got)" >&2
			return 1
		fi
	done <<-'EOF'
	all|80 1025 udp icmp ipv6-icmp ip 
	bytes|80 1025 udp icmp ipv6-icmp ip 
	f|udp 1025 icmp 80 ipv6-icmp ip 
	from|udp 1025 icmp 80 ipv6-icmp ip 
	t|udp 80 icmp 1025 ipv6-icmp ip 
	srcport|udp icmp ipv6-icmp 80 1025 ip 
	d|icmp ipv6-icmp udp 1025 80 ip 
	EOF
}

@test "csv: one header, ISO times in UTC, numbers with -n" {
	traflog -i fxp0 -a -n --format=csv > got
	same <<-'EOF'
	begin,end,src,sport,dst,dport,proto,packets,data,bytes
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,192.168.0.1,80,10.100.2.98,1025,6,10,12345,13456
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,10.100.2.98,1025,192.168.0.1,80,6,8,100,500
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,10.0.0.1,0,10.0.0.2,53,17,2,60,120
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,172.16.0.9,0,172.16.0.1,0,1,1,56,84
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,2001:db8:ffff:ffff:ffff:ffff:ffff:1,0,2001:db8::2,0,58,1,8,56
	2026-11-20T23:00:00Z,2026-11-21T22:59:00Z,other,0,other,0,0,500,100000,200000
	2026-11-21T23:00:00Z,2026-11-22T22:59:00Z,192.168.0.1,80,10.100.2.98,1025,6,10,1,3
	2026-11-22T23:00:00Z,2026-11-23T00:00:00Z,192.168.0.1,80,10.100.2.98,1026,6,1,5000000000,5000000040
	2026-11-22T23:00:00Z,2026-11-23T00:00:00Z,192.168.0.1,80,10.100.2.98,1025,6,1,1,41
	EOF
	traflog -i fxp0 -a -n --format=tsv | tr '\t' , | diff - got
}

@test "json: the same values as csv, as JSON" {
	command -v python3 > /dev/null || skip "no python3"
	traflog -i fxp0 -a -n --format=csv > csv
	traflog -i fxp0 -a -n --format=json > json
	python3 - <<-'EOF'
	import csv, json
	numbers = {"sport", "dport", "proto", "packets", "data", "bytes"}
	want = [{k: int(v) if k in numbers else v for k, v in r.items()}
	    for r in csv.DictReader(open("csv"))]
	got = [json.loads(line) for line in open("json")]
	assert got == want, (got, want)
	EOF
}

@test "an empty file, a range without blocks: a note and no error" {
	: > trafd.empty
	traflog -i empty > got 2> err
	[ ! -s got ]
	grep -q '^traflog: no blocks yet: .*/trafd.empty; trafsave writes one$' err
	[ "$(traflog -i empty -l -r 2> /dev/null)" = 0 ]
	traflog -i empty --format=csv 2> err > got
	[ "$(cat got)" = begin,end,src,sport,dst,dport,proto,packets,data,bytes ]
	traflog -i fxp0 -b '#9' > got 2> err
	grep -q 'no block in this range: .*; traflog -l' err
}

@test "-o prints rows by a template" {
	printf 'net { ftime "%%H:%%M " from "%%-12s" psize "%%12lu\\n" };\n' > formats
	FORMATPATH=formats traflog -i fxp0 -n -o net > got
	same <<-'EOF'
	00:00 192.168.0.1   5000000040
	00:00 192.168.0.1           41
	EOF
	FORMATPATH=formats fails 1 traflog -i fxp0 -o nosuch
	echo "traflog: formats: no template of that name: nosuch" | diff - err
	FORMATPATH=nowhere fails 1 traflog -i fxp0 -o net
	grep -qx 'traflog: nowhere: No such file or directory; copy .*traflog.format.sample to it, or set FORMATPATH to another file' err
	FORMATPATH=formats fails 127 traflog -i fxp0 -o net --format=csv
	FORMATPATH=formats fails 127 traflog -i fxp0 -o net -l
}

@test "-o: other rows and --blank-ports as in the text" {
	printf 't { proto "%%s," sport "%%s," from "%%s\\n" };\n' > formats
	FORMATPATH=formats traflog -i fxp0 -n -b '#1' -e '#1' -o t --blank-ports |
	    sort > got
	same <<-'EOF'
	icmp,,172.16.0.9
	ip,,other
	ipv6-icmp,,2001:db8:ffff:ffff:ffff:ffff:ffff:1
	tcp,1025,10.100.2.98
	tcp,80,192.168.0.1
	udp,client,10.0.0.1
	EOF
}

@test "-i takes interfaces, files and IFF_LISTEN" {
	cp trafd.fxp0 copy
	traflog -i fxp0 -a > a
	traflog -i copy -a > b
	traflog -i ./copy -a > c
	traflog -i "$dir/copy" -a > d
	IFF_LISTEN=fxp0 traflog -a > e
	for f in b c d e; do
		cmp a $f
	done
	# A directory of that name is not meant.
	mkdir fxp0
	traflog -i fxp0 -a | cmp - a
}

@test "a missing file says which and what there is" {
	: > trafd.eth0.100
	: > trafd.eth0.torn.1
	fails 1 traflog -i eth9
	sed "s,$dir,DIR," err > got
	echo "traflog: no account of eth9: DIR/trafd.eth9: No such file or" \
	    "directory (have: eth0.100, fxp0)" | same
	fails 1 env -u IFF_LISTEN "$TRAF_BUILDDIR/tools/traflog/traflog" \
	    --state-dir "$dir" eth9
	cp err got
	echo 'traflog: no account of eth9 (have: eth0.100, fxp0)' | same
	fails 1 traflog -i ./eth9
	grep -q '^traflog: ./eth9: No such file' err
	fails 1 traflog --state-dir /nowhere -i eth9
	grep -q '(have: none)$' err
}

@test "wrong command lines: a message, the usage, status 127" {
	while read -r args; do
		eval "fails 127 traflog $args" && [ ! -s out ] &&
		    grep -q '^usage: traflog' err &&
		    [ "$(wc -l < err)" -ge 2 ] || {
			echo "$args" >&2
			return 1
		}
	done <<-'EOF'
	-i fxp0 -z
	-i fxp0 --nonsense
	-i
	-i fxp0 --format=xml
	-i fxp0 -S size
	-i fxp0 -b yesterday
	-i fxp0 -e 2400
	-i fxp0 from
	-i ''
	-n
	-i fxp0 -l --format=csv
	-i fxp0 -r -w out2
	EOF
}

@test "-V and --help" {
	traflog -V > got
	grep -qx 'traflog [0-9.]*' got
	traflog --help > got
	grep -q -- '--format=format' got
	fails 1 eval 'traflog --help > /dev/full'
}

@test "standard output: full is an error, a reader gone is none" {
	[ -c /dev/full ] || skip "no /dev/full"
	for args in '' -a -l -lr -r '-s --format=json'; do
		fails 1 eval "traflog -i fxp0 -n $args > /dev/full"
		[ "$(cat err)" = "traflog: cannot write to standard output: No space left on device" ]
	done
	{ echo block many gate 1 2
	  awk 'BEGIN { for (i = 0; i < 20000; i++)
		print "10.0." int(i / 256) "." i % 256, 1, "10.9.9.9", 2, 6, 1, 1, 41 }'
	} | "$mksave" trafd.many
	{ traflog -i many -n 2> err; echo $? > status; } | head -n 2 > got
	[ "$(cat status)" -eq 0 ]
	[ ! -s err ]
	# Its place must not be taken by a file.
	fails 1 eval 'traflog -i fxp0 >&-'
	grep -q 'Bad file descriptor' err
}

@test "-w writes chosen blocks, which read the same" {
	traflog -i fxp0 -a -n > a
	traflog -i fxp0 -a -w copy
	traflog -i copy -a -n | cmp - a
	traflog --check copy > got
	grep -q '^ *6 packets dropped by the kernel$' got
	grep -q '^ *7 packets dropped by the interface$' got
	traflog -i fxp0 -e '#2' -w copy
	[ "$(traflog -i copy -l -r)" = 2 ]
	traflog -i fxp0 -w copy
	[ "$(traflog -i copy -r -a)" = 5000000081 ]
	traflog -i fxp0 -s -n > a
	traflog -i fxp0 -s -w copy
	[ "$(traflog -i copy -l -r)" = 1 ]
	traflog -i copy -n | cmp - a
	traflog --check copy > got
	grep -q '^ *6 packets dropped by the kernel$' got
	# Nothing of the making is left, and others may not read it.
	quietly find . -name '.?*'
	[ "$(stat -c %A copy)" = -rw-r----- ]
}

@test "-w leaves alone what is no save file" {
	echo precious > letter
	mkdir d
	ln -s letter link
	for f in letter d link /dev/null ./trafd.fxp0; do
		fails 1 traflog -i fxp0 -a -w "$f"
		grep -q "^traflog: not written: $f: " err
	done
	[ "$(cat letter)" = precious ]
	[ -c /dev/null ]
	[ "$(traflog -i fxp0 -lr)" = 3 ]
	fails 1 traflog -i fxp0 -a -w nowhere/file
	# An empty file is as good as none, and so is nothing to write.
	: > empty
	traflog -i fxp0 -b '#9' -w empty 2> err
	[ ! -s empty ]
	traflog -i fxp0 -a -w empty
	[ "$(traflog -i empty -lr)" = 3 ]
}

# offset_of N: where block N begins: the size of a file of the blocks before
offset_of() {
	if [ "$1" -eq 1 ]; then
		echo 0
		return
	fi
	traflog -i fxp0 -e "#$(($1 - 1))" -w part
	wc -c < part | tr -d ' '
}

# overwrite FILE OFFSET
overwrite() {
	printf '\252\125\252\125' | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

@test "a damaged block is told and the others are read" {
	second=$(offset_of 2) third=$(offset_of 3)
	cp trafd.fxp0 bad
	# in the body of block 2: 16 octets of trailer end it
	overwrite bad $((third - 40))
	fails 1 traflog -i bad -a -n
	[ "$(grep -c '^ Summary' out)" -eq 2 ]
	grep -q "^traflog: damaged block: bad: at byte $second, $((third - second)) bytes skipped: ." err
	# Its header is sound and so are the sums in it.
	[ "$(traflog -i bad -s -r)" = 5000214300 ]
	fails 1 traflog -i bad -s -n
	grep -q '^ Summary: 5000112570 data' out
	fails 1 traflog -i bad -a -w good
	[ "$(traflog -i good -r -a | tr '\n' ' ')" = "214216 5000000081 " ]
	# What is sound is not touched by it.
	traflog -i bad -n -b '#3' -e '#3' > got
	traflog -i fxp0 -n | cmp - got
}

@test "messages never end up in the file of -w" {
	third=$(offset_of 3)
	cp trafd.fxp0 bad
	overwrite bad $((third - 40))
	fails 1 traflog -i bad -a -w good
	# With standard error closed its number is the next that is free.
	fails 1 eval 'traflog -i bad -a -w closed 2>&-'
	cmp good closed
}

@test "a damaged header is skipped" {
	second=$(offset_of 2) third=$(offset_of 3)
	cp trafd.fxp0 bad
	overwrite bad "$second"
	fails 1 traflog -i bad -r -a
	[ "$(tr '\n' ' ' < out)" = "214216 5000000081 " ]
	grep -q "^traflog: damaged block: bad: at byte $second, $((third - second)) bytes skipped: ." err
	[ "$(grep -Evc ' packets? seen; ' err)" -eq 1 ]
}

@test "the last block damaged or cut: the last whole one is shown" {
	third=$(offset_of 3)
	size=$(wc -c < trafd.fxp0 | tr -d ' ')
	cp trafd.fxp0 bad
	overwrite bad $((size - 40))
	head -c $((size - 4)) trafd.fxp0 > short
	for f in bad short; do
		fails 1 traflog -i $f -n
		grep -q '^ (fxp0) gate at Nov 22 ' out
		[ "$(grep -c '^ Summary' out)" -eq 1 ]
		[ "$(grep -Evc ' packets? seen; ' err)" -eq 1 ]
		grep -q "^traflog: damaged block: $f: at byte $third" err
	done
}

@test "what is no save file at all" {
	head -c 5000 /dev/zero > zero
	echo "not an account" > text
	for f in zero text; do
		fails 1 traflog -i $f -a
		[ ! -s out ]
		[ "$(grep -Evc ' packets? seen; ' err)" -eq 2 ]
		grep -q "^traflog: not a complete file of trafd or BPFT: $f " err
	done
}

@test "--check verifies and sums up losses" {
	traflog --check fxp0 | sed "s,$dir,DIR," > got
	same <<-'EOF'
	     1   Nov 21 00:00:00   Nov 21 23:59:00         6 rows   ok
	     2   Nov 22 00:00:00   Nov 22 23:59:00         1 row    ok
	     3   Nov 23 00:00:00   Nov 23 01:00:00         2 rows   ok
	DIR/trafd.fxp0: 3 blocks, 9 rows, 534 packets, 5000214300 bytes, 0 damaged
	           6 packets dropped by the kernel
	           7 packets dropped by the interface
	           0 packets counted with less detail
	           0 times nothing was counted
	EOF
	third=$(offset_of 3)
	cp trafd.fxp0 bad
	overwrite bad $((third - 40))
	fails 1 traflog --check bad ./trafd.fxp0
	[ "$(grep -c ' ok$' out)" -eq 5 ]
	grep -q '^bad: 3 blocks, 8 rows, .* 1 damaged$' out
	grep -q '^traflog: damaged block: bad: at byte' err
	fails 1 traflog --check nothing
}

@test "memory does not grow with the file" {
	(ulimit -v 100000) 2> /dev/null || skip "no limit of address space"
	if sanitized "$TRAF_BUILDDIR/tools/traflog/traflog"; then
		skip "the address sanitizer needs its own room"
	fi
	awk 'BEGIN { for (b = 0; b < 40; b++) {
		print "block big gate", b * 60, b * 60 + 59
		for (i = 0; i < 20000; i++)
			print b "." int(i / 256) ".1." i % 256, i, "10.9.9.9", 2, 6, 1, 1, 41
	} }' | "$mksave" trafd.big
	# 800,000 rows of 64 octets are 51 MB; one block is 1.3 MB.
	(ulimit -v 40000 && traflog -i big -a -n --format=csv | wc -l) > got
	[ "$(tr -d ' ' < got)" -eq 800001 ]
}

@test "what is missing is told on standard error, with the text only" {
	traflog -i fxp0 -n > got 2> err
	[ ! -s err ]			# the last block has nothing missing
	traflog -i fxp0 -a -n > got 2> err
	[ "$(cat err)" = 'traflog: 0.0% of 13 packets seen; 6 dropped by the capture buffer, 7 by the interface; 0 gaps, 0 s' ]
	traflog -i fxp0 -a -n --format=csv > got 2> err
	[ ! -s err ]
	traflog -i fxp0 -a -w copy 2> err
	[ ! -s err ]
	"$mksave" trafd.gaps <<-'EOF'
	block fxp0 gate 1795215600 1795301940
	ledger frames 1224691
	ledger drop_kernel 9876
	ledger gaps 2
	ledger gap_ns 31999999999
	10.0.0.1 1 10.0.0.2 2 6 1 1 41
	block fxp0 gate 1795301940 1795301941
	ledger frames 18446744073709551615
	ledger drop_iface 1
	ledger gap_ns 1
	EOF
	traflog -i gaps -e '#1' > got 2> err
	[ "$(cat err)" = 'traflog: 99.2% of 1,234,567 packets seen; 9,876 dropped by the capture buffer, 0 by the interface; 2 gaps, 31 s' ]
	traflog -i gaps > got 2> err
	grep -q '; 1 gap, 0 s$' err
	traflog -i gaps -l > got 2> err
	grep -q '; 2 gaps, 32 s$' err
	"$mksave" trafd.why <<-'EOF'
	block fxp0 gate 1795215600 1795301940
	ledger frames 10
	ledger gaps 4
	ledger gap_ns 44700000000
	ledger down_ns 500000000
	ledger suspended_ns 12000000000
	ledger away_ns 30200000000
	10.0.0.1 1 10.0.0.2 2 6 1 1 41
	EOF
	traflog -i why > got 2> err
	grep -q '; 4 gaps, 44 s (no trafd running 0.5 s, machine suspended 12.0 s, interface missing 30.2 s)$' err
	traflog -i why --total -n > got
	grep -q ': no trafd running less than 1 s$' got
	grep -q ': machine suspended 12' got
	grep -q ': interface missing 30' got
	# What is left has no reason in the block.
	grep -q ': not counted 2' got
}

@test "--coverage prints ledgers whole, by block and in sum" {
	traflog -i fxp0 --coverage > got 2> err
	[ ! -s err ]
	[ "$(grep -Ec '% of .* packets? seen; ' got)" -eq 4 ]
	[ "$(grep -c ' drop_kernel$' got)" -eq 4 ]
	[ "$(awk '$2 == "drop_kernel" { n = $1 } END { print n }' got)" -eq 6 ]
	traflog -i fxp0 --coverage -e '#1' > got
	[ "$(grep -c ' drop_kernel$' got)" -eq 1 ]
	traflog -i fxp0 --coverage --format=csv > got
	[ "$(wc -l < got)" -eq 4 ]
	[ "$(head -n 1 got | tr , '\n' | wc -l)" -eq 41 ]
	[ "$(awk -F , '{ print NF }' got | sort -u)" -eq 41 ]
	traflog -i fxp0 --coverage -s --format=tsv > got
	[ "$(wc -l < got)" -eq 2 ]
	[ "$(tail -n 1 got | cut -f 1,2)" = \
		"$(printf '2026-11-20T23:00:00Z\t2026-11-23T00:00:00Z')" ]
	traflog -i fxp0 --coverage -s --format=json > got
	python3 -c '
import json
d = json.load(open("got"))
assert d["drop_kernel"] == 6 and d["drop_iface"] == 7, d
assert len(d) == 41, d'
	fails 127 traflog -i fxp0 --coverage -l
	fails 127 traflog -i fxp0 --coverage --check
}
