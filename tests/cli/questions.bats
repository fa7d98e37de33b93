#!/usr/bin/env bats
# traflog's questions: --by, --where and what goes with them, on save files
# made by mksave.

load assert
load report_helpers

setup() {
	# Berlin, without relying on the zones of the system.
	report_setup CET-1CEST,M3.5.0,M10.5.0/3
	traflog=$TRAF_BUILDDIR/tools/traflog/traflog
	unset IFF_LISTEN COLUMNS
	"$mksave" trafd.eth0 <<-'END'
	# October 24 and 25, the end of summer, saved at 23:59
	block eth0 gate 1792792740 1792879140
	networks 10.0.0.0/8
	ledger frames 1000
	10.0.0.5 50000 198.51.100.7 443 6 100 4000 10000
	198.51.100.7 443 10.0.0.5 50000 6 200 290000 300000
	10.0.0.9 40000 192.0.2.53 53 17 2 60 120
	192.0.2.53 53 10.0.0.9 40000 17 2 260 320
	10.0.0.9 0 10.0.0.5 0 1 4 224 336
	block eth0 gate 1792879140 1792969140
	networks 10.0.0.0/8
	ledger frames 499
	ledger drop_kernel 1
	10.0.0.5 50001 198.51.100.7 443 6 10 400 1000
	198.51.100.7 443 10.0.0.5 50001 6 20 29000 30000
	other 0 other 0 0 7 100 900
	END
}

ask() {
	"$traflog" --state-dir "$dir" -i eth0 -n "$@"
}

# wrong MESSAGE OPTION...: one line, perhaps one of usage, and 127
wrong() {
	message=$1 status=0
	shift
	ask "$@" > got 2> err || status=$?
	cat err >&2
	[ "$status" -eq 127 ]
	[ ! -s got ]
	[ "$(sed '2{/^usage: traflog /d;}' err)" = "traflog: $message" ]
}

@test "text: rows, what --top left out, the total, what was missed" {
	ask --by day,host --top 2 > got
	same <<-'END'

	 (eth0) gate at 2026-10-23 23:59:00 CEST - 2026-10-25 23:59:00 CET
	 Traffic by day, host; the first 2

	 Day        Host              In     Out   Bytes    Data  Packets  Rate   Share
	2026-10-24  10.0.0.5      300336   10000  310336  294224      304    29   45.3%
	2026-10-24  198.51.100.7   10000  300000  310000  294000      300    29   45.3%
	2026-10-25  10.0.0.5       30000    1000   31000   29400       30     3    4.5%
	2026-10-25  198.51.100.7    1000   30000   31000   29400       30     3    4.5%
	 (3 more)                   1340    1676    2116     964       19     0    0.3%
	 total                    330320   11120  342676  324044      345    16  100.0%

	 99.9% of 1,500 packets seen; 1 dropped by the capture buffer, 0 by the interface; 0 gaps, 0 s
	   2026-10-24 23:59:00 CEST - 2026-10-25 23:59:00 CET: dropped 1 packet
	 note: each byte counts for both of its ends: the rows add up to more than the total
	END
}

@test "hosts: local ones first, remote apart, and every sum is that of its rows" {
	ask --by host --top 1 --bytes > got
	sed -n 5,14p got > rows
	mv rows got
	same <<-'END'
	 Host              In     Out   Bytes    Data  Packets  Rate   Share
	10.0.0.5       330336   11000  341336  323624      334    15   99.8%
	 (1 more)         320     456     776     544        8     0    0.2%
	 local hosts   330656   11456  342112  324168      342    16  100.0%
	198.51.100.7    11000  330000  341000  323400      330    15   99.6%
	 (2 more)        1020    1220    1340     420       11     0    0.4%
	 remote hosts   12020  331220  342340  323820      341    16  100.0%
	 total         330320   11120  342676  324044      345    16  100.0%

	 99.9% of 1,500 packets seen; 1 dropped by the capture buffer, 0 by the interface; 0 gaps, 0 s
	END
	# --sort asks for one order; so do programs.
	ask --by host --sort out | sed -n 6,7p | cut -d ' ' -f 1 > got
	printf '198.51.100.7\n10.0.0.5\n' | same
	ask --by host --format=html > got
	grep -q '>local hosts<' got
	grep -q '>remote hosts<' got
}

@test "minutes of local time; blocks that are longer count in one, and a note" {
	"$mksave" trafd.eth0 <<-'END'
	block eth0 gate 1795215590 1795215610
	10.0.0.5 50000 198.51.100.7 443 6 1 40 100
	block eth0 gate 1795215610 1795215650
	10.0.0.5 50000 198.51.100.7 443 6 1 40 200
	block eth0 gate 1795215650 1795215830
	10.0.0.5 50000 198.51.100.7 443 6 1 40 400
	END
	ask --by minute --since 2026-11-21 --format=csv > got 2> err
	cut -d, -f1,4 got > minutes
	mv minutes got
	same <<-'END'
	minute,bytes
	2026-11-21T00:00:00+01:00,300
	2026-11-21T00:02:00+01:00,400
	END
	grep -q '1 block is longer than the periods shown' err
	ask --by minute --since 2026-11-21 --bytes | sed -n 6p > got
	grep -q '^2026-11-21 00:00 CET  *0  *300 ' got
}

@test "csv, tsv and json, with what was missed on standard error" {
	ask --by host --format=csv > got 2> err
	same <<-'END'
	host,in,out,bytes,data,packets,rate,share
	10.0.0.5,330336,11000,341336,323624,334,15,0.498699
	198.51.100.7,11000,330000,341000,323400,330,15,0.498208
	other,900,900,900,100,7,0,0.001314
	10.0.0.9,320,456,776,544,8,0,0.001133
	192.0.2.53,120,320,440,320,4,0,0.000642
	END
	grep -q '^traflog: 99.9% of 1,500 packets seen; 1 dropped' err
	ask --by day --format=tsv --until 2026-10-24 > got 2> err
	printf '%s\n' "day	in	out	bytes	data	packets	rate	share" \
	    "2026-10-24	300320	10120	310776	294544	308	29	1.000000" |
	    same
	[ ! -s err ]
	ask --by service --in --format=json > got 2> err
	same <<-'END'
	{"service":"443/tcp","in":330000,"out":0,"bytes":330000,"data":319000,"packets":220,"rate":15,"share":0.999031,"source":"files","grain":"block"}
	{"service":"53/udp","in":320,"out":0,"bytes":320,"data":260,"packets":2,"rate":0,"share":0.000968,"source":"files","grain":"block"}
	END
}

@test "--total, and a coverage with nothing missing" {
	ask --total --until 2026-10-24 > got
	same <<-'END'

	 (eth0) gate at 2026-10-23 23:59:00 CEST - 2026-10-24 23:59:00 CEST
	 Traffic; until 2026-10-24

	    In    Out   Bytes    Data  Packets  Rate   Share
	300320  10120  310776  294544      308    29  100.0%

	 100% of 1,000 packets seen; 0 dropped
	END
}

@test "units, where they are asked for" {
	ask --by day --units=si --until 2026-10-24 | sed -n 5,6p > got
	same <<-'END'
	 Day            In      Out   Bytes    Data  Packets      Rate   Share
	2026-10-24  300 kB  10.1 kB  311 kB  295 kB      308  29 bit/s  100.0%
	END
	ask --by day --units=iec --until 2026-10-24 | sed -n 6p > got
	same <<-'END'
	2026-10-24  293 KiB  9.88 KiB  303 KiB  288 KiB      308  29 bit/s  100.0%
	END
	ask --by day --units=bits --until 2026-10-24 | sed -n 6p > got
	same <<-'END'
	2026-10-24  2.40 Mbit  81.0 kbit  2.49 Mbit  2.36 Mbit      308  29 bit/s  100.0%
	END
	ask --by day --bytes > got
	ask --by day > plain
	cmp got plain
}

@test "days and hours are those of --tz; blocks count whole, where their middle is" {
	ask --by hour --tz UTC > got
	grep -q '^2026-10-24 09:00 UTC  300320 ' got
	grep -q '^2026-10-25 10:00 UTC   30000 ' got
	grep -q '^ note: 2 blocks are longer than the periods shown; a block counts in the period of its middle$' got
	# A day of 25 hours holds its block; one of New York does not.
	ask --by day > got
	[ "$(grep -c note got)" -eq 0 ]
	ask --by day --tz EST5EDT,M3.2.0,M11.1.0 > got
	grep -q '^ note: 1 block is longer ' got
	ask --total --since 2026-10-25 --format=csv 2>/dev/null | sed 1d > got
	echo '30000,1000,31900,29500,37,3,1.000000' | same
	ask --total --since 2026-10-25 --until 2026-10-25 --format=csv \
	    2>/dev/null | sed 1d > got
	echo '30000,1000,31900,29500,37,3,1.000000' | same
	# Before and behind the middle of a block.
	ask --total --since 2026-10-24T11:59:00 --format=csv 2>/dev/null |
	    sed 1d > got
	echo '330320,11120,342676,324044,345,16,1.000000' | same
	ask --total --since 2026-10-24T11:59:01 --format=csv 2>/dev/null |
	    sed 1d > got
	echo '30000,1000,31900,29500,37,3,1.000000' | same
	ask --total --until 2026-10-24T11:59:00 --format=csv 2> err |
	    sed 1d > got
	echo '0,0,0,0,0,,0.000000' | same
	grep -q 'no block in this range' err
}

@test "zones by name are those of the system" {
	[ -r /usr/share/zoneinfo/Asia/Tokyo ] || skip "no time zones here"
	ask --by hour --tz Asia/Tokyo > got
	grep -q '^2026-10-24 18:00 JST ' got
	wrong "--tz Asia/Nowhere: no such time zone" --total --tz Asia/Nowhere
	wrong "--tz ../zoneinfo/UTC: no such time zone" --total \
	    --tz ../zoneinfo/UTC
	wrong "--tz Asia: no such time zone" --total --tz Asia
}

@test "23 hours are a day, 25 too: hourly blocks add up by local days" {
	for i in $(seq 0 71); do
		# From March 28, 00:00, and from October 24, 00:00.
		echo "block lo gate $((1774652400 + i * 3600)) $((1774656000 + i * 3600))"
		echo "10.0.0.1 0 10.0.0.2 0 1 1 1 $((i + 100))"
		echo "block lo gate $((1792792800 + i * 3600)) $((1792796400 + i * 3600))"
		echo "10.0.0.1 0 10.0.0.2 0 1 1 1 1"
	done | "$mksave" trafd.lo
	"$traflog" -i ./trafd.lo --by day --format=csv 2>/dev/null |
	    cut -d, -f1,4,6 > got
	same <<-'END'
	day,bytes,packets
	2026-03-28,2676,24
	2026-03-29,3105,23
	2026-03-30,3804,24
	2026-03-31,171,1
	2026-10-24,24,24
	2026-10-25,25,25
	2026-10-26,23,23
	END
	"$traflog" -i ./trafd.lo --by hour --format=csv 2>/dev/null \
	    --since 2026-10-25T01:30 --until 2026-10-25T04:00 | cut -d, -f1 > got
	same <<-'END'
	hour
	2026-10-25T01:00:00+02:00
	2026-10-25T02:00:00+02:00
	2026-10-25T02:00:00+01:00
	2026-10-25T03:00:00+01:00
	END
	"$traflog" -i ./trafd.lo --by week,proto --format=csv 2>/dev/null |
	    cut -d, -f1,2,5 > got
	same <<-'END'
	week,proto,bytes
	2026-W13,icmp,5781
	2026-W14,icmp,3975
	2026-W43,icmp,49
	2026-W44,icmp,23
	END
}

@test "--percentile: five minutes from shorter blocks, months each for itself" {
	# 100 blocks of 5 minutes: 1000, 2000, ... octets.
	for i in $(seq 1 100); do
		echo "block eth1 gate $((1795000000 + i * 300)) $((1795000300 + i * 300))"
		echo "networks 10.0.0.0/8"
		echo "10.0.0.1 0 192.0.2.1 0 1 1 1 $((i * 1000))"
		echo "192.0.2.1 0 10.0.0.1 0 1 1 1 $(((101 - i) * 10))"
	done | "$mksave" trafd.eth1
	"$traflog" -i ./trafd.eth1 --total --percentile 95 --format=csv \
	    2>/dev/null | cut -d, -f8- > got
	same <<-'END'
	p95_in,p95_out,p95
	25,2533,2535
	END
	"$traflog" -i ./trafd.eth1 --total --percentile 99.9 2>/dev/null > got
	grep -q ' P99.9 in  P99.9 out  P99.9$' got
	grep -q ' 27       2667   2667$' got
	# Minutes: as many as make five.
	for i in $(seq 0 49); do
		echo "block eth2 gate $((1795000000 + i * 60)) $((1795000060 + i * 60))"
		echo "10.0.0.1 0 192.0.2.1 0 1 1 1 $((i % 5 == 0 ? 75000 : 0))"
	done | "$mksave" trafd.eth2
	"$traflog" -i ./trafd.eth2 --total --percentile 100 --format=csv \
	    2> err | cut -d, -f10 > got
	printf 'p100\n2000\n' | same
	lacks 'longer than 5' err
	# Two minutes: four are as near to five as six, and come first.
	for i in $(seq 0 59); do
		echo "block eth4 gate $((1795000000 + i * 120)) $((1795000120 + i * 120))"
		echo "10.0.0.1 0 192.0.2.1 0 1 1 1 $((i % 3 == 0 ? 90000 : 0))"
	done | "$mksave" trafd.eth4
	"$traflog" -i ./trafd.eth4 --total --percentile 100 --format=csv |
	    cut -d, -f10 > got
	printf 'p100\n3000\n' | same
	# Of each host, and of each month.
	"$traflog" -i ./trafd.eth1 -n --by src,month --percentile 50 \
	    --format=csv | cut -d, -f1,2,12 > got
	same <<-'END'
	src,month,p50
	10.0.0.1,2026-11,1333
	192.0.2.1,2026-11,13
	END
	# Longer ones: said.
	ask --total --percentile 95 > got
	grep -q '^ note: 2 of 2 blocks are longer than 5 minutes (up to 90000 s)' got
}

@test "--where and --since choose rows and blocks of every report" {
	ask -a --where 'port 53 and src net 10/8' --format=csv 2>/dev/null |
	    sed 1d > got
	echo '2026-10-23T21:59:00Z,2026-10-24T21:59:00Z,10.0.0.9,40000,192.0.2.53,53,17,2,60,120' | same
	[ "$(ask -r --since 2026-10-25 2>/dev/null)" = 31900 ]
	[ "$(ask -lr --until 2026-10-24 2>/dev/null)" = 1 ]
	[ "$(ask -rs --where 'not tcp' 2>/dev/null)" = 1676 ]
	ask -a --where tcp -w trafd.tcp
	"$traflog" -i ./trafd.tcp -a -n --by proto --format=csv 2>/dev/null |
	    cut -d, -f1,4 > got
	printf 'proto,bytes\ntcp,341000\n' | same
	# A pattern and a range hold for questions too.
	ask --total -b '#2' --format=csv from 10.0.0.5 2>/dev/null | sed 1d > got
	echo '0,1000,1000,400,10,0,1.000000' | same
}

@test "--local says what in and out are" {
	ask --by proto --local 198.51.100.0/24 --format=csv 2>/dev/null > got
	same <<-'END'
	proto,in,out,bytes,data,packets,rate,share
	tcp,11000,330000,341000,323400,330,15,0.995109
	ip,0,0,900,100,7,0,0.002626
	udp,0,0,440,320,4,0,0.001284
	icmp,0,0,336,224,4,0,0.000980
	END
	ask --by dst --out --local 198.51.100.0/24,192.0.2.0/24 \
	    --format=csv 2>/dev/null | cut -d, -f1,3 > got
	printf 'dst,out\n10.0.0.5,330000\n10.0.0.9,320\n' | same
}

@test "a file of BPFT has no coverage to speak of" {
	ask -a -w trafd.old --layout old
	"$traflog" -i ./trafd.old -n --by proto > got
	grep -q '^ coverage unknown: the blocks do not record what was lost$' got
	grep -q '^tcp ' got
}

@test "damage: what could be read is answered, and told" {
	printf x | dd of=trafd.eth0 bs=1 seek=400 conv=notrunc 2>/dev/null
	status=0
	ask --by day > got 2> err || status=$?
	[ "$status" -eq 1 ]
	grep -q 'damaged block: .* at byte 0, ' err
	grep -q '^2026-10-25 ' got
	lacks '^2026-10-24 ' got
	grep -q '^ note: 1 damaged part of the data could not be counted$' got
}

@test "nothing accounted is no error" {
	: > trafd.none
	"$traflog" -i ./trafd.none --by host > got 2> err
	printf '\n nothing was counted\n' | same
	grep -q 'no blocks yet' err
	"$traflog" -i ./trafd.none --total --format=csv 2>/dev/null |
	    sed 1d > got
	echo '0,0,0,0,0,,0.000000' | same
}

@test "what is wrong is told in one line" {
	# What more there is hangs on the libraries that were there.
	ask --by day,hots > got 2> err || status=$?
	[ "$status" -eq 127 ]
	[ "$(wc -l < err)" -eq 1 ]
	grep -q '^traflog: --by hots: no such key; did you mean host? (there are host, local, mac, src, dst, pair, net/LENGTH, vlan, port, service, proto, minute, hour, day, week, month, block[a-z, ]*)$' err
	ask --by protocol > got 2> err || status=$?
	grep -q '^traflog: --by protocol: no such key; did you mean proto? (' err
	ask --by loca > got 2> err || status=$?
	grep -q '^traflog: --by loca: no such key; did you mean local? (' err
	ask --by vid > got 2> err || status=$?
	grep -q '^traflog: --by vid: no such key; did you mean vlan? (' err
	ask --by kid > got 2> err || status=$?
	grep -q '^traflog: --by kid: no such key (there' err
	wrong "--where: at \`prot' (character 1): no such word; did you mean port?" \
	    --by host --where 'prot 80'
	wrong "--where: at \`or' (character 13): \`and' next to \`or' is ambiguous: use parentheses" \
	    -a --where 'tcp and udp or icmp'
	wrong "--since 31.12.2026: no such time (expected 10:00, 2026-11-21, 2026-11-21T14:00, 2026-11, yesterday, \"this month\", -7d)" \
	    --total --since 31.12.2026
	wrong "--until 2026-10-01 is not after --since" --total \
	    --since 2026-10-25 --until 2026-10-01
	wrong "--top 0: a number from 1 to 4294967295 is needed" \
		--by host --top 0
	wrong "--top 3x: a number from 1 to 4294967295 is needed" \
		--by host --top 3x
	wrong "--sort size: no such column (expected bytes, in, out, data, packets, rate, or a key of --by)" \
	    --by host --sort size
	wrong "--percentile 101: expected 0.1 to 100" --total --percentile 101
	wrong "--percentile 95.55: expected 0.1 to 100" --total --percentile 95.55
	wrong "--local 10.0.0.0/33: not a network" --by host \
	    --local 192.0.2.0/24,10.0.0.0/33
	wrong "--units kilos: bytes, iec, si or bits is needed" --total \
	    --units kilos
	wrong "--format yaml: text, csv, tsv, json, sql, html or svg is needed" \
	    --by host --format yaml
	wrong "--top needs --by, --total, --percentile or --graph" --top 3
	wrong "--in needs --by, --total, --percentile or --graph" --in
	wrong "--total and --by exclude each other" --total --by host
	wrong "-S and --by exclude each other; use --sort" --by host -S bytes
	wrong "--by and -l exclude each other" --by host -l
	wrong "--bytes and --units exclude each other" --total \
	    --bytes --units si
	wrong "--graph and --format exclude each other; for a picture: --by hour --format=svg" --graph \
	    --format csv
}

@test "on a terminal: bars, units, and no more than it has room for" {
	LC_ALL=C.UTF-8 python3 "$TRAF_SRCDIR/tests/lib/ontty.py" 72 \
	    "$traflog" -i ./trafd.eth0 -n --by host | sed -n 5,11p > got
	same <<-'END'
	 Host               In      Out   Bytes  Packets   Share
	10.0.0.5        330 kB  11.0 kB  341 kB      334   99.8%  ██████████████
	10.0.0.9         320 B    456 B   776 B        8    0.2%  ▏
	 local hosts    331 kB  11.5 kB  342 kB      342  100.0%
	198.51.100.7   11.0 kB   330 kB  341 kB      330   99.6%  ██████████████
	other            900 B    900 B   900 B        7    0.3%  ▏
	192.0.2.53       120 B    320 B   440 B        4    0.1%  ▏
	END
	python3 "$TRAF_SRCDIR/tests/lib/ontty.py" 68 \
	    "$traflog" -i ./trafd.eth0 -n --by host | sed -n 6,8p > got
	same <<-'END'
	10.0.0.5        330 kB  11.0 kB  341 kB      334   99.8%  ##########
	10.0.0.9         320 B    456 B   776 B        8    0.2%
	 local hosts    331 kB  11.5 kB  342 kB      342  100.0%
	END
	python3 "$TRAF_SRCDIR/tests/lib/ontty.py" 40 \
	    "$traflog" -i ./trafd.eth0 -n --by host --bytes | sed -n 6p > got
	same <<-'END'
	10.0.0.5       330336   11000  341336      334   99.8%
	END
}

@test "--graph draws all that was accounted, and once" {
	ask --graph > got
	grep -q '^     311 kB ' got
	ask --graph --by day,host --top 1 > got
	grep -q '; the largest 1 of 5$' got
	[ "$(grep -c '^ [0-9.]*: [0-9]* k*B$' got)" -eq 1 ]
	ask --graph --by day,host > got		# a line for each host
	lacks 'the largest' < got
	grep -q '^ 10.0.0.5: 341 kB$' got
	grep -q '^ 198.51.100.7: 341 kB$' got
	grep -q '^ 192.0.2.53: 440 B$' got
	ask --graph --by service > got
	grep -q '^ 443/tcp: 341 kB$' got
	grep -q '^ 53/udp: 440 B$' got
	ask --graph --where icmp > got		# stays inside
	grep -q '^      336 B ' got
}

# Reading takes time, and at the SLOWREAD_SIGINT-th read the user is tired.
slowly() {
	${TRAF_CC:-cc} -shared -fPIC -o slowread.so \
	    "$TRAF_SRCDIR/tests/lib/slowread.c" || skip "cannot preload here"
	for i in $(seq 0 49); do
		echo "block eth3 gate $((1795000000 + i * 300)) $((1795000300 + i * 300))"
		echo "ledger frames 1"
		echo "10.0.0.1 0 192.0.2.1 0 1 1 1 1000"
	done | "$mksave" trafd.eth3
	export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
	"$@"
}

@test "an interrupt ends the work with what there is, and says so" {
	slow() {
		status=0
		env SLOWREAD_SIGINT=60 LD_PRELOAD="$dir/slowread.so" \
		    "$traflog" -i ./trafd.eth3 --total > got 2> err || status=$?
	}
	slowly slow
	cat got err >&2
	[ "$status" -eq 130 ]
	grep -Eq '^traflog: interrupted: ./trafd.eth3: [0-9.]+ k?B of [0-9.]+ kB were not read$' err
	grep -Eq '^ note: interrupted: [0-9.]+ k?B of [0-9.]+ kB were not read$' got
	# Whole blocks were counted, and not all of them.
	bytes=$(sed -n 6p got | awk '{ print $3 }')
	[ "$bytes" -gt 0 ]
	[ "$bytes" -lt 50000 ]
	[ $((bytes % 1000)) -eq 0 ]
}

@test "an interrupt ends the work within a block too, and progress shows it" {
	slow() {
		# Two segments of 65,536 and 33,464 rows, in one block.
		awk 'BEGIN {
			print "block eth4 gate 1795000000 1795000300"
			for (i = 0; i < 99000; i++)
				printf "10.%d.%d.%d 0 192.0.2.1 0 1 1 1 1000\n",
				    i / 65536, i / 256 % 256, i % 256
		}' | "$mksave" trafd.eth4
		# Which read is the first one of the second segment?
		for n in $(seq 4 16); do
			status=0
			env SLOWREAD_SIGINT="$n" LD_PRELOAD="$dir/slowread.so" \
			    "$traflog" -i ./trafd.eth4 --total > got 2> err ||
			    status=$?
			awk 'NR == 6 { part = $3 > 65000000 && $3 < 99000000 }
			    END { exit !part }' got && break
		done
		env LD_PRELOAD="$dir/slowread.so" python3 \
		    "$TRAF_SRCDIR/tests/lib/ontty.py" 80 env \
		    "$traflog" -i ./trafd.eth4 --total > shown
	}
	slowly slow
	cat got err >&2
	[ "$status" -eq 130 ]
	grep -Eq '^traflog: interrupted: ./trafd.eth4: [0-9]+ B of [0-9.]+ kB were not read$' err
	grep -Eq '^ note: interrupted: [0-9]+ B of [0-9.]+ kB were not read$' got
	tr '\r' '\n' < shown | says -E '^ *[1-9][0-9]% of [0-9.]+ kB read, '
}

@test "progress is shown on a terminal, wiped out in the end" {
	slow() {
		env LD_PRELOAD="$dir/slowread.so" python3 \
		    "$TRAF_SRCDIR/tests/lib/ontty.py" 80 env \
		    "$traflog" -i ./trafd.eth3 --total > got
		env LD_PRELOAD="$dir/slowread.so" \
		    "$traflog" -i ./trafd.eth3 --total > got.piped 2> err
	}
	slowly slow
	tr '\r' '\n' < got | says -E '^ *[0-9]+% of [0-9.]+ kB read, [0-9.]+ k?B/s, [0-9]+ s left'
	# Wiped out: the answer begins on a clean line.
	tr -d '\n' < got | says "$(printf '\r\033\\[K') (eth3) gate"
	[ ! -s err ]
}

@test "random questions: the rows say the same" {
	need_python
	python3 "$TRAF_SRCDIR/tests/cli/questions.py" "$traflog" "$mksave" \
	    "$dir" "${QUESTIONS_SEED:-1}" "${QUESTIONS_FILES:-4}" 25
}

need_python() {
	command -v python3 >/dev/null || skip "python3 is not there"
}

@test "a page about nothing names the account, and claims no coverage" {
	ask --by=host --since=2025-01 --until=2025-01 --format=html >got 2>err
	grep -q '<h1>Traffic of eth0</h1>' got
	grep -q 'Nothing was counted' got
	lacks 'packets seen' got
}

@test "packets that are not IP explain why sums are less than what was seen" {
	"$mksave" trafd.arp0 <<-'END'
	block arp0 gate 1792792740 1792879140
	ledger frames 1004
	ledger ip 1000
	ledger nonip 4
	10.0.0.5 50000 198.51.100.7 443 6 1000 4000 10000
	END
	for format in text html; do
		"$traflog" --state-dir "$dir" -i arp0 -n --total \
		    --format=$format >got
		grep -q '100% of 1,004 packets seen; 0 dropped; 4 not IP' got
	done
	"$traflog" --state-dir "$dir" -i arp0 -n --graph >got
	grep -q '100% of 1,004 packets seen; 0 dropped; 4 not IP' got
	# A page and the text say the same of blocks without a ledger.
	"$mksave" trafd.old0 <<-'END'
	block old0 gate 1792792740 1792879140
	10.0.0.5 50000 198.51.100.7 443 6 1000 4000 10000
	END
	for format in text html; do
		"$traflog" --state-dir "$dir" -i old0 -n --total \
		    --format=$format >got
		grep -q 'coverage unknown' got
		lacks 'of 0 packets' got
	done
}
