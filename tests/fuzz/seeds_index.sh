#!/bin/sh
# seeds_index.sh DIR: inputs for fuzz_index: changes of an index, one octet of
# its first block each, without and with the checksums to be corrected.
set -eu

for first in 0 1; do
	# shellcheck disable=SC2059 # octets
	printf "\\00$first" >"$1/good-$first"
	at=0
	while [ $at -lt 1100 ]; do
		# shellcheck disable=SC2059 # octets
		printf "\\00$first\\$(printf %03o $((at % 256)))\\$(printf \
		    %03o $((at / 256)))\\020" >"$1/octet-$at-$first"
		at=$((at + 7))
	done
done
printf '\002' >"$1/empty"
printf '\003\211TRAF\r\n\032' >"$1/magic"
