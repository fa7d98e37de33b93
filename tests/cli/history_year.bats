#!/usr/bin/env bats
# The goals of the history at a hundredth of their rows: all the 5-minute
# blocks of a quarter (tests/soak.sh has a year, a sanitizer five weeks).  What
# is read and written is held against limits, not the time that it takes;
# bench/bench_history.sh takes the time of a year of full blocks.

load assert
load sanitized

setup_file() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	export blocks=${TRAF_YEAR_BLOCKS:-26280}
	export TRAF_BUILDDIR TZ=UTC LC_ALL=C
	# The last test appends to what the others read.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] || return 0
	if sanitized "$TRAF_BUILDDIR/tools/trafdb/trafdb"; then blocks=9216; fi
	cd "$BATS_FILE_TMPDIR"
	"$TRAF_BUILDDIR/bench/mkyear" trafd.eth0 "$blocks" 100
	trafdb update
	trafdb prune --keep=hours=1d
}

setup() {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	cd "$BATS_FILE_TMPDIR"
	export out=$BATS_TEST_TMPDIR/out
}

trafdb() {
	timeout 300 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir . "$@"
}

traflog() {
	timeout 120 "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir . -i eth0 -n \
	    --since=2025-01-01 --until=2025-02-01 --format=csv "$@"
}

size() {
	wc -c < "$1"
}

# io COMMAND: its output to $out; octets it has read and written by system
# calls in $rchar and $wchar, where the system tells (Linux does).
io() {
	rchar=0 wchar=0
	bash -c '"$@" > "$out" && { cat /proc/$$/io > "$out.io" || :; }' \
	    bash "$@" 2> "$out.err"
	[ -r /proc/self/io ] || return 0
	rchar=$(awk '$1 == "rchar:" { print $2 }' "$out.io")
	wchar=$(awk '$1 == "wchar:" { print $2 }' "$out.io")
	[ "$rchar" -gt 1000 ]	# this was looked at
}

@test "days and months take less than 15 % of the file" {
	[ "$(size db/history.db)" -gt 100000 ]
	[ $(($(size db/history.db) * 100)) -lt $(($(size trafd.eth0) * 15)) ]
}

@test "a host's month: some pages, and what the file says" {
	export -f traflog
	io traflog --history --total --where='host 10.0.0.7'
	[ "$rchar" -lt 1000000 ]
	traflog --files --total --where='host 10.0.0.7' > "$out.files"
	[ "$(size "$out")" -gt 50 ]
	cmp "$out" "$out.files"
}

@test "20 hosts of a month: the month, and what the file says" {
	export -f traflog
	io traflog --history --by=host --top=20
	[ "$rchar" -lt 1500000 ]
	[ "$(wc -l < "$out")" -eq 21 ]
	traflog --files --by=host --top=20 > "$out.files"
	cmp "$out" "$out.files"
}

# months: that the blocks are of.
months() {
	date -u -d "2025-01-01 $((blocks * 5 - 1)) minutes" +%-m
}

@test "a year by month: what the file says" {
	year="--since=2025-01-01 --until=2026-01-01 --by=month"
	# shellcheck disable=SC2086 # words
	for how in history files; do
		traflog --$how $year > "$out.$how"
	done
	[ "$(wc -l < "$out.history")" -eq $(($(months) + 1)) ]
	cmp "$out.history" "$out.files"
}

@test "one block more: neither file nor history is read or written again" {
	export -f trafdb
	"$TRAF_BUILDDIR/bench/mkyear" -b "$blocks" trafd.eth0 2 100
	# With the checksums and times of a month's blocks, 200 kB, and with
	# Berkeley DB's log, a file of up to 10 MB that is read when it opens.
	io trafdb update
	[ "$rchar" -lt 12000000 ]
	[ "$wchar" -lt 5500000 ]
	"$TRAF_BUILDDIR/bench/mkyear" -b $((blocks + 2)) trafd.eth0 1 100
	io trafdb update
	[ "$rchar" -lt 12000000 ]
	[ "$wchar" -lt 4500000 ]
	trafdb stat | says "^eth0: $((blocks + 3)) blocks"
}
