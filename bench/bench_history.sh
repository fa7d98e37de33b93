#!/bin/sh
# The history against its goals, and nfdump beside it.
#
#	bench/bench_history.sh [BLOCKS [ROWS [FRESH]]]
#
# Makes a save file (bench/mkyear.c says of what), feeds it, asks.  A full
# year is 105120 blocks of 10000 rows: 9 GB, and half an hour or more; the
# default is a tenth of its rows.  With NFDUMP=yes the flows of the last 31
# days go to nfcapd(1) too, on the loopback.  Run it where make ran; needs
# Berkeley DB.  Files go to a directory of TMPDIR and are removed.
set -eu

blocks=${1-105120}
rows=${2-1000}
fresh=${3-3}
build=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/trafd-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"

seconds()	# command: how long it takes
{
	seconds_from=$(date +%s.%N)
	"$@" >out 2>err || { cat err >&2; exit 1; }
	echo "$seconds_from $(date +%s.%N)" | awk '{ printf "%.3f s", $2 - $1 }'
}

octets()	# file
{
	wc -c <"$1" | tr -d ' '
}

# The file is no longer in memory: without root's drop_caches.
forget()
{
	dd of=db/history.db oflag=nocache conv=notrunc,fdatasync count=0 \
	    2>/dev/null || :
}

trafdb()
{
	"$build/tools/trafdb" --state-dir "$work" "$@"
}

ask()	# source, arguments
{
	source=$1
	shift
	"$build/tools/traflog" --state-dir "$work" -i eth0 -n --tz=UTC \
	    "--$source" --format=csv "$@"
}

"$build/bench/mkyear" trafd.eth0 "$blocks" "$rows" "$fresh" >/dev/null
file=$(octets trafd.eth0)
echo "save file: $blocks blocks, $rows rows each, $file octets"
echo "update of all: $(seconds trafdb update)"
echo "with hours: $(octets db/history.db) octets"
# One block more each time, as trafsave would: the first one ends an hour, and
# the day and month that it ends with.
for more in 1 2 3 4 5 6 7 8 9; do
	"$build/bench/mkyear" all "$((blocks + more))" "$rows" "$fresh"
	tail -c +"$(($(octets trafd.eth0) + 1))" all >>trafd.eth0
	rm all
	[ "$more" -ne 1 ] || echo "update that ends a month:" \
	    "$(seconds trafdb update)"
	[ "$more" -eq 1 ] || echo "update of one block: $(seconds \
	    trafdb update)"
done
trafdb prune --keep=hours=1d
daily=$(octets db/history.db)
echo "days and months: $daily octets," \
    "$(echo "$daily $file" | awk '{ printf "%.1f %%", $1 * 100 / $2 }')"
month="--since=2025-01-01 --until=2025-02-01"
for _ in 1 2 3; do
	forget
	# shellcheck disable=SC2086 # two words
	echo "one host's month, cold: $(seconds ask history --total $month \
	    --where='host 10.0.0.7')"
	forget
	# shellcheck disable=SC2086 # two words
	echo "20 hosts of a month, cold: $(seconds ask history --by=host \
	    --top=20 $month)"
done
cp out history
# shellcheck disable=SC2086 # two words
echo "the same from the file: $(seconds ask files --by=host --top=20 $month)"
cmp out history

[ "${NFDUMP-}" = yes ] || exit 0
port=${PORT-29995}
"$build/bench/mkyear" month 8928 "$rows" "$fresh" flows
mkdir nf
nfcapd -w "$work/nf" -p "$port" -b 127.0.0.1 -t 86400 -B 8000000 \
    >nfcapd.log 2>&1 &
pid=$!
sleep 2
"$build/bench/nfsend" "$port" <flows
sleep 5
kill $pid
wait $pid || :
echo "nfdump: $(wc -l <flows) flows sent, $(nfdump -R nf -I |
    awk '$1 == "Flows:" { print $2; exit }') there"
echo "nfdump, 20 hosts of the month: $(seconds nfdump -R nf -s ip/bytes \
    -n 20)"
echo "nfdump, one host's month: $(seconds nfdump -R nf -A proto \
    'host 10.0.0.7')"
