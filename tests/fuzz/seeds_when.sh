#!/bin/sh
# seeds_when.sh DIR: inputs for fuzz_when.
set -eu

for text in '#1' '#999999999999999999' 00 0130 2359.59 210000 11210000 \
    2611210000.00 02300000 6902290000 1.5 '#' ''; do
	printf '\0\0\350\0\0\324\301\27%s' "$text" >"$1/now-$text"
	printf '\377\377\377\377\377\377\377\377%s' "$text" >"$1/end-$text"
done
