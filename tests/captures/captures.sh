#!/bin/sh
# Capture files: those that gencap.py makes, compared with the tables that it
# makes with them; then, if the corpus is present, captures made by others,
# compared with the results of its oracle.  Each is read by the decoder alone
# (capdump), and by trafd --read and traflog; the tables must be equal.  Prints
# TAP.
set -u

: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
capdump=$TRAF_BUILDDIR/tests/captures/capdump
trafd=$TRAF_BUILDDIR/trafd/trafd
traflog=$TRAF_BUILDDIR/tools/traflog/traflog
corpus=${TRAF_CORPUS:-$TRAF_SRCDIR/../shared/corpus}
n=0

command -v python3 >/dev/null 2>&1 || {
	echo "1..0 # SKIP python3 is not there"
	exit 0
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# result ok NAME: report a test, and on failure what is in $dir/why.
result()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /; 20q' "$dir/why"
	fi
}

# account CAPTURE [FILTER]: as capdump prints it, out of a save file; the status
# of trafd, or 99 where that file cannot be read.
account()
{
	rm -rf "$dir/state"
	"$trafd" --read "$1" --ports all -m 0 --state-dir "$dir/state" \
	    -f cap ${2+"$2"} 2>"$dir/said"
	account_rc=$?
	cat "$dir/said" >&2
	# Without frames there is no block.
	grep -q '^trafd: no frames counted: ' "$dir/said" &&
	    [ ! -e "$dir/state/trafd.cap" ] && {
		echo '# frames 0 ip 0 nonip 0 malformed 0 unsupported 0'
		return $account_rc
	}
	"$traflog" -a -n --format=tsv -i "$dir/state/trafd.cap" >"$dir/rows" ||
	    [ $account_rc -ne 0 ] || account_rc=99
	"$traflog" --coverage --format=tsv -i "$dir/state/trafd.cap" \
	    >"$dir/ledgers" || [ $account_rc -ne 0 ] || account_rc=99
	tail -n +2 "$dir/rows" | cut -f 3-
	awk '
	    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	    {
		bad = $at["l2_cut"] + $at["ip_cut"] + $at["ip_version"]
		bad += $at["ip_ihl"] + $at["ip_len"]
		print "# frames", $at["frames"], "ip", $at["ip"], \
		    "nonip", $at["nonip"], "malformed", bad, \
		    "unsupported", $at["unsupported"]
	    }' "$dir/ledgers"
	return $account_rc
}

# A pipe is read as a stream, by the threads of the daemon: are the tables the
# same as those of the file, with a filter too?  as_stream CAPTURE
as_stream()
{
	: >"$dir/why"
	for filter in '' 'udp and src host 10.0.0.1 or ip6'; do
		account "$1" "$filter" >"$dir/file" 2>"$dir/why"
		file_rc=$?
		# shellcheck disable=SC2002 # a pipe is the point
		cat "$1" | account - "$filter" >"$dir/pipe" 2>>"$dir/why"
		[ $? -eq $file_rc ] && cmp -s "$dir/file" "$dir/pipe" ||
		    return 1
	done
}

# Compressed by zstd, in two frames: does trafd print the table and exit so?
# compressed CAPTURE TABLE STATUS
compressed()
{
	half=$(($(wc -c <"$1") / 2))
	{
		head -c $half "$1" | zstd -qc
		tail -c +$((half + 1)) "$1" | zstd -qc
	} >"$dir/compressed"
	same account "$dir/compressed" "$2" "$3"
}

# same PROGRAM CAPTURE TABLE STATUS: does it print the table and exit so?
same()
{
	"$1" "$2" >"$dir/out" 2>"$dir/err"
	rc=$?
	shift
	LC_ALL=C sort "$dir/out" >"$dir/got"
	LC_ALL=C sort "$2" >"$dir/want"
	{
		[ "$rc" -eq "$3" ] || echo "exit status $rc instead of $3"
		diff "$dir/want" "$dir/got"
		cat "$dir/err"
	} >"$dir/why"
	[ "$rc" -eq "$3" ] && cmp -s "$dir/want" "$dir/got"
}

mkdir "$dir/made"
python3 "$TRAF_SRCDIR/tests/captures/gencap.py" "$dir/made" 2>"$dir/why"
result $? "gencap.py makes the captures"
for f in "$dir"/made/*.pcap "$dir"/made/*.pcapng; do
	case $f in
	*/damaged-*)	status=1 ;;
	*)		status=0 ;;
	esac
	case $f in
	*several-*|*-links.*)	;;	# libpcap refuses them
	*)	same "$capdump" "$f" "$f.expected" $status
		result $? "${f##*/}"
	esac
	same account "$f" "$f.expected" $status
	result $? "${f##*/} accounted"
	if command -v zstd >/dev/null; then
		compressed "$f" "$f.expected" $status
		result $? "${f##*/} compressed"
	fi
	case $f in
	*/link-*)	;;
	*)	as_stream "$f"
		result $? "${f##*/} as a stream"
	esac
done

# Where libpcap refuses what the oracle reads, only trafd is compared.
if [ -r "$corpus/oracle.py" ]; then
	for f in "$corpus"/captures/*.pcap*; do
		python3 -B "$corpus/oracle.py" --optional --expect "$f" \
		    2>/dev/null >"$dir/oracle"
		status=$?
		grep -v '^# total\|^# status' "$dir/oracle" >"$dir/table"
		if "$capdump" "$f" >/dev/null 2>"$dir/err" ||
		    [ "$status" -ne 0 ]; then
			same "$capdump" "$f" "$dir/table" "$status"
			result $? "${f##*/}"
		fi
		same account "$f" "$dir/table" "$status"
		result $? "${f##*/} accounted"
	done
	# Frames of traces, of iptrace too, as tshark counts them.
	for f in "$corpus"/trace/*; do
		[ -r "$f" ] && command -v tshark >/dev/null || break
		account "$f" 2>"$dir/why" | awk '$1 == "#" { print $3 }' \
		    >"$dir/got"
		tshark -r "$f" 2>/dev/null | wc -l >"$dir/want"
		[ "$(cat "$dir/got")" -eq "$(cat "$dir/want")" ]
		result $? "${f##*/}"
	done
	python3 -B "$TRAF_SRCDIR/tests/captures/differ.py" \
	    "$corpus" "$capdump" >"$dir/why" 2>&1
	result $? "mutated frames of each link type"
fi
echo "1..$n"
