#!/bin/sh
# Save files: size, and the speed of writing, reading and merging them.  For
# comparison, if nfdump is installed: its files, BPFT's layout and CSV of the
# same flows.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

traflog=$BENCH_BUILD/tools/traflog/traflog
nfdump=${BENCH_NFDUMP:-nfdump}

line() {
	printf '%-34s %12s %10s %10s %10s\n' "$@"
}

size() {
	wc -c <"$1" | tr -d ' '
}

# sized WHAT FILE ROWS: prints octets, and octets per row
sized() {
	s=$(size "$2")
	line "$1" "$s" "$(ratio "$s" "$3")" "" ""
}

sizes() {
	fresh
	trafd_read || return 1
	f=$fresh/trafd.bench
	n=$("$traflog" -l -i "$f" | awk 'END { print $NF }')
	sized "$1: save file, $n rows" "$f" "$n"
	"$traflog" -a -n --format=csv -i "$f" >"$fresh/csv"
	sized "$1: CSV" "$fresh/csv" "$n"
	gzip -k "$fresh/csv"
	sized "$1: CSV, gzip" "$fresh/csv.gz" "$n"
	for layout in old new; do
		"$traflog" -a -w "$fresh/$layout" --layout=$layout -i "$f" \
		    2>/dev/null
		[ ! -s "$fresh/$layout" ] ||
		    sized "$1: BPFT, $layout layout" "$fresh/$layout" "$n"
	done
	have nfpcapd && have "$nfdump" || return 0
	mkdir "$fresh/nf"
	nfpcapd -r "$pcap.pcap" -w "$fresh/nf" -B 4000000 -e 3600,3600 \
	    -t 3600 >/dev/null 2>&1
	for how in "" -y -z -j -Z; do
		case $how in
		"") what="not compressed" ;;
		-y) what=lz4 ;;
		-z) what=lzo ;;
		-j) what=bz2 ;;
		-Z) what=zstd how=-z=zstd ;;
		esac
		# The flows of the account: five fields, no timeouts.
		if ! "$nfdump" -R "$fresh/nf" -q \
		    -A srcip,dstip,srcport,dstport,proto $how \
		    -w "$fresh/nf.out" >/dev/null 2>&1 ||
		    [ ! -s "$fresh/nf.out" ]; then
			line "$1: nfdump, $what" "not in it" "" "" ""
			continue
		fi
		sized "$1: nfdump, $what" "$fresh/nf.out" "$n"
		rm -f "$fresh/nf.out"
	done
}

# timed WHAT ROWS COMMAND...: prints CPU seconds, and rows per CPU second
timed() {
	what=$1 rows=$2
	shift 2
	rm -f "$BENCH_DIR/t.cost"
	i=0
	while [ $i -lt "$BENCH_RUNS" ]; do
		rm -f "$fresh/merged"
		"$bin/cost" "$BENCH_DIR/t.cost" "$@" >/dev/null 2>&1
		i=$((i + 1))
	done
	cpu=$(median "$BENCH_DIR/t.cost" 1)
	timed=$(median "$BENCH_DIR/t.cost" 4)
	line "$what" "$rows" "$cpu" \
	    "$(awk -v r="$rows" -v c="$cpu" 'BEGIN { printf "%.2f", r / c / 1e6 }')" \
	    "$timed"
}

# Merge ten blocks with the same million flows.
merging() {
	fresh
	trafd_read || return 1
	n=$("$traflog" -l -i "$fresh/trafd.bench" | awk 'END { print $NF }')
	i=0
	while [ $i -lt 10 ]; do
		cat "$fresh/trafd.bench" >>"$fresh/ten"
		i=$((i + 1))
	done
	timed "traflog -s -w, of 10 blocks" $((10 * n)) "$traflog" -a -s \
	    -w "$fresh/merged" -i "$fresh/ten"
	ours=$timed
	have nfpcapd && have "$nfdump" || return 0
	mkdir "$fresh/nf" "$fresh/ten.nf"
	nfpcapd -r "$pcap.pcap" -w "$fresh/nf" -B 4000000 -e 3600,3600 \
	    -t 3600 >/dev/null 2>&1
	"$nfdump" -R "$fresh/nf" -q -y -A srcip,dstip,srcport,dstport,proto \
	    -w "$fresh/nf.out" >/dev/null 2>&1
	i=0
	while [ $i -lt 10 ]; do
		cp "$fresh/nf.out" "$fresh/ten.nf/nfcapd.20240101000$i"
		i=$((i + 1))
	done
	timed "nfdump -A -w, of 10 files" $((10 * n)) "$nfdump" \
	    -R "$fresh/ten.nf" -A srcip,dstip,srcport,dstport,proto \
	    -w "$fresh/merged"
	line "nfdump / traflog, elapsed" "" "" "" "$(ratio "$timed" "$ours")"
	timed "traflog -s -n, text" $((10 * n)) "$traflog" -a -s -n \
	    -i "$fresh/ten"
	ours=$timed
	timed "nfdump -A, text" $((10 * n)) "$nfdump" -R "$fresh/ten.nf" \
	    -A srcip,dstip,srcport,dstport,proto
	line "nfdump / traflog, elapsed" "" "" "" "$(ratio "$timed" "$ours")"
}

# many COPIES: merges a file of so many equal blocks, so all keys repeat.
many() {
	fresh
	trafd_read || return 1
	n=$("$traflog" -l -i "$fresh/trafd.bench" | awk 'END { print $NF }')
	i=0
	while [ $i -lt "$1" ]; do
		cat "$fresh/trafd.bench"
		i=$((i + 1))
	done >"$fresh/many"
	timed "traflog -s -w, of $1 blocks" $(($1 * n)) "$traflog" -a -s \
	    -w "$fresh/merged" -i "$fresh/many"
	echo "	peak of memory, KiB: $(median "$BENCH_DIR/t.cost" 2)"
}

# Octets per row over all captures in BENCH_CORPUS, including block headers.
corpus() {
	for pcap in "$BENCH_CORPUS"/*.pcap*; do
		fresh
		"$BENCH_BUILD/trafd/trafd" --read "$pcap" -f bench -m 0 \
		    --state-dir "$fresh" >/dev/null 2>&1
		[ -s "$fresh/trafd.bench" ] || continue
		echo "$(size "$fresh/trafd.bench") $("$traflog" -l \
		    -i "$fresh/trafd.bench" | awk 'END { print $NF }')"
	done | awk '
		{ files++; size += $1; rows += $2 }
		END { printf "%d captures, %d rows, %d octets: %.2f a row\n",
		    files, rows, size, size / rows }'
}

line "size" octets "a row" "" ""
for name in B C D; do
	pcap=$(capture $name) && sizes $name || exit 1
done
echo
line "merging" rows "CPU s" "M rows/s" "elapsed s"
pcap=$(capture C) && merging
for shape in C:100 B:1000; do
	pcap=$(capture ${shape%:*}) && many ${shape#*:}
done
if [ -n "${BENCH_CORPUS:-}" ]; then
	echo
	corpus
fi
echo
echo "one block, in memory and on the disk (bench_block, capture C):"
fresh
trafd_read && "$traflog" -a -n --format=tsv -i "$fresh/trafd.bench" |
    tail -n +2 | cut -f 3-10 >"$fresh/rows" &&
    "$bin/bench_block" "$fresh/rows" 3
echo
echo "freeze, sort, dump, merge of a table of a million rows (bench_freeze):"
"$bin/bench_freeze" 1000000 "$BENCH_DIR"
