#!/bin/sh
# The cost of printing a capture: ipreport beside `tcpdump -nvvX' and, for a
# tenth of the packets because it takes minutes, `tshark -V'.  CPU seconds of
# BENCH_RUNS runs in turns, medians, and the largest memory.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
BENCH_PACKETS=${BENCH_PACKETS:-1000000}
. "${0%/*}/bench.subr"

ipreport=$BENCH_BUILD/tools/ipreport/ipreport

# run NAME COMMAND...: appends its cost to NAME.cost
run() {
	name=$1
	shift
	"$bin/cost" "$BENCH_DIR/$name.cost" "$@" >/dev/null 2>&1
}

pcap=$(capture B).pcap || exit 1
"$ipreport" -N -c 1 "$pcap" >/dev/null || exit 1
rm -f "$BENCH_DIR"/*.cost
i=0
while [ $i -lt "$BENCH_RUNS" ]; do
	run text "$ipreport" -nvN "$pcap"
	run whole "$ipreport" -nvxN "$pcap"
	run sums "$ipreport" -srvnCN -X 0 "$pcap"
	run json "$ipreport" --format=json "$pcap"
	run tenth "$ipreport" -nvN -c $((BENCH_PACKETS / 10)) "$pcap"
	have tcpdump && run tcpdump tcpdump -nvvX -r "$pcap"
	i=$((i + 1))
done
have tshark && run tshark tshark -n -V -c $((BENCH_PACKETS / 10)) -r "$pcap"

# row NAME BASE: CPU seconds, their ratio to those of BASE, KiB
row() {
	[ -s "$BENCH_DIR/$1.cost" ] || return
	cpu=$(median "$BENCH_DIR/$1.cost" 1)
	printf '%-8s %8s %8s %8s\n' "$1" "$cpu" \
	    "$(ratio "$cpu" "$(median "$BENCH_DIR/$2.cost" 1)")" \
	    "$(median "$BENCH_DIR/$1.cost" 2)"
}

echo "$BENCH_PACKETS packets, B: CPU s, ratio to -nvN, KiB"
for name in text whole sums json tcpdump; do
	row $name text
done
echo "a tenth of them"
row tenth tenth
row tshark tenth
