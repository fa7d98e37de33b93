#!/bin/sh
# seeds_block.sh DIR: inputs for fuzz_block: small save files, without and with
# the checksums to be corrected.
set -eu

mksave=$TRAF_BUILDDIR/tests/lib/mksave
save=$1/save

{
	echo "block eth0 gate 1700000000 1700003600"
	echo "block ppp0 gate 1700003600 1700007200"
	echo "10.0.0.1 1025 192.0.2.9 80 6 12 3456 3936"
	echo "10.0.0.1 1026 192.0.2.9 80 6 1 0 40"
	echo "10.0.0.2 client 192.0.2.9 53 17 2 100 156"
	echo "other 0 other 0 17 3 100 200"
	echo "block eth0 gate 1700007200 1700010800"
	i=1
	while [ $i -le 99 ]; do
		echo "fd00::$i $i fd00::ffff 443 6 $i $((i * 99)) $((i * 159))"
		i=$((i + 1))
	done
} | "$mksave" "$save"
for first in 0 1; do
	{ printf '%s' $first; cat "$save"; } >"$1/three-$first"
	{ printf '%s' $first; head -c 500 "$save"; } >"$1/cut-$first"
	{ printf '%s' $first; head -c 400 "$save"; cat "$save"; } \
	    >"$1/torn-$first"
done
rm "$save"

# A block of version 6.
{
	echo "owner @web 33 www-data /system.slice/nginx.service nginx"
	echo "owner @new - - /docker/0123456789abcdef0123456789abcdef (kernel)"
	echo "interface 1 eth0"
	echo "interface 3 wg0"
	echo "block owners gate 1700000000 1700003600"
	echo "@web 443 192.0.2.9 client 6 12 3456 3936 1"
	echo "fd00::9 client @web 443 6 1 0 60 3"
	echo "@new client 192.0.2.9 53 17 2 100 156"
	echo "10.0.0.1 1025 192.0.2.9 80 6 12 3456 3936"
} | "$mksave" "$save"
for first in 0 1; do
	{ printf '%s' $first; cat "$save"; } >"$1/owners-$first"
	{ printf '%s' $first; head -c 500 "$save"; } >"$1/owners-cut-$first"
done
rm "$save"
