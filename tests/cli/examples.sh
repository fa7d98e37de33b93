#!/usr/bin/env bash
# examples.sh PAGE...: run what the EXAMPLES of manual pages tell, in an
# overlay (tests/lib/in-overlay) in which this build is installed.  Ends with
# 1 after a command that failed, which it names.
set -u -o pipefail
failed=0
commands=0
servers=()

die()	# text
{
	echo "examples: $1" >&2
	exit 1
}

# What the pages take for granted.
stand_ins()
{
	local name
	for name in sendmail over-budget; do
		printf '#!/bin/sh\nexec cat >/dev/null\n' \
		    >"/usr/local/sbin/$name" &&
		    chmod 755 "/usr/local/sbin/$name" || return 1
	done
	# There is no hooks.example.net.
	printf '#!/bin/sh\ncase $* in *.example.net*) exit 0 ;; esac\n%s\n' \
	    "exec $(command -v curl) \"\$@\"" >/usr/local/sbin/curl &&
	    chmod 755 /usr/local/sbin/curl || return 1
	mkdir -p /archive /var/trafd/arc &&
	    cp /var/trafd/trafd.eth0 /archive/trafd.eth0.2025
}

# The user, and interfaces under the names of the pages, each a veth pair.
interfaces()
{
	local i=0 name
	ip link set lo up
	getent passwd trafd || useradd -r -U trafd || return 1
	for name in eth0 fxp0 ppp0 eth0.100; do
		i=$((i + 1))
		ip link add "$name" type veth peer name "peer$i" &&
		    ip link set "$name" up && ip link set "peer$i" up || return 1
	done
	ip addr add 192.0.2.1/24 dev eth0
	# For iptrace --data; the network namespace has hidden it.
	mkdir -p /run/cgroup && mount -t cgroup2 none /run/cgroup
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
	"$TRAF_BUILDDIR/tests/lib/mksave" /var/trafd/trafd.owners <<-'EOT'
		owner @curl 1000 anna /user.slice/user-1000.slice curl
		block owners gate 1769731200 1769734800
		networks 6f:776e::/32
		@curl client 10.1.2.3 443 6 3 50 300
	EOT
	chown trafd /var/trafd/trafd.owners
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
	mkdir -p /var/iptrace && chown trafd /var/iptrace
	cp day.pcap /var/iptrace/eth0.pcapng
	python3 -B "$TRAF_SRCDIR/tests/lib/datatraces.py" mixed >day.pcapng
	ipreport --index /var/iptrace/eth0.pcapng
}

# A server goes on in the background once it listens, for the page's sake.
serve()	# command
{
	local i
	: >server.log	# the one before listened too
	bash -c "exec $1" </dev/null >server.log 2>&1 &
	servers+=($!)
	for i in {1..200}; do
		if grep -q 'listening on' server.log; then
			commands=$((commands + 1))
			return
		fi
		sleep 0.1
	done
	printf '%s: fails: %s\n%s\n' "$page" "$1" "$(cat server.log)"
	failed=1
}

run()	# command
{
	local out rc=0
	case $1 in
	'trafstatd --http '* | 'trafstatd --listen '*)
		serve "$1"
		return ;;
	'trafstat -D '*)	# until it is ended
		set -- "timeout 2 $1 || [ \$? -eq 124 ]" ;;
	esac
	commands=$((commands + 1))
	out=$(timeout 60 bash -e -o pipefail -c "$1" </dev/null 2>&1 |
	    tr -d '\0'; exit "${PIPESTATUS[0]}") || rc=$?
	[ $rc -eq 0 ] && return 0
	printf '%s: fails (%d): %s\n%s\n' "$page" $rc "$1" "${out:0:2000}"
	failed=1
}

# Commands of a literal block, by their prompt; one goes on where a line ends
# in "|" or "\", or has no prompt.
run_lines()	# text
{
	local line command=
	while IFS= read -r line; do
		case $line in
		'$ '* | '# '*)
			[ -z "$command" ] || run "$command"
			command=${line#??} ;;
		*) command+=$'\n'$line ;;
		esac
	done <<<"$1"
	run "$command"
}

# Lines of a crontab are commands behind five fields, which know their "%".
of_crontab()	# text
{
	sed -E 's/^([*0-9/]+[[:space:]]+){5}//; s/\\%/%/g' <<<"$1"
}

# A literal block: commands, lines of a crontab, or a file of some format.
run_text()	# text
{
	case $page.$1 in
	trafd.conf.5.*)
		echo "$1" >/usr/local/etc/trafd.conf
		run trafstart && run trafsave && run trafstop
		rm /usr/local/etc/trafd.conf ;;
	traflog.format.5.*)
		echo "$1" >/usr/local/etc/traflog.format
		run "traflog -n -a -o by_day -i eth0 |
		    grep -E '^Nov [0-9]+ [0-9.]+ +[0-9]+\$'" ;;
	*'.$ '* | *'.# '*) run_lines "$1" ;;
	*) run "$(of_crontab "$1")" ;;
	esac
}

# The daemons that a page takes for granted.
prepare_page()
{
	trafstop >/dev/null 2>&1
	# Examples of the page before may have moved the save file away.
	[ -e /var/trafd/trafd.eth0 ] || accounts || die "$page: no accounts"
	case $page in
	trafstart.8) trafstart fxp0 ;;
	trafstat*.* | trafd.control.5 | trafdb.8) trafstart eth0 ;;
	esac || die "$page: trafstart fails"
	case $page in
	trafstat.1) serve "trafstatd --listen 192.0.2.1:150" ;;
	trafstatd.8)
		add_user >/usr/local/etc/trafstatd.users
		chmod 640 /usr/local/etc/trafstatd.users ;;
	esac
}

run_page()	# file
{
	local kind text
	page=${1##*/}
	prepare_page
	commands=0
	python3 "$TRAF_SRCDIR/tests/cli/pages.py" examples "$1" >"$page.said" ||
	    die "$page cannot be read"
	while IFS='|' read -r -d '' kind text; do
		case $kind in
		run) run "${text#[\$#] }" ;;
		text) run_text "$text" ;;
		esac
	done <"$page.said"
	[ $commands -gt 0 ] || die "$page: nothing was run"
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}"
	servers=()
}

# As htpasswd(1) of Apache writes it: the password is "x".
add_user()
{
	umask 077
	perl -e 'print "ann:", crypt("x", q($2y$05$abcdefghijklmnopqrstuu)),
	    "\n"'
}

unset MAKEFLAGS MFLAGS	# of a make whose pipe of jobs is not ours
make -s -C "$TRAF_BUILDDIR" install >/dev/null || die "make install failed"
PATH=/usr/local/bin:/usr/local/sbin:$PATH
export TZ=UTC0 LC_ALL=C
rm -rf /var/trafd /usr/local/etc/trafd.conf
cd "$(mktemp -d)" || die "no directory"
interfaces >/dev/null || die "no interfaces"
accounts || die "no accounts"
stand_ins || die "no stand-ins"
for file; do
	run_page "$file"
done
exit $failed
