#!/usr/bin/env bats
# What the parts may know of each other, and what the code looks like: rules
# that a machine can check.  New files are found by themselves.

load assert

setup()
{
	cd "$TRAF_SRCDIR"
	shopt -s nullglob
}

need()	# program
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# No file of the second argument on but the allowed ones matches the pattern.
only_in()	# extended regex, allowed file names (regex), files
{
	[ $# -gt 2 ] || return 0
	bad=$(grep -lE "$1" "${@:3}" | grep -vE "^($2)\$" || :)
	[ -z "$bad" ] || {
		echo "\"$1\" is not for: $bad"
		return 1
	}
}

nowhere_in()	# extended regex, files
{
	only_in "$1" none "${@:2}"
}

@test "only the capture knows libpcap" {
	only_in '# *include *<pcap' 'lib/capture/(filter|frames|pcap_handle)\.c' \
	    include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
}

@test "only the history and the cache of names know Berkeley DB" {
	only_in '# *include *<db\.h>' \
	    'lib/(history/store/(store|items|pages)|names/namecache)\.c' \
	    include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
}

@test "only the look-up of countries knows libmaxminddb" {
	only_in '# *include *<maxminddb' 'lib/tally/geo\.c' \
	    include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
}

@test "lib opens no sockets but to ask and to log, and knows neither daemon nor tools" {
	only_in '[^a-z_](socket|bind|listen|accept|connect)\(' \
	    'lib/(control/control_exchange|base/journal|host/.*|meter/.*|daemon/.*)\.c' lib/*/*.c lib/*/*/*.c
	nowhere_in '# *include *<event' include/*.h lib/*/*.[ch] lib/*/*/*.[ch]
	nowhere_in '# *include *"(trafd|tools|\.\.)/' include/*.h lib/*/*.[ch] lib/*/*/*.[ch]
	for header in trafd/*.h tools/*/*.h; do
		nowhere_in "# *include *\"${header##*/}\"" include/*.h lib/*/*.[ch] lib/*/*/*.[ch]
	done
}

@test "the tools capture nothing, the daemon reports nothing" {
	for header in trafd/*.h; do
		nowhere_in "# *include *\"${header##*/}\"" tools/*/*.[ch]
	done
	nowhere_in '# *include *"(report/.*|query/aggregate|names/names|query/pattern)\.h"' trafd/*.[ch]
	for header in tools/*/*.h; do
		nowhere_in "# *include *\"${header##*/}\"" trafd/*.[ch]
	done
}

@test "the decoder does not log, the table knows no file" {
	nowhere_in '# *include *"base/log\.h"' lib/packet/decode*.c lib/packet/flow.c lib/table/table.c
	nowhere_in '# *include *"file/(savefile|block)\.h"' \
	    lib/packet/decode*.c lib/packet/flow.c lib/table/table.c
}

@test "systems have their own files, not #ifdefs" {
	only_in '#.*(if|defined).*__(linux|FreeBSD|NetBSD|OpenBSD)__' \
	    'none' \
	    include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
}

@test "every header compiles alone, and twice" {
	for header in include/*.h lib/*/*.h lib/*/*/*.h trafd/*.h tools/*/*.h; do
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		    ${TRAF_CC:-cc} -Wall -Wextra -Werror -fsyntax-only \
		    -I. -Iinclude -Ilib -Itools -x c - || {
			echo "$header"
			return 1
		}
	done
}

@test "no function over 60 lines but flat tables and switches" {
	run awk '
	FNR == 1 { name = "" }
	/^[a-z_][a-z_0-9]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^{/ { start = FNR; cases = 0 }
	/^\tcase |^\tdefault:/ { cases++ }
	/^}/ && name != "" {
		n = FNR - start - 1
		if (n > 60 && cases * 3 < n)
			print FILENAME ": " name ": " n " lines"
		name = ""
	}' lib/*/*.c lib/*/*/*.c trafd/*.c tools/*/*.c
	echo "$output"
	[ -z "$output" ]
}

@test "no file over 500 lines, no line over 80 columns" {
	run awk '
	# The next change of the keeper is to divide it.
	FNR == 501 && FILENAME != "trafd/keeper.c" {
		print FILENAME ": over 500 lines"
	}
	{
		column = 0
		n = split($0, part, "\t")
		for (i = 1; i < n; i++) {
			column += length(part[i])
			column += 8 - column % 8
		}
		if (column + length(part[n]) > 80)
			print FILENAME ":" FNR ": over 80 columns"
	}' include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch] scripts/*.in \
	    quickstart tests/check.subr
	echo "$output"
	[ -z "$output" ]
}

@test "every file opens with its purpose" {
	for file in include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]; do
		[[ $(head -n 1 "$file") == /\** ]] || {
			echo "$file"
			return 1
		}
	done
}

@test "nothing that invites accidents: strcpy, sprintf, gets, alloca" {
	nowhere_in '[^a-z_](strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok)\(' \
	    include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
	nowhere_in '[^a-z_](atoi|atol|atof)\(' \
	    lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] tools/*/*.[ch]
}

@test "no dead code and no XXX" {
	nowhere_in '#if 0|[^X]XXX[^X]' include/*.h lib/*/*.[ch] lib/*/*/*.[ch] trafd/*.[ch] \
	    tools/*/*.[ch] scripts/*.in
}

@test "shellcheck has nothing to say" {
	need shellcheck
	shellcheck -x -s sh scripts/*.in scripts/*.conf.sample
	shellcheck -s sh scripts/completion/complete.in
	# What rc.subr reads and sets.
	shellcheck -s sh -e SC1091,SC2034,SC2086,SC2154,SC2223 rc.d/*trafd.in \
	    rc.d/trafd.sh.in rc.d/trafstatd.in
	shellcheck -x quickstart .ci/run autogen.sh tests/check.subr \
	    tests/cli/fake-trafd tests/cli/rc.subr-stub tests/*.sh
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
