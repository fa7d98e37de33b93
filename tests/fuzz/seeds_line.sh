#!/bin/sh
# seeds_line.sh DIR: inputs for fuzz_line.
set -eu

printf -- '-i eth0 -n\n' >"$1/plain"
printf -- '-nNAfb -ieth0\r\nmore' >"$1/letters"
printf -- '-n --format=json --rows=7' >"$1/name"
printf 'fd00::1 443 -n\n' >"$1/host"
printf -- '-i ../x' >"$1/path"
printf -- '-n all 80 --format=' >"$1/cut"
printf '\n' >"$1/empty"
