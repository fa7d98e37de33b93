#!/bin/sh
# embed.sh FILES...: writes the files as C arrays to standard output, each
# with a NUL after its last octet.
set -eu

cat <<'HEAD'
/*
 * Generated from the files of tools/trafstatd/web by embed.sh: change those.
 */
#include "config.h"

#include "trafstatd/web.h"

HEAD
n=0
for file; do
	n=$((n + 1))
	echo "static const unsigned char	file_$n[] = {"
	od -An -v -tx1 "$file" |
	    sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g; s/^/	/; s/ *$//'
	echo '	0x00'
	echo '};'
	echo
done
echo 'const struct asset	assets[] = {'
n=0
for file; do
	n=$((n + 1))
	echo "	{ \"/${file##*/}\", file_$n, sizeof(file_$n) - 1 },"
done
echo '	{ NULL, NULL, 0 }'
echo '};'
