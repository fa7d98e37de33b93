#!/bin/sh
# The cost of accounting a capture file: trafd --read including its save, the
# lower bound (floor.c), and the peers that are installed.  Prints the CPU
# seconds of all processes, and how much of the traffic each has counted.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

peers="softflowd nfpcapd argus darkstat fprobe pmacctd"
port=${BENCH_PORT:-29995}	# of a collector on this host
queue=2000000			# of fprobe, packets

pmacctd_conf() {
	printf '%s\n' "daemonize: false" "pcap_savefile: $pcap.pcap" \
	    "aggregate: src_host,dst_host,src_port,dst_port,proto" \
	    "plugins: print" "print_output: csv" \
	    "print_output_file: $fresh/out" "print_refresh_time: 3600" \
	    "plugin_buffer_size: 102400" "plugin_pipe_size: 10240000" \
	    "print_cache_entries: 131101"
}

# run PEER: runs it once; its output goes to $fresh.log
run() {
	set -- "$1" "$bin/cost" "$BENCH_DIR/$1.cost"
	case $1 in
	softflowd) "$2" "$3" softflowd -r "$pcap.pcap" -d -p "$fresh/pid" ;;
	nfpcapd) "$2" "$3" nfpcapd -r "$pcap.pcap" -w "$fresh" ;;
	argus) "$2" "$3" argus -X -r "$pcap.pcap" -w "$fresh/out" ;;
	darkstat) "$2" "$3" darkstat --no-dns -r "$pcap.pcap" \
	    --hosts-max 4000000 --hosts-keep 3000000 \
	    --chroot "$fresh" --export "$fresh/out" ;;
	fprobe) collect "$2" "$3" fprobe -l 2 -q "$queue" -u root -i - \
	    "127.0.0.1:$port" ;;
	pmacctd) pmacctd_conf >"$fresh/conf"
		"$2" "$3" pmacctd -f "$fresh/conf" ;;
	esac >"$fresh.log" 2>&1
}

# collect COMMAND...: runs it with the capture as input and with a collector
# for the flows it sends, whose CPU time is not counted.
collect() {
	mkdir "$fresh/flows"
	nfcapd -p "$port" -b 127.0.0.1 -B 64000000 -w "$fresh/flows" &
	collector=$!
	sleep 1
	"$@" <"$pcap.pcap"
	sleep 1
	kill "$collector"
	wait "$collector"
}

# fprobe drops packets silently if its queue overflows.  If any are missing,
# run it again with a queue for all packets.  If that counts no more, the first
# run, which is cheaper, is used.
run_fprobe() {
	queue=2000000
	run fprobe
	first=$(counted fprobe)
	cost=$(cat "$BENCH_DIR/fprobe.cost")
	[ "$first" != "$(truth "$pcap" bytes) bytes" ] || return 0
	queue=$((BENCH_PACKETS + 1))
	fresh
	rm -f "$BENCH_DIR/fprobe.cost"
	run fprobe
	[ "$(counted fprobe)" = "$first" ] || return 0
	echo "$cost" >"$BENCH_DIR/fprobe.cost"
}

# Sum of the octets sent by all hosts, from darkstat's binary export.
darkstat_sum() {
	od -An -v -tu1 -w1 "$1" | awk '
	function number(n,   v) {
		for (v = 0; n > 0 && (getline octet) > 0; n--)
			v = v * 256 + octet
		return v
	}
	function skip(n) {
		while (n-- > 0 && (getline octet) > 0)
			continue
	}
	function host() {
		skip(4)
		skip(number(1) == 4 ? 4 : 16)	# the address
		skip(14)
		skip(number(1))			# its name
		skip(8)
		sum += number(8)
		skip(1); skip(17 * number(1))	# protocols
		skip(1); skip(26 * number(2))	# ports
		skip(1); skip(18 * number(2))
		skip(1); skip(26 * number(2))
		skip(1); skip(18 * number(2))
	}
	BEGIN {
		skip(8)
		for (hosts = number(4); hosts > 0; hosts--)
			host()
		printf "%.0f bytes\n", sum
	}'
}

# counted PEER: prints the IP bytes or packets that it reports.
counted() {
	case $1 in
	softflowd) awk '/^ *[a-z0-9-]+ \([0-9]+\):/ { b += $3 }
	    END { printf "%.0f bytes\n", b }' "$fresh.log" ;;
	nfpcapd) nfdump -R "$fresh" -I 2>/dev/null |
	    awk '$1 == "Bytes:" { b += $2 } END { printf "%.0f bytes\n", b }' ;;
	fprobe) nfdump -R "$fresh/flows" -I 2>/dev/null |
	    awk '$1 == "Bytes:" { b += $2 } END { printf "%.0f bytes\n", b }' ;;
	argus) racount -r "$fresh/out" |
	    awk '$1 == "sum" { print $3, "packets" }' ;;
	darkstat) darkstat_sum "$fresh/out" ;;
	pmacctd) awk -F, 'NR > 1 { b += $7 }
	    END { printf "%.0f bytes\n", b }' "$fresh/out" ;;
	esac
}

# share COUNTED UNIT: prints its part of the capture's total in percent
share() {
	awk -v n="$1" -v all="$(truth "$pcap" "$2")" \
	    'BEGIN { printf "%.2f%%", 100 * n / all }'
}

line() {
	printf '%-3s %-10s %9s %8s %20s %10s\n' "$@"
}

ours() {
	i=0
	while [ $i -lt "$BENCH_RUNS" ]; do
		"$bin/cost" "$BENCH_DIR/floor.cost" "$bin/floor" "$pcap.pcap" \
		    >/dev/null
		fresh
		trafd_read "$bin/cost" "$BENCH_DIR/trafd.cost"
		i=$((i + 1))
	done
	f=$(median "$BENCH_DIR/floor.cost" 1)
	t=$(median "$BENCH_DIR/trafd.cost" 1)
	got=$("$BENCH_BUILD/tools/traflog/traflog" -a -s -r -i "$fresh/trafd.bench")
	line "$1" floor "$f" "$(ratio "$f" "$t")" - -
	line "$1" trafd "$t" 1.00 "$got bytes" "$(share "$got" bytes)"
}

line "" program "CPU s" "x trafd" counted "of all"
for name in A B C D; do
	pcap=$(capture $name) || exit 1
	rm -f "$BENCH_DIR"/*.cost
	ours $name
	for peer in $peers; do
		if ! have "$peer"; then
			line $name "$peer" "not installed" "" "" ""
			continue
		fi
		fresh
		case $peer in
		fprobe) run_fprobe ;;
		*) run "$peer" ;;
		esac
		cpu=$(median "$BENCH_DIR/$peer.cost" 1)
		sum=$(counted "$peer")
		# shellcheck disable=SC2086 # number and unit
		line $name "$peer" "$cpu" "$(ratio "$cpu" "$t")" "$sum" \
		    "$(share $sum)"
	done
done
