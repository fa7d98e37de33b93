#!/bin/sh
# CPU time per packet of recording: iptrace with and without its index, and
# tcpdump -w and dumpcap on the same traffic, whole frames and 96 octets.  Each
# records at one end of a veth pair to a file in memory.  Measured from the
# first packet to the last, without start and end.  The sender runs on
# processor 0, the recorder alone on 1.  Needs root.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

need_net iptrace
rates=${BENCH_RATES:-"100000:600000"}
data=607		# frames of 358 octets on average
shm=$(mktemp -d -p /dev/shm) || exit 1
chmod 755 "$shm"
trap 'remove_net; rm -rf "$shm" "$BENCH_DIR/iptrace"' EXIT
trap 'exit 1' HUP INT TERM

# on_b COMMAND...: runs it in namespace $b in the background, on processor 1;
# its PID is in $tool
on_b() {
	ip netns exec "$b" taskset -c 1 "$@" >"$shm/log" 2>&1 &
	tool=$!
}

start() {
	rm -rf "$shm"/*
	case $1 in
	iptrace) set -- --no-index -S "$2" ;;
	iptrace-idx) set -- -S "$2" ;;
	tcpdump) on_b tcpdump -i v1 -n -Z root -B 32768 -s "$2" \
	    -w "$shm/trace" ;;
	dumpcap) on_b dumpcap -i v1 -q -B 32 -s "$2" -w "$shm/trace" ;;
	esac
	case $1 in
	-*|--*) on_b "$BENCH_BUILD/iptrace/iptrace" --foreground --user root \
	    -i v1 --run-dir "$shm" "$@" "$shm/trace" ;;
	esac
	until [ -e "$shm/trace" ]; do sleep 0.1; done
	sleep 1
}

# spent: prints the CPU time of the tool, ns
spent() {
	cat "/proc/$tool/task/"*/schedstat | awk '{ n += $1 }
	    END { printf "%.0f\n", n }'
}

# lost PACKETS: those that are not in the file
lost() {
	capinfos -c -M "$shm/trace" 2>/dev/null |
	    awk -v n="$1" '/Number of packets/ { print n - $NF }'
}

# measure TOOL SNAPLEN PPS PACKETS: adds a line "ns per packet, lost"
measure() {
	start "$1" "$2"
	before=$(spent)
	taskset -c 0 ip netns exec "$a" "$BENCH_BUILD/tests/lib/sender" v0 \
	    1000 "$4" "${3:-0}" "$data" >/dev/null
	sleep 1
	after=$(spent)
	kill "$tool"
	wait "$tool" 2>/dev/null
	tool=
	awk -v n="$4" -v c=$((after - before)) -v l="$(lost "$4")" \
	    'BEGIN { print c / n, l }' >>"$BENCH_DIR/iptrace/$1.$2.$3"
}

make_net
mkdir -p "$BENCH_DIR/iptrace"
tools="iptrace iptrace-idx"
for peer in ${BENCH_PEERS-tcpdump dumpcap}; do
	! have "$peer" || tools="$tools $peer"
done
i=0
while [ $i -lt "$BENCH_RUNS" ]; do
	for rate in $rates; do
		pps=${rate%:*}
		[ "$pps" != 0 ] || pps=
		for snaplen in 0 96; do
			for t in $tools; do
				measure "$t" "$snaplen" "$pps" "${rate#*:}"
			done
		done
	done
	i=$((i + 1))
done
printf '%-12s %8s %9s %12s %10s %8s\n' program octets asked 'ns a packet' \
    'x tcpdump' lost
for rate in $rates; do
	pps=${rate%:*}
	[ "$pps" != 0 ] || pps=
	for snaplen in 0 96; do
		peer=0
		[ ! -s "$BENCH_DIR/iptrace/tcpdump.$snaplen.$pps" ] ||
			peer=$(median \
			    "$BENCH_DIR/iptrace/tcpdump.$snaplen.$pps" 1)
		for t in $tools; do
			file=$BENCH_DIR/iptrace/$t.$snaplen.$pps
			ns=$(median "$file" 1)
			printf '%-12s %8s %9s %12.0f %10s %8s\n' "$t" \
			    "$([ $snaplen = 0 ] && echo all || echo 96)" \
			    "${pps:-full}" "$ns" "$(ratio "$ns" "$peer")" \
			    "$(median "$file" 2)"
		done
	done
done
