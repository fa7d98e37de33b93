#!/bin/sh
# CPU time per exchange of the data trace: 100,000 a second, of 1000 octets,
# over the loopback.  What iptrace takes itself, and what its programs in the
# kernel add to those that exchange.  Needs root and cgroup v2.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

if [ "$(id -u)" != 0 ]; then
	echo "data-trace: needs root"
	exit 0
fi
port=29994
n=${BENCH_EXCHANGES:-500000}	# datagrams, each sent and received
rate=50000
tool=
shm=$(mktemp -d -p /dev/shm) || exit 1
chmod 755 "$shm"
trap '[ -z "$tool" ] || kill "$tool"; rm -rf "$shm"' EXIT
trap 'exit 1' HUP INT TERM

spent() {
	cat "/proc/$tool/task/"*/schedstat | awk '{ n += $1 }
	    END { printf "%.0f\n", n }'
}

# measure LEVEL: adds a line "ns of iptrace, ns of the kernel, lost" for each
# exchange
measure() {
	rm -rf "${shm:?}"/*
	"$BENCH_BUILD/iptrace/iptrace" --foreground --user root --run-dir \
	    "$shm" "--data=$1" --portnum $port "$shm/trace" \
	    2>"$shm/log" &
	tool=$!
	until [ -s "$shm/trace" ] || ! kill -0 "$tool" 2>/dev/null; do
		sleep 0.1
	done
	sleep 1
	before=$(spent)
	with=$("$bin/exchange" $port "$n" $rate) || exit 1
	sleep 1
	after=$(spent)
	kill "$tool"
	wait "$tool" 2>/dev/null
	tool=
	without=$("$bin/exchange" $port "$n" $rate) || exit 1
	got=$(awk '/ received, / { print $3 }' "$shm/log")
	awk -v n=$((2 * n)) -v c=$((after - before)) -v w="${with#* }" \
	    -v o="${without#* }" -v g="${got:-0}" 'BEGIN {
		print c / n, (w - o) / 2, n + 4 - g }' >>"$BENCH_DIR/data.$1"
}

i=0
while [ $i -lt "$BENCH_RUNS" ]; do
	for level in FULL ABBREV=0; do
		measure $level
	done
	i=$((i + 1))
done
printf '%-10s %10s %10s %10s %8s %6s\n' level 'iptrace ns' 'kernel ns' \
    'sum ns' 'of goal' lost
for level in FULL ABBREV=0; do
	goal=1000
	[ $level != FULL ] || goal=3000
	own=$(median "$BENCH_DIR/data.$level" 1)
	kernel=$(median "$BENCH_DIR/data.$level" 2)
	awk -v l=$level -v o="$own" -v k="$kernel" -v g=$goal \
	    -v lost="$(median "$BENCH_DIR/data.$level" 3)" 'BEGIN {
		printf "%-10s %10.0f %10.0f %10.0f %8.2f %6d\n", l, o, k,
		    o + k, (o + k) / g, lost }'
done
