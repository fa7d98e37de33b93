#!/usr/bin/env bats
# trafstart, trafstop, trafdump and trafsave: with a stand-in daemon for what
# a real one does only on bad days (no root needed).
# jobs: 6

load assert

setup()
{
	T=$(mktemp -d)
	mkdir -p "$T/bin" "$T/run" "$T/state/tmp"
	{
		echo "#!$(command -v bash)"
		sed 1d "$TRAF_SRCDIR/tests/cli/fake-trafd"
	} >"$T/bin/trafd"
	chmod +x "$T/bin/trafd"
	PATH=$TRAF_BUILDDIR/scripts:$PATH
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	export TRAFD_CONF=$T/trafd.conf
	export FAKE_MODE='' FAKE_DELAY=0.2 TMPDIR=$T
	conf trafd_ifaces="fxp0 fxp1"
}

# Everything that this test has started, also if its PID file is lost.
teardown()
{
	# shellcheck disable=SC2009 # pgrep(1) is not everywhere
	ps -A -o pid= -o args= | grep -F "$T/" | grep -v grep |
	    while read -r pid _; do
		kill -KILL "$pid" || :
	done
	[ ! -s "$T/mypid" ] || kill -KILL "$(cat "$T/mypid")" || :
	rm -rf "$T"
}

conf()	# lines for trafd.conf
{
	cat >"$TRAFD_CONF" <<-EOT
	trafd_program=$T/bin/trafd
	trafd_rundir=$T/run
	trafd_statedir=$T/state
	trafd_log=$T/log
	trafd_timeout=60
	EOT
	for line; do
		echo "${line%%=*}='${line#*=}'" >>"$TRAFD_CONF"
	done
}

blocks()	# iface
{
	grep -c . "$T/state/trafd.$1"
}

# A zombie is gone: not every container's init collects it.
runs()	# pid
{
	[[ $(ps -o stat= -p "$1") == [!Z]* ]]
}

# Fail with a message that matches.
refused()	# pattern, command
{
	pattern=$1
	shift
	run "$@"
	echo "$* -> $status: $output"
	[ "$status" -eq 1 ]
	[[ $output == *"$pattern"* ]]
	grep -qF "$pattern" "$T/log"
}

# ---- synchronous, silent, logged ----

@test "trafsave returns when the save is on the disk" {
	quietly trafstart fxp0
	for n in 1 2 3; do
		quietly trafsave fxp0
		[ "$(blocks fxp0)" -eq "$n" ]
	done
}

@test "trafdump returns when the dump is on the disk" {
	quietly trafstart fxp0
	quietly trafdump fxp0
	[ -s "$T/state/tmp/trafd.fxp0" ]
	not [ -e "$T/state/trafd.fxp0" ]
}

@test "a save that was under way does not pass for ours" {
	export FAKE_DELAY=0.8
	quietly trafstart fxp0
	kill -INT "$(cat "$T/run/trafd.fxp0")"
	while ! grep -q 'save_begun *1' "$T/run/trafd.fxp0.status"; do
		sleep 0.02
	done
	quietly trafsave fxp0
	[ "$(blocks fxp0)" -eq 2 ]
}

@test "trafstop waits until the daemon has gone and leaves no PID file" {
	for FAKE_MODE in '' truncate; do
		quietly trafstart fxp0
		pid=$(cat "$T/run/trafd.fxp0")
		quietly trafstop fxp0
		not runs "$pid"
		not [ -e "$T/run/trafd.fxp0" ]
		not [ -e "$T/run/trafd.fxp0.status" ]
	done
}

@test "each action is a log line in the form of syslog" {
	trafstart fxp0
	trafsave fxp0
	host=$(uname -n)
	grep -Eq "^[A-Z][a-z]{2} [ 0-9][0-9] ([0-9]{2}:){2}[0-9]{2} \
${host%%.*} trafsave: \(fxp0\) signaling " "$T/log"
	lacks -v "^[A-Z].* trafs[a-z]*: " "$T/log"
}

@test "a log that cannot be written is no error" {
	conf trafd_ifaces=fxp0 "trafd_log=$T/none/log"
	quietly trafstart fxp0
	quietly trafsave fxp0
}

@test "a log that is no file is not opened: nothing waits for a FIFO's reader" {
	conf trafd_ifaces=fxp0
	quietly trafstart
	rm "$T/log"
	n=0
	for log in "mkfifo $T/log" "mkdir $T/log" "ln -s run/fifo $T/log"; do
		[ -p "$T/run/fifo" ] || mkfifo "$T/run/fifo"
		$log
		for cmd in trafdump trafsave; do
			run -0 timeout -k 1 20 "$cmd"
			[ "$output" = "$cmd: nothing is logged: $T/log: not a \
regular file; correct trafd_log in $TRAFD_CONF" ]
		done
		n=$((n + 1))
		[ "$(blocks fxp0)" -eq $n ]
		rm -r "$T/log"
	done
	mkfifo "$T/log"
	run -0 timeout -k 1 20 trafstop
	not [ -e "$T/run/trafd.fxp0" ]
	# Nor does an error wait.
	run -1 timeout -k 1 20 trafsave
	[[ $output == *"(fxp0) trafd is not running; "* ]]
	# A device is good, and so is a link to what does not exist yet.
	conf trafd_ifaces=fxp0 trafd_log=/dev/null
	quietly trafstart
	rm "$T/log"
	ln -s later "$T/log"
	conf trafd_ifaces=fxp0
	quietly trafstop
	[ -s "$T/later" ]
}

@test "a configuration that is no file is refused, and not waited for" {
	rm "$TRAFD_CONF"
	mkfifo "$TRAFD_CONF"
	run -1 timeout -k 1 20 env "trafd_log=$T/log" trafsave fxp0
	[ "$output" = "trafsave: the configuration is not a regular file: \
$TRAFD_CONF; see trafd.conf(5)" ]
}

# ---- which interfaces ----

@test "no argument, All, all and ALL mean every configured interface" {
	quietly trafstart
	n=0
	for all in '' All all ALL; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # '' is no argument
		quietly trafsave $all
		[ "$(blocks fxp0)" -eq $n ]
		[ "$(blocks fxp1)" -eq $n ]
	done
	quietly trafstop
	quietly find "$T/run" -name 'trafd*'
}

@test "one interface only" {
	quietly trafstart all
	quietly trafsave fxp1
	not [ -e "$T/state/trafd.fxp0" ]
	[ "$(blocks fxp1)" -eq 1 ]
}

@test "nothing configured: the instances that run" {
	conf trafd_ifaces=
	quietly trafstart fxp0 fxp1
	echo 99999999 >"$T/run/trafd.gone"
	: >"$T/state/.trafd.gone.lock"
	# Not named by trafd: neither asked nor shown.
	# shellcheck disable=SC2016 # is not to be run
	for name in $'x\e[2Jy' 'a b' '$(id)'; do
		cp "$T/run/trafd.fxp0" "$T/run/trafd.$name"
		cp "$T/state/.trafd.fxp0.lock" "$T/state/.trafd.$name.lock"
	done
	quietly trafsave
	[ "$(blocks fxp0)" -eq 1 ]
	[ "$(blocks fxp1)" -eq 1 ]
	quietly trafstop all
}

@test "nothing configured: the instances in the directories of trafd_flags" {
	mkdir -p "$T/run2" "$T/state2/tmp"
	conf trafd_ifaces= \
	    "trafd_flags=-r --run-dir $T/run2 --state-dir $T/state2"
	quietly trafstart fxp0
	quietly trafdump
	[ -s "$T/state2/tmp/trafd.fxp0" ]
	quietly trafstop
	not [ -e "$T/run2/trafd.fxp0" ]
}

@test "nothing configured: flags that cannot work are an error, not a daemon less" {
	conf trafd_ifaces=
	quietly trafstart fxp0 fxp1
	conf trafd_ifaces= 'trafd_fxp0_flags="'
	refused "(fxp0) unbalanced quotes" trafsave
	not [ -e "$T/state/trafd.fxp0" ]
	[ "$(blocks fxp1)" -eq 1 ]
}

@test "nothing configured, nothing runs: says so" {
	conf trafd_ifaces=
	for cmd in trafsave trafdump trafstop; do
		refused "no trafd is running" $cmd
	done
}

@test "trafstart without configuration proposes one" {
	conf trafd_ifaces=
	refused "no interface is configured in $T/trafd.conf" trafstart
	[[ $output == *'trafd_ifaces="'?* ]]
}

@test "an interface that fails does not keep the others from their turn" {
	conf "trafd_ifaces=absent fxp1"
	quietly trafstart fxp1
	refused "(absent) trafd is not running" trafsave
	[ "$(blocks fxp1)" -eq 1 ]
}

@test "All: what is done already is no failure of trafstart and trafstop" {
	quietly trafstart fxp0
	first=$(cat "$T/run/trafd.fxp0")
	quietly trafstart
	[ "$(cat "$T/run/trafd.fxp0")" = "$first" ]
	runs "$(cat "$T/run/trafd.fxp1")"
	grep -qF '(fxp0) is already running' "$T/log"
	quietly trafstop fxp1
	quietly trafstop All
	grep -qF '(fxp1) was not running' "$T/log"
	not runs "$first"
	quietly trafstop
	# By name it is one, and what is not counted cannot be dumped.
	refused "(fxp0) trafd is not running" trafstop fxp0
	refused "(fxp1) trafd is not running" trafdump
	refused "(fxp1) trafd is not running" trafsave
}

@test "All: a stale PID file is removed by trafstop, and a broken trafd told" {
	echo 99999999 >"$T/run/trafd.fxp1"
	quietly trafstop
	not [ -e "$T/run/trafd.fxp1" ]
	rm "$T/bin/trafd"
	refused "is missing or not executable" trafstop
}

# As netstat(1) of FreeBSD prints it: an address or none, "*" if it is down.
@test "the interfaces that carry traffic, of FreeBSD's netstat" {
	cat >"$T/bin/netstat" <<-'EOT'
	#!/bin/sh
	[ "$*" = -ibn ] || exit 1
	cat <<-END
	Name    Mtu Network       Address              Ipkts Ierrs Idrop     Ibytes    Opkts Oerrs     Obytes  Coll
	em0    1500 <Link#1>      58:9c:fc:00:00:01      100     0     0      10000       90     0       9000     0
	em0       - 192.0.2.0/24  192.0.2.1               95     -     -       9000       90     -       9000     -
	em1*   1500 <Link#2>      58:9c:fc:00:00:02      500     0     0      90000       90     0       9000     0
	em2    1500 <Link#3>      58:9c:fc:00:00:03        0     0     0          0        9     0        900     0
	lo0   16384 <Link#4>      lo0                   7000     0     0     800000     7000     0     800000     0
	tun0   1400 <Link#5>                             300     0     0    5000000000  200     0      20000     0
	END
	EOT
	chmod +x "$T/bin/netstat"
	PATH=$T/bin:$PATH run sh -c '. "${TRAF_SUBR%/*}/ifaces.subr"
		traf_counters() { traf_counters_bsd; }
		traf_counters; echo; traf_busy_ifaces'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "em0 100 19000
em2 0 900
tun0 300 5000020000

tun0
em0" ]
}

@test "names that are no interface are refused" {
	for name in ../etc/passwd 'a b' '' a/b; do
		refused "is not the name of an interface" trafsave "$name"
	done
}

@test "an unknown option shows the usage and ends with 127" {
	for cmd in trafstart trafstop trafdump trafsave; do
		run -127 $cmd -x
		[ "${lines[0]}" = "$cmd: unknown option: -x" ]
		[ "${lines[1]}" = "usage: $cmd [All | iface ...]" ]
		run -127 $cmd -i em0
		[ "$output" = "$cmd: unknown option: -i; name the interface \
alone: $cmd em0" ]
		run $cmd --help
		[ "$status" -eq 0 ]
	done
}

# ---- flags ----

args_of()	# ext
{
	tail -n +8 "$T/run/args.$1" | tr '\n' '|'
}

@test "flags of one interface, with quotes and an extension" {
	conf 'trafd_flags=-r' 'trafd_eth0_100_flags=-p -rf lan "not port 22" *' \
	    'trafd_empty_flags='
	quietly trafstart eth0.100 fxp0 empty
	[ "$(args_of lan)" = '-p|-rf|lan|not port 22|*|' ]
	[ "$(args_of fxp0)" = '-r|' ]
	[ "$(args_of empty)" = '' ]
	quietly trafsave eth0.100
	[ "$(blocks lan)" -eq 1 ]
	quietly trafstop eth0.100
	not [ -e "$T/run/trafd.lan" ]
}

@test "directories in the flags are found" {
	mkdir -p "$T/run2" "$T/state2/tmp"
	conf "trafd_flags=-r --run-dir $T/run2 --state-dir $T/state2"
	quietly trafstart fxp0
	quietly trafdump fxp0
	[ -s "$T/state2/tmp/trafd.fxp0" ]
	quietly trafstop fxp0
}

@test "flags that cannot work are refused, and say why" {
	conf 'trafd_a_flags=-r "not port 22' 'trafd_b_flags=--foreground' \
	    'trafd_c_flags=-f a/b'
	refused "unbalanced quotes" trafstart a
	refused "(b) --foreground is not allowed" trafstart b
	refused "invalid -f" trafstart c
}

@test "what trafd says at a failed start is shown and logged" {
	export FAKE_MODE=refuse
	refused "(fxp0) trafd: fxp0: no such interface" trafstart fxp0
	[[ $output == *"failed with status 1"* ]]
}

# ---- bad days ----

@test "stale, empty and odd PID files: nothing is signaled" {
	sleep 600 3>&- &
	echo $! >"$T/mypid"
	for content in 99999999 "$!" 1 0 -1 '' '1 2' 'x' "$(printf '1\n2')"; do
		printf '%s\n' "$content" >"$T/run/trafd.fxp0"
		for cmd in trafsave trafdump trafstop; do
			run $cmd fxp0
			[ "$status" -eq 1 ]
		done
	done
	kill -0 "$!"
	lacks signaling "$T/log"
}

@test "trafstop removes a stale PID file, trafstart does without" {
	echo 99999999 >"$T/run/trafd.fxp0"
	refused "(fxp0) trafd is not running" trafstop fxp0
	not [ -e "$T/run/trafd.fxp0" ]
	echo 99999999 >"$T/run/trafd.fxp0"
	quietly trafstart fxp0
	quietly trafsave fxp0
}

@test "a stale number that is another trafd's now is not signaled" {
	quietly trafstart fxp1
	cp "$T/run/trafd.fxp1" "$T/run/trafd.fxp0"
	touch -d '2001-01-01 00:00' "$T/run/trafd.fxp0"
	refused "(fxp0) trafd is not running" trafstop fxp0
	quietly trafsave fxp1
}

is_zombie()
{
	[ -s "$T/run/trafd.fxp0" ] &&
	    [[ $(ps -o stat= -p "$(cat "$T/run/trafd.fxp0")") == Z* ]]
}

@test "a zombie is no daemon" {
	mkdir "$T/z"
	cat >"$T/z/trafd" <<-'EOT'
	#!/bin/sh
	exec 9>"$1/.trafd.fxp0.lock"
	flock 9
	echo "$$ $(stat -Lc %i /proc/self/ns/pid) $(uname -n)" >&9
	EOT
	chmod +x "$T/z/trafd"
	bash -c '"$0" "$2" & echo $! >"$1"; exec sleep 600' "$T/z/trafd" \
	    "$T/run/trafd.fxp0" "$T/state" 3>&- &
	echo $! >"$T/mypid"
	for _ in $(seq 300); do
		if is_zombie; then break; fi
		sleep 0.1
	done
	is_zombie
	grep -q "^$(cat "$T/run/trafd.fxp0") " "$T/state/.trafd.fxp0.lock"
	refused "(fxp0) trafd is not running" trafsave fxp0
}

@test "a status file that an earlier process left does not count" {
	export FAKE_MODE=nostatus
	quietly trafstart fxp0
	printf '%s\n' 'pid 99999999' 'save_begun 5' 'save_done 5' \
	    'save_failed 0' >"$T/run/trafd.fxp0.status"
	quietly trafsave fxp0
	[ "$(blocks fxp0)" -eq 1 ]
}

@test "trafstart without its daemon names what is missing, and what to do" {
	: >"$T/empty"
	for program in "$T/none" "$T/empty" "$T" none; do
		echo "trafd_program=$program" >>"$TRAFD_CONF"
		refused "(fxp0) $program is missing or not executable: \
install trafd, or correct trafd_program in $TRAFD_CONF" trafstart fxp0
		for how in --foreground --check-config; do
			run trafstart $how fxp0
			[ "$status" -eq 1 ]
			[ "${#lines[@]}" -eq 1 ]
		done
	done
}

@test "a stopped daemon: an error when the time is over" {
	quietly trafstart fxp0
	pid=$(cat "$T/run/trafd.fxp0")
	echo trafd_timeout=1 >>"$TRAFD_CONF"
	kill -STOP "$pid"
	refused "no answer from process $pid: no save within 1 s" \
	    trafsave fxp0
	refused "no end within 1 s" trafstop fxp0
	[ -e "$T/run/trafd.fxp0" ]
	kill -CONT "$pid"
}

# stand_in NAME TEXT: a program before that of the system.
stand_in()
{
	mkdir -p "$T/first"
	printf '#!/bin/sh\n%s\n' "$2" >"$T/first/$1"
	chmod +x "$T/first/$1"
	PATH=$T/first:$PATH
}

@test "a timeout is seconds by the clock, however long a pause takes" {
	quietly trafstart fxp0
	echo trafd_timeout=2 >>"$TRAFD_CONF"
	kill -STOP "$(cat "$T/run/trafd.fxp0")"
	stand_in sleep "echo >>$T/pauses; exec $(command -v sleep) 1"
	refused "no save within 2 s" trafsave fxp0
	[ "$(wc -l <"$T/pauses")" -ge 1 ]
	[ "$(wc -l <"$T/pauses")" -le 4 ]	# 20 of a tenth of a second
}

@test "a clock that is set forward does not end the waiting" {
	quietly trafstart fxp0
	echo trafd_timeout=40 >>"$TRAFD_CONF"
	kill -STOP "$(cat "$T/run/trafd.fxp0")"
	stand_in sleep "echo >>$T/pauses"
	stand_in date "[ \"\$1\" = +%s ] || exec $(command -v date) \"\$@\"
		echo >>$T/asked; echo \$((\$(wc -l <$T/asked) * 86400))"
	refused "no save within 40 s" trafsave fxp0
	[ "$(wc -l <"$T/pauses")" -eq 2 ]	# a day is at most 15 seconds
}

@test "a daemon that dies is an error at once" {
	export FAKE_MODE=die
	quietly trafstart fxp0
	SECONDS=0
	refused "ended before it confirmed the save" trafsave fxp0
	[ $SECONDS -lt 50 ]	# not when the time is over
}

@test "a failed save is an error and tells trafd's reason" {
	export FAKE_MODE=fail
	quietly trafstart fxp0
	refused "(fxp0) save failed: $T/state/trafd.fxp0: write: No space" \
	    trafsave fxp0
	refused "(fxp0) dump failed: $T/state/trafd.fxp0: write: No space" \
	    trafstop fxp0
	not [ -e "$T/run/trafd.fxp0" ]
}

@test "without a status file the files tell" {
	export FAKE_MODE=nostatus
	quietly trafstart fxp0
	quietly trafsave fxp0
	[ "$(blocks fxp0)" -eq 1 ]
	: >"$T/state/trafd.fxp0"
	quietly trafsave fxp0
	[ "$(blocks fxp0)" -eq 1 ]
	mv "$T/state/trafd.fxp0" "$T/away"
	quietly trafsave fxp0
	quietly trafdump fxp0
	quietly trafdump fxp0
	echo trafd_timeout=1 >>"$TRAFD_CONF"
	kill -STOP "$(cat "$T/run/trafd.fxp0")"
	refused "no answer" trafsave fxp0
}
