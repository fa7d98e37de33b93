#!/bin/sh
# lint.sh BUILDDIR: cppcheck and clang-tidy over the programs, with the
# config.h of a build.  TAP; the findings go before the line they fail.
set -u

cd "$(dirname "$0")/.." || exit 1
build=${1:-.}
defines="-DTRAFD_STATEDIR=\"/s\" -DTRAFD_RUNDIR=\"/r\" -DTRAFD_SYSCONFDIR=\"/e\""
n=0

# tap NAME COMMAND...: one test; it is silent when it has nothing to say.
tap()
{
	n=$((n + 1))
	name=$1
	shift
	if ! command -v "$name" >/dev/null; then
		echo "ok $n - $name # SKIP $name is not there"
	elif "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
	fi
}

run_cppcheck()
{
	# shellcheck disable=SC2086 # words
	cppcheck -q -j 2 --std=c11 --enable=warning,portability,performance \
	    --inline-suppr --error-exitcode=1 -I include -I "$build" $defines \
	    lib tools trafd
}

# Files for other systems than this one do not compile here.
sources()
{
	case $(uname) in
	Linux) set -- '*_bsd.c' ;;
	*) set -- '*_linux.c' ;;
	esac
	find lib tools trafd -name '*.c' ! -name "$1"
}

run_clang_tidy()
{
	# shellcheck disable=SC2046,SC2086 # words
	sources | xargs -P 2 -n 4 sh -c 'flags=$1; shift
	    clang-tidy -quiet "$@" -- $flags 2>/dev/null' sh \
	    "-std=gnu17 -I include -I $build $defines \
	    $(pkg-config --cflags libbsd-overlay 2>/dev/null)"
}

tap cppcheck run_cppcheck
tap clang-tidy run_clang_tidy
echo "1..$n"
