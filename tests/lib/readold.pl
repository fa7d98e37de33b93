#!/usr/bin/perl
# Tests only: read a save file of BPFT's OLD layout independently of trafd: per
# block `int32 n, int32 begin, 4 octets skipped, int32 end, 4 octets skipped',
# then n records of 20 octets.  A dump file begins with an int32 of 136240.
# Prints
#
#	block BEGIN END
#	SRC DST PROTO SERVER PORT DATA ALL
use strict;
use warnings;

open(my $fh, '<:raw', $ARGV[0]) or die "$ARGV[0]: $!\n";

sub take {
	my ($n) = @_;
	my $got = read($fh, my $octets, $n);
	die "$ARGV[0]: ends within a block\n" if $got && $got != $n;
	return $got ? $octets : undef;
}

my $first = 1;
while (defined(my $octets = take(4))) {
	my $n = unpack('l<', $octets);
	if ($first && $n == 136240) {
		$n = unpack('l<', take(4));
	}
	$first = 0;
	my ($begin, $end) = unpack('l< x4 l< x4', take(16));
	print "block $begin $end\n";
	for (1 .. $n) {
		my @r = unpack('C4 C4 C C S< L< L<', take(20));
		printf "%d.%d.%d.%d %d.%d.%d.%d %d %d %d %d %d\n",
		    @r[0 .. 10], $r[12], $r[11];
	}
}
