# Adds up the octets of each pair of hosts in the text of ipreport, by the
# patterns that scripts for AIX look for.
/< SRC =/ { src = $4 }
/< DST =/ { dst = $4 }
/ip_len=/ {
	match($0, /ip_len=[0-9]+/)
	sum[src "\t" dst] += substr($0, RSTART + 7, RLENGTH - 7)
}
/<source port=/ { ports++ }
END {
	for (pair in sum)
		print pair "\t" sum[pair]
	print ports + 0 >"/dev/stderr"
}
