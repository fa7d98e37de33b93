#!/bin/sh
# seeds_options.sh DIR: inputs for fuzz_options.
set -eu

printf -- '-a\n-ss\n-ieth0\none' >"$1/letters"
printf -- '--iface=x\n--count\n7\n--size=1k' >"$1/names"
printf -- '--wide\n18446744073709551616' >"$1/overflow"
printf -- '--colour\n--colour=blue\n--call\nx' >"$1/choices"
printf -- 'add\nx\n--all\n--\n-s' >"$1/command"
printf -- 'chekc\n--colou=red\n-z\n--nonsense' >"$1/mistakes"
printf -- '-s\n-w\n3\ncheck\na\nb' >"$1/excluded"
printf -- '--c\n-\n\n\n--=\n-\377' >"$1/edges"
