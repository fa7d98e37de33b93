#!/usr/bin/env bats
# ./quickstart: what a new user sees first.  Nothing is installed or built
# here: the functions run on prepared data, the commands stop early.

# shellcheck disable=SC2016 # text for another shell
load assert

setup()
{
	T=$(mktemp -d)
	cd "$TRAF_SRCDIR"
	# The functions, without the main part; $T stands for the source tree.
	mkdir -p "$T/tests" "$T/_build/gcc" "$T/_build/sanitizers"
	cp tests/ci-skips "$T/tests/"
	sed '/^# ---- main/,$d' quickstart >"$T/functions"
}

teardown()
{
	rm -rf "$T"
}

# Run shell text behind the functions of quickstart and check.subr.
with_functions()	# text
{
	{
		cat "$T/functions" "$TRAF_SRCDIR/tests/check.subr"
		printf 'tmp=$top\niface=fxp0\n%s\n' "$1"
	} >"$T/quickstart"
	sh "$T/quickstart"
}

rows()	# src dst packets bytes ...
{
	printf 'begin\tend\tsrc\tsport\tdst\tdport\tproto\tpackets\tdata\tbytes\n'
	while [ $# -gt 0 ]; do
		printf 'b\te\t%s\t1\t%s\t2\ttcp\t%s\t0\t%s\n' "$1" "$2" "$3" "$4"
		shift 4
	done
}

@test "--help explains, an unknown option ends with 127" {
	run ./quickstart --help
	[ "$status" -eq 0 ]
	[[ $output == *"./quickstart [-i iface] [-t seconds]"* ]]
	run -127 ./quickstart -x
	run ./quickstart -t soon
	[ "$status" -eq 1 ]
	[[ $output == *"number of seconds"* ]]
}

@test "talkers: in, out, share of all bytes, largest first" {
	rows 10.0.0.1 10.0.0.2 10 3000  10.0.0.2 10.0.0.1 5 1000 \
	    10.0.0.1 2001:db8::1 1 1000 >"$T/rows"
	run with_functions top_talkers
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = $'10.0.0.1\t1000\t4000\t100.0' ]
	[ "${lines[1]}" = $'10.0.0.2\t3000\t1000\t80.0' ]
	[ "${lines[2]}" = $'2001:db8::1\t1000\t0\t20.0' ]
}

@test "the report has names, units, bars and the totals" {
	rows 10.0.0.1 10.0.0.2 10 3000000  10.0.0.2 10.0.0.1 5 999 >"$T/rows"
	run with_functions 'look_up() { printf "10.0.0.2\tgate.example\n"; }
		own_addresses() { echo 10.0.0.1; }
		LC_ALL=C; export LC_ALL
		report'
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"10.0.0.1*  "*" 999 B "*" 3.0 MB "*"100.0%  ####"* ]]
	[[ $output == *"gate.example "* ]]
	[[ $output == *"15 packets, 3.0 MB in 2 records"* ]]
}

@test "no traffic: says so and how to make some" {
	rows >"$T/rows"
	run with_functions report
	[ "$status" -eq 0 ]
	[[ $output == *"No IP packet passed fxp0"*"ping "* ]]
}

# ---- the sums at the end of a check ----

suite_log()	# pass fail skip error
{
	printf '# TOTAL: 9\n# PASS:  %s\n# SKIP:  %s\n# XFAIL: 0\n# FAIL:  %s\n' \
	    "$1" "$3" "$2"
	printf '# XPASS: 0\n# ERROR: %s\n' "$4"
}

checked()	# text: stands for the builds; prints the end of a check
{
	with_functions "need() { :; }; prepare() { :; }
		give_back() { :; }; stage() { :; }; check_in() { $1
		}; check"
}

@test "the closing line has the sums of all builds" {
	suite_log 10 0 2 0 >"$T/_build/gcc/test-suite.log"
	suite_log 7 0 0 0 >"$T/_build/sanitizers/test-suite.log"
	CI='' run checked 'count_results "$1" 0'
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "17 passed, 0 failed, 2 skipped" ]
}

@test "failures and errors of tests fail the check" {
	suite_log 10 1 0 1 >"$T/_build/gcc/test-suite.log"
	suite_log 7 0 0 0 >"$T/_build/sanitizers/test-suite.log"
	run checked 'count_results "$1" 1'
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "17 passed, 3 failed" ]
}

@test "a build that fails is a failure, no test at all too" {
	run checked 'count_results "$1" 1'
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "0 passed, 2 failed" ]
	run checked 'count_results "$1" 0'
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "0 passed, 0 failed" ]
}

@test "with CI=true a skipped test is a failure, but for a written reason" {
	suite_log 10 0 2 0 >"$T/_build/gcc/test-suite.log"
	suite_log 7 0 0 0 >"$T/_build/sanitizers/test-suite.log"
	printf 'SKIP: tests/cli/live.bats 3 %s\n' 'live # SKIP not root' \
	    'all # SKIP no corpus here' >"$T/_build/gcc/cli.log"
	: >"$T/_build/gcc/cli.trs"
	CI=true run checked 'count_results "$1" 0'
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"live.bats 3 live"* ]]
	[ "${lines[-1]}" = "17 passed, 1 failed, 1 skipped" ]
}

@test "a stage is its TAP lines; one that dies is a failure" {
	run with_functions 'passed=0 failed=0 skipped=0
		stage a printf "ok 1 - x\nok 2 # SKIP\nnot ok 3 - y\n1..3\n"
		echo "$passed $failed $skipped"
		stage b printf "ok 1 - x\n"
		echo "$passed $failed $skipped"'
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"not ok 3 - y"*"1 1 1"*"2 2 1" ]]
}

@test "a test that hangs is ended and has failed; it holds up no other" {
	TRAF_TEST_SECONDS=1 run sh "$TRAF_SRCDIR/tests/limited.sh" \
	    sh -c 'echo "ok 1"; sleep 7654'
	[ "$status" -ne 0 ]
	[ "${lines[0]}" = "ok 1" ]
	[[ $output == *"did not end within 1 seconds"* ]]
	TRAF_TESTS_END=1 run sh "$TRAF_SRCDIR/tests/limited.sh" echo "ok 1"
	[ "$status" -eq 1 ]
	[ "$output" = "Bail out!  no time is left for echo ok 1" ]
	run sh "$TRAF_SRCDIR/tests/limited.sh" echo "ok 1"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "ok 1" ]
}

@test "check names the tests that took longest" {
	mkdir -p "$T/_build/gcc/tests/cli" "$T/_build/gcc/tests/unit"
	for n in 1 2 3 4 5 6; do
		printf 'ok 1\n# took %s s\n' "${n}0" \
		    >"$T/_build/gcc/tests/cli/t$n.log"
	done
	printf 'ok 1\n# took 9 s\n' >"$T/_build/gcc/tests/unit/test_u.log"
	run with_functions 'name=gcc; build=$top/_build; longest'
	[ "$status" -eq 0 ]
	[ "$output" = "t6 60 s, t5 50 s, t4 40 s, t3 30 s, t2 20 s" ]
}
