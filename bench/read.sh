#!/bin/sh
# What accounting a capture file costs: trafd --read with its save, the floor
# (floor.c), and the peers that are installed.  CPU seconds of all processes.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

peers="softflowd nfpcapd argus darkstat fprobe pmacctd"

pmacctd_conf() {
	printf '%s\n' "daemonize: false" "pcap_savefile: $pcap.pcap" \
	    "aggregate: src_host,dst_host,src_port,dst_port,proto" \
	    "plugins: print" "print_output: csv" \
	    "print_output_file: $fresh/out" "print_refresh_time: 3600" \
	    "plugin_buffer_size: 102400" "plugin_pipe_size: 10240000" \
	    "print_cache_entries: 131101"
}

# run PEER: once.  What it says goes to $fresh.log
run() {
	set -- "$1" "$bin/cost" "$BENCH_DIR/$1.cost"
	case $1 in
	softflowd) "$2" "$3" softflowd -r "$pcap.pcap" -d -p "$fresh/pid" ;;
	nfpcapd) "$2" "$3" nfpcapd -r "$pcap.pcap" -w "$fresh" ;;
	argus) "$2" "$3" argus -X -r "$pcap.pcap" -w "$fresh/out" ;;
	darkstat) "$2" "$3" darkstat --no-dns -r "$pcap.pcap" \
	    --chroot "$fresh" --export "$fresh/out" ;;
	fprobe) "$2" "$3" fprobe -l 2 -q 2000000 -u root -i - 127.0.0.1:9 \
	    <"$pcap.pcap" ;;
	pmacctd) pmacctd_conf >"$fresh/conf"
		"$2" "$3" pmacctd -f "$fresh/conf" ;;
	esac >"$fresh.log" 2>&1
}

# counted PEER: IP bytes, as far as it says.
counted() {
	case $1 in
	softflowd) awk '/^ *[a-z0-9-]+ \([0-9]+\):/ { b += $3 }
	    END { printf "%.0f\n", b }' "$fresh.log" ;;
	nfpcapd) nfdump -R "$fresh" -I 2>/dev/null |
	    awk '$1 == "Bytes:" { b += $2 } END { printf "%.0f\n", b }' ;;
	pmacctd) awk -F, 'NR > 1 { b += $7 } END { printf "%.0f\n", b }' \
	    "$fresh/out" ;;
	*) echo - ;;
	esac
}

line() {
	printf '%-3s %-10s %9s %8s %14s %14s\n' "$@"
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
	got=$("$BENCH_BUILD/tools/traflog" -a -s -r -i "$fresh/trafd.bench")
	line "$1" floor "$f" "$(ratio "$f" "$t")" - "$(truth "$pcap" bytes)"
	line "$1" trafd "$t" 1.00 "$got" "$(truth "$pcap" bytes)"
}

line "" program "CPU s" "x trafd" "bytes counted" "bytes there"
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
		run "$peer"
		cpu=$(median "$BENCH_DIR/$peer.cost" 1)
		line $name "$peer" "$cpu" "$(ratio "$cpu" "$t")" \
		    "$(counted "$peer")" "$(truth "$pcap" bytes)"
	done
done
