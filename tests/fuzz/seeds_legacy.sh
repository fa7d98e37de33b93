#!/bin/sh
# seeds_legacy.sh DIR: inputs for fuzz_legacy: small files of every layout,
# after an octet that forces no layout or the right one.  They are made with
# printf, so that only a shell is needed.
set -eu

begin='\000\312\232\073' end='\020\330\232\073' z='\000\000\000\000'
new='\012\000\000\001\012\000\000\002\006\000\001\004\120\000\000\000'
new=$new'\054\001\000\000\310\000\000\000'
old='\012\000\000\001\012\000\000\002\006\002\120\000'
old=$old'\054\001\000\000\310\000\000\000'
t32=$begin$z$end$z t64=$begin$z$z$z$end$z$z$z
# shellcheck disable=SC2059
for first in 0 1 2; do
	for n in '\001\000\000\000' '\060\024\002\000\001\000\000\000'; do
		for times in "$t32" "$t64" "$z$t64"; do
			for record in "$new" "$old"; do
				i=$((${i-0} + 1))
				printf "$first$n$times$record" >"$1/$i"
			done
		done
	done
	printf "$first\\002\\000\\000\\000$t32$new$new$z$t32" >"$1/two-$first"
done
