#!/usr/bin/env bats
# Files of BPFT: told apart, read, written; and patterns.  The files are made
# by tests/lib/mklegacy.pl from the layouts' description, not by our writer.

load assert
load report_helpers

setup() {
	report_setup UTC0
	command -v perl > /dev/null || skip "no perl"
	unset IFF_LISTEN PATTERNPATH
	cat > new.txt <<-'EOT'
	block 1795219200.000005 1795222800.5
	10.1.0.1 192.0.2.9 6 1025 80 3456 3936
	10.1.0.1 192.0.2.9 6 1026 25 1 41
	10.2.0.2 192.0.2.9 17 53 1026 100 156
	172.16.0.9 192.0.2.9 1 0 0 56 84
	0.0.0.0 0.0.0.0 6 0 0 10 50
	block 1795222800.5 1795226400
	10.1.0.1 192.0.2.9 6 1025 80 4294967295 4294967295
	10.1.0.1 192.0.2.9 6 1025 80 5 45
	EOT
	cat > old.txt <<-'EOT'
	block 1795219200 1795222800
	10.1.0.1 192.0.2.9 6 2 80 3456 3936
	192.0.2.9 10.1.0.1 6 1 80 77 117
	10.2.0.2 192.0.2.9 17 3 53 100 156
	10.2.0.2 192.0.2.9 1 0 0 8 36
	block 1795222800 1795226400
	10.2.0.2 192.0.2.9 1 0 0 8 36
	EOT
	make_legacy trafd.ed0 new 32
}

make_legacy() {	# file layout times [capacity]
	perl "$TRAF_SRCDIR/tests/lib/mklegacy.pl" "${@:2}" < "$2.txt" > "$1"
}

@test "a file of the new layout reads like one of trafd" {
	traflog -i ed0 -a -n > got
	same <<-'EOF'

	 (ed0) - at Nov 21 00:00:00 - Nov 21 01:00:00
	 Summary: 3623 data bytes, 4267 all bytes, 5 records
	     From           Port         To            Port  Proto     Data       All
	10.1.0.1           1025    192.0.2.9          80      tcp       3456       3936
	10.2.0.2           53      192.0.2.9          1026    udp        100        156
	172.16.0.9         0       192.0.2.9          0       icmp        56         84
	10.1.0.1           1026    192.0.2.9          25      tcp          1         41
	other              0       other              0       ip          10         50

	 (ed0) - at Nov 21 01:00:00 - Nov 21 02:00:00
	 Summary: 4294967300 data bytes, 4294967340 all bytes, 1 records
	     From           Port         To            Port  Proto     Data       All
	10.1.0.1           1025    192.0.2.9          80      tcp  4294967300 4294967340
	EOF
	traflog -i ed0 -l > got
	same <<-'EOF'
	 #        Started            Dumped            Data         All     Recs
	001   Nov 21 00:00:00   Nov 21 01:00:00         3623       4267    5
	002   Nov 21 01:00:00   Nov 21 02:00:00   4294967300 4294967340    1
	EOF
	[ "$(traflog -i ed0 -r -s)" = 4294971607 ]
	[ "$(traflog -i ed0 -s -n | grep -c '^10.1.0.1.* 4294971276$')" -eq 1 ]
	traflog -i ed0 -n -b '#1' -e '#1' --format=csv | sed -n 2p > got
	echo 2026-11-21T00:00:00Z,2026-11-21T01:00:00Z,10.1.0.1,1025,192.0.2.9,80,6,0,3456,3936 |
	    same
	traflog --check ed0 | says ': 2 blocks, 6 rows, .* 0 damaged$'
}

@test "a file of the old layout has clients" {
	make_legacy trafd.ed1 old 32
	traflog -i ed1 -n -b '#1' -e '#1' | sed 1,4d > got
	same <<-'EOF'
	10.1.0.1           client  192.0.2.9          80      tcp       3456       3936
	10.2.0.2           53      192.0.2.9          53      udp        100        156
	192.0.2.9          80      10.1.0.1           client  tcp         77        117
	10.2.0.2           0       192.0.2.9          0       icmp         8         36
	EOF
}

@test "every layout is told apart, save and dump, whatever lies in its holes" {
	head -n 6 new.txt > newdump.txt
	head -n 5 old.txt > olddump.txt
	traflog -i ed0 -a -n | tail -n +3 > want-new
	make_legacy trafd.ed1 old 32
	traflog -i ed1 -a -n | tail -n +3 > want-old
	for pad in '' x; do
		for times in 32 64 64a; do
			for layout in new old; do
				unset PAD
				[ -z "$pad" ] || export PAD=$pad
				make_legacy f $layout $times
				traflog -i f -a -n | tail -n +3 | sed "s/(-)/(ed1)/" > got
				sed 's/(ed0)/(ed1)/' want-$layout | diff - got
				perl "$TRAF_SRCDIR/tests/lib/mklegacy.pl" $layout $times 136240 \
				    < ${layout}dump.txt > dump
				[ "$(traflog -i dump -lr)" = 1 ]
				traflog -i dump -l | sed -n 2p > got
				traflog -i f -l | sed -n 2p | diff - got
			done
		done
	done
}

@test "new to trafd's and back: the same octets" {
	traflog -i ed0 -a -w own
	[ "$(head -c 4 own)" != "$(head -c 4 trafd.ed0)" ]
	traflog -i own -a -w back --layout new
	cmp back trafd.ed0
	# The other header and what lies in the holes are not kept.
	PAD=x make_legacy f new 64a
	traflog -i f -a -w back --layout new
	cmp back trafd.ed0
	make_legacy f old 32
	traflog -i f -a -w own
	traflog -i own -a -w back --layout old
	traflog -i f -a -n > a
	traflog -i back -a -n | cmp - a
}

@test "what 32 bits cannot count becomes several records with the same sum" {
	"$mksave" own <<-'EOF'
	block eth0 gate 1795219200 1795222800
	10.0.0.1 80 10.0.0.2 1025 6 9 20000000000 30000000000
	10.0.0.1 80 10.0.0.2 1026 6 9 4294967295 4294967296
	EOF
	traflog -i own -w new --layout new
	# 20 octets of header, 7 and 2 records
	[ "$(wc -c < new)" -eq $((20 + 9 * 24)) ]
	[ "$(traflog -i new -r)" = 34294967296 ]
	traflog -i new -n | tail -n +4 > got
	traflog -i own -n | tail -n +4 | diff - got
	# In the old layout both are one: the client's port is not kept.
	traflog -i own -w old --layout old
	traflog -i old -n | tail -n +5 > got
	same <<-'EOF'
	10.0.0.1           80      10.0.0.2           client  tcp  24294967295 34294967296
	EOF
}

@test "-w --layout: IPv6 is left out and told, times after 2038 are refused" {
	"$mksave" own <<-'EOF'
	block eth0 gate 1795219200 1795222800
	10.0.0.1 80 10.0.0.2 1025 6 9 10 20
	fd00::1 80 fd00::2 1025 6 9 100 200
	fd00::1 80 fd00::2 1026 6 9 1000 2000
	EOF
	fails 1 traflog -i own -w new --layout new
	echo "traflog: IPv6 left out: new: 2 rows, 1100 data bytes, 2200 IP bytes" |
	    diff - err
	[ "$(traflog -i new -r)" = 20 ]
	# It may be replaced: it is a file of blocks.
	traflog -i own -w new
	"$mksave" late <<-'EOF'
	block eth0 gate 2200000000 2200003600
	10.0.0.1 80 10.0.0.2 1025 6 9 10 20
	EOF
	fails 1 traflog -i late -w later --layout new
	[ ! -e later ]
}

@test "damaged and alien files: a message, what there is with --layout" {
	size=$(wc -c < trafd.ed0)
	head -c $((size - 1)) trafd.ed0 > short
	fails 1 traflog -i short -a -n
	[ ! -s out ]
	grep -q -- '--layout old or new' err
	fails 1 traflog -i short -a -n --layout new
	[ "$(grep -c '^ Summary' out)" -eq 1 ]
	echo "traflog: damaged block: short: at byte 140, 67 bytes skipped: damaged block" |
	    diff - err
	fails 1 traflog --check short --layout new
	grep -q '1 damaged$' out
	fails 1 traflog -i ed0 -a --layout trafd
	fails 1 traflog -i new.txt --layout old
	grep -q 'traflog: new.txt: no block of that layout' err
	fails 127 traflog -i ed0 --layout newest
}

@test "patterns choose rows, and the sums are theirs" {
	traflog -i ed0 -a -r from 10.1 proto tcp > got
	printf '3977\n4294967340\n' | same
	traflog -i ed0 -n -b '#1' -e '#1' FROM 10.1 Port 80 port 25 > got
	same <<-'EOF'

	 (ed0) - at Nov 21 00:00:00 - Nov 21 01:00:00
	 Summary: 3457 data bytes, 3977 all bytes, 2 records
	     From           Port         To            Port  Proto     Data       All
	10.1.0.1           1025    192.0.2.9          80      tcp       3456       3936
	10.1.0.1           1026    192.0.2.9          25      tcp          1         41
	EOF
	traflog -i ed0 -l proto icmp | awk 'NR > 1 { print $9, $10 }' > got
	printf '84 1\n0 0\n' | same
	[ "$(traflog -i ed0 -s -r to 192.0.2.9 proto udp proto 1)" = 240 ]
	traflog -i ed0 -a -w some from 10 mask 255.0.0.0
	[ "$(traflog -i some -s -r)" = 4294971473 ]
	[ "$(traflog -i ed0 -s -r from all proto all)" = 4294971607 ]
}

@test "-d prints the table and needs no account" {
	traflog -d from 10.1 port 80 port 25 from all mask 24 proto tcp > got
	same <<-'EOF'
	 From               To                 Port  Proto
	 10.1.0.0/16        all                80    all
	 10.1.0.0/16        all                25    all
	 all                all                25    6
	EOF
	traflog -d > got
	same <<-'EOF'
	 From               To                 Port  Proto
	 all                all                all   all
	EOF
}

@test "-F reads the pattern from a file, PATTERNPATH says where" {
	mkdir p
	printf '# web\nfrom 10.1 # ours\n\tport 80\nport 25' > p/web
	traflog -d from 10.1 port 80 port 25 > want
	traflog -d -F p/web | cmp - want
	PATTERNPATH=p traflog -d -F web | cmp - want
	PATTERNPATH=nowhere traflog -d -F ./p/web | cmp - want
	[ "$(traflog -i ed0 -r -s -F p/web)" = 4294971317 ]
	fails 1 traflog -d -F nosuch
	fails 127 traflog -d -F p/web from 10
	printf 'from' > p/bad
	fails 127 traflog -d -F p/bad
	grep -q '^traflog: p/bad: keyword without its argument: from$' err
	printf 'from 10\0' > p/bad
	fails 1 traflog -d -F p/bad
}

@test "wrong patterns: a message, the usage, status 127" {
	while IFS='|' read -r args message; do
		# shellcheck disable=SC2086
		fails 127 traflog -i ed0 $args
		head -n 1 err > got
		echo "traflog: $message" | same
		grep -q '^usage: traflog' err
	done <<-'EOF'
	host 10.1|unknown keyword: host; did you mean --where 'host 10.1'?
	10.1.2.3|unknown keyword: 10.1.2.3; did you mean --where 'host 10.1.2.3'?
	10.1.2.0/24|unknown keyword: 10.1.2.0/24; did you mean --where 'net 10.1.2.0/24'?
	yesterday|unknown keyword: yesterday; did you mean --since 'yesterday'?
	last week|unknown keyword: last; did you mean --since 'last week'?
	eth9|unknown keyword: eth9
	from|keyword without its argument: from
	from 10.1 mask|keyword without its argument: mask
	from 10.1 mask 255.0.255.0|unknown mask: 255.0.255.0
	from 10.1 mask 33|unknown mask: 10.1
	from 10.300|unknown host or network: 10.300
	to 10.1/33|unknown network: 10.1/33
	port 65536|unknown port: 65536
	port nosuchport|unknown port: nosuchport
	proto 256|unknown protocol: 256
	proto nosuchproto|unknown protocol: nosuchproto
	EOF
}
