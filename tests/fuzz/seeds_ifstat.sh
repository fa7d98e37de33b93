#!/bin/sh
# seeds_ifstat.sh DIR: inputs for fuzz_ifstat.
set -eu

table()
{
	cat <<-'EOF'
	Inter-|   Receive                        |  Transmit
	 face |bytes    packets errs drop fifo frame compressed multicast|bytes
	    lo:  104 2 0 0 0 0 0 0 104 2 0 0 0 0 0 0
	  eth0: 18446744073709551615 7 0 3 0 0 0 0 99999999999999999999 5 0 0 0 0 0 0
	veth1:1 2 3
	EOF
}
for label in lo: eth0: veth1: none: ''; do
	{ printf '%s\0' "$label"; table; } >"$1/of-$label"
done
