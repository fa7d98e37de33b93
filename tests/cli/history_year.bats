#!/usr/bin/env bats
# The goals of the history at a hundredth of their size: five weeks of
# 5-minute blocks.  What is read and written is held against limits, not the
# time that it takes; bench/bench_history.sh takes the time of a whole year.

bats_require_minimum_version 1.5.0

setup_file() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	export TRAF_BUILDDIR TZ=UTC LC_ALL=C
	# The last test appends to what the others read.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ -x "$TRAF_BUILDDIR/tools/trafdb" ] || return 0
	cd "$BATS_FILE_TMPDIR"
	"$TRAF_BUILDDIR/bench/mkyear" trafd.eth0 9216 100
	trafdb update
	trafdb prune --keep=hours=1d
}

setup() {
	[ -x "$TRAF_BUILDDIR/tools/trafdb" ] ||
	    skip "built without Berkeley DB"
	cd "$BATS_FILE_TMPDIR"
	export out=$BATS_TEST_TMPDIR/out
}

trafdb() {
	timeout 120 "$TRAF_BUILDDIR/tools/trafdb" --state-dir . "$@"
}

traflog() {
	timeout 120 "$TRAF_BUILDDIR/tools/traflog" --state-dir . -i eth0 -n \
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
	eval "$(sed -n 's/^\([rw]char\): \([0-9]*\)$/\1=\2/p' "$out.io")"
}

@test "days and months take less than a tenth of the file" {
	[ "$(size db/history.db)" -gt 100000 ]
	[ $(($(size db/history.db) * 10)) -lt "$(size trafd.eth0)" ]
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

@test "one block more: neither file nor history is read or written again" {
	export -f trafdb
	"$TRAF_BUILDDIR/bench/mkyear" -b 9216 trafd.eth0 2 100
	io trafdb update
	[ "$rchar" -lt 4000000 ]
	[ "$wchar" -lt 5000000 ]
	"$TRAF_BUILDDIR/bench/mkyear" -b 9218 trafd.eth0 1 100
	io trafdb update
	[ "$rchar" -lt 4000000 ]
	[ "$wchar" -lt 2500000 ]
	trafdb stat | grep -q '^eth0: 9219 blocks'
}
