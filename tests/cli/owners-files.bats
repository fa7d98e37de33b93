#!/usr/bin/env bats
# Files and the history of an account of owners: copies, merges and layouts
# keep names and numbers together, and damage of a table costs its block only.

load assert
load report_helpers

setup() {
	report_setup UTC
	"$mksave" first <<-'EOT'
	owner @web 33 www-data /system.slice/nginx.service nginx
	owner @old 1000 anna /user.slice/user-1000.slice/session-3.scope (before trafd)
	interface 1 eth0
	interface 3 wg0
	block owners gate 1769731200 1769731500
	networks 6f:776e::/32
	@web 443 192.0.2.9 client 6 12 3456 3936 1
	fd00::9 client @web 443 6 1 0 60 3
	@old client 192.0.2.9 53 17 2 100 156 1
	EOT
	# Another run of trafd has other numbers.
	"$mksave" second <<-'EOT'
	owner @web 33 www-data /system.slice/nginx.service nginx
	interface 1 wg0
	interface 2 eth0
	instance 9 1
	block owners gate 1769731800 1769732100
	networks 6f:776e::/32
	@web 443 192.0.2.9 client 6 1 100 140 2
	@web 443 192.0.2.9 client 6 1 500 540 1
	EOT
	cat first second > trafd.owners
}

trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" "$@"
}

need_trafdb() {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
}

# named FILE: its rows with their names, by the reader made from the page.
named() {
	command -v zstd >/dev/null || skip "no zstd"
	python3 "$TRAF_SRCDIR/tests/lib/readblock.py" "$1"
}

@test "a copy by -w has the same rows and names" {
	traflog -i ./trafd.owners -a -w copy
	named trafd.owners > want
	named copy > got
	same < want
	# A block that is written again is the same.
	traflog -i copy -a -w again
	cmp copy again
}

@test "a merge joins interfaces by their names" {
	traflog -i ./trafd.owners -s -w sum
	named sum > got
	same <<-'EOT'
	1000,anna,/user.slice/user-1000.slice/session-3.scope,(before trafd) 0 192.0.2.9 53 17 2 100 156 eth0
	33,www-data,/system.slice/nginx.service,nginx 443 192.0.2.9 0 6 13 3556 4076 eth0
	33,www-data,/system.slice/nginx.service,nginx 443 192.0.2.9 0 6 1 500 540 wg0
	fd00::9 0 33,www-data,/system.slice/nginx.service,nginx 443 6 1 0 60 wg0
	EOT
}

@test "a long file merged in parts has all names" {
	awk 'function address(i) {
		x = (x * 16807 + i) % 2147483647
		return sprintf("%d.%d.%d.%d", i / 256 % 16 + 16, i % 256,
		    x / 256 % 256, x % 256)
	}
	BEGIN {
		for (i = 0; i < 200; i++)
			printf "owner @o%d %d user%d /u%d.service prog%d\n",
			    i, i, i, i, i % 7
		for (b = 0; b < 66; b++) {
			begin = 1769731200 + b * 300
			printf "interface %d if%d\n", b + 1, b
			printf "block owners gate %d %d\n", begin, begin + 300
			for (i = 0; i < 5000; i++)
				printf "@o%d client %s 443 6 2 %d %d %d\n",
				    i % 200, address(i), x,
				    x + 80, b + 1
		}
	}' | "$mksave" long
	[ "$(wc -c < long)" -gt 2200000 ]
	# Two rows of each block: their interface is that of the block.
	traflog -i long -s -w sum to 17.7.0.0/16
	named sum | awk '{ split($1, o, ","); print o[1], o[4], $NF }' |
	    sort > got
	awk 'BEGIN { for (b = 0; b < 66; b++) {
		print "63 prog0 if" b
		print "159 prog5 if" b
	} }' | sort | same
}

@test "layouts of BPFT have no place for owners: told, never as an address" {
	fails 1 traflog -i ./trafd.owners -s -w old --layout old
	echo 'traflog: owners left out: old: 4 rows, 4156 data bytes, 4832 IP bytes' |
	    diff - err
	[ "$(traflog -i old -a -n --layout old | grep -c ' tcp \| udp ')" -eq 0 ]
}

@test "a damaged table costs its block only" {
	size=$(wc -c < first)
	head=$(od -A n -t u4 -j 12 -N 4 first)
	printf '\377' | dd of=trafd.owners bs=1 seek=$((head + 30)) \
	    conv=notrunc 2>/dev/null
	fails 1 traflog --check ./trafd.owners
	grep -q '2 blocks, 2 rows, 2 packets, 680 bytes, 1 damaged$' out ||
	    grep -q '1 block, 2 rows, 2 packets, 680 bytes, 1 damaged$' out
	echo "traflog: damaged block: ./trafd.owners: at byte 0, $size bytes skipped: damaged block" |
	    diff - err
}

@test "the history keeps names, prunes them with their rows, and agrees with the file" {
	need_trafdb
	trafdb update
	trafdb dump > all
	grep -P '\tinterface\t' all | cut -f 5,8 | sort > got
	same <<-'EOT'
	eth0	4232
	wg0	600
	EOT
	grep -P '\thost\t/' all | cut -f 5-11 | sort > got
	same <<-'EOT'
	/system.slice/nginx.service,33,nginx	1	0	60	14	4056	4616
	/user.slice/user-1000.slice/session-3.scope,1000,(before%20trafd)	0	0	0	2	100	156
	EOT
	trafdb verify
	# The older of two files is gone: numbers are still those of the history.
	cp second trafd.owners
	trafdb verify
	trafdb rebuild --force
	trafdb dump | grep -P '\tinterface\t' | cut -f 5,8 | sort > got
	same <<-'EOT'
	eth0	140
	wg0	540
	EOT
	not grep -q 'session-3' <(trafdb dump)
}
