#!/bin/sh
# seeds_capture.sh DIR: inputs for fuzz_capture, small captures of every kind.
set -eu

captures()
{
	python3 -B "$TRAF_SRCDIR/tests/lib/captures.py" "$@"
}

python3 -B "$TRAF_SRCDIR/tests/captures/gencap.py" --small "$1"
captures told >"$1/told"
captures iptrace 3 >"$1/iptrace"
{
	printf 'iptrace 1.0'
	printf '\0\0\0\032\0\0\0\1xxx\0en\0\0twelve octets\6\1abcd'
	printf '\0\0\0\036\0\0\0\2xxx\7fi\0\0twelve octets\17\0pppframe!'
	printf '\0\0\0\026\0\0\0\3xxx\7loop............\30\0'
} | head -c 127 >"$1/iptrace1"
if command -v zstd >/dev/null; then
	for name in told iptrace; do
		zstd -qc "$1/$name" >"$1/$name.zst"
		captures pcap 2 | zstd -qc >>"$1/$name.zst"
	done
fi
