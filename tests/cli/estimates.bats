#!/usr/bin/env bats
# --estimate: what a running period will have at its end.  The clock of the
# programs is set, so that every number is exact.

load assert
load report_helpers

setup() {
	report_setup UTC
	${TRAF_CC:-cc} -shared -fPIC -o "$dir/skew.so" \
		"$TRAF_SRCDIR/tests/lib/skew.c" || skip "cannot preload here"
	export SKEW_FILE=$dir/skew
	export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
}

# at TIME COMMAND...: run a program when it is that time.
at() {
	echo $(($(date -d "$1" +%s) - $(date +%s))) > skew
	shift
	LD_PRELOAD=$dir/skew.so "$@"
}

# block FROM TO [LEDGER NUMBER]: lines of mksave; rows follow.
block() {
	echo "block wan0 gate $(date -d "$1" +%s) $(date -d "$2" +%s)"
	[ $# -lt 4 ] || echo "ledger $3 $4"
}

estimate() {	# TIME OPTIONS...
	local time=$1
	shift
	at "$time" "$TRAF_BUILDDIR/tools/traflog/traflog" \
		--state-dir "$dir" -i wan0 -n --estimate "$@"
}

# column NAME: its values.
column() {
	awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++)
		if ($i == name) at = i; next } { print $at }'
}

save() {
	rm -f trafd.wan0
	"$mksave" trafd.wan0
}

kid() {
	echo "8.8.8.8 443 10.0.0.5 client 6 1 1 $1"
	echo "8.8.8.8 443 10.0.0.6 client 6 1 1 $2"
}

@test "a month: of all, of each host, and in all formats" {
	{
		block '2026-11-01 00:00' '2026-11-07 12:00'
		kid 1000000 300000
		block '2026-11-07 12:00' '2026-11-10 00:00'
		kid 800000 0
	} | save
	# 9 of 30 days.
	month=--since='this month'
	estimate '2026-11-10 00:01' "$month" --total --format=csv > out
	[ "$(column bytes < out)" = 2100000 ]
	[ "$(column estimate < out)" = 7000000 ]
	estimate '2026-11-10 00:01' "$month" --by=host --format=csv > out
	grep -q '^10.0.0.5,.*,6000000$' out
	grep -q '^10.0.0.6,.*,1000000$' out
	estimate '2026-11-10 00:01' "$month" --by=host --sort=bytes \
		--percentile=95 --top=1 > got
	grep -Eq '^ Host .* Share .* P95 +Estimate$' got
	grep -Eq '^8.8.8.8 .* 7000000$' got
	grep -Eq '^ \(2 more\) .* 7000000$' got
	grep -Eq '^ total .* 7000000$' got
	grep -qx ' estimate: 2.10 MB so far, 7.00 MB by Nov 30 at this pace (9.0 of 30.0 days accounted)' got
	for by in service pair net/24 proto; do
		estimate '2026-11-10 00:01' "$month" --by=$by --format=csv \
			| column estimate > got
		awk '{ n += $1 } END { exit n < 7000000 }' got
	done
	estimate '2026-11-10 00:01' "$month" --total --format=json > got
	grep -q '"estimate": *7000000' got
	grep -q '"estimate_until": *"2026-12-01T00:00:00Z"' got
	estimate '2026-11-10 00:01' "$month" --total --format=sql > got
	grep -q 'estimate.* ' got
	grep -q '7000000);*$' got
	estimate '2026-11-10 00:01' "$month" --by=host --format=html > got
	grep -q '<p>2.10 MB so far, 7.00 MB by Nov 30 at this pace' got
	grep -q '>Estimate</th>' got
	grep -q 'title="6000000">6.00 MB' got
	# The history says the same.
	if [ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ]; then
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" update --state-dir "$dir"
		for by in host service month,host; do
			estimate '2026-11-10 00:01' --since=2026-11 --by=$by \
				--history --format=csv > got
			estimate '2026-11-10 00:01' --since=2026-11 --by=$by \
				--files --format=csv | same
			grep -q ',7000000$' got || [ $by != service ]
		done
	fi
	# Only what --where, --in and --out ask for.
	estimate '2026-11-10 00:01' "$month" --total --format=csv \
		--where='host 10.0.0.6' | column estimate | grep -qx 1000000
	estimate '2026-11-10 00:01' "$month" --total --format=csv --out \
		--local=10.0.0.0/8 | column estimate | grep -qx 0
}

@test "the first of a month: no number before 1 % of it" {
	{ block '2026-11-01 00:00' '2026-11-01 07:00'; kid 1000 0; } |
		save
	estimate '2026-11-01 07:00' --since='this month' --total > got
	grep -qx ' note: no estimate yet: 0.3 of 30.0 days accounted; at least 1% is needed' got
	lacks 'so far' got
	estimate '2026-11-01 07:00' --since='this month' --total \
		--format=json > got 2> err
	grep -q '"estimate": *null' got
	lacks 'estimate_until' got
	grep -q 'no estimate yet' err
	estimate '2026-11-01 07:00' --since='this month' --total \
		--format=csv 2> err | column estimate | grep -qx ''
	estimate '2026-11-01 07:00' --since='this month' --total \
		--format=sql 2> err | says 'NULL'
	{ block '2026-11-01 00:00' '2026-11-01 12:00'; kid 1000 0; } |
		save
	estimate '2026-11-01 12:00' --since='this month' --total \
		--format=csv | column estimate | grep -qx 60000
}

@test "days of 23 and 25 hours, weeks and hours" {
	export TZ=Europe/Berlin
	# March 29 has 23 hours, October 25 has 25.
	{ block '2026-03-29 00:00' '2026-03-29 01:00'; kid 1000 0
	  block '2026-10-25 00:00' '2026-10-25 01:00'; kid 1000 0; } |
		save
	estimate '2026-03-29 01:30' --since=today --total --format=csv |
		column estimate | grep -qx 23000
	estimate '2026-10-25 01:30' --since=today --total --format=csv |
		column estimate | grep -qx 25000
	estimate '2026-10-25 01:30' --since=today --total |
		says 'by Oct 25 at this pace (1.0 of 25.0 hours accounted)'
	# 7 days and an hour: an hour is too little for a week.
	estimate '2026-10-25 01:30' --since='this week' --total 2>&1 |
		says 'no estimate yet: 0.0 of 7.0 days'
	{ block '2026-11-23 00:00' '2026-11-24 00:00'; kid 1000 0
	  block '2026-11-24 00:00' '2026-11-24 00:15'; kid 40 0; } |
		save
	estimate '2026-11-24 00:15' --since='this hour' --total \
		--format=csv | column estimate | grep -qx 160
	estimate '2026-11-24 00:15' --since='this hour' --total |
		says 'by Nov 24 01:00 at this pace (15.0 of 60.0 minutes'
	estimate '2026-11-24 00:15' --since='this week' --total \
		--format=csv | column estimate | grep -qx 7205
}

@test "an account that began in the middle, and gaps, are not silence" {
	# Of November 20 and 21: 36 hours, 6 of them without the interface.
	{
		block '2026-11-20 00:00' '2026-11-21 00:00'
		kid 1000 0
		block '2026-11-21 12:00' '2026-11-22 00:00' \
			gap_ns 21600000000000
		echo 'ledger away_ns 21600000000000'
		kid 500 0
	} | save
	estimate '2026-11-25 00:00' --since='this month' --total > got
	grep -q '1.50 kB so far, 36.0 kB by Nov 30 .*(1.2 of 30.0 days' got
	# Older blocks do not say why: all of the gap was not accounted.
	{ block '2026-11-20 00:00' '2026-11-21 00:00' gap_ns 43200000000000
	  kid 1000 0; } | save
	estimate '2026-11-25 00:00' --since='this month' --total \
		--format=csv | column estimate | grep -qx 60000
}

@test "a period that --until ends, and rows of the period that is running" {
	{
		block '2026-10-31 00:00' '2026-11-01 00:00'
		kid 700 0
		block '2026-11-14 00:00' '2026-11-15 00:00'
		kid 9000 0
		block '2026-11-15 00:00' '2026-11-17 00:00'
		kid 200 0
		block '2026-11-17 00:00' '2026-11-17 12:00'
		kid 50 25
	} | save
	# From the 15th to the 14th: 30 days, of which 2.5 had 275 bytes.
	estimate '2026-11-17 12:00' --since=2026-11-15 --until=2026-12-14 \
		--total > got
	grep -q '275 B so far, 3.30 kB by Dec 14 at this pace' got
	estimate '2026-11-17 12:00' --since=2026-11-15 --until=2027-11-14 \
		--total 2>&1 | says 'no estimate yet: 2.5 of 365.0 days'
	estimate '2026-11-17 12:00' --by=day --format=csv > got
	grep -q '^2026-11-17,.*,150$' got
	[ "$(grep -c ',$' got)" -eq 3 ]
	estimate '2026-11-17 12:00' --by=month,host --format=csv > got
	# 25 bytes in 3.5 of 30 days.
	grep -q '^2026-11,10.0.0.6,.*,214$' got
	grep -q '^2026-10,10.0.0.5,.*,$' got
	estimate '2026-11-17 12:00' --by=month > got
	lacks 'estimate:' got
	# The year, if it is another one.
	{ block '2026-11-15 00:00' '2026-12-15 00:00'; kid 1000 0; } |
		save
	estimate '2026-12-15 00:00' --since=2026-11-15 --until=2027-01-13 \
		--total | says '2.00 kB by Jan 13 2027 at this pace'
}

@test "no running period: one line that says what to give" {
	{ block '2026-11-01 00:00' '2026-11-07 12:00'; kid 1 1; } |
		save
	while IFS='|' read -r why options; do
		eval "set -- $options"
		run -127 estimate '2026-11-10 00:00' "$@"
		[ "${#lines[@]}" -eq 1 ]
		says -- "$why" <<< "$output"
	done <<-'EOT'
	no period: --estimate needs|--total
	yesterday: this has ended; .*"this month"|--total --since=yesterday
	2026-10: this has ended|--total --since=2026-09 --until=2026-10
	2026-10: this has ended|--total --since=2026-10
	-7d: this has no end|--total --since=-7d
	2026-12: this has not begun|--total --since=2026-12
	a block is no period|--by=block --since=today
	svg: a chart shows no|--total --since=today --format=svg
	--estimate needs --by|--since=today
	EOT
	run -127 estimate '2026-11-10 00:00' --graph --since=today
	says -- '--graph' <<< "$output"
}

@test "several interfaces of the same time have no estimate" {
	{ block '2026-11-01 00:00' '2026-11-02 00:00'; kid 1000 0
	  block '2026-11-02 00:00' '2026-11-03 00:00' | sed 's/gate/new/'
	  kid 1000 0; } | save
	# A machine that was renamed is one.
	estimate '2026-11-03 00:00' --since='this month' --total \
		--format=csv 2>/dev/null | column estimate | grep -qx 30000
	{ block '2026-11-01 00:00' '2026-11-02 00:00'; kid 1000 0
	  block '2026-11-01 00:00' '2026-11-02 00:00' | sed 's/wan0/lan0/'
	  kid 1000 0; } | save
	estimate '2026-11-03 00:00' --since='this month' --total |
		says 'note: no estimate: blocks of several interfaces'
}
