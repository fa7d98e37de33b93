#!/usr/bin/env bats
# Accounts in another directory: every program finds them where trafd.conf(5)
# says, an option wins, and a start beside an earlier account says so.

load assert
load live_helpers

setup()
{
	T=$(mktemp -d)
	PATH=$TRAF_BUILDDIR/trafd:$TRAF_BUILDDIR/tools/traflog:$TRAF_BUILDDIR/tools/trafstat:$TRAF_BUILDDIR/tools/trafstatd:$TRAF_BUILDDIR/tools/trafdb:$TRAF_BUILDDIR/scripts:$PATH
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	export TRAFD_CONF=$T/trafd.conf TMPDIR=$T
	mkdir -p "$T/old/tmp" "$T/new/tmp" "$T/run"
	conf "$T/new"
}

teardown()
{
	[ ! -s "$T/run/trafd.lo" ] || kill -KILL "$(cat "$T/run/trafd.lo")"
	[ -z "${NS_A-}" ] || traf_teardown_net
	rm -rf "$T"
}

conf()	# state directory
{
	cat >"$TRAFD_CONF" <<-EOT
	trafd_program=$TRAF_BUILDDIR/trafd/trafd
	trafd_ifaces=lo
	trafd_flags="-r -m 0 --user root --source pcap"
	trafd_rundir=$T/run
	trafd_statedir='$1'
	trafd_log=$T/log
	EOT
}

account()	# file, data bytes
{
	[ -x "$TRAF_BUILDDIR/tests/lib/mksave" ] || skip "mksave is not built"
	cat <<-EOT | "$TRAF_BUILDDIR/tests/lib/mksave" "$1"
	block lo gate 1795215600 1795302000
	10.1.0.5 40000 192.0.2.1 80 6 10 $2 5600
	EOT
}

# The data bytes of the one row in the standard input.
data()
{
	awk -F, 'NR == 2 { print $9 }'
}

@test "traflog and trafdb: trafd.conf says where, an option wins" {
	account "$T/new/trafd.lo" 111
	account "$T/old/trafd.lo" 222
	[ "$(traflog -n --format=csv -i lo | data)" = 111 ]
	[ "$(traflog -n --format=csv -i lo --state-dir="$T/old" | data)" = 222 ]
	run traflog -i eth9
	[ "$status" -eq 1 ]
	[[ $output == *"$T/new/trafd.eth9"* ]]
	traflog --help >"$T/help"
	grep -qF "[$T/new]" "$T/help"
	if command -v trafdb >/dev/null; then
		run trafdb update lo
		echo "$output"
		[ "$status" -eq 0 ]
		[ -s "$T/new/db/history.db" ]
		not [ -e "$T/old/db" ]
	fi
}

@test "trafstat and trafstatd: sockets where trafd.conf says" {
	run trafstat -i lo
	[ "$status" -eq 1 ]
	[[ $output == *"$T/run/trafd.lo.sock"* ]]
	run trafstat -i lo --run-dir="$T/new"
	[[ $output == *"$T/new/trafd.lo.sock"* ]]
	[ "$status" -eq 1 ]
	trafstatd --help | tr -s '\n ' ' ' | grep -qF "[$T/run]"
}

@test "trafd --read writes there" {
	# A capture of one UDP packet, its link type raw IP.
	python3 -c '
import struct, sys
ip = bytes.fromhex("4500001d000040004011000000000000c0000201")
udp = bytes.fromhex("9c40003500090000") + b"x"
sys.stdout.buffer.write(
    struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) +
    struct.pack("<IIII", 1795215600, 0, 29, 29) + ip + udp)' >"$T/day.pcap"
	trafd --read "$T/day.pcap" -f day -m 0
	[ "$(traflog -n --format=csv -i day | data)" = 1 ]
	[ -s "$T/new/trafd.day" ]
	trafd --read "$T/day.pcap" -f day -m 0 --state-dir "$T/old"
	[ -s "$T/old/trafd.day" ]
}

@test "rc.conf is read where there is rc.subr, and trafd.conf wins" {
	[ "$(id -u)" -eq 0 ] || skip "needs root for an overlay"
	grep -qF ':-/usr/local/etc/trafd.conf}' "$TRAF_SUBR" ||
	    skip "is configured for other directories"
	# shellcheck disable=SC2016 # for the other shell
	run "$TRAF_SRCDIR/tests/lib/in-overlay" "$T" -- bash -c '
		unset TRAFD_CONF
		shows() { traflog --help | grep -oE "accounts \\[.*\\]"; }
		rm -f /usr/local/etc/trafd.conf
		echo trafd_statedir=/srv/a >/etc/rc.conf
		shows
		: >/etc/rc.subr
		shows
		mkdir -p /etc/rc.conf.d
		echo "trafd_statedir=\"/srv/b\"" >/etc/rc.conf.d/trafd
		shows
		echo trafd_statedir=/srv/c >/usr/local/etc/trafd.conf
		shows
		TRAFD_CONF=/dev/null shows' 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "accounts [/var/trafd]
accounts [/srv/a]
accounts [/srv/b]
accounts [/srv/c]
accounts [/var/trafd]" ]
}

@test "a directory that only a shell can tell is an error of every program" {
	# shellcheck disable=SC2016 # that is the point
	echo 'trafd_statedir=$HOME/trafd' >>"$TRAFD_CONF"
	for cmd in "traflog -i lo" "trafdb stat" "trafd -d -i lo"; do
		command -v "${cmd%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # words
		run $cmd
		echo "$cmd: $output"
		[ "$status" -eq 1 ]
		[[ $output == *"only a shell can evaluate trafd_statedir: "* ]]
		[[ $output == *"line 7; "*"or give --state-dir"* ]]
	done
	account "$T/old/trafd.lo" 222
	[ "$(traflog -n --format=csv -i lo --state-dir="$T/old" | data)" = 222 ]
}

@test "a relative directory is an error of every program and script" {
	for name in trafd_statedir trafd_rundir; do
		printf '%s\n' "trafd_log=$T/log" "$name=here" >"$T/relative"
		for cmd in "traflog -i lo" "trafstat -i lo" "trafd -i lo" \
			trafstart trafsave; do
			command -v "${cmd%% *}" >/dev/null || continue
			case $name,$cmd in	# they read one of the two
			trafd_statedir,trafstat*) continue ;;
			trafd_rundir,traflog*) continue ;;
			esac
			# shellcheck disable=SC2086 # words
			run env TRAFD_CONF="$T/relative" $cmd
			echo "$cmd: $output"
			[ "$status" -eq 1 ]
			[[ $output == *"not an absolute path: $name: $T/relative"* ]]
			[[ $output == *"; begin it with /"* ]]
		done
	done
}

@test "a start beside an earlier account names it, and leaves it alone" {
	traf_setup_net
	account "$T/old/trafd.lo" 222
	cp "$T/old/trafd.lo" "$T/before"
	conf "$T/old"
	run ip netns exec "$NS_B" trafd --check-config -i lo --user root \
	    --state-dir "$T/new"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"earlier account not continued: $T/old/trafd.lo: trafd now writes to $T/new; "* ]]
	run ip netns exec "$NS_B" trafd -i lo --user root --state-dir "$T/new"
	[ "$status" -eq 0 ]
	[[ $output == *"earlier account not continued: $T/old/trafd.lo"* ]]
	run trafstat -i lo --ask=quit
	[ "$status" -eq 0 ]
	cmp "$T/before" "$T/old/trafd.lo"
	# Once there is an account, it is the one.
	wait_until 20 test -s "$T/new/tmp/trafd.lo"
	run ip netns exec "$NS_B" trafd --check-config -i lo --user root \
	    --state-dir "$T/new"
	[ "$status" -eq 0 ]
	[[ $output != *"earlier account"* ]]
}

@test "an account that is moved as the page says continues" {
	traf_setup_net
	conf "$T/old"
	ip netns exec "$NS_B" trafstart
	ip netns exec "$NS_B" bash -c 'printf 12345 >/dev/udp/127.0.0.1/9'
	trafsave
	ip netns exec "$NS_B" bash -c 'printf 1234567 >/dev/udp/127.0.0.1/9'
	trafstop
	rm -r "$T/new"
	cp -a "$T/old" "$T/new"
	mv "$T/old" "$T/older"
	conf "$T/new"
	run ip netns exec "$NS_B" trafstart
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	trafsave
	# Both blocks, and in the second what was in the dump.
	run traflog -n -a --format=csv -i lo --where 'port 9'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cut -d, -f9 <<<"$output")" = $'data\n5\n7' ]
	not [ -e "$T/old" ]
	trafstop
}

@test "trafstart, trafstat, trafsave, traflog and trafdb: one account" {
	traf_setup_net
	conf "$T/new"
	ip netns exec "$NS_B" trafstart 3>&-
	head -c 12345 /dev/zero >"$T/big"
	ip netns exec "$NS_B" bash -c "cat '$T/big' >/dev/udp/127.0.0.1/9"
	wait_until 20 bash -c 'trafstat -i lo -n | grep -q 12345'
	trafsave
	[ -s "$T/new/trafd.lo" ]
	says 12345 <<<"$(traflog -n --format=csv -i lo)"
	if command -v trafdb >/dev/null; then
		trafdb update lo
		run trafdb verify lo
		echo "$output"
		[ "$status" -eq 0 ]
	fi
	trafstop
	quietly ls "$T/old/tmp"
}
