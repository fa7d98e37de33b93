#!/bin/sh
# seeds_control.sh DIR: inputs for fuzz_control.
set -eu

# octets FILE FORMAT...: printf(1) knows octal only.
octets()
{
	file=$1
	shift
	# shellcheck disable=SC2059 # that is what they are
	printf "$@" >"$file"
}

octets "$1/request" '\000TRFQ\001\000\002\000\000\000\000\000\000\000\000\000'
octets "$1/request-table" \
    '\000TRFQ\001\000\004\000\020\000\000\000\000\000\000\000'
octets "$1/answer" '\000TRFA\001\000\002\000\000\000\000\000\000\000\000\000'
head -c 8 /dev/zero >>"$1/answer"
octets "$1/other-version" \
    '\000TRFQ\002\000\002\000\000\000\000\000\000\000\000\000'
octets "$1/query" '\001\024\000\000\000\001\002\001\000\000\000'
head -c 6 /dev/zero >>"$1/query"
octets "$1/query-rule" '\001\000\000\000\000\000\000\000\000\001\000'
head -c 54 /dev/zero >>"$1/query-rule"
octets "$1/query-cut" '\001\000\000\000\000\000\000\000\000\377\377'
head -c 54 /dev/zero >>"$1/query-cut"
octets "$1/stat" '\002\002\000\001\000\000\000\001\000'
head -c 288 /dev/zero >>"$1/stat"
octets "$1/stat-lies" '\002\377\377\377\377\377\377\377\377'
: >"$1/empty"
