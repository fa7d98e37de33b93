#!/usr/bin/env bats
# What the parts may know of each other, and what the code looks like: rules
# that a machine can check.  New files are found by themselves.

load assert

setup()
{
	cd "$TRAF_SRCDIR"
}

need()	# program
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# Fills `sources': all such files of the programs, wherever they lie.
sources()	# pattern of names
{
	local roots=() root
	for root in include lib trafd iptrace tools; do
		[ ! -d "$root" ] || roots+=("$root")
	done
	# What is made of the pages is nobody's to mend.
	find "${roots[@]}" -name "$1" ! -path '*/web/assets.c' \
	    >"$BATS_TEST_TMPDIR/sources" || return
	mapfile -t sources <"$BATS_TEST_TMPDIR/sources"
	[ ${#sources[@]} -gt 0 ]
}

# No file of the third argument on but the allowed ones matches the pattern.
only_in()	# extended regex, allowed file names (regex), files
{
	local found bad
	[ $# -gt 2 ] || return
	found=$(grep -lE "$1" "${@:3}") || [ $? -eq 1 ] || return
	bad=$(grep -vE "^($2)\$" <<<"$found") || [ $? -eq 1 ] || return
	[ -z "$bad" ] || {
		echo "\"$1\" is not for: $bad"
		return 1
	}
}

nowhere_in()	# extended regex, files
{
	only_in "$1" none "${@:2}"
}

@test "a rule over no files fails" {
	run -1 only_in x none
	run -1 nowhere_in x
	run only_in x none "$BATS_TEST_TMPDIR/none"
	[ "$status" -ne 0 ]
	run sources '*.nosuch'
	[ "$status" -ne 0 ]
	cd "$BATS_TEST_TMPDIR"
	run sources '*.c'
	[ "$status" -ne 0 ]
}

@test "who may include whom: rooms, programs, libraries, systems, no circles" {
	need python3
	quietly python3 tests/cli/rooms.py --self-test
	quietly python3 tests/cli/rooms.py .
	quietly python3 tests/cli/circles.py --self-test
	quietly python3 tests/cli/circles.py "${TRAF_BUILDDIR:-.}"
}

@test "lib opens no sockets but to ask and to log" {
	sources '*.c'
	only_in '[^a-z_](socket|bind|listen|accept|connect)\(' \
	    '(lib/(capture/(ifabout|ring_socket)_linux|control/control_exchange|base/(log_socket|interface(_linux)?)|host/.*|meter/.*|owner/watch|daemon/.*)|trafd/.*|iptrace/.*|tools/.*)\.c' \
	    "${sources[@]}"
}

@test "every header compiles alone, and twice" {
	sources '*.h'
	for header in "${sources[@]}"; do
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		    ${TRAF_CC:-cc} -Wall -Wextra -Werror -fsyntax-only \
		    -I. -Iinclude -Ilib -Itools -x c - || {
			echo "$header"
			return 1
		}
	done
}

@test "no function over 60 lines but flat tables and switches" {
	sources '*.c'
	# shellcheck disable=SC2016 # awk's
	quietly awk '
	FNR == 1 { name = "" }
	/^[a-z_][a-z_0-9]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^{/ { start = FNR; cases = 0 }
	/^\tcase |^\tdefault:/ { cases++ }
	/^}/ && name != "" {
		n = FNR - start - 1
		if (n > 60 && cases * 3 < n)
			print FILENAME ": " name ": " n " lines"
		name = ""
	}' "${sources[@]}"
}

@test "no file over 500 lines, no line over 80 columns" {
	sources '*.[ch]'
	# shellcheck disable=SC2016 # awk's
	quietly awk '
	FNR == 501 { print FILENAME ": over 500 lines" }
	{
		column = 0
		n = split($0, part, "\t")
		for (i = 1; i < n; i++) {
			column += length(part[i])
			column += 8 - column % 8
		}
		if (column + length(part[n]) > 80)
			print FILENAME ":" FNR ": over 80 columns"
	}' "${sources[@]}" scripts/*.in quickstart tests/*.subr
}

@test "includes are in order: other rooms, then the own one" {
	sources '*.[ch]'
	# shellcheck disable=SC2016 # awk's
	LC_ALL=C quietly awk '
	FNR == 1 || !/^#include "/ { last = "" }
	/^#include "/ && $2 != "\"config.h\"" {
		this = (index($2, "/") ? "1" : "2") $2
		if (this < last)
			print FILENAME ":" FNR ": " $2 " stands too late"
		last = this
	}' "${sources[@]}"
}

@test "every file opens with its purpose" {
	sources '*.[ch]'
	# shellcheck disable=SC2016 # awk's
	quietly awk '
	FNR == 1 { files++ }
	FNR == 1 && !/^\/\*/ { print FILENAME }
	END { if (files != ARGC - 1) print "one is empty" }' "${sources[@]}"
}

@test "nothing that invites accidents: strcpy, sprintf, gets, alloca" {
	sources '*.[ch]'
	nowhere_in '[^a-z_](strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok)\(' \
	    "${sources[@]}"
	nowhere_in '[^a-z_](atoi|atol|atof)\(' "${sources[@]}"
}

@test "no dead code and no XXX" {
	sources '*.[ch]'
	nowhere_in '#if 0|[^X]XXX[^X]' "${sources[@]}" scripts/*.in
}

@test "assertions can fail" {
	need python3
	quietly python3 tests/cli/asserts.py --self-test
	quietly python3 tests/cli/asserts.py tests/cli/*.bats tests/cli/*.bash
}

@test "shellcheck has nothing to say" {
	need shellcheck
	shellcheck -x -s sh scripts/*.in scripts/*.conf.sample
	shellcheck -s sh scripts/completion/complete.in
	# What rc.subr reads and sets.
	shellcheck -s sh -e SC1091,SC2034,SC2086,SC2154,SC2223 rc.d/*trafd.in \
	    rc.d/trafd.sh.in rc.d/trafstatd.in
	shellcheck -x quickstart .ci/run autogen.sh tests/*.subr \
	    tests/cli/fake-trafd tests/cli/rc.subr-stub
	find tests -name '*.sh' -exec shellcheck -x {} +
	find tests -name '*.sh' | says '/soak/'
	# SC2030,SC2031: each test is a subshell, and so it is meant.
	# SC2153,SC2154: variables of the helpers that load(1) brings, of run.
	# SC2164: a cd that fails ends the test.
	shellcheck -s bats -e SC2030,SC2031,SC2153,SC2154,SC2164 \
	    tests/cli/*.bats tests/cli/*.bash
}

@test "every script is fit for dash" {
	need dash
	for script in quickstart autogen.sh scripts/*.in rc.d/*trafd*.in; do
		dash -n "$script"
	done
}

@test "mandoc has nothing to say about the manual pages" {
	need mandoc
	mandoc -T lint -W warning man/*.[1-9]
}

# Numbers that can be 1: lib/base/plural.h.  Those left out are limits, or of
# more than one.
@test "no message says 1 blocks" {
	sources '*.c'
	# shellcheck disable=SC2016 # awk's
	quietly awk '
	/%(zu|llu|lld|u|" PRI[ud]64 ") (blocks|rows|hosts|bytes|packets|frames|files|names|items|lines|times|records|budgets)[^a-z]/ &&
	!/ of %|bytes more|occurred|hosts match/ {
		print FILENAME ":" FNR ": " $0
	}' "${sources[@]}"
}
