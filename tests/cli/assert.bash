# Loaded by every file of tests: what makes assertions fail where they stand,
# and words for those that the shell has no safe one for.

bats_require_minimum_version 1.5.0

# Before that a false [[ ]] or (( )) did not end a test.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 401)); then
	echo "these tests need bash 4.1: this one is $BASH_VERSION" >&2
	exit 1
fi

# With --jobs bats looks once a second whether it may start the next test,
# though most tests end sooner.  Only bats-exec-file does that; the tests
# themselves, which bats-exec-test runs, have the command as it is.
if [[ $0 == */bats-exec-file ]]; then
	sleep() {
		[[ ${FUNCNAME[1]-} != bats_semaphore_acquire_slot ]] ||
			set -- 0.1
		command sleep "$@"
	}
fi

# A pipeline fails when any of its commands does.
set -o pipefail

# not COMMAND...: it fails.  A plain "!" would end no test.
not() {
	if "$@"; then
		return 1
	fi
}

# lacks GREP-ARGUMENTS...: grep(1) has read what it was given and found nothing.
# A file that is not there lacks nothing.
lacks() {
	local rc=0
	grep -n "$@" >&2 || rc=$?
	[ "$rc" -eq 1 ]
}

# says GREP-ARGUMENTS...: standard input has such a line.  All of it is read: a
# program that writes to nobody fails, and the pipeline with it.
says() {
	local text
	text=$(tr -d '\0')
	[ -n "$text" ] && grep -q "$@" <<<"$text" && return
	printf '%s\n' "$text" | head -n 40 >&2
	return 1
}

# quietly COMMAND...: it succeeds and prints nothing.
quietly() {
	run "$@"
	[ "$status" -eq 0 ] && [ -z "$output" ] && return
	printf '%.200s -> %d:\n%s\n' "$*" "$status" "$output" >&2
	return 1
}

# linked_with PROGRAM LIBRARY: it is made with that library.
linked_with() {
	local libraries
	libraries=$(ldd "$1") || return
	[[ $libraries == *"$2"* ]]
}
