#!/bin/sh
# The history: time of queries with a cold page cache, time to add one block,
# size.  For comparison the same from the save file, and with nfdump.
#
# mkyear makes BENCH_BLOCKS blocks of BENCH_ROWS rows, which are fed to the
# history; the default is a tenth of a year.  A year is "105120 10000": 9 GB of
# file, 11 GB of database, 10 to 20 minutes.  BENCH_YEAR names a directory with
# a year from an earlier run; one block per update is added to it.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

blocks=${BENCH_BLOCKS:-10512}
rows=${BENCH_ROWS:-10000}
year=${BENCH_YEAR:-$BENCH_DIR/year}
db=$year/db/history.db
month="--since=2025-01-01 --until=2025-02-01"

octets()	# file
{
	wc -c <"$1" | tr -d ' '
}

# Drop the database from the page cache.
forget()
{
	sync "$db"
	dd if="$db" iflag=nocache count=0 2>/dev/null
}

# once WHAT COMMAND: prints CPU and elapsed seconds
once()
{
	what=$1
	shift
	rm -f "$BENCH_DIR/cost"
	if ! "$bin/cost" "$BENCH_DIR/cost" "$@" >"$BENCH_DIR/out" 2>&1; then
		tail -3 "$BENCH_DIR/out"
		return 1
	fi
	awk -v what="$what" '{ printf "%-40s %9.3f s CPU %9.3f s elapsed\n",
	    what, $1, $4 }' "$BENCH_DIR/cost"
}

# often WHAT BEFORE COMMAND: prints medians, and KiB read from the disk
often()
{
	what=$1 before=$2
	shift 2
	: >"$BENCH_DIR/costs"
	i=0
	while [ $i -lt "$BENCH_RUNS" ]; do
		i=$((i + 1))
		$before
		once "$what" "$@" >/dev/null || return 1
		cat "$BENCH_DIR/cost" >>"$BENCH_DIR/costs"
	done
	printf '%-40s %9.3f s CPU %9.3f s elapsed (to %.3f) %7s KiB read\n' \
	    "$what" "$(median "$BENCH_DIR/costs" 1)" \
	    "$(median "$BENCH_DIR/costs" 4)" \
	    "$(sort -n -k4 "$BENCH_DIR/costs" | tail -1 | cut -d ' ' -f 4)" \
	    "$(median "$BENCH_DIR/costs" 5)"
}

trafdb()
{
	"$BENCH_BUILD/tools/trafdb/trafdb" --state-dir "$year" "$@"
}

traflog="$BENCH_BUILD/tools/traflog/traflog --state-dir $year -i eth0 -n --tz=UTC
    --format=csv"

make_year()
{
	mkdir -p "$year"
	once "file made" "$bin/mkyear" "$year/trafd.eth0" "$blocks" "$rows"
	once "rebuild, $blocks blocks" "$BENCH_BUILD/tools/trafdb/trafdb" \
	    --state-dir "$year" update
	echo "with all hours: $(octets "$db") octets"
	once "hours given up" "$BENCH_BUILD/tools/trafdb/trafdb" \
	    --state-dir "$year" prune --keep=hours=1d
}

sizes()
{
	echo "$(octets "$db") $(octets "$year/trafd.eth0")" | awk '{
		printf "file %.0f octets, days and months %.0f: %.1f %%\n", $2,
		    $1, $1 * 100 / $2 }'
	trafdb stat
}

questions()
{
	# shellcheck disable=SC2086 # words
	{
	often "a host's month, cold" forget $traflog --history $month \
	    --total --where='host 10.0.0.7'
	often "20 hosts of a month, cold" forget $traflog --history $month \
	    --by=host --top=20
	cp "$BENCH_DIR/out" "$BENCH_DIR/history"
	often "the same, warm" : $traflog --history $month --by=host --top=20
	often "20 hosts of 31 days of two months, cold" forget $traflog \
	    --history --since=2025-01-03 --until=2025-02-03 --by=host --top=20
	once "20 hosts of a month, from the file" $traflog --files $month \
	    --by=host --top=20
	cmp "$BENCH_DIR/out" "$BENCH_DIR/history"
	once "20 hosts of a day, from the file" $traflog --files \
	    --since=2025-01-31 --until=2025-02-01 --by=host --top=20
	}
}

# Append one more block to the file, as trafsave would.
add_block()
{
	known=$(trafdb stat eth0 | sed -n 's/^eth0: \([0-9]*\) blocks.*/\1/p')
	"$bin/mkyear" -b "$known" "$year/trafd.eth0" 1 "$rows"
	forget
}

# Send the last month's flows to nfcapd(1) on the loopback.
nfdump_beside()
{
	nf=$BENCH_DIR/nf port=${PORT:-29995}
	mkdir "$nf"
	"$bin/mkyear" "$BENCH_DIR/month" 8928 "$rows" 3 "$BENCH_DIR/flows"
	nfcapd -w "$nf" -p "$port" -b 127.0.0.1 -t 86400 -B 8000000 \
	    >"$BENCH_DIR/nfcapd.log" 2>&1 &
	pid=$!
	sleep 2
	"$bin/nfsend" "$port" <"$BENCH_DIR/flows"
	sleep 5
	kill $pid
	wait $pid
	echo "nfdump: $(wc -l <"$BENCH_DIR/flows") flows sent, $(nfdump -R \
	    "$nf" -I | awk '$1 == "Flows:" { print $2; exit }') there"
	often "nfdump, 20 hosts of the month" : nfdump -R "$nf" -s ip/bytes \
	    -n 20
	often "nfdump, a host's month" : nfdump -R "$nf" -A proto \
	    'host 10.0.0.7'
}

[ -x "$BENCH_BUILD/tools/trafdb/trafdb" ] || {
	echo "built without Berkeley DB"
	exit 0
}
[ -f "$db" ] || make_year
sizes
questions
often "update of one block" add_block "$BENCH_BUILD/tools/trafdb/trafdb" \
    --state-dir "$year" update
[ "${BENCH_FLOWS-}" != yes ] || nfdump_beside
