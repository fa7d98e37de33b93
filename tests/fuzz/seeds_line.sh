#!/bin/sh
# seeds_line.sh DIR: inputs for fuzz_line.
set -eu

printf -- '-i eth0 -n\n' >"$1/plain"
printf -- '-nNAfb -ieth0\r\nmore' >"$1/letters"
printf -- '-D --format=json' >"$1/name"
printf 'from 10.1 mask 255.0.0.0 port 80 proto tcp to fd00::1\n' >"$1/pattern"
printf -- '-i ../x' >"$1/path"
printf -- '-ss -p tcp -I lo --format=' >"$1/cut"
printf '\n' >"$1/empty"
