#!/bin/sh
# The long form of tests with random events: more kills, more signals, longer
# fuzzing and a longer flood than `make check' has time for.

usage() {
	cat <<'USAGE'
usage: tests/soak.sh [PART]...

Run in a build directory after `make check TESTS='; root, for network
namespaces.  Without an argument all parts, about two hours:

  kills   20,000 daemons killed with SIGKILL, ten times 2,000 with ten seeds;
          trafdb at each of its steps
  walk    10,000 steps of accounts at random: starts, kills, saves, backups,
          second daemons, scripts; TRAF_WALK_SEED (the time) says which
  faults  150 damaged pages of each kind in each file of the history, and a
          walk of 10,000 steps through backups, moves, updates and prunes
  fuzz    every harness for TRAF_SOAK_SECONDS (600); needs a build with
          --enable-fuzzing, else the kept inputs are replayed
  flood   the tests of load, slow disks and files, TRAF_SOAK_ROUNDS (20) times
  strangers  10,000 hostile HTTP clients while traffic is accounted, and what
          the page costs with 1,000, 100,000 and 1,000,000 rows
  year    the history of a year instead of a quarter
  keeper  every layout of save files with all sequences of dumps, saves and
          restarts, killed or failing at each system call
  failing all programs that write, with each kind of fault at each of their
          calls
USAGE
}

srcdir=$(cd "$(dirname "$0")/.." && pwd)
TRAF_SRCDIR=$srcdir
TRAF_BUILDDIR=$(pwd)
export TRAF_SRCDIR TRAF_BUILDDIR
rounds=${TRAF_SOAK_ROUNDS:-20}
seconds=${TRAF_SOAK_SECONDS:-600}
failed=0

run() {
	echo "== $*"
	"$@" || failed=$((failed + 1))
}

kills() {
	TRAF_KILL_ROUNDS=20		# of a hundred daemons
	for seed in 1 2 3 4 5 6 7 8 9 10; do
		TRAF_KILL_SEED=$seed
		export TRAF_KILL_ROUNDS TRAF_KILL_SEED
		run bats "$srcdir/tests/cli/kills.bats"
	done
	TRAF_KILL_STRIDE=1
	export TRAF_KILL_STRIDE
	run bats "$srcdir/tests/cli/trafdb-kills.bats"
}

walk() {
	TRAF_WALK_STEPS=10000
	TRAF_WALK_SEED=${TRAF_WALK_SEED:-$(date +%s)}
	export TRAF_WALK_STEPS TRAF_WALK_SEED
	echo "seed $TRAF_WALK_SEED"
	run bats "$srcdir/tests/cli/walk.bats"
}

faults() {
	TRAF_FAULTS=${TRAF_SOAK_FAULTS:-150}
	TRAF_WALK=${TRAF_SOAK_STEPS:-10000}
	export TRAF_FAULTS TRAF_WALK
	[ ! -x tests/unit/test_page_faults ] || run tests/unit/test_page_faults
	# Here each is met by some thirty commands.
	TRAF_FAULTS=${TRAF_SOAK_FAULTS:-10}
	run bats "$srcdir/tests/cli/history-faults.bats"
}

fuzz() {
	harnesses=0
	for harness in tests/fuzz/fuzz_*; do
		case $harness in *.*) continue ;; esac
		[ -x "$harness" ] || continue
		harnesses=$((harnesses + 1))
		work=$(mktemp -d)
		kept=$srcdir/tests/fuzz/corpus/${harness##*fuzz_}
		[ -d "$kept" ] || kept=
		if "$harness" -help=1 2>/dev/null | grep -q libFuzzer; then
			run "$harness" -max_total_time="$seconds" \
				-timeout=10 "$work" ${kept:+"$kept"}
		else
			run "$srcdir/tests/fuzz/replay.sh"
			rm -rf "$work"
			return
		fi
		rm -rf "$work"
	done
	run [ $harnesses -gt 0 ]
}

flood() {
	n=0
	while [ $n -lt "$rounds" ]; do
		for t in load slow-disk files signals hostile; do
			[ ! -f "$srcdir/tests/cli/$t.bats" ] ||
				run bats "$srcdir/tests/cli/$t.bats"
		done
		n=$((n + 1))
	done
}

strangers() {
	TRAF_STRANGERS=10000
	export TRAF_STRANGERS
	run bats -f hostile "$srcdir/tests/cli/web.bats"
	for rows in 1000 100000 1000000; do
		run bash "$srcdir/tests/soak/page.sh" "$rows"
	done
}

year() {
	TRAF_YEAR_BLOCKS=105120
	export TRAF_YEAR_BLOCKS
	run bats "$srcdir/tests/cli/history_year.bats"
}

keeper() {
	TRAF_KEEPER_ALL=1
	export TRAF_KEEPER_ALL
	run tests/unit/test_keeper
	run tests/unit/test_keeper_fails
}

failing() {
	TRAF_FAILING_POINTS=0
	export TRAF_FAILING_POINTS
	run bats "$srcdir/tests/cli/failing.bats"
}

case ${1:-} in
-h | --help)
	usage
	exit 0
	;;
esac
[ $# -gt 0 ] || set -- kills walk faults fuzz flood strangers \
	year keeper failing
for part; do
	case $part in
	kills | walk | faults | fuzz | flood | strangers | year | keeper | \
		failing) "$part" ;;
	*)
		usage >&2
		exit 64
		;;
	esac
done
echo "$failed failed"
[ $failed -eq 0 ]
