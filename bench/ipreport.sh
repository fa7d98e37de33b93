#!/bin/sh
# The cost of printing a capture: ipreport beside `tcpdump -nvvX' and, if it is
# installed, `tshark -V'.  CPU seconds of BENCH_RUNS runs in turns, medians, and
# the largest memory of ipreport for a tenth of the packets and for all.
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
# tshark once: it takes minutes.
have tshark && run tshark tshark -n -V -r "$pcap"

base=$(median "$BENCH_DIR/text.cost" 1)
echo "$BENCH_PACKETS packets, B; CPU s, its ratio to ipreport, KiB"
for name in text whole sums json tenth tcpdump tshark; do
	[ -s "$BENCH_DIR/$name.cost" ] || continue
	cpu=$(median "$BENCH_DIR/$name.cost" 1)
	printf '%-8s %8s %8s %8s\n' "$name" "$cpu" "$(ratio "$cpu" "$base")" \
	    "$(median "$BENCH_DIR/$name.cost" 2)"
done
