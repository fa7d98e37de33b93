#!/bin/sh
# CPU time per packet of --source ebpf, compared with --source pcap.  On a veth
# pair the kernel's part is the additional time of the sender, compared with a
# run without a daemon; the process's part is its own CPU time.  `program' is
# the run time that the kernel reports with kernel.bpf_stats_enabled, which is
# on for that column only; the cost of that measuring is shown last.  Needs
# root.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

need_net ebpf
figures=$BENCH_DIR/ebpf
stats=/proc/sys/kernel/bpf_stats_enabled
stats_before=$(cat $stats)
trap 'cleanup; rm -rf "$figures"' EXIT
trap 'exit 1' HUP INT TERM

cleanup() {
	echo "$stats_before" >$stats
	remove_net
}

# start SOURCE: the daemon on processor 1
start() {
	fresh
	[ "$1" != off ] || return 0
	ip netns exec "$b" taskset -c 1 "$BENCH_BUILD/trafd/trafd" \
	    --foreground -i v1 -f bench -m 0 --user root --source "$1" \
	    --run-dir "$fresh/run" --state-dir "$fresh" >"$fresh.log" 2>&1 &
	tool=$!
	sleep 2
}

spent() {
	[ -z "$tool" ] || cat "/proc/$tool/task/"*/schedstat |
	    awk '{ n += $1 } END { printf "%.0f\n", n }'
}

replay() {
	taskset -c 0 ip netns exec "$a" "$bin/replay" v0 "$pcap.pcap" \
	    "$BENCH_PACKETS"
}

# program: ns per run of the daemon's eBPF program
program() {
	cat "/proc/$tool/fdinfo/"* 2>/dev/null | awk '
		/^run_time_ns:/ { t += $2 }
		/^run_cnt:/ { if ($2 > n) n = $2 }
		END { print (n > 0 ? t / n : 0) }'
}

lost() {
	"$BENCH_BUILD/tools/traflog/traflog" --coverage -s --format=tsv \
	    -i "$fresh/tmp/trafd.bench" | awk -F '\t' -v sent="$BENCH_PACKETS" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "frames") n = i }
	NR == 2 { print sent - $n }'
}

# measure SOURCE: prints a line "sender, process, program, lost"
measure() {
	start "$1"
	before=$(spent)
	sender=$(replay)
	sleep 1.5		# the last harvest
	process=0 ran=0 missing=0
	if [ "$1" != off ]; then
		process=$((($(spent) - before) / BENCH_PACKETS))
		if [ "$1" = ebpf ]; then
			echo 1 >$stats
			replay >/dev/null
			echo "$stats_before" >$stats
			ran=$(program)
		fi
		kill "$tool"
		wait "$tool" 2>/dev/null
		tool=
		missing=$(lost)
		[ "$1" != ebpf ] || missing=$((missing + BENCH_PACKETS))
	fi
	echo "$sender $process $ran $missing" >>"$figures/$name.$1"
}

# row SOURCE: prints its medians; keeps the sum of pcap, for the ratio
row() {
	f=$figures/$name.$1
	kernel=$(($(median "$f" 1) - $(median "$figures/$name.off" 1)))
	process=$(median "$f" 2)
	sum=$((kernel + process))
	[ "$1" != pcap ] || whole=$sum
	ran=$(median "$f" 3 | cut -d . -f 1)
	printf '%-3s %-6s %8s %8s %8s %7s %9s %7s %6s\n' "$name" "$1" \
	    "$kernel" "$process" "$sum" "$(ratio "$sum" "$whole")" "$ran" \
	    "$(ratio $((ran > 0 ? ran + process : sum)) "$whole")" \
	    "$(median "$f" 4)"
}

make_net mtu 1600
rm -rf "$figures"
mkdir -p "$figures"
printf '%-3s %-6s %8s %8s %8s %7s %9s %7s %6s\n' '' source kernel process \
    sum 'x pcap' program 'x pcap' lost
for name in A B C; do
	pcap=$(capture $name) || exit 1
	i=0
	while [ $i -lt "$BENCH_RUNS" ]; do
		for source in off pcap ebpf; do
			measure $source
		done
		i=$((i + 1))
	done
	row pcap
	row ebpf
done
echo "ns a packet; the second ratio is (program + process) / pcap's sum"
! [ -x "$bin/harvest" ] || "$bin/harvest"
