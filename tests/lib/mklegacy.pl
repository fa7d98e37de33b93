#!/usr/bin/perl
# Tests only: make files in BPFT's layouts from a description on standard input
# and write them to standard output:
#
#	mklegacy.pl old|new 32|64|64a [CAPACITY]
#
# 32, 64: width of times; 64a: aligned; with CAPACITY a dump file.  Lines are
#
#	block BEGIN END			seconds since 1970, 12 or 12.000005
#	SRC DST PROTO SPORT DPORT DATA ALL		a row of it (new)
#	SRC DST PROTO SERVER PORT DATA ALL		a row of it (old)
use strict;
use warnings;

my ($layout, $times, $capacity) = @ARGV;
my $pad = $ENV{PAD} // "\0";	# what the compiler left is anything
my ($head, @rows);

sub timeval {
	my ($sec, $usec) = split /\./, shift;
	$usec = substr(($usec // '') . '000000', 0, 6);
	return pack($times eq '32' ? 'l<2' : 'q<2', $sec, $usec);
}

sub address { return pack('C4', split /\./, shift) }

sub record {
	my ($src, $dst, $proto, $a, $b, $data, $all) = @_;
	my $key = address($src) . address($dst);
	return $key . pack('C C S< L<2', $proto, $a, $b, $all, $data)
	    if $layout eq 'old';
	return $key . pack('C a S<2 a2 L<2', $proto, $pad, $a, $b,
	    $pad x 2, $all, $data);
}

sub finish {
	return unless $head;
	my (undef, $begin, $end) = @$head;
	print pack('l<', scalar @rows), $times eq '64a' ? $pad x 4 : '',
	    timeval($begin), timeval($end), @rows;
	@rows = ();
}

binmode STDOUT;
print pack('l<', $capacity) if defined $capacity;
while (<STDIN>) {
	my @field = split;
	next unless @field;
	if ($field[0] eq 'block') {
		finish();
		$head = [@field];
	} else {
		push @rows, record(@field);
	}
}
finish();
