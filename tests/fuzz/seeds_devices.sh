#!/bin/sh
# seeds_devices.sh DIR: inputs for fuzz_devices.
set -eu

cat >"$1/file" <<-'EOF2'
	# IP address, MAC address, first and last day seen (UTC); see trafd(8).
	192.168.1.10 52:54:00:12:34:56 2026-11-21 2026-11-30
	fd00::10	52-54-00-12-34-56	-	2024-02-29

	192.168.1.10 52:54:00:12:34:57
EOF2
printf '10.0.0.1 ff:ff:ff:ff:ff:ff\n10.0.0.2 02:00:00:00:00:01 2026-02-30' \
	>"$1/wrong"
printf '10.0.0.1 02:00:00:00:00:01 - 9999-12-31\n\n \t#\r\n' >"$1/late"
printf '10.0.0.1 \0 02:00:00:00:00:01\n' >"$1/nul"
printf 'fd00::1 02:00:00:00:00:01 - - -' >"$1/words"
: >"$1/empty"
