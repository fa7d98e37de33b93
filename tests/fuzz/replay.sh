#!/bin/sh
# Runs every fuzz harness on its inputs: those that seeds_NAME.sh makes, and
# those kept in tests/fuzz/corpus/NAME.  Harnesses built with libFuzzer and with
# replay.c take the same arguments.  Prints TAP.
set -u

: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
export TRAF_SRCDIR TRAF_BUILDDIR
n=0

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# inputs NAME: put its inputs into $dir/NAME; 77 when that needs python3.
inputs()
{
	seeds=$TRAF_SRCDIR/tests/fuzz/seeds_$1.sh
	kept=$TRAF_SRCDIR/tests/fuzz/corpus/$1
	mkdir "$dir/$1"
	[ ! -d "$kept" ] || cp "$kept"/* "$dir/$1" || return 1
	[ -r "$seeds" ] || return 0
	if grep -q python3 "$seeds" && ! command -v python3 >/dev/null; then
		return 77
	fi
	sh "$seeds" "$dir/$1"
}

for fuzzer in "$TRAF_BUILDDIR"/tests/fuzz/fuzz_*; do
	name=${fuzzer##*/fuzz_}
	case $name in
	*.*)	continue ;;
	esac
	n=$((n + 1))
	inputs "$name" 2>"$dir/why"
	status=$?
	if [ $status -eq 77 ]; then
		echo "ok $n - $name # SKIP python3 is not there"
		continue
	fi
	[ -n "$(ls "$dir/$name")" ] || {
		echo "no inputs" >>"$dir/why"
		status=1
	}
	if [ $status -eq 0 ] &&
	    "$fuzzer" -runs=0 "$dir/$name" >>"$dir/why" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /; 20q' "$dir/why"
	fi
done
echo "1..$n"
