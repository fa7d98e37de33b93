#!/bin/sh
# seeds_pattern.sh DIR: inputs for fuzz_pattern.
set -eu

n=0
while read -r line; do
	n=$((n + 1))
	echo "$line" >"$1/$n"
done <<'EOT'
from 10.1 to 10.2.3.4 mask 255.255.255.0 port 80 proto tcp
from 10 port 80 port 25 from all mask 0xff000000 proto 17 # comment
to fd00::/8 from 2001:db8::1 mask 32 port all proto all
from n0a02 to n0a020000 mask 8 port s proto ppp
FROM host port 65536 proto 256 mask 300
EOT
