#!/usr/bin/env bats
# The manual pages: their examples run, their list of messages is whole, and
# both readers of such pages show them.

load assert

setup()
{
	cd "$TRAF_SRCDIR"
	T=$(mktemp -d)
}

teardown()
{
	rm -rf "$T"
}

need()	# program
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "trafd(8) tells of every message of level notice and above" {
	need python3
	python3 tests/cli/pages.py diagnostics man/trafd.8 >"$T/told"
	python3 tests/cli/pages.py messages trafd/*.c lib/daemon/*.c \
	    lib/base/fault.c lib/file/holder.c lib/host/*.c lib/capture/*.c lib/meter/*.c >"$T/messages"
	[ "$(wc -l <"$T/messages")" -gt 40 ]
	while IFS= read -r text; do
		grep -qF -- "$text" "$T/told" || {
			echo "not in DIAGNOSTICS: $text"
			touch "$T/failed"
		}
	done <"$T/messages"
	[ ! -e "$T/failed" ]
}

@test "trafd(8) tells of no message that is not there" {
	need python3
	python3 tests/cli/pages.py diagnostics man/trafd.8 |
		grep -v \
		    -e '^\(save\|dump\) failed: %s: %s: %s; counts are kept for' \
		    -e '^cannot remove a dump already saved: %s: %s$' >"$T/told"
	[ "$(wc -l <"$T/told")" -gt 40 ]
	# Texts of keeper.c are put together there.
	python3 tests/cli/pages.py all trafd/*.c lib/daemon/*.c \
	    lib/base/fault.c lib/file/holder.c lib/host/*.c lib/capture/*.c lib/meter/*.c >"$T/messages"
	while IFS= read -r text; do
		# What a message with errno ends in.
		grep -qxF -- "${text%: %s}" "$T/messages" ||
		    grep -qxF -- "$text" "$T/messages" || {
			echo "no such message: $text"
			touch "$T/failed"
		}
	done <"$T/told"
	[ ! -e "$T/failed" ]
}

# Texts of faults, and of the end, are put together there.
@test "iptrace(8) tells of every message, and of no other" {
	need python3
	python3 tests/cli/pages.py diagnostics man/iptrace.8 >"$T/told"
	python3 tests/cli/pages.py messages iptrace/*.c \
	    lib/owner/data_kernel.c >"$T/messages"
	[ "$(wc -l <"$T/messages")" -gt 30 ]
	while IFS= read -r text; do
		grep -qxF -- "$text" "$T/told" || {
			echo "not in DIAGNOSTICS: $text"
			touch "$T/failed"
		}
	done <"$T/messages"
	python3 tests/cli/pages.py all iptrace/*.c lib/daemon/*.c \
	    lib/owner/data_kernel.c \
	    >"$T/messages"
	grep -v -e ' received, %d dropped' -e '; packets are lost until' -e '; recording goes on in' \
	    -e '^cannot \(compress\|remove\): %s/%s: %s$' \
	    -e '^disk short of the room' "$T/told" >"$T/others"
	[ "$(wc -l <"$T/others")" -gt 30 ]
	while IFS= read -r text; do
		grep -qxF -- "$text" "$T/messages" || {
			echo "no such message: $text"
			touch "$T/failed"
		}
	done <"$T/others"
	[ ! -e "$T/failed" ]
}

@test "every option is in the SYNOPSIS of its page" {
	need python3
	for p in tools/ipreport/ipreport iptrace/iptrace trafd/trafd tools/traflog/traflog \
	    tools/trafstat/trafstat \
	    tools/trafstatd/trafstatd tools/trafdb/trafdb; do
		[ -x "$TRAF_BUILDDIR/$p" ] || continue
		page=$(ls man/"${p##*/}".[18])
		"$TRAF_BUILDDIR/$p" --help >"$T/help"
		run python3 tests/cli/pages.py unlisted "$page" <"$T/help"
		echo "$page: $output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		# The check finds an option that is not there.
		echo '  -y, --yonder=N  far' >>"$T/help"
		run python3 tests/cli/pages.py unlisted "$page" <"$T/help"
		[ "$status" -eq 0 ]
		[ "$output" = "-y --yonder" ]
	done
}

@test "every page has examples" {
	need python3
	for page in man/*.[1-9]; do
		python3 tests/cli/pages.py examples "$page" | says . || {
			echo "$page has none"
			return 1
		}
	done
}

@test "the examples of all pages run" {
	need python3
	need sqlite3
	[ "$(id -u)" -eq 0 ] || skip "needs root: installs, captures"
	grep -qF ':-/usr/local/etc/trafd.conf}' "$TRAF_BUILDDIR/scripts/traf.subr" ||
	    skip "configured with another prefix than the pages speak of"
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] || skip "built without Berkeley DB"
	linked_with "$TRAF_BUILDDIR/tools/trafstatd/trafstatd" microhttpd ||
	    skip "built without libmicrohttpd"
	run tests/lib/in-overlay "$TRAF_SRCDIR" "$TRAF_BUILDDIR" -- \
	    env TRAF_SRCDIR="$TRAF_SRCDIR" TRAF_BUILDDIR="$TRAF_BUILDDIR" \
	    bash "$TRAF_SRCDIR/tests/cli/examples.sh" "$TRAF_SRCDIR"/man/*.[1-9]
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "man-db shows the pages, without a warning" {
	# Alone, these are the end of a sentence: shown without the blank.
	lacks -E '^\.D[1l] .* [.,:;]( |$)' man/*.[1-9]
	need man
	for page in man/*.[1-9]; do
		run env MANROFFSEQ='' MANWIDTH=80 LC_ALL=C.UTF-8 \
		    man --warnings -l "$page"
		echo "$page: ${lines[*]:0:3}"
		[ "$status" -eq 0 ]
		[[ $output == *NAME*DESCRIPTION* ]]
		[[ $output != *"warning:"* ]]
		# Nothing that mandoc(1) knows and groff does not is left over.
		lacks -E '^ *\.[A-Z][a-z]( |$)' <<<"$output"
	done
}
