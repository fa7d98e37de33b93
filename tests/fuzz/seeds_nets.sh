#!/bin/sh
# seeds_nets.sh DIR: inputs for fuzz_nets.
set -eu

printf '10.0.0.0/8, fd00::/8 192.0.2.1' >"$1/list"
printf '::ffff:10.0.0.1/104\n0.0.0.0/0\t::/0,,' >"$1/odd"
printf '10.0.0.0/33' >"$1/long"
printf '10.0.0.0/8 x' >"$1/word"
: >"$1/empty"
