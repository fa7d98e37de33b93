#!/bin/sh
# CPU time per packet of live capture: trafd by libpcap and by its own ring, its
# lower bound (floor.c: libpcap and a hash table, with the same snapshot length
# and buffer), and peers.  Each
# captures at one end of a veth pair whose other end sends.  Measured from the
# first packet to the last, without start and end.  The sender runs on
# processor 0, the tool on 1.  Needs root.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

need_net live
rates=${BENCH_RATES:-"100000:500000 500000:2000000 0:3000000"}
trap 'remove_net; rm -rf "$BENCH_DIR/live"' EXIT
trap 'exit 1' HUP INT TERM

# on_b COMMAND...: runs it in namespace $b in the background, on processor 1;
# its PID is in $tool
on_b() {
	if have taskset; then
		set -- taskset -c 1 "$@"
	fi
	ip netns exec "$b" "$@" >"$fresh.log" 2>&1 &
	tool=$!
}

start() {
	case $1 in
	floor) on_b "$bin/floor" -i v1 ;;
	pcap|ring) on_b "$BENCH_BUILD/trafd/trafd" --foreground -i v1 \
	    -f bench -m 0 --user root --source "$1" --run-dir "$fresh/run" \
	    --state-dir "$fresh" ;;
	softflowd) on_b softflowd -i v1 -d -6 -v 9 -m 4000000 \
	    -p "$fresh/pid" -c "$fresh/ctl" ;;
	nfpcapd) on_b nfpcapd -i v1 -w "$fresh" -b 64 -s 128 ;;
	argus) on_b argus -X -i v1 -w "$fresh/out" ;;
	darkstat) on_b darkstat -i v1 --no-daemon --no-dns -b 127.0.0.1 \
	    --chroot "$fresh" ;;
	pmacctd) printf '%s\n' "daemonize: false" "pcap_interface: v1" \
	    "plugins: print" "print_output: csv" "print_output_file: /dev/null" \
	    "aggregate: src_host,dst_host,src_port,dst_port,proto" \
	    "plugin_buffer_size: 102400" "plugin_pipe_size: 10240000" \
	    "print_cache_entries: 131101" >"$fresh/conf"
		on_b pmacctd -f "$fresh/conf" ;;
	esac
	sleep 2
}

# spent: prints the CPU time of the tool and its child processes, ns
spent() {
	for pid in "$tool" $(cat "/proc/$tool/task/"*/children 2>/dev/null); do
		cat "/proc/$pid/task/"*/schedstat 2>/dev/null
	done | awk '{ n += $1 } END { printf "%.0f\n", n }'
}

lost() {
	case $1 in
	floor) awk '$1 == "dropped" { print $2 }' "$fresh.log" ;;
	pcap|ring) "$BENCH_BUILD/tools/traflog/traflog" --coverage -s --format=tsv \
	    -i "$fresh/tmp/trafd.bench" | awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "drop_kernel") n = i }
		NR == 2 { print $n }' ;;
	*) echo - ;;
	esac
}

# measure TOOL PPS PACKETS: prints a line "ns per packet, lost, pps"
measure() {
	fresh
	start "$1"
	before=$(spent)
	t0=$(date +%s%N)
	taskset -c 0 ip netns exec "$a" "$BENCH_BUILD/tests/lib/sender" v0 \
	    10000 "$3" ${2:+$2} >/dev/null
	t1=$(date +%s%N)
	sleep 1
	after=$(spent)
	kill "$tool"
	wait "$tool" 2>/dev/null
	tool=
	awk -v n="$3" -v c=$((after - before)) -v w=$((t1 - t0)) -v l="$(lost \
	    "$1")" 'BEGIN { print c / n, l, n * 1e9 / w }' \
	    >>"$BENCH_DIR/live/$1.$2"
}

make_net
mkdir -p "$BENCH_DIR/live"
tools="floor pcap ring"
for peer in ${BENCH_PEERS-softflowd nfpcapd argus darkstat pmacctd}; do
	! have "$peer" || tools="$tools $peer"
done
i=0
while [ $i -lt "$BENCH_RUNS" ]; do
	for rate in $rates; do
		pps=${rate%:*}
		[ "$pps" != 0 ] || pps=
		for t in $tools; do
			measure "$t" "$pps" "${rate#*:}"
		done
	done
	i=$((i + 1))
done
printf '%-10s %9s %11s %12s %8s %9s\n' program asked 'sent a s' \
    'ns a packet' 'x floor' lost
for rate in $rates; do
	pps=${rate%:*}
	[ "$pps" != 0 ] || pps=
	floor=$(median "$BENCH_DIR/live/floor.$pps" 1)
	for t in $tools; do
		ns=$(median "$BENCH_DIR/live/$t.$pps" 1)
		printf '%-10s %9s %11.0f %12.0f %8s %9s\n' "$t" \
		    "${pps:-full}" "$(median "$BENCH_DIR/live/$t.$pps" 3)" \
		    "$ns" "$(ratio "$ns" "$floor")" \
		    "$(median "$BENCH_DIR/live/$t.$pps" 2)"
	done
done
