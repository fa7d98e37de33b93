#!/usr/bin/env bats
# ./quickstart: what a new user sees first.  Nothing is installed or built
# here: the functions run on prepared data or with the programs of this build,
# the commands stop early.

# shellcheck disable=SC2016 # text for another shell
load assert
load live_helpers

setup()
{
	T=$(mktemp -d)
	cd "$TRAF_SRCDIR"
	# The functions, without the main part; $T stands for the source tree.
	mkdir -p "$T/tests" "$T/_build/gcc" "$T/_build/sanitizers"
	cp tests/ci-skips "$T/tests/"
	ln -s "$TRAF_SRCDIR/tests/lib" "$T/tests/lib"
	ln -s "$TRAF_BUILDDIR" "$T/_build/run"
	export TMPDIR=$T
	sed '/^# ---- main/,$d' quickstart >"$T/functions"
}

teardown()
{
	rm -rf "$T"
	[ -z "${NS-}" ] || ip netns del "$NS"
}

# Run shell text behind the functions of quickstart and check.subr.
with_functions()	# text
{
	{
		cat "$T/functions" "$TRAF_SRCDIR/tests/account.subr" \
		    "$TRAF_SRCDIR/tests/demo.subr" \
		    "$TRAF_SRCDIR/tests/check.subr"
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
	[[ $output == *"./quickstart [-i iface] [-t seconds] | --demo"* ]]
	while IFS='|' read -r line answer; do
		# shellcheck disable=SC2086 # is several words
		run -127 ./quickstart $line
		[ "$output" = "quickstart: $answer; ./quickstart --help lists all" ]
	done <<-'END'
	-x|unknown option: -x
	-t|-t needs an argument
	--demonstrate|unknown option: --demonstrate
	demo|no such command: demo; did you mean --demo?
	start|no such command: start
	--demo -i lo|--demo takes no -i and no -t: it makes its own traffic
	-t 3 --demo|--demo takes no -i and no -t: it makes its own traffic
	install here|unexpected argument: here
	uninstall now|unexpected argument: now
	build x|unexpected argument: x
	END
	for t in soon 0 -1 007; do
		run ./quickstart -t "$t"
		[ "$status" -eq 1 ]
		[ "$output" = "quickstart: -t $t: a number of seconds from 1 is needed" ]
	done
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
		print_services() { echo services; }
		keep_page() { echo page; }
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

# ---- the demo, with the programs of this build ----

need_namespaces()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root for network namespaces"
	command -v ip >/dev/null || skip "ip (iproute2) is not installed"
	NS=quick-$$-$BATS_TEST_NUMBER
	ip netns add "$NS" 2>/dev/null || skip "no network namespaces here"
	ip -n "$NS" link set lo up
}

no_demo_remains()	# PID of quickstart
{
	not grep -q "trafd-demo-$1" <(ip netns)
	[ -z "$(ls -d "$T"/trafd-quickstart.* 2>/dev/null)" ]
}

# Run the account of quickstart in the namespace, with these variables.
account_there()	# line of shell text
{
	printf '%s\naccount\n' "$1" >"$T/main"
	declare -f with_functions >"$T/with"
	run ip netns exec "$NS" env T="$T" bash -c \
	    '. "$T/with"; with_functions "$(cat "$T/main")"'
	echo "$output"
	[ "$status" -eq 0 ]
}

# column NUMBER NAME: of the line of the table that begins with NAME.
column()
{
	awk -v n="$1" -v name="$2" 'index($0, name) == 1 {
		sub(/^.[^ ]* +/, ""); split($0, w); print w[n]; exit }' \
		<<<"$output"
}

@test "--demo: hosts, services, page and save file; nothing else is left" {
	need_namespaces
	cat >"$T/main" <<-'EOT'
	iface= seconds= demo=yes demo_seconds=2
	echo $$ >"$top/pid"
	account
	EOT
	run with_functions "$(cat "$T/main")"
	echo "$output"
	[ "$status" -eq 0 ]
	# At least one second of it: 1.5 MB of video and the headers.
	[[ $(column 1 'tv*') =~ ^[1-4]\.[0-9]$ ]]
	[ "$(column 2 'tv*')" = MB ]
	for name in 'laptop*' 'phone*' 'nas*' video.example dns.example; do
		[ -n "$(column 1 "$name")" ]
	done
	for service in 443/tcp 22/tcp 80/tcp 53/udp; do
		[[ $output == *$'\n'*"$service "* ]]
	done
	[[ $output == *"$T/_build/account/report.html"* ]]
	grep -q 198.51.100.90 "$T/_build/account/report.html"
	# The shown account is the saved one.
	run "$TRAF_BUILDDIR/tools/traflog/traflog" -n --format=csv --by host \
	    --where 'host 10.1.0.7' -i "$T/_build/account/trafd.demo0"
	[ "$status" -eq 0 ]
	[[ $output == *10.1.0.7* ]]
	no_demo_remains "$(cat "$T/pid")"
}

@test "a silent interface: says that nothing passed, then shows the demo" {
	need_namespaces
	ip -n "$NS" link add v0 type veth peer name v1
	for v in v0 v1; do
		ip netns exec "$NS" sysctl -qw "net.ipv6.conf.$v.disable_ipv6=1"
		ip -n "$NS" link set "$v" up
	done
	account_there 'iface= seconds=1 demo= demo_seconds=1'
	[[ $output == *"counting on v"*"No IP packet passed v"*"a demo: "* ]]
	[[ $output == *"tv* "*"To count permanently:"* ]]
}

@test "loopback alone: the demo at once" {
	need_namespaces
	account_there 'iface= seconds= demo= demo_seconds=1'
	[[ $output == *"nothing can pass"*"a demo: "*"counting on demo0"* ]]
	[[ $output == *"tv* "* ]]
}

@test "without namespaces the demo is on loopback, and says so" {
	need_namespaces
	account_there 'demo_network() { return 1; }
		iface= seconds= demo=yes demo_seconds=1'
	[[ $output == *"made on loopback"*"counting on lo "*"tv "* ]]
	[[ $output == *"443/tcp "* ]]
}

@test "without python3 the demo is datagrams of the shell" {
	need_namespaces
	account_there 'command() {
			[ "$2" != python3 ] && type "$2"
		}
		iface= seconds= demo=yes demo_seconds=1'
	[[ $output == *"198.51.100.90 "*"443/udp "* ]]
	[[ $output == *"192.0.2.53 "*"53/udp "* ]]
}

@test "the interface with traffic is taken, not that of the default route" {
	# The counters before and after a second: v1 has the newest packets.
	cat >"$T/main" <<-'EOT'
	of_scripts() {
		[ "$1" = traf_counters ] || { echo v0; return; }
		if [ -e "$top/second" ]; then
			printf 'v0 900 90000\nv1 70 7000\n'
		else
			: >"$top/second"
			printf 'v0 899 89900\nv1 10 1000\n'
		fi
	}
	choose_iface
	EOT
	run with_functions "$(cat "$T/main")"
	[ "$status" -eq 0 ]
	[ "$output" = v1 ]
}

@test "how to count permanently: an interface that dumps and saves" {
	run with_functions 'systemd_there=/nowhere; permanently em0'
	[ "$status" -eq 0 ]
	[[ $output == *'trafd_ifaces="em0"'*trafd_dump_interval=300*trafd_save_interval=3600* ]]
	# README, sample and manual say the same.
	for f in README.md scripts/trafd.conf.sample man/trafstart.8; do
		grep -qE '^(    |#)?trafd_dump_interval="?300"?$' "$f"
		grep -qE '^(    |#)?trafd_save_interval="?3600"?$' "$f"
	done
	not grep -n '86400' README.md scripts/trafd.conf.sample
}

# begin_demo: a demo that counts, and goes on for half a minute; its shell: $pid
begin_demo()
{
	need_namespaces
	cat >"$T/main" <<-'EOT'
	iface= seconds= demo=yes demo_seconds=30
	echo $$ >"$top/pid"
	account
	EOT
	with_functions "$(cat "$T/main")" >"$T/said" 2>&1 3>&- &
	counting() { grep -q 'counting on demo0' "$T/said"; }
	wait_until 20 counting
	pid=$(cat "$T/pid")
}

@test "a demo that is interrupted leaves no namespace and no process" {
	begin_demo
	ip netns | grep -q "trafd-demo-$pid"
	kill -TERM "$pid"
	gone() { not kill -0 "$pid"; }
	wait_until 20 gone
	no_demo_remains "$pid"
	# shellcheck disable=SC2009 # pgrep(1) is not everywhere
	ps -A -o args= >"$T/processes"
	not grep -F "$T/tests/lib/demo.py" "$T/processes"
}

@test "a demo that was killed: the next run removes what it left, and only that" {
	begin_demo
	mapfile -t left < <(ip netns pids "trafd-demo-$pid"
		ip netns pids "trafd-demo-$pid-net")
	[ "${#left[@]}" -ge 3 ]		# clients, servers, trafd
	dir=$(echo "$T"/trafd-quickstart.*)
	# One that still runs is left alone, and so is what says nothing.
	mkdir "$T/trafd-quickstart.other"
	run with_functions sweep
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -d "$dir" ]
	ip netns | grep -q "trafd-demo-$pid"
	# Its number may belong to another process by now.
	kill -KILL "$pid"
	gone() { not kill -0 "$pid"; }
	wait_until 20 gone
	read -r _ began space <"$dir/owner"
	echo "$$ $began $space" >"$T/trafd-quickstart.other/owner"
	echo "$pid $began pid:[1]" >"$T/elsewhere"
	mkdir "$T/trafd-quickstart.elsewhere"
	cp "$T/elsewhere" "$T/trafd-quickstart.elsewhere/owner"
	run with_functions sweep
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c "an earlier run was killed" <<<"$output")" -eq 2 ]
	[ ! -e "$T/trafd-quickstart.other" ]
	[ -d "$T/trafd-quickstart.elsewhere" ]
	rm -r "$T/trafd-quickstart.elsewhere"
	no_demo_remains "$pid"
	for p in "${left[@]}"; do	# none, or one that nobody waits for
		not readlink "/proc/$p/exe"
	done
}

@test "a count that was killed: the next run stops its daemon" {
	need_namespaces
	printf 'iface=lo seconds=30 demo=\necho $$ >"$top/pid"\naccount\n' \
		>"$T/main"
	declare -f with_functions >"$T/with"
	ip netns exec "$NS" env T="$T" bash -c \
	    '. "$T/with"; with_functions "$(cat "$T/main")"' \
	    >"$T/said" 2>&1 3>&- &
	counting() { grep -q 'counting on lo' "$T/said"; }
	wait_until 20 counting
	pid=$(cat "$T/pid")
	daemon=$(head -n 1 "$T"/trafd-quickstart.*/run/trafd.quickstart)
	kill -0 "$daemon"
	kill -KILL "$pid"
	gone() { not kill -0 "$pid"; }
	wait_until 20 gone
	run with_functions sweep
	echo "$output"
	[ "$status" -eq 0 ]
	not readlink "/proc/$daemon/exe"
	[ -z "$(ls -d "$T"/trafd-quickstart.* 2>/dev/null)" ]
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
