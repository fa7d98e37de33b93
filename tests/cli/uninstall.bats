#!/usr/bin/env bats
# make uninstall: what runs is stopped with its counts on the disk, or named;
# what remains is listed.  In an overlay, so that nothing here is touched.

# shellcheck disable=SC2016 # text for another shell
load assert

setup()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root: installs, captures"
	command -v ip >/dev/null || skip "ip (iproute2) is not installed"
	grep -qF ':-/usr/local/etc/trafd.conf}' "$TRAF_BUILDDIR/scripts/traf.subr" ||
	    skip "is configured for other directories"
	T=$(mktemp -d)
	cat >"$T/head" <<-'EOT'
	unset MAKEFLAGS MFLAGS TRAFD_CONF TRAF_SUBR
	PATH=/usr/local/bin:/usr/local/sbin:$PATH
	rm -rf /var/trafd /usr/local/etc/trafd.conf
	ip link set lo up
	make -s -C "$TRAF_BUILDDIR" install >/dev/null || exit 1
	mkdir -p /srv/trafd/tmp
	cat >/usr/local/etc/trafd.conf <<-END
		trafd_ifaces=lo
		trafd_flags="-r -m 0 --user root"
		trafd_statedir=/srv/trafd
	END
	send() { printf 12345 >/dev/udp/127.0.0.1/9; }
	EOT
}

teardown()
{
	rm -rf "${T-}"
}

# Run the commands with this build installed.
installed()	# commands
{
	{
		cat "$T/head"
		echo "$1"
	} >"$T/script"
	run "$TRAF_SRCDIR/tests/lib/in-overlay" "$T" -- bash "$T/script" 3>&-
	echo "$output"
}

@test "what runs is stopped, its counts are dumped, and what remains is listed" {
	installed 'trafstart || exit 1
		send
		pid=$(cat /var/run/trafd.lo)
		make -s -C "$TRAF_BUILDDIR" uninstall || exit 1
		kill -0 "$pid" 2>/dev/null || echo "ended"
		ls /usr/local/bin /usr/local/sbin | grep "^traf"
		"$TRAF_BUILDDIR/tools/traflog/traflog" -n --format=csv \
		    -i /srv/trafd/tmp/trafd.lo'
	[ "$status" -eq 0 ]
	[[ $output == *$'\nended\n'* ]]
	[[ $output != *$'\ntraf'[dls]* ]]
	[[ $output == *",9,17,1,5,33"* ]]
	[[ $output == *"these remain"*"/srv/trafd "*"the accounts: lo"* ]]
	[[ $output == *"/usr/local/etc/trafd.conf "*"the configuration"* ]]
	[[ $output == *"/var/log/trafd.log "* ]]
	# Nothing was ever counted there.
	[[ $output != *"earlier accounts"* ]]
}

@test "accounts in the built-in directory are named beside those in use" {
	installed 'mkdir -p /var/trafd && : >/var/trafd/trafd.old0
		make -s -C "$TRAF_BUILDDIR" uninstall'
	[ "$status" -eq 0 ]
	[[ $output == *"/var/trafd "*"earlier accounts: old0"* ]]
}

@test "a daemon that does not end is named, and nothing is removed" {
	installed 'echo trafd_timeout=1 >>/usr/local/etc/trafd.conf
		trafstart || exit 1
		pid=$(cat /var/run/trafd.lo)
		kill -STOP "$pid"
		make -s -C "$TRAF_BUILDDIR" uninstall && exit 2
		ls /usr/local/sbin/trafd /usr/local/bin/trafstop || exit 3
		echo "it is $pid"
		kill -CONT "$pid" && trafstop; true'
	[ "$status" -eq 0 ]
	pid=$(sed -n 's/^it is //p' <<<"$output")
	[[ $output == *"still running: trafd on lo: process $pid; stop it"* ]]
	[[ $output != *"these remain"* ]]
}

@test "a daemon without configuration, and trafstatd" {
	installed 'trafd -i lo -f other -m 0 --user root || exit 1
		trafstatd --http 9990 --user root >"$HOME/said" 2>&1 &
		until grep -q "listening on" "$HOME/said"; do sleep 0.1; done
		make -s -C "$TRAF_BUILDDIR" uninstall || exit 1
		echo "trafstatd is $!"
		kill $!
		[ -s /srv/trafd/tmp/trafd.other ] && echo dumped'
	[ "$status" -eq 0 ]
	pid=$(sed -n 's/^trafstatd is //p' <<<"$output")
	[[ $output == *"still running: trafstatd: process $pid; stop it with: kill $pid"* ]]
	[[ $output == *$'\ndumped' ]]
}

@test "a daemon of another installation goes on" {
	installed 'cp /usr/local/sbin/trafd /usr/sbin/trafd-other
		/usr/sbin/trafd-other -i lo -f other --user root || exit 1
		make -s -C "$TRAF_BUILDDIR" uninstall || exit 1
		kill -0 "$(cat /var/run/trafd.other)" && echo "goes on"
		kill "$(cat /var/run/trafd.other)"'
	[ "$status" -eq 0 ]
	[[ $output == *$'\ngoes on'* ]]
	[[ $output != *"still running"* ]]
}

@test "an install below DESTDIR: nothing is stopped or listed" {
	installed 'trafstart || exit 1
		make -s -C "$TRAF_BUILDDIR" install DESTDIR=/tmp/staged >/dev/null
		make -s -C "$TRAF_BUILDDIR" uninstall DESTDIR=/tmp/staged || exit 1
		trafd --status -i lo | grep "^pid [1-9]" && trafstop
		[ -z "$(find /tmp/staged -name "traf*" -type f)" ] &&
		    echo "all removed"'
	[ "$status" -eq 0 ]
	[[ $output == *"pid "*"all removed" ]]
	[[ $output != *"these remain"* ]]
}
