#!/usr/bin/env bats
# trafd(5) against the program: a reader written from the page alone gets the
# same rows out of a file as were put in.

load assert
load report_helpers

setup() {
	report_setup
}

@test "a reader made from the manual page reads what the program wrote" {
	command -v python3 >/dev/null || skip "no python3"
	command -v zstd >/dev/null || skip "no zstd"
	awk 'BEGIN {
		for (i = 1; i <= 4000; i++)
			printf "10.0.%d.%d %d 192.0.2.%d 80 6 %d %d %d%s\n",
			    i % 3, i % 251, 1024 + i, i % 7, i, i * 700,
			    i * 752 + i % 5, i % 4 ? "" : " " 1 + i % 4095
		for (i = 1; i <= 3000; i++)
			printf "fd00::%x %d 2001:db8::%x 53 17 %d %d %d\n",
			    i % 99 + 1, 1024 + i, i % 13 + 1, i % 8 + 1,
			    i * i, i * i + 48 * (i % 8 + 1)
	}' >"$dir/rows"
	{
		echo "block eth0 gate 1700000000 1700003600"
		echo "block eth0 gate 1700003600 1700007200"
		cat "$dir/rows"
		echo "block eth0 gate 1700007200 1700010800"
		echo "10.0.0.1 1 10.0.0.2 2 6 5000000000 6000000000 200"
	} | "$TRAF_BUILDDIR/tests/lib/mksave" "$dir/save"
	echo "10.0.0.1 1 10.0.0.2 2 6 5000000000 6000000000 200" >>"$dir/rows"
	python3 "$TRAF_SRCDIR/tests/lib/readblock.py" "$dir/save" >"$dir/got"
	diff <(sort "$dir/rows") <(sort "$dir/got")
}

@test "a reader made from the manual page reads owners and their names" {
	command -v python3 >/dev/null || skip "no python3"
	command -v zstd >/dev/null || skip "no zstd"
	"$TRAF_BUILDDIR/tests/lib/mksave" "$dir/save" <<-'EOT'
	owner @web 33 www-data /system.slice/nginx.service nginx
	owner @old - - / (before trafd)
	owner @no 0 root /of/no/row nobody
	interface 1 eth0
	interface 2 lo
	interface 3 wg0
	block owners gate 1700000000 1700003600
	@web 443 192.0.2.9 client 6 12 3456 3936 3
	2001:db8::9 client @web 443 6 1 0 60 1
	@old 0 192.0.2.9 0 1 1 20 40
	block eth0 gate 1700000000 1700003600
	10.0.0.1 1 10.0.0.2 2 6 1 100 140
	EOT
	sort >"$dir/want" <<-'EOT'
	33,www-data,/system.slice/nginx.service,nginx 443 192.0.2.9 0 6 12 3456 3936 wg0
	2001:db8::9 0 33,www-data,/system.slice/nginx.service,nginx 443 6 1 0 60 eth0
	4294967295,,/,(before trafd) 0 192.0.2.9 0 1 1 20 40
	10.0.0.1 1 10.0.0.2 2 6 1 100 140
	EOT
	python3 "$TRAF_SRCDIR/tests/lib/readblock.py" "$dir/save" | sort >"$dir/got"
	diff "$dir/want" "$dir/got"
}
