#!/usr/bin/env bats
# What starts trafd at boot and asks for dumps and saves: the script of
# rc.subr over a stand-in of that, the units of systemd, periodic, cron; and
# the pieces for log daemons.  With a stand-in daemon; no root needed.

load assert

setup()
{
	T=$(mktemp -d)
	mkdir -p "$T/bin" "$T/run" "$T/state/tmp" "$T/share" "$T/rc.d"
	{
		echo "#!$(command -v bash)"
		sed 1d "$TRAF_SRCDIR/tests/cli/fake-trafd"
	} >"$T/bin/trafd"
	chmod +x "$T/bin/trafd"
	sed "s|/etc/rc\.subr|$T/rc.subr|" "$TRAF_BUILDDIR/scripts/traf.subr" \
	    >"$T/share/traf.subr"
	cp "$TRAF_BUILDDIR/scripts/ifaces.subr" "$T/share/"
	for s in trafstart trafstop trafdump trafsave; do
		cp "$TRAF_BUILDDIR/scripts/$s" "$T/bin/"
	done
	cp "$TRAF_SRCDIR/tests/cli/rc.subr-stub" "$T/rc.subr"
	for s in trafd trafd.sh 500.trafd; do
		sed -e "s|%%BINDIR%%|$T/bin|; s|%%DATADIR%%|$T/share|" \
		    -e "s|/etc/rc\.subr|$T/rc.subr|" \
		    "$TRAF_SRCDIR/rc.d/$s.in" >"$T/rc.d/$s"
		chmod +x "$T/rc.d/$s"
	done
	export TRAF_SUBR=$T/share/traf.subr RC_CONF=$T/rc.conf TMPDIR=$T
	export FAKE_MODE='' FAKE_DELAY=0.1
	unset TRAFD_CONF
	rc_conf trafd_enable=YES "trafd_ifaces=fxp0 fxp1"
}

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

rc_conf()	# lines
{
	cat >"$RC_CONF" <<-EOT
	trafd_program=$T/bin/trafd
	trafd_rundir=$T/run
	trafd_statedir=$T/state
	trafd_log=$T/log
	trafd_timeout=40
	EOT
	for line; do
		echo "${line%%=*}='${line#*=}'" >>"$RC_CONF"
	done
}

need()	# program
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

until_there()	# test, file
{
	for _ in $(seq 300); do
		test "$1" "$2" && return
		sleep 0.1
	done
	return 1
}

service()	# arguments of the script; output and status as with run
{
	run "$T/rc.d/trafd" "$@"
	echo "$* -> $status: $output"
}

pid_of()	# iface
{
	cat "$T/run/trafd.$1"
}

args_of()	# iface: what follows the directories
{
	tail -n +8 "$T/run/args.$1" | tr '\n' '|'
}

@test "rc.d: the head that rcorder and ports read" {
	f=$TRAF_SRCDIR/rc.d/trafd.in
	grep -qx '# PROVIDE: trafd' "$f"
	grep -qx '# REQUIRE: NETWORKING syslogd' "$f"
	grep -qx '# KEYWORD: shutdown nojailvnet' "$f"
	grep -qx 'name=trafd' "$f"
	grep -qx 'rcvar=trafd_enable' "$f"
}

@test "rc.d/trafstatd: daemon(8) gets the page's options, and nothing by default" {
	sed "s|/etc/rc.subr|$T/rc.subr|; s|%%SBINDIR%%|$T/bin|
	    s|^command=.*|command=echo|; s|^run_rc.*|eval \"\$command \$command_args\"|" \
	    "$TRAF_SRCDIR/rc.d/trafstatd.in" >"$T/statd"
	rc_conf
	run sh "$T/statd" start
	[ "$status" -eq 0 ]
	[ "${output#*trafstatd.pid }" = \
	    "-t trafstatd $T/bin/trafstatd --syslog --http 9990 " ] ||
	    [ "${output#*trafstatd.pid }" = \
	    "-t trafstatd $T/bin/trafstatd --syslog --http 9990" ]
	rc_conf trafstatd_http=192.0.2.1:80 "trafstatd_args=--auth /etc/users"
	run sh "$T/statd" start
	[ "$status" -eq 0 ]
	[ "${output#*--syslog }" = "--http 192.0.2.1:80 --auth /etc/users" ]

	grep -qx 'rcvar=trafstatd_enable' "$TRAF_SRCDIR/rc.d/trafstatd.in"
	grep -qx 'name=trafstatd' "$TRAF_SRCDIR/rc.d/trafstatd.in"
}

@test "rc.d: start, status, stop of all interfaces" {
	service start
	[ "$status" -eq 0 ]
	[ "$output" = "Starting trafd." ]
	service status
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "trafd is running on fxp0 as pid $(pid_of fxp0)." ]
	[ "${lines[1]}" = "trafd is running on fxp1 as pid $(pid_of fxp1)." ]
	[ "$(args_of fxp0)" = '-r|' ]
	service stop
	[ "$status" -eq 0 ]
	[ "$output" = "Stopping trafd." ]
	service status
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "trafd is not running on fxp0." ]
}

@test "rc.d: one of two instances is restarted, the other goes on" {
	service start
	[ "$status" -eq 0 ]
	first=$(pid_of fxp0) other=$(pid_of fxp1)
	service restart fxp0
	[ "$status" -eq 0 ]
	[ "$(pid_of fxp0)" != "$first" ]
	[ "$(pid_of fxp1)" = "$other" ]
	service stop fxp0
	[ "$status" -eq 0 ]
	service status fxp1
	[ "$status" -eq 0 ]
	service status
	[ "$status" -eq 1 ]
	service start fxp0
	[ "$status" -eq 0 ]
}

@test "rc.d: dump and save are commands" {
	service start
	[ "$status" -eq 0 ]
	service save fxp1
	[ "$status" -eq 0 ]
	[ -s "$T/state/trafd.fxp1" ]
	not [ -e "$T/state/trafd.fxp0" ]
	service dump
	[ "$status" -eq 0 ]
	[ -s "$T/state/tmp/trafd.fxp0" ]
	service extracommands
	[ "$status" -eq 0 ]
	[ "$output" = "dump save status" ]
}

@test "rc.d: stale PID files are no obstacle, also with another's number" {
	sleep 600 3>&- &
	echo $! >"$T/mypid"
	cp "$T/mypid" "$T/run/trafd.fxp0"
	service start fxp1
	[ "$status" -eq 0 ]
	cp "$T/run/trafd.fxp1" "$T/run/trafd.fxp0"
	touch -d '2001-01-01 00:00' "$T/run/trafd.fxp0"
	service status fxp0
	[ "$status" -eq 1 ]
	service start fxp0
	[ "$status" -eq 0 ]
	service status
	[ "$status" -eq 0 ]
	kill -0 "$(cat "$T/mypid")"
}

@test "rc.d: without trafd_enable nothing starts, onestart does" {
	rc_conf trafd_ifaces=fxp0
	service start
	[ "$status" -eq 0 ]
	[[ $output == *"Set trafd_enable to YES"* ]]
	not [ -e "$T/run/trafd.fxp0" ]
	service faststart
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	not [ -e "$T/run/trafd.fxp0" ]
	service rcvar
	[ "$status" -eq 0 ]
	[[ $output == *'# trafd : IP traffic accounting'*'trafd_enable="NO"'* ]]
	service onestart
	[ "$status" -eq 0 ]
	# What runs can be stopped.
	service faststop
	[ "$status" -eq 0 ]
	[ "$output" = "Stopping trafd." ]
	not [ -e "$T/run/trafd.fxp0" ]
	service stop
	[ "$status" -eq 0 ]
	[[ $output == *"Set trafd_enable to YES"* ]]
}

@test "rc.d: as /etc/rc and /etc/rc.shutdown run it: one line each" {
	rc_conf trafd_enable=YES trafd_ifaces=fxp0 svcj_all_enable=YES
	cat >"$T/rc" <<-EOT
	. $T/rc.subr
	load_rc_config
	run_rc_script $T/rc.d/trafd \$1
	echo "on with the boot: \${name-}"
	EOT
	for c in faststart faststop; do
		run sh "$T/rc" $c
		echo "$output"
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == St*"ing trafd." ]]
		[ "${lines[1]}" = "on with the boot: " ]
		[ "${#lines[@]}" -eq 2 ]
	done
	rc_conf trafd_enable=YES trafd_ifaces=fxp0 rc_startmsgs=NO
	run sh "$T/rc" faststart
	[ "$status" -eq 0 ]
	[ "$output" = "on with the boot: " ]
	[ -s "$T/run/trafd.fxp0" ]
}

@test "rc.d: at shutdown nothing to stop is nothing to tell" {
	service faststop
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "rc.d: intervals, flags of one interface, nice" {
	rc_conf trafd_enable=YES trafd_ifaces=fxp0 trafd_dump_interval=300 \
	    trafd_save_interval=86400 'trafd_fxp0_flags=-r -p "not port 22"' \
	    trafd_nice=5 'trafd_env=TZ=Asia/Tokyo A=b'
	service start
	[ "$status" -eq 0 ]
	[ "$(args_of fxp0)" = '--dump-interval|300|--save-interval|86400|'\
'-r|-p|not port 22|' ]
	[ "$(ps -o ni= -p "$(pid_of fxp0)" | tr -d ' ')" -ge 5 ]
	[ ! -d /proc/self ] || tr '\0' '\n' <"/proc/$(pid_of fxp0)/environ" |
	    grep -qx 'TZ=Asia/Tokyo'
}

@test "rc.d: a VLAN has a dot in its name, and its flags a variable" {
	rc_conf trafd_enable=YES trafd_ifaces="em0 em0.100" \
	    'trafd_em0_100_flags=-r -p'
	service start
	[ "$status" -eq 0 ]
	[ "$(args_of em0.100)" = '-r|-p|' ]
	[ "$(args_of em0)" = '-r|' ]
	service restart em0.100
	[ "$status" -eq 0 ]
	service save em0.100
	[ "$status" -eq 0 ]
	[ -s "$T/state/trafd.em0.100" ]
	not [ -e "$T/state/trafd.em0" ]
}

@test "rc.d: nothing configured: proposes a line, also for rc.conf" {
	rc_conf trafd_enable=YES
	service start
	[ "$status" -eq 1 ]
	[[ $output == *"or to /etc/rc.conf"*'trafd_ifaces="'* ]]
}

@test "rc.d: trafd.sh is the same under its old name, and not for boot" {
	run "$T/rc.d/trafd.sh" start fxp0
	[ "$status" -eq 0 ]
	[ -s "$T/run/trafd.fxp0" ]
	grep -qx '# KEYWORD: nostart' "$T/rc.d/trafd.sh"
}

@test "periodic: off by default, saves, bad number is status 2" {
	sed "s|/etc/defaults/periodic.conf|$T/periodic.conf|" \
	    "$T/rc.d/500.trafd" >"$T/500"
	echo 'source_periodic_confs() { :; }' >"$T/periodic.conf"
	run sh "$T/500"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	service start
	[ "$status" -eq 0 ]
	printf '#!/bin/sh\nprintf "%%s " "$@"; seq 0 99\n' >"$T/bin/traflog"
	chmod +x "$T/bin/traflog"
	printf 'daily_trafd_enable=YES daily_trafd_report=2\n' \
	    >>"$T/periodic.conf"
	run sh "$T/500"
	echo "$output"
	[ "$status" -eq 1 ]
	[ -s "$T/state/trafd.fxp0" ]
	[ -s "$T/state/trafd.fxp1" ]
	[ "${lines[0]}" = "IP traffic accounts:" ]
	[ "${lines[1]}" = "-n -i fxp0 0" ]
	[ "${#lines[@]}" -eq 13 ]
	service stop
	[ "$status" -eq 0 ]
	run sh "$T/500"
	[ "$status" -eq 3 ]
	echo 'daily_trafd_report=many' >>"$T/periodic.conf"
	run sh "$T/500"
	[ "$status" -eq 2 ]
}

# ---- systemd ----

# The units as they would be installed, with paths that are there.
units()
{
	mkdir -p "$T/units"
	cp "$TRAF_SRCDIR"/rc.d/systemd/*.t[ai]* "$TRAF_SRCDIR"/rc.d/systemd/*.s[lo]* \
	    "$T/units/"
	for f in "$TRAF_SRCDIR"/rc.d/systemd/*.service.in; do
		sed "s|%%BINDIR%%|$T/bin|; s|%%SBINDIR%%|$T/bin|
		    s|%%RUNDIR%%|/run|; s|%%STATEDIR%%|/var/trafd|
		    s|%%SYSCONFDIR%%|/etc|" "$f" \
		    >"$T/units/$(basename "$f" .in)"
	done
}

@test "systemd: verify has nothing to say about the units" {
	need systemd-analyze
	units
	cd "$T/units"
	for f in trafstatd trafdb; do
		printf '#!/bin/sh\n' >"$T/bin/$f"
		chmod +x "$T/bin/$f"
	done
	run env SYSTEMD_UNIT_PATH="$T/units:" systemd-analyze verify --man=no \
	    trafd@fxp0.service trafd-dump@fxp0.service trafd-save@fxp0.service \
	    trafd-dump@fxp0.timer trafd-save@fxp0.timer trafd.target trafd.slice \
	    trafstatd.socket trafstatd-http.service trafdb@fxp0.service
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "systemd: exposure below 2.0" {
	need systemd-analyze
	units
	for f in "$T"/units/*.service; do
		run systemd-analyze security --offline=true --no-pager \
		    --threshold=19 "$f"
		echo "$f: ${lines[-1]}"
		[ "$status" -eq 0 ]
	done
}

@test "systemd: the daily save is at 23:59, also after sleep" {
	grep -qx 'OnCalendar=\*-\*-\* 23:59:00' \
	    "$TRAF_SRCDIR/rc.d/systemd/trafd-save@.timer"
	grep -qx 'Persistent=yes' "$TRAF_SRCDIR/rc.d/systemd/trafd-save@.timer"
	need systemd-analyze
	systemd-analyze calendar '*-*-* 23:59:00'
}

@test "systemd: the history is another user's, and trafd.conf may forbid it" {
	cd "$TRAF_SRCDIR/rc.d/systemd"
	grep -q '^OnSuccess=trafdb@%i' trafd-save@.service.in
	grep -qx 'ExecStart=%%BINDIR%%/trafsave --no-history %i' \
	    trafd-save@.service.in
	grep -qx 'ExecStart=%%BINDIR%%/trafsave --history %i' trafdb@.service.in
	printf '#!/bin/sh\necho "$@"\n' >"$T/bin/trafdb"
	chmod +x "$T/bin/trafdb"
	export TRAFD_CONF=$RC_CONF
	echo "trafd_trafdb=$T/bin/trafdb" >>"$RC_CONF"
	"$T/bin/trafsave" --history fxp0
	grep -q '(fxp0) history updated' "$T/log"
	rm "$T/log"
	echo trafd_history=no >>"$RC_CONF"
	"$T/bin/trafsave" --history fxp0
	[ ! -e "$T/log" ]
}

@test "systemd: sysusers and tmpfiles make user and directories" {
	need systemd-sysusers
	need systemd-tmpfiles
	[ "$(id -u)" -eq 0 ] || skip "needs root: gives directories away"
	mkdir -p "$T/root/etc"
	for f in sysusers tmpfiles; do
		sed 's|%%STATEDIR%%|/var/trafd|' \
		    "$TRAF_SRCDIR/rc.d/systemd/$f.conf.in" >"$T/$f.conf"
	done
	systemd-sysusers --root="$T/root" "$T/sysusers.conf"
	grep -q '^trafd:.*:/var/trafd:' "$T/root/etc/passwd"
	systemd-tmpfiles --root="$T/root" --create "$T/tmpfiles.conf"
	[ "$(stat -c %a "$T/root/var/trafd/tmp")" = 750 ]
	uid=$(awk -F: '$1 == "trafd" { print $3 }' "$T/root/etc/passwd")
	[ "$(stat -c %u "$T/root/var/trafd/tmp")" = "$uid" ]
}

@test "trafstart --foreground becomes the daemon of one interface" {
	printf '#!/bin/sh\necho "$$" "$@"\n' >"$T/bin/trafd"
	rc_conf 'trafd_flags=-r -f lan'
	run sh -c "echo \$\$; exec '$T/bin/trafstart' --foreground fxp0"
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "${lines[0]} --foreground --syslog -i fxp0 --wait \
--run-dir $T/run --state-dir $T/state -r -f lan" ]
	for args in '' 'a b' All; do
		# shellcheck disable=SC2086
		run -127 "$T/bin/trafstart" --foreground $args
	done
}

@test "a configuration that the shell cannot read is named, with what is wrong" {
	echo 'trafd_ifaces="fxp0' >"$T/trafd.conf"
	for c in trafstart trafsave; do
		TRAFD_CONF=$T/trafd.conf trafd_log=$T/log run "$T/bin/$c" fxp0
		echo "$output"
		[ "$status" -eq 1 ]
		[[ $output == *"syntax error in the configuration: \
$T/trafd.conf: "*"; see trafd.conf(5)"* ]]
	done
}

# ---- trafd --check-config ----

# The real daemon, on the loopback of a network of its own.
check()	# arguments
{
	[ "$(id -u)" -eq 0 ] || skip "needs root: opens an interface"
	command -v unshare >/dev/null || skip "no unshare"
	run env PATH="$T/bin:$PATH" unshare -n sh -c \
	    'ip link set lo up; exec "$@"' sh \
	    "$TRAF_BUILDDIR/trafd/trafd" --check-config "$@"
	echo "$* -> $status: $output"
}

@test "--check-config: good options, and where accounts would go" {
	check -i lo --user root --run-dir "$T/run" --state-dir "$T/state" port 80
	[ "$status" -eq 0 ]
	[[ $output == *"good: lo: link type "*"counts go to $T/state/trafd.lo;"* ]]
	quietly ls "$T/run"
	quietly ls "$T/state/tmp"
}

@test "--check-config: everything that is wrong is told, with what to do" {
	check -i lo --user nosuch --run-dir "$T/none" \
	    --state-dir "$T/none/of/these" port
	[ "$status" -eq 1 ]
	[[ $output == *"no such user: --user nosuch;"* ]]
	[[ $output == *'invalid filter: "port": '* ]]
	[[ $output == *"no such directory: --run-dir $T/none; create it"* ]]
	[[ $output == *": $T/none/of does not exist either; create it"* ]]
	check -i nosuch0 --run-dir "$T/run" --state-dir "$T/state"
	[ "$status" -eq 1 ]
	[[ $output == *": no such interface (have: lo"* ]]
	: >"$T/file"
	check -i lo --user root --run-dir "$T/run" --state-dir "$T/file"
	[ "$status" -eq 1 ]
	[[ $output == *"not a directory: --state-dir $T/file; move it away"* ]]
	check -i lo --user root --run-dir "$T/run" --state-dir /proc/sys
	[ "$status" -eq 1 ]
	[[ $output == *"--state-dir /proc/sys; give "* ]]
}

@test "--check-config: a directory of somebody else's" {
	id nobody || skip "no user nobody"
	chmod 755 "$T"
	chown nobody "$T/state"
	chmod 500 "$T/state"
	check -i lo --user daemon --run-dir "$T/run" --state-dir "$T/state"
	[ "$status" -eq 1 ]
	[[ $output == *"not writable by the user of trafd: --state-dir"* ]]
}

@test "--check-config without an interface: trafd.conf, for each of its own" {
	rc_conf "trafd_ifaces=lo nosuch0" \
	    "trafd_flags=-r --no-wait --user root"
	echo "trafd_program=$TRAF_BUILDDIR/trafd/trafd" >>"$RC_CONF"
	export TRAFD_CONF=$RC_CONF
	check
	[ "$status" -eq 1 ]
	[[ $output == *"good: lo: "*"nosuch0: no such interface"* ]]
	[[ $output == *"(nosuch0) cannot start: correct $RC_CONF"* ]]
	sed -i 's/ nosuch0//' "$RC_CONF"
	echo 'trafd_history=no trafd_trafdb=/bin/true' >>"$RC_CONF"
	check
	[ "$status" -eq 0 ]
	echo 'trafd_iface=eth0' >>"$RC_CONF"
	check
	[ "$status" -eq 1 ]
	[[ $output == *"unknown variable in $RC_CONF: trafd_iface; see trafd.conf(5)"* ]]
	# Whatever the sample and the page name is known.  The directories have
	# to be plain: rc_conf writes them.
	rc_conf trafd_ifaces=lo
	{
		echo "trafd_program=$TRAF_BUILDDIR/trafd/trafd"
		sed -n 's/^#\(trafd_[a-z]*\)=.*/\1=/p' \
		    "$TRAF_SRCDIR/scripts/trafd.conf.sample" |
			grep -v -e _ifaces -e _flags
		sed -n -e 's/^\.It Va \(trafd_[a-z]*\)$/: "${\1=}"/p' \
		    -e 's/^\.Va \(trafd_[a-z]*\)$/\1=/p' \
		    "$TRAF_SRCDIR/man/trafd.conf.5" |
			grep -v -e _statedir -e _rundir
	} >>"$RC_CONF"
	check
	[[ $output == *lo:* ]]
	[[ $output != *"unknown variable"* ]]
	rc_conf 'trafd_flags=-r --ports few' trafd_ifaces=lo
	echo "trafd_program=$TRAF_BUILDDIR/trafd/trafd" >>"$RC_CONF"
	check
	[ "$status" -eq 1 ]
	[[ $output == *'--ports few: all, service or none is needed'* ]]
	rc_conf
	check
	[ "$status" -eq 1 ]
	[[ $output == *'    trafd_ifaces="'* ]]
}

# ---- logs ----

@test "logrotate reads its piece" {
	need logrotate
	sed "s|/var/log|$T|" "$TRAF_SRCDIR/rc.d/logrotate.conf" >"$T/lr.conf"
	chmod 644 "$T/lr.conf"
	run logrotate -d -s "$T/lr.state" "$T/lr.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	lacks -i error <<<"$output"
}

# A daemon of its own on a socket of its own, with our pieces of configuration.
@test "rsyslog writes what trafd says to the log, also when that was turned over" {
	need rsyslogd
	need logrotate
	need logger
	T=$(realpath "$T")
	sed "s|/var/log|$T|" "$TRAF_SRCDIR/rc.d/syslog/rsyslog.conf" >"$T/piece"
	sed "s|/var/log|$T|; s|/run/rsyslogd|$T/rsyslogd|" \
	    "$TRAF_SRCDIR/rc.d/logrotate.conf" | grep -v 'create ' >"$T/lr.conf"
	chmod 644 "$T/lr.conf"
	cat >"$T/rsyslog.conf" <<-EOT
	global(workDirectory="$T")
	module(load="imuxsock" SysSock.Use="off")
	input(type="imuxsock" Socket="$T/socket")
	include(file="$T/piece")
	*.* $T/rest
	EOT
	run rsyslogd -N1 -f "$T/rsyslog.conf" -i "$T/none"
	echo "$output"
	[ "$status" -eq 0 ]
	lacks -i error <<<"$output"
	rsyslogd -f "$T/rsyslog.conf" -i "$T/rsyslogd.pid" 3>&-
	until_there -S "$T/socket"
	logger -u "$T/socket" -t other 'somebody else'
	logger -u "$T/socket" -t 'trafd[7]' 'fxp0: accounting'
	until_there -s "$T/trafd.log"
	[[ $(cat "$T/trafd.log") == [A-Z][a-z][a-z]\ *' trafd[7]: fxp0: accounting' ]]
	logrotate -f -s "$T/lr.state" "$T/lr.conf"
	[ -s "$T/trafd.log.1" ]
	for _ in $(seq 200); do
		logger -u "$T/socket" -t trafd 'again'
		[ ! -s "$T/trafd.log" ] || break
		sleep 0.1
	done
	grep -q 'trafd: again$' "$T/trafd.log"
	until_there -s "$T/rest"
	lacks trafd "$T/rest"
	kill "$(cat "$T/rsyslogd.pid")"
}

@test "syslog pieces go to the log of the scripts, from and back to all" {
	cd "$TRAF_SRCDIR/rc.d"
	[ "$(grep -v '^#' syslog/syslogd.conf | awk '{ print $1 }' | tr '\n' ' ')" \
	    = '!trafd *.* !* ' ]
	for f in syslog/*.conf newsyslog.conf logrotate.conf; do
		grep -q '/var/log/trafd\.log' "$f"
	done
}

# The real daemon where standard error is the journal: a listener in its place.
journaled()	# arguments of trafd
{
	cat >"$T/journal.py" <<-'EOT'
	import os, socket, subprocess, sys
	os.makedirs("/run/systemd/journal")
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind("/run/systemd/journal/socket")
	s.settimeout(0.2)
	err = open(sys.argv[1], "wb")
	st = os.fstat(err.fileno())
	os.environ["JOURNAL_STREAM"] = "%d:%d" % (st.st_dev, st.st_ino)
	p = subprocess.Popen(sys.argv[2:], stderr=err)
	ended = False
	while True:
	    try:
	        text = s.recv(4096)
	    except socket.timeout:
	        if ended:
	            break
	        ended = p.poll() is not None
	        continue
	    print(text)
	    if b"accounting to" in text:
	        p.terminate()
	EOT
	run unshare -m -n sh -c 'mount -t tmpfs run /run && ip link set lo up &&
	    exec "$@"' sh timeout 60 python3 "$T/journal.py" "$T/err" \
	    "$TRAF_BUILDDIR/trafd/trafd" --foreground --syslog --user root \
	    --run-dir "$T/run" --state-dir "$T/state" --source pcap "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the journal has the interface as a field, and each message once" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: mounts a /run of its own"
	unshare -m -n true || skip "no name spaces here"
	journaled -i lo
	begin=$(grep 'lo: accounting to' <<<"$output")
	[[ $begin == *'PRIORITY\n\x01'*'\x006\n'* ]]
	[[ $begin == *'TRAFD_INTERFACE\n\x02\x00'*'lo\n'* ]]
	[[ ${lines[-1]} == *'lo: accounting ends'* ]]
	journaled -i nosuch0
	[[ $output == *'nosuch0: no such interface'*'PRIORITY\n\x01'*'\x003\n'* ]]
	[ ! -s "$T/err" ]
}
