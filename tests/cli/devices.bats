#!/usr/bin/env bats
# --by local and --by mac: devices of the local networks, from save files and
# the history, whatever tells which addresses are one device.

load assert
load report_helpers

setup() {
	report_setup
	"$mksave" trafd.br0 <<-'END'
	block br0 gate 1795215600 1795215900
	networks 192.168.1.0/24 fd00::/64
	192.168.1.10 5000 198.51.100.7 443 6 1 40 100
	198.51.100.7 443 192.168.1.10 5000 6 1 40 1000
	fd00::10 5000 2001:db8::7 443 6 1 40 20
	2001:db8::7 443 fd00::10 5000 6 1 40 200
	fd00::11 5000 2001:db8::7 443 6 1 40 3
	192.168.1.20 5000 198.51.100.7 443 6 1 40 50
	# of one device to itself, to another, and past them all
	fd00::10 1 fd00::11 2 17 1 40 7
	192.168.1.10 1 192.168.1.20 2 17 1 40 400
	198.51.100.7 1 198.51.100.8 2 17 1 40 9000
	other 0 192.168.1.20 0 0 1 40 5
	END
	cat >devices.br0 <<-'END'
	# by hand
	192.168.1.10 52:54:00:00:00:0a
	fd00::10     52-54-00-00-00-0A 2026-11-01 2026-11-21

	fd00::11	52:54:00:00:00:0a - -
	END
	cat >mine.py <<-'END'
	import csv, sys
	for r in csv.DictReader(sys.stdin):
	    print(*[r[k] for k in sys.argv[1].split(',')])
	END
}

ask() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" -i br0 "$@"
}

# shows COLUMNS OPTIONS...: these columns of the answer, in `got'
shows() {
	local columns=$1
	shift
	ask --format=csv "$@" 2>err >answer
	python3 mine.py "$columns" <answer >got
}

@test "a device is a row: no byte twice within it, for both between two" {
	shows device,addresses,in,out,bytes -n --by local
	same <<-'END'
	192.168.1.10 192.168.1.10 fd00::10 fd00::11 1207 530 1730
	192.168.1.20 192.168.1.20 405 50 455
	END
	shows mac,in,out,bytes -n --by mac
	same <<-'END'
	52:54:00:00:00:0a 1207 530 1730
	unknown 405 50 455
	END
	shows device,service,bytes -n --by local,service --top 2
	printf '%s\n' '192.168.1.10 443/tcp 1323' '192.168.1.10 1/udp 407' |
		same
	shows device,mac,bytes -n --by local,mac --local 192.168.1.0/28
	echo '192.168.1.10 52:54:00:00:00:0a 1500' | same
}

@test "the total is all traffic, and the text says what it is not the sum of" {
	ask -n --by local --bytes >got
	grep -Eq '^ total +1205 +173 +10785 ' got
	grep -q '^ note: 400 bytes passed between two rows and count for both$' got
	grep -q '^ note: 9,000 bytes of the total are in no row: neither end is local$' got
	grep -q '^ Device  *Addresses  *In ' got
}

@test "--apart: each local address is a row, and remote ones are none" {
	shows device,addresses,bytes -n --by local --apart
	same <<-'END'
	192.168.1.10 192.168.1.10 1500
	192.168.1.20 192.168.1.20 455
	fd00::10 fd00::10 227
	fd00::11 fd00::11 10
	END
	shows mac,bytes -n --by local,mac --apart
	grep -qx '52:54:00:00:00:0a 1500' got
	fails 127 ask --by mac --apart
	grep -q -- '--apart needs --by local' err
	fails 127 ask --apart
}

@test "without a MAC address the host name tells, but not with -n" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "no namespaces here"
	printf '%s\n' '192.168.1.10 kid.lan' 'fd00::10 kid.lan' \
		'192.168.1.20 tv.lan' 'fd00::11 tv.lan' >hosts
	echo 'hosts: files' >nsswitch.conf
	export dir
	# shellcheck disable=SC2016 # for the inner shell
	named() {
		unshare -n -m bash -c 'mount --make-rprivate / &&
			mount --bind "$dir/hosts" /etc/hosts &&
			mount --bind "$dir/nsswitch.conf" /etc/nsswitch.conf &&
			exec "$0" "$@"' \
			"$TRAF_BUILDDIR/tools/traflog/traflog" --no-cache \
			--resolve-time=60 --state-dir "$dir" -i br0 \
			--format=csv "$@" >answer
		python3 mine.py device,addresses,bytes <answer >got
	}
	rm devices.br0
	named --by local
	same <<-'END'
	kid.lan 192.168.1.10 fd00::10 1727
	tv.lan 192.168.1.20 fd00::11 465
	END
	# The MAC address decides; a name joins what has none.
	sed -i /fd00::11/d hosts
	printf '%s\n' '192.168.1.10 52:54:00:00:00:0a' \
		'fd00::11 52:54:00:00:00:0a' >devices.br0
	named --by local
	same <<-'END'
	kid.lan 192.168.1.10 fd00::10 fd00::11 1730
	tv.lan 192.168.1.20 455
	END
	named --by local -n
	same <<-'END'
	192.168.1.10 192.168.1.10 fd00::11 1510
	192.168.1.20 192.168.1.20 455
	fd00::10 fd00::10 227
	END
}

@test "the newest MAC address of an address counts, in all of the account" {
	printf '%s\n' '192.168.1.10 52:54:00:00:00:0a 2026-11-01 2026-11-02' \
		'192.168.1.10 52:54:00:00:00:0b' >devices.br0
	shows mac,bytes -n --by mac
	grep -qx '52:54:00:00:00:0b 1500' got
	not grep -q ':0a' got
}

@test "more addresses than fit: four, and how many more" {
	{
		echo 'block br0 gate 1795215600 1795215900'
		echo 'networks fd00::/64'
		for i in 6 5 4 3 2 1; do
			echo "fd00::$i 5000 2001:db8::7 443 6 1 40 100"
			echo "fd00::$i 52:54:00:00:00:0c" >>devices.br0
		done
	} >text
	rm trafd.br0
	"$mksave" trafd.br0 <text
	shows device,addresses,bytes -n --by local
	echo 'fd00::1 fd00::1 fd00::2 fd00::3 fd00::4 (2 more) 600' | same
}

@test "a devices file that is damaged, too large or a link is told of" {
	printf 'fd00::10 ff:ff:ff:ff:ff:ff\n' >>devices.br0
	shows mac,bytes -n --by mac
	grep -qx '52:54:00:00:00:0a 1730' got
	grep -q '^traflog: devices file damaged: .*/devices.br0: line 6 is not valid; other lines are used$' err
	[ "$(wc -l <err)" -eq 1 ]
	# Who does not ask for devices does not hear of them.
	shows host,bytes -n --by host
	[ ! -s err ]
	truncate -s 2M devices.br0
	shows mac,bytes -n --by mac
	grep -q '^traflog: devices file not used: .*File too large$' err
	echo 'unknown 1785' | same
	mv devices.br0 far
	ln -s far devices.br0
	shows mac,bytes -n --by mac
	grep -q '^traflog: devices file not used: ' err
	rm devices.br0
	shows mac,bytes -n --by mac
	[ ! -s err ]
	echo 'unknown 1785' | same
}

@test "the history and the file say the same of devices" {
	grep -q '^#define HAVE_DB 1' "$TRAF_BUILDDIR/config.h" ||
		skip "built without Berkeley DB"
	"$mksave" trafd.br0 <<-'END'
	block br0 gate 1795215900 1795216200
	networks 192.168.1.0/24 fd00::/64
	fd00::10 5000 2001:db8::7 443 6 1 40 20
	192.168.1.10 1 fd00::11 2 17 1 40 7
	198.51.100.7 443 192.168.1.20 5000 6 1 40 64
	END
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" update --state-dir "$dir" br0
	for by in local local,mac day,local local,host; do
		for more in -n --apart --in --top=1 "--where=net 192.168.1.0/28"; do
			ask -n --by $by "$more" --files --format=tsv >expected
			ask -n --by $by "$more" --history --format=tsv >got
			diff -u expected got
		done
	done
	[ "$(wc -l <got)" -gt 1 ]
	ask -n --by mac --files --format=tsv >expected
	ask -n --by mac --history --format=tsv | diff -u expected -
	# Pages draw from the blocks.
	ask -n -v --by local --format=html 2>err >page
	grep -q 'from the file' err
	grep -q 'fd00::11' page
}
