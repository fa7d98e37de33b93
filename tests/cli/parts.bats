#!/usr/bin/env bats
# traflog -s of a file that is long enough for several threads: the same
# account, and the same said about damage, as by one.

load assert

setup() {
	T=$(mktemp -d)
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	"$TRAF_BUILDDIR/tests/lib/sender" - random 20000 \
		>"$T/pcap" 2>"$T/sent"
	mkdir "$T/state"
	"$TRAF_BUILDDIR/trafd/trafd" --read "$T/pcap" -f x -m 0 \
		--state-dir "$T/state"
	one=$(wc -c <"$T/state/trafd.x")
	blocks=$((4 * 1048576 / one + 2))
	for _ in $(seq $blocks); do
		cat "$T/state/trafd.x"
	done >"$T/long"
}

teardown() {
	rm -rf "$T"
}

# merged FILE: addresses, ports, protocol and counts of each row.
merged() {
	"$TRAFLOG" -a -s -n --format=tsv -i "$1" | tail -n +2 | cut -f 3-10
}

times() {
	awk -F '\t' -v OFS='\t' -v n="$1" '{
		print $1, $2, $3, $4, $5, $6 * n, $7 * n, $8 * n }'
}

@test "a long file merged: each block once" {
	merged "$T/state/trafd.x" | times "$blocks" >"$T/want"
	[ "$(wc -l <"$T/want")" -gt 10000 ]
	merged "$T/long" >"$T/got"
	diff "$T/want" "$T/got"
	"$TRAFLOG" -a -s --coverage --format=tsv -i "$T/long" >"$T/ledger"
	"$TRAFLOG" -a -s -w "$T/one" -i "$T/long"
	"$TRAFLOG" -a -s --coverage --format=tsv -i "$T/one" |
		diff "$T/ledger" -
}

@test "damage in every part is told once, in the order of the file" {
	for n in 1 3 $((blocks - 2)); do
		printf x | dd of="$T/long" bs=1 seek=$((n * one + one / 2)) \
			conv=notrunc status=none
	done
	merged "$T/state/trafd.x" | times $((blocks - 3)) >"$T/want"
	status=0
	merged "$T/long" >"$T/got" 2>"$T/err" || status=$?
	[ "$status" -eq 1 ]
	diff "$T/want" "$T/got"
	grep -o 'at byte [0-9]*' "$T/err" >"$T/places" || cat "$T/err"	# to be seen
	[ "$(wc -l <"$T/places")" -eq 3 ]
	sort -c -n -k 2 "$T/places"
}

# Several segments are written, and more rows than one thread would sort.
@test "a long file merged into a file: in order, as it is printed" {
	"$TRAF_BUILDDIR/tests/lib/sender" - random 150000 \
		>"$T/pcap" 2>"$T/sent"
	"$TRAF_BUILDDIR/trafd/trafd" --read "$T/pcap" -f y -m 0 \
		--state-dir "$T/state"
	for _ in 1 2 3; do
		cat "$T/state/trafd.y"
	done >"$T/three"
	[ "$(wc -c <"$T/three")" -gt $((2 * 1048576)) ]
	"$TRAFLOG" -a -s -w "$T/sum" -i "$T/three"
	"$TRAFLOG" --check -i "$T/sum"
	merged "$T/three" >"$T/want"
	[ "$(wc -l <"$T/want")" -gt 65536 ]
	merged "$T/sum" | cmp "$T/want" -
	"$TRAFLOG" -a -s -w "$T/again" -i "$T/sum"
	cmp "$T/sum" "$T/again"
}

# Rows of several segments are in the sum when the last one is found damaged.
@test "damage behind good rows of a block: none of them counts" {
	"$TRAF_BUILDDIR/tests/lib/sender" - random 150000 \
		>"$T/pcap" 2>"$T/sent"
	"$TRAF_BUILDDIR/trafd/trafd" --read "$T/pcap" -f y -m 0 \
		--state-dir "$T/state"
	merged "$T/state/trafd.y" >"$T/want"
	[ "$(wc -l <"$T/want")" -gt 65536 ]
	cat "$T/state/trafd.y" "$T/state/trafd.y" >"$T/two"
	printf x | dd of="$T/two" bs=1 conv=notrunc status=none \
		seek=$(($(wc -c <"$T/two") - 1000))
	status=0
	merged "$T/two" >"$T/got" 2>"$T/err" || status=$?
	[ "$status" -eq 1 ]
	cmp "$T/want" "$T/got"
	[ "$(grep -c 'damaged block: ' "$T/err")" -eq 1 ]
}
