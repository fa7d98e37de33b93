#!/bin/sh
# lint.sh BUILDDIR: runs cppcheck and clang-tidy on the programs, with the
# config.h of a build.  Prints TAP; findings precede the `not ok' line.
set -u

cd "$(dirname "$0")/.." || exit 1
build=${1:-.}
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
	cppcheck -q -j 2 --std=c11 --enable=warning,portability,performance \
	    --inline-suppr --error-exitcode=1 -i lib/meter/owners.bpf.c \
	    -i lib/meter/traf.bpf.c -i lib/owner/data.bpf.c "$@" \
	    lib tools iptrace trafd
}

# Files for other systems than this one do not compile here, nor does the
# program for the kernel; what is generated is nobody's to mend.
sources()
{
	case $(uname) in
	Linux) set -- '*_bsd.c' ;;
	*) set -- '*_linux.c' ;;
	esac
	find lib tools iptrace trafd -name '*.c' ! -name "$1" ! -name '*.bpf.c' \
	    ! -path '*/web/assets.c'
}

run_clang_tidy()
{
	# One file a process: the analyzer forgets its va_lists otherwise.
	# shellcheck disable=SC2046,SC2016 # words; the inner shell's
	sources | FLAGS="-std=gnu17 $* $(pkg-config --cflags libbsd-overlay \
	    2>/dev/null)" xargs -P 2 -n 1 \
	    sh -c 'clang-tidy -quiet "$1" -- $FLAGS 2>/dev/null' sh
}

set -- -I include -I lib -I tools -I . -I "$build" -I "$build/lib" '-DTRAFD_STATEDIR="/s"' \
    '-DTRAFD_RUNDIR="/r"' '-DTRAFD_SYSCONFDIR="/e"'
tap cppcheck run_cppcheck "$@"
tap clang-tidy run_clang_tidy "$@"
echo "1..$n"
