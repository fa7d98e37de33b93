#!/usr/bin/env bats
# Programs that were written for BPFT, rebuilt from what is known of them:
# how they call traflog and what they do with its output.  The sixth, rc
# scripts, and the commands of the others around a live daemon are in
# scripts-live.bats.

load assert
load report_helpers

setup() {
	report_setup UTC0
	"$mksave" trafd.fxp0 <<-'EOF'
	block fxp0 gate 1795219200 1795305540
	192.168.0.1 80 10.100.2.98 1025 6 10 12345 13456
	10.0.0.1 1026 10.0.0.2 53 17 2 60 120
	10.0.0.3 0 10.0.0.4 0 1 1 56 84
	2001:db8:ffff:ffff:ffff:ffff:ffff:1 443 2001:db8:ffff:ffff:ffff:ffff:ffff:2 1027 6 4 400 640
	other 0 other 0 0 9 900 1260
	block fxp0 gate 1795305600 1795391940
	192.168.0.1 80 10.100.2.98 1025 6 3 1000 1120
	10.0.0.3 0 10.0.0.4 0 1 1 56 84
	EOF
}

@test "1. loader for a data base: awk on the rows of a merged file" {
	traflog -i fxp0 -a -n -s 2> /dev/null | grep -v '^ ' | awk '
	$5 == "icmp" || $5 == "tcp" || $5 == "udp" {
		print "insert", $1, $2, $3, $4, $5, $6, $7
	}' > got
	same <<-'EOF'
	insert 192.168.0.1 80 10.100.2.98 1025 tcp 13345 14576
	insert 2001:db8:ffff:ffff:ffff:ffff:ffff:1 443 2001:db8:ffff:ffff:ffff:ffff:ffff:2 1027 tcp 400 640
	insert 10.0.0.3 0 10.0.0.4 0 icmp 112 168
	insert 10.0.0.1 1026 10.0.0.2 53 udp 60 120
	EOF
}

@test "2. colocation billing: the last block as text, summed per address" {
	traflog -i fxp0 -n > daily.txt
	awk '/^[^ ]/ { all[$1] += $7; all[$3] += $7 }
	END { for (a in all) print a, all[a] }' daily.txt | sort > got
	same <<-'EOF'
	10.0.0.3 84
	10.0.0.4 84
	10.100.2.98 1120
	192.168.0.1 1120
	EOF
}

@test "3. provider's billing: files found by name, moved away, read twice" {
	# trafd.fxp0 is an account by its name; what is beside it is not.
	mkdir arc tmp
	: > .trafd.fxp0.x
	# shellcheck disable=SC2010
	ls "$dir" | grep '^trafd.\(\w\)\+$' > got
	echo trafd.fxp0 | same
	mv trafd.fxp0 arc/
	cd arc
	export FORMATPATH=$TRAF_SRCDIR/tools/traflog/traflog.format.sample
	for i in 1 2; do
		traflog -o iopenbill -a -n -i ./trafd.fxp0 > ../bill.$i
	done
	cd "$dir"
	cmp bill.1 bill.2
	awk '{ n += $4 } END { print n }' bill.1 > got
	echo 16764 | same
	# No header, no leading blank: epoch, source, destination, bytes.
	head -n 2 bill.1 > got
	same <<-'EOF'
	1795305540 192.168.0.1 10.100.2.98 13456
	1795305540 2001:db8:ffff:ffff:ffff:ffff:ffff:1 2001:db8:ffff:ffff:ffff:ffff:ffff:2 640
	EOF
	[ "$(traflog -i arc/trafd.fxp0 -r -s)" = 16764 ]
}

@test "4. report in Perl: headers skipped, dates taken apart, six fields" {
	command -v perl > /dev/null || skip "no perl"
	traflog -a -n -i "$dir/trafd.fxp0" > text
	perl -ne '
		next if /From.*Port|Summary/ || /^\s*$/;
		if (/.* at (.+)\s+-\s+(.+)$/) { print "$1|$2\n"; next; }
		my @f = split;
		die "short: $_" if @f < 6;
		$n++; $all += $f[6];
		END { print "$n rows $all\n" }' text > got
	same <<-'EOF'
	Nov 21 00:00:00|Nov 21 23:59:00
	Nov 22 00:00:00|Nov 22 23:59:00
	7 rows 16764
	EOF
	# Both halves are dates for a general parser.
	if perl -MTime::Piece -e 1 2> /dev/null; then
		perl -MTime::Piece -ne 'next unless /.* at (.+)\s+-\s+(.+)$/;
		    Time::Piece->strptime($_, "%b %e %H:%M:%S") for $1, $2' text
	fi
}

@test "5. reader in Perl of the old layout, as an account's own program" {
	command -v perl > /dev/null || skip "no perl"
	cat > reader.pl <<-'EOF'
	# Blocks of OLD; a dump file begins with 136240.
	my ($file) = @ARGV;
	open my $in, '<', $file or die "$file: $!";
	binmode $in;
	local $/;
	my $octets = <$in>;
	my $at = unpack('l', $octets) == 136240 ? 4 : 0;
	my @server = ('-', 'src', 'dst', 'both');
	while ($at < length $octets) {
		my ($n, $begin, $end) = unpack 'l l x4 l x4', substr $octets, $at, 20;
		print "block $n $begin $end\n";
		$at += 20;
		for (1 .. $n) {
			my @f = unpack 'C4 C4 C C S L L', substr $octets, $at, 20;
			printf "%s %s %d %s %d %d %d\n", join('.', @f[0 .. 3]),
			    join('.', @f[4 .. 7]), $f[8], $server[$f[9]],
			    @f[10, 12, 11];
			$at += 20;
		}
	}
	die "cut" if $at != length $octets;
	EOF
	# IPv6 has no place there: told, and in the status.
	status=0
	traflog -i fxp0 -a -w old --layout old 2> err || status=$?
	[ "$status" -eq 1 ]
	grep -q '^traflog: IPv6 left out: old: 1 row, 400 data bytes, 640 IP bytes$' err
	perl reader.pl old > got
	same <<-'EOF'
	block 4 1795219200 1795305540
	10.0.0.1 10.0.0.2 17 dst 53 60 120
	10.0.0.3 10.0.0.4 1 - 0 56 84
	192.168.0.1 10.100.2.98 6 src 80 12345 13456
	0.0.0.0 0.0.0.0 0 - 0 900 1260
	block 2 1795305600 1795391940
	10.0.0.3 10.0.0.4 1 - 0 56 84
	192.168.0.1 10.100.2.98 6 src 80 1000 1120
	EOF
	# A dump file.
	{ printf '\060\024\002\000'; cat old; } > dump
	perl reader.pl dump | cmp - got
	# traflog reads it too: the other side is a client.
	[ "$(traflog -i old -a -n | awk '$2 == 80 { print $4 }' | sort -u)" = client ]
	[ "$(traflog -i old -r -s)" = 16124 ]
}
