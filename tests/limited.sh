#!/bin/sh
# limited.sh: run a test that may hang, so that the run of all tests ends.
#
# usage: limited.sh command ...
#
# What it prints goes through a file: a process that the test leaves behind
# holds no pipe that somebody reads to its end.  TRAF_TEST_SECONDS is the
# limit for the test, TRAF_TESTS_END (in seconds since 1970) that of the whole
# run.  A test that reaches one of them is ended and has failed.
#
# A file of bats whose tests mostly wait says "# jobs: N": so many at once.
set -u
start=$(date +%s)
seconds=${TRAF_TEST_SECONDS:-900}
left=$((${TRAF_TESTS_END:-$((start + seconds))} - start))
if [ "$left" -le 0 ]; then
	echo "Bail out!  no time is left for $*"
	exit 1
fi
[ "$seconds" -le "$left" ] || seconds=$left
for file; do :; done
jobs=$(case $file in *.bats) sed -n 's/^# jobs: //p' "$file" ;; esac)
last=
for arg; do
	shift
	[ -z "$jobs" ] || [ "$last" != --jobs ] || arg=$jobs
	last=$arg
	set -- "$@" "$arg"
done
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
trap 'exit 1' HUP INT TERM
timeout -k 10 "$seconds" "$@" >"$out" </dev/null
rc=$?
cat "$out"
case $rc in
124 | 137)
	echo "not ok - $* did not end within $seconds seconds"
	echo "Bail out!  not all of it ran" ;;
esac
echo "# took $(($(date +%s) - start)) s"
exit $rc
