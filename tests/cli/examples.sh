#!/usr/bin/env bash
# examples.sh PAGE...: run what the EXAMPLES of manual pages tell, in an
# overlay (tests/lib/in-overlay) in which this build is installed.  Ends with
# 1 after a command that failed, which it names.
set -u
failed=0
servers=()

die()	# text
{
	echo "examples: $1" >&2
	exit 1
}

# Interfaces under the names of the pages, each a veth pair that is up.
interfaces()
{
	local i=0 name
	ip link set lo up
	for name in eth0 fxp0 ppp0 eth0.100; do
		i=$((i + 1))
		ip link add "$name" type veth peer name "peer$i" &&
		    ip link set "$name" up && ip link set "peer$i" up || return 1
	done
}

# Days of November 2026, of hosts that the examples ask for.
accounts()
{
	local day
	mkdir -p /var/trafd/tmp
	for day in 1795215600 1795302000 1795388400; do
		cat <<-EOT
		block eth0 gate $day $((day + 86340))
		10.1.0.5 40000 192.0.2.1 80 6 10 5000 5600
		192.0.2.1 443 10.1.0.6 40001 6 20 25000 26000
		10.1.0.5 40000 10.1.0.1 53 17 2 60 120
		EOT
	done | "$TRAF_BUILDDIR/tests/lib/mksave" /var/trafd/trafd.eth0
	cat <<-EOT | perl "$TRAF_SRCDIR/tests/lib/mklegacy.pl" old 64 >trafd.ed0
	block 1000000000 1000086400
	10.1.0.5 192.0.2.1 6 2 80 5000 5600
	EOT
	# A capture of one UDP packet, its link type raw IP.
	python3 -c '
import struct, sys
ip = bytes.fromhex("4500001d000040004011000000000000c0000201")
udp = bytes.fromhex("9c40003500090000") + b"x"
sys.stdout.buffer.write(
    struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) +
    struct.pack("<IIII", 1795215600, 0, 29, 29) + ip + udp)' >day.pcap
}

# A server goes on in the background once it listens.
serve()	# command
{
	bash -c "exec $1" </dev/null >server.log 2>&1 &
	servers+=($!)
	local i
	for i in {1..200}; do
		grep -q 'listening on' server.log && return
		sleep 0.1
	done
	printf '%s: fails: %s\n%s\n' "$page" "$1" "$(cat server.log)"
	failed=1
}

# For trafstatd: somebody to become, somebody to let in, where to listen.
server_ways()
{
	getent group trafd >/dev/null || echo trafd:x:990: >>/etc/group
	perl -e 'print "ann:", crypt("secret", q($6$saltsalt)), "\n"' \
	    >/usr/local/etc/trafstatd.users
	chmod 640 /usr/local/etc/trafstatd.users
	ip addr replace 192.0.2.1/24 dev fxp0
}

run()	# command
{
	local out
	case $1 in
	"trafstatd --http "* | "trafstatd --listen "*) serve "$1"; return ;;
	esac
	if ! out=$(bash -o pipefail -c "$1" </dev/null 2>&1); then
		printf '%s: fails: %s\n%s\n' "$page" "$1" "${out:0:2000}"
		failed=1
	fi
}

# Lines of a literal block are commands, but on pages of a format.
run_text()	# lines
{
	case $page in
	trafd.conf.5)
		echo "$1" >/usr/local/etc/trafd.conf
		run trafstart && run trafsave && run trafstop
		rm /usr/local/etc/trafd.conf ;;
	traflog.format.5)
		echo "$1" >/usr/local/etc/traflog.format
		run "traflog -n -a -o by_day -i eth0 |
		    grep -E '^Nov [0-9]+ [0-9.]+ +[0-9]+\$'" ;;
	*)
		# Lines of a crontab end in a command.
		run "$(sed -E 's/^([*0-9/]+[[:space:]]+){2}(\* +){3}//
		    s/^[$#] //' <<<"$1")" ;;
	esac
}

run_page()	# file
{
	local kind line text=
	page=${1##*/}
	while IFS='|' read -r kind line; do
		case $kind in
		text) text+=$line$'\n' ;;
		run)
			[ -z "$text" ] || run_text "$text"
			text=
			run "${line#[\$#] }" ;;
		esac
	done < <(python3 "$TRAF_SRCDIR/tests/cli/pages.py" examples "$1")
	[ -z "$text" ] || run_text "$text"
}

make -s -C "$TRAF_BUILDDIR" install >/dev/null || die "make install failed"
PATH=/usr/local/bin:/usr/local/sbin:$PATH
export TZ=UTC0 LC_ALL=C
rm -rf /var/trafd /usr/local/etc/trafd.conf
cd "$(mktemp -d)" || die "no directory"
interfaces || die "no interfaces"
accounts || die "no accounts"
for file; do
	case $file in
	*/trafstart.8)
		trafstop >/dev/null 2>&1
		trafstart fxp0 || die "trafstart" ;;
	*/trafd.conf.5) trafstop >/dev/null 2>&1 ;;
	*/trafstat.1)
		server_ways
		serve "trafstatd --listen 192.0.2.1:150 --user root" ;;
	*/trafstatd.8)
		server_ways
		trafstart eth0 >/dev/null 2>&1
		chgrp trafd /var/run/trafd.*.sock ;;
	esac
	run_page "$file"
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}"
	servers=()
done
exit $failed
