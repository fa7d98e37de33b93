#!/bin/sh
# One flow in a large trace: ipreport --where with the trace's index, without
# it, and tcpdump; and what the index costs its writer.  The trace, of 10 M
# packets of 984 octets, takes 10 GB of BENCH_DIR and is removed afterwards.
#
#	planted		100 packets within 10,000: a conversation
#	spread		about 100 packets, evenly over all of the trace: the worst
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

packets=${BENCH_FIND_PACKETS:-10000000}
ipreport=$BENCH_BUILD/tools/ipreport/ipreport
trace=$BENCH_DIR/find.pcap
need=$((packets * 1050 / 1024))

room=$(df -Pk "$BENCH_DIR" | awk 'NR == 2 { print $4 }')
if [ "$room" -lt "$need" ]; then
	echo "find: needs $need KiB in $BENCH_DIR, $room are free (set" \
	    "BENCH_FIND_PACKETS to fewer)"
	exit 0
fi
trap 'rm -f "$trace" "$trace.idx"' EXIT
trap 'exit 1' HUP INT TERM

line() {
	printf '%-44s %10s %10s %10s\n' "$@"
}

# timed WHAT COMMAND...: how long it took, and how many packets were found
timed() {
	what=$1
	shift
	rm -f "$BENCH_DIR/t.cost"
	i=0
	while [ $i -lt "$BENCH_RUNS" ]; do
		"$bin/cost" "$BENCH_DIR/t.cost" "$@" >"$BENCH_DIR/out" 2>&1
		i=$((i + 1))
	done
	line "$what" "$(median "$BENCH_DIR/t.cost" 4)" \
	    "$(median "$BENCH_DIR/t.cost" 1)" "$found"
}

# count HOST: packets that tcpdump finds
count() {
	if have tcpdump; then
		tcpdump -nr "$trace" host "$1" 2>/dev/null | wc -l | tr -d ' '
	else
		echo -
	fi
}

index_cost() {
	for f in 1000 100000; do
		"$bin/gencap" -f $f -n 2000000 "$trace" >/dev/null
		for how in "" -w; do
			# shellcheck disable=SC2086 # an option or none
			printf '%-44s %10s\n' \
			    "index, $f flows${how:+, whole frames}" \
			    "$("$bin/bench_index" $how "$trace" "$trace.idx")"
		done
	done
}

printf '%-44s %10s\n' "index: CPU of the recorder" "ns/packet"
index_cost
"$bin/gencap" -f 100000 -n "$packets" -w 984 -p $((packets * 6 / 10)) \
    "$trace" >"$BENCH_DIR/find.truth" || exit 1
planted=$(awk '$1 == "planted" { print $2 }' "$BENCH_DIR/find.truth")
echo
line "finding in $(wc -c <"$trace" | tr -d ' ') bytes" seconds "CPU s" found
found=-
timed "ipreport --index" "$ipreport" --index "$trace"
spread=$("$BENCH_BUILD/tools/traflog/traflog" -n -i "$trace.idx" --by host \
    --sort packets --format=csv 2>/dev/null | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "packets") c = i; next }
	$c <= 104 && $1 !~ /^10[.]20/ { print $1; exit }')
for host in "$planted" "$spread"; do
	name=planted
	[ "$host" = "$planted" ] || name=spread
	found=$(count "$host")
	timed "$name: ipreport --where --write" "$ipreport" \
	    --where "host $host" --write "$BENCH_DIR/found.pcapng" "$trace"
	! have tcpdump || timed "$name: tcpdump -r, host" tcpdump -nr "$trace" \
	    -w "$BENCH_DIR/found.pcap" host "$host"
done
rm -f "$trace.idx"
found=$(count "$planted")
timed "planted: ipreport, no index" "$ipreport" --where "host $planted" \
    --write "$BENCH_DIR/found.pcapng" "$trace"
