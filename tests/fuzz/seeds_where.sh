#!/bin/sh
# seeds_where.sh DIR: inputs for fuzz_where.
set -eu

n=0
while IFS= read -r text; do
	n=$((n + 1))
	printf '%s' "$text" >"$1/$n"
done <<'END'

tcp
host 10.1.2.3 and port 443
src host 2001:db8::1 or fd00::1
net 10.1 mask 255.255.0.0 && ! (udp or icmp6)
dst portrange 1-1024
proto 89 or proto ospf
bytes > 1.5MiB and packets != 3 and data<=10k
not (not (not tcp and ip6) or nb0a)
(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((tcp
port ssh or 65535 or 65536
tcp and udp or icmp
bytes > 99999999999999999999999999999999
END
