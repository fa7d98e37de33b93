#!/usr/bin/env bats
# trafd --layout: save files in BPFT's layouts, read by a reader made from the
# description of the layout alone.

load assert
load report_helpers

setup() {
	report_setup
	command -v python3 >/dev/null || skip "no python3"
	# Two flows of IPv4 and one of IPv6, raw IP.
	python3 - <<-'EOT'
	import socket, struct
	def ip4(src, dst, proto, rest):
	    return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(rest), 0, 0,
	                       64, proto, 0, socket.inet_aton(src),
	                       socket.inet_aton(dst)) + rest
	udp = struct.pack('!HHHH', 1025, 53, 18, 0) + bytes(10)
	tcp = struct.pack('!HHIIBBHHH', 80, 2000, 0, 0, 0x50, 0, 0, 0, 0) + b'x'
	ip6 = struct.pack('!IHBB', 6 << 28, len(udp), 17, 64) + bytes(31) + \
	    b'\1' + bytes(0)
	packets = [ip4('192.0.2.1', '192.0.2.2', 17, udp)] * 3 + \
	    [ip4('10.0.0.1', '10.0.0.2', 6, tcp)] * 2 + [ip6 + udp]
	with open('cap', 'wb') as f:
	    f.write(struct.pack('=IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
	    for i, p in enumerate(packets):
	        f.write(struct.pack('=IIII', 1795215600 + i, 0, len(p),
	                            len(p)) + p)
	EOT
}

account() {
	"$TRAF_BUILDDIR/trafd/trafd" -m 0 -f t0 --state-dir "$dir" \
	    --read cap "$@"
}

readold() {
	perl "$TRAF_SRCDIR/tests/lib/readold.pl" "$@"
}

rows_of() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" -i ./trafd.t0 -a -n --format=tsv |
		tail -n +2 | cut -f 3-7,9,10 | sort
}

@test "old: a reader that knows the layout reads it; IPv6 is told" {
	account --layout old 2>err
	readold trafd.t0 | grep -v '^block' | sort >got
	diff -u - got <<-'EOT'
	10.0.0.1 10.0.0.2 6 1 80 2 82
	192.0.2.1 192.0.2.2 17 2 53 30 114
	EOT
	readold trafd.t0 | grep '^block' >got
	[ "$(wc -l <got)" -eq 1 ]
	grep -q 'IPv6 left out: .*no IPv6; 1 row, 58 bytes in this block' err
	# A second save stands behind the first.
	account --layout old 2>/dev/null
	[ "$(readold trafd.t0 | grep -c '^block')" -eq 2 ]
	[ "$(readold trafd.t0 | grep -c '^192.0.2.1 ')" -eq 2 ]
}

@test "old and new: traflog reads what it reads of trafd's own, but IPv6" {
	account
	rows_of | grep -v : >expected
	[ "$(wc -l <expected)" -eq 2 ]
	rm trafd.t0
	account --layout new 2>/dev/null
	rows_of >got
	diff -u expected got
	rm trafd.t0
	account --layout old 2>/dev/null
	rows_of | sed 's/client/0/' >got
	sed 's/	1025	/	0	/; s/	2000	/	0	/' expected | sort |
		diff -u - got
}

@test "the journal hides from scripts that collect save files" {
	account --layout old 2>/dev/null
	# shellcheck disable=SC2010 # as those scripts do
	ls -A | grep '^trafd\.[A-Za-z0-9_]*$' >got
	[ "$(cat got)" = trafd.t0 ]
	[ -f .trafd.t0.journal ]
	[ ! -e .trafd.t0.journal.new ]
	[ "$(stat -c %a trafd.t0 .trafd.t0.journal | sort -u)" = 640 ]
}

@test "a file taken away, emptied or removed between saves is begun anew" {
	for way in 'mv trafd.t0 away' 'rm trafd.t0' 'cp /dev/null trafd.t0'; do
		account --layout old 2>/dev/null
		$way
		account --layout old 2>/dev/null
		[ "$(readold trafd.t0 | grep -c '^block')" -eq 1 ]
		rm trafd.t0
	done
}

@test "a file of another layout is moved aside, never mixed" {
	account
	cp trafd.t0 first
	account --layout old 2>said
	[ "$(readold trafd.t0 | grep -c '^block')" -eq 1 ]
	cmp first trafd.t0.alien.1
	# Of a whole file, by its size; nothing was cut.
	grep "foreign file moved away: .*/trafd.t0: .*; $(wc -c <first) bytes \
moved to .*/trafd.t0.alien.1$" said
	lacks 'unfinished save' <said
	cp trafd.t0 second
	account --layout new 2>/dev/null
	cmp second trafd.t0.alien.2
	[ "$("$TRAF_BUILDDIR/tools/traflog/traflog" -i ./trafd.t0 -lr)" -eq 1 ]
	cp trafd.t0 third
	account
	cmp third trafd.t0.alien.3
}

@test "a file that BPFT wrote is continued" {
	perl "$TRAF_SRCDIR/tests/lib/mklegacy.pl" old 32 >trafd.t0 <<-'EOT'
	block 1700000000 1700000300
	192.168.0.1 10.100.2.98 6 1 80 12345 13456
	EOT
	account --layout old 2>/dev/null
	[ "$(readold trafd.t0 | grep -c '^block')" -eq 2 ]
	readold trafd.t0 | says -x '192.168.0.1 10.100.2.98 6 1 80 12345 13456'
}

@test "a damaged journal: a message, and nothing is written" {
	account --layout old 2>/dev/null
	cp trafd.t0 before
	printf x | dd of=.trafd.t0.journal bs=1 seek=20 conv=notrunc 2>/dev/null
	fails 1 account --layout old
	[ "$(wc -l <err)" -eq 1 ]
	grep -q 'cannot repair the save file: .*/trafd.t0: journal: ' err
	cmp before trafd.t0
	# Who has looked at it removes it.
	rm .trafd.t0.journal
	account --layout old 2>/dev/null
	[ "$(readold trafd.t0 | grep -c '^block')" -eq 2 ]
}

@test "a layout that is none" {
	for bad in auto x ''; do
		run -127 account --layout "$bad"
		[[ $output == *"trafd, old or new is needed"* ]]
	done
}
