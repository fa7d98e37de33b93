#!/bin/sh
# The daemon dumps a table of a million rows twice and saves it, while 200,000
# packets per second come in.  Prints how many packets were counted and lost,
# and the peak of its memory.  Needs root.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

need_net saving
trap 'remove_net; rm -rf "$BENCH_DIR/fresh"' EXIT
trap 'exit 1' HUP INT TERM

# field NAME: prints a ledger entry, summed over the save file
field() {
	"$BENCH_BUILD/tools/traflog/traflog" --coverage -a -s --format=tsv \
	    -i "$fresh/trafd.bench" | awk -F '\t' -v want="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) n = i }
		NR == 2 { print $n }'
}

# run SOURCE FLOWS PACKETS PPS
run() {
	fresh
	ip netns exec "$b" "$BENCH_BUILD/trafd/trafd" --foreground -i v1 \
	    -f bench -m 0 --user root --source "$1" --run-dir "$fresh/run" \
	    --state-dir "$fresh" >"$fresh.log" 2>&1 &
	tool=$!
	sleep 2
	ip netns exec "$a" "$BENCH_BUILD/tests/lib/sender" v0 "$2" "$3" "$4" \
	    >/dev/null &
	sender=$!
	t0=$(date +%s)
	sleep $(($3 / $4 / 2))
	for signal in HUP HUP INT; do
		kill -s "$signal" "$tool"
		sleep 2
	done
	wait "$sender"
	t1=$(date +%s)
	sleep 1
	peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$tool/status")
	kill -s INT "$tool"
	sleep 3
	kill "$tool"
	wait "$tool" 2>/dev/null
	tool=
	printf '%-8s %10s %10s %10s %10s %10s\n' "$1" "$3" \
	    "$(field ip)" "$(field drop_kernel)" \
	    $(($3 / (t1 - t0))) $((peak / 1024))
	"$BENCH_BUILD/tools/traflog/traflog" -l -i "$fresh/trafd.bench"
}

printf '%-8s %10s %10s %10s %10s %10s\n' source sent counted lost \
    "a second" "peak MiB"
make_net
for source in pcap ebpf; do
	run "$source" 1000000 "$BENCH_PACKETS" 200000
done
