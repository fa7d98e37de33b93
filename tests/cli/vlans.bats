#!/usr/bin/env bats
# --by vlan: what each VLAN has, beside the sums of who made the frames, or of
# a firewall.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A=''
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	VLANS=$TRAF_SRCDIR/tests/lib/vlans.py
	export TZ=UTC LC_ALL=C
	mkdir "$DIR/state" "$DIR/run"
	chmod 755 "$DIR"
}

teardown() {
	stop_trafd KILL
	traf_teardown_net
	wait_until 20 rm -rf "$DIR"
}

# read_capture OPTIONS...: account for it; the sums of its VLANs are in `want'
read_capture() {
	python3 "$VLANS" pcap "$DIR/trunk.pcap" "${frames:-600}" "${net:-10}" \
		>"$DIR/want"
	[ "$(wc -l <"$DIR/want")" -eq 9 ]
	"$TRAFD" --read "$DIR/trunk.pcap" --user "$(id -un)" -f trunk \
		--state-dir "$DIR/state" "$@"
}

# ask OPTIONS...: a question to that account
ask() {
	"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -n \
		-i "${account:-trunk}" --format=tsv "$@" 2>"$DIR/notes"
}

# vlans OPTIONS...: `VLAN PACKETS BYTES', as those who made the frames say
vlans() {
	ask --by=vlan --sort=vlan "$@" >"$DIR/answer"
	awk -F '\t' 'NR > 1 && $1 != "total" { print $1, $6, $4 }' \
		"$DIR/answer"
}

@test "a trunk: the VLAN is the outermost tag that has an id" {
	read_capture
	diff <(vlans) "$DIR/want"
	diff <(vlans --where 'vlan 10') <(grep '^10 ' "$DIR/want")
	diff <(vlans --where 'not vlan untagged and not vlan 10') \
		<(grep -v '^10 \|^untagged ' "$DIR/want")
	# With a host: the three hosts of a VLAN make its sum.
	ask --by=vlan,src | awk -F '\t' '$1 == 300 { n += $5 } END { print n }' \
		>"$DIR/got"
	diff "$DIR/got" <(awk '$1 == 300 { print $3 }' "$DIR/want")
}

@test "small rows lose detail, and no VLAN a byte" {
	# Each flow is small.
	read_capture -m 100000
	diff <(vlans) "$DIR/want"
	ask --by=vlan --format=text >"$DIR/text"
	lacks 'small rows' "$DIR/text"
	ask --by=vlan,service --format=text | grep -q 'small rows'
	rm "$DIR/state/"*trunk
	# No side is local: rows of no address are all that is left.
	net=198 read_capture -m 100000
	ask | grep -q '	other	.*	other	'
	diff <(vlans) "$DIR/want"
}

@test "rows of no address keep their VLANs when blocks are added up" {
	# Sixteen tables add up blocks: none of these rows may be in two.
	local block v
	for block in 0 1; do
		echo "block eth0 gate $((1700000000 + block * 3600)) \
$((1700003600 + block * 3600))"
		for v in {1..200} 4095; do
			echo "other 0 other 0 6 1 10 50 $v"
		done
	done | "$TRAF_BUILDDIR/tests/lib/mksave" "$DIR/state/trafd.trunk"
	ask -s -w "$DIR/state/trafd.merged"
	account=merged
	diff <(vlans) <(for v in {1..200} other; do echo "$v 2 100"; done)
}

@test "rows of a report are one for all VLANs, and -w copies them apart" {
	read_capture -m 0
	ask >"$DIR/rows"
	[ -s "$DIR/rows" ]
	# Two addresses, two ports, a protocol.
	[ -z "$(cut -f 1-7 "$DIR/rows" | sort | uniq -d)" ]
	[ "$(awk -F '\t' 'NR > 1 { n += $8 } END { print n }' "$DIR/rows")" \
		-eq 600 ]
	ask -a >"$DIR/merged"
	diff <(sort "$DIR/rows") <(sort "$DIR/merged")
	ask --where 'vlan 20' >"$DIR/rows"
	[ "$(awk -F '\t' 'NR > 1 { n += $8 } END { print n }' "$DIR/rows")" \
		-eq 60 ]
	ask -w "$DIR/state/trafd.copy"
	account=copy
	diff <(vlans) "$DIR/want"
	ask -a -w "$DIR/state/trafd.merged"
	account=merged
	diff <(vlans) "$DIR/want"
	# BPFT's layouts have no VLANs, and no IPv6.
	ask -a --where ip -w "$DIR/state/trafd.new" --layout=new
	account=new
	ask -a >"$DIR/rows"
	[ -z "$(cut -f 1-7 "$DIR/rows" | sort | uniq -d)" ]
	[ "$(vlans | awk '{ print $1, $3 }')" = \
		"$(account=trunk ask --by=vlan --where ip | awk -F '\t' '
		NR > 1 { n += $4 } END { print "untagged", n }')" ]
}

@test "a file without tags is the same octets as ever" {
	printf '%s\n' "block eth0 gate 1700000000 1700003600" \
		"10.0.0.1 1 10.0.0.2 2 6 5 600 800" >"$DIR/text"
	"$TRAF_BUILDDIR/tests/lib/mksave" "$DIR/state/trafd.old" <"$DIR/text"
	sed '2s/$/ 5/' "$DIR/text" |
		"$TRAF_BUILDDIR/tests/lib/mksave" "$DIR/state/trafd.tagged"
	# One stream more: its head of 8 octets, and the octet of one row.
	[ $(($(wc -c <"$DIR/state/trafd.tagged") - \
		$(wc -c <"$DIR/state/trafd.old"))) -eq 8 ]
	account=old
	[ "$(vlans)" = 'untagged 5 800' ]
	account=tagged
	[ "$(vlans)" = '5 5 800' ]
}

@test "the history keeps VLANs: hours, days, months" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
		skip "built without Berkeley DB"
	local day
	for day in 01 02 03; do
		printf '%s\n' \
			"block eth0 gate $(date -d "2026-03-$day 10:00" +%s) $(date -d "2026-03-$day 11:00" +%s)" \
			"networks 10.0.0.0/8" \
			"10.0.0.1 1 192.0.2.2 2 6 5 600 800 10" \
			"192.0.2.2 2 10.0.0.1 1 6 7 500 900 10" \
			"10.0.0.1 1 192.0.2.2 2 6 1 10 50 20" \
			"10.0.0.1 1 192.0.2.2 2 6 2 20 60" \
			"other client other client 0 3 30 70 4095"
	done | "$TRAF_BUILDDIR/tests/lib/mksave" "$DIR/state/trafd.trunk"
	ask --by=day,vlan >"$DIR/files"
	awk -F '\t' '$2 == 10 { print $3, $4, $5 }' "$DIR/files" | sort -u \
		>"$DIR/got"
	[ "$(<"$DIR/got")" = '900 800 1700' ]
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$DIR/state" update \
		>/dev/null
	ask --by=day,vlan >"$DIR/both"
	diff "$DIR/files" "$DIR/both"
	mv "$DIR/state/trafd.trunk" "$DIR/moved"
	ask --history --by=day,vlan >"$DIR/history"
	diff "$DIR/files" "$DIR/history"
	ask --history --by=month,vlan >"$DIR/history"
	grep -q '^2026-03	10	2700	2400	5100	' "$DIR/history"
	grep -q '^2026-03	untagged	0	180	180	' "$DIR/history"
	grep -q '^2026-03	other	0	0	210	' "$DIR/history"
	not ask --history --by=vlan,host
	grep -q 'does not store these keys together' "$DIR/notes"
	not ask --history --by=host --where 'vlan 10'
	mv "$DIR/moved" "$DIR/state/trafd.trunk"
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$DIR/state" verify
	"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$DIR/state" dump |
		grep -q '	vlan	.*	10	36*	' || {
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$DIR/state" dump |
			grep '	vlan	10	'
	}
}

@test "a full table: what has lost its row is of no VLAN, and no byte is lost" {
	frames=60000 net=198 read_capture -m 0 --max-flows 1024
	vlans >"$DIR/got"
	grep -q '^other ' "$DIR/got"
	diff <(awk '{ p += $2; b += $3 } END { print p, b }' "$DIR/got") \
		<(awk '{ p += $2; b += $3 } END { print p, b }' "$DIR/want")
}

@test "wrong VLANs are refused with the right ones" {
	read_capture
	not ask --where 'vlan 4095'
	grep -q "not a VLAN: expected 1 to 4094, or untagged" "$DIR/notes"
	not ask --where 'vlan 0'
	not ask --where 'src vlan 5'
	grep -q "a VLAN has no src or dst" "$DIR/notes"
	not ask --by=vlans
	grep -q 'did you mean vlan' "$DIR/notes"
}

# live OPTIONS...: the frames through a real interface
live() {
	traf_setup_net
	local source=$1
	shift
	[ "$source" != ebpf ] || works_here
	account=veB
	TRAF_SOURCE=$source start_trafd -m 0 "$@"
	ip netns exec "$NS_A" python3 "$VLANS" send veA 600 >"$DIR/want"
	wait_until 20 taken 600
	diff <(vlans) "$DIR/want"
	stop_trafd TERM
	diff <(vlans) "$DIR/want"
}

@test "live, by libpcap: those of the frames" {
	live pcap
}

@test "rows of the running daemon are one for all VLANs" {
	traf_setup_net
	TRAF_SOURCE=pcap start_trafd -m 0
	ip netns exec "$NS_A" python3 "$VLANS" send veA 600 >"$DIR/want"
	wait_until 20 taken 600
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		-n --format=tsv >"$DIR/rows"
	[ -z "$(cut -f 3-7 "$DIR/rows" | sort | uniq -d)" ]
	[ "$(awk -F '\t' 'NR > 1 { n += $8; b += $10 } END { print n, b }' \
		"$DIR/rows")" = \
		"$(awk '{ n += $2; b += $3 } END { print n, b }' "$DIR/want")" ]
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		-n >"$DIR/text"
	grep -q " $(($(wc -l <"$DIR/rows") - 1)) records" "$DIR/text"
	# The greatest are those of all VLANs together, too.
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		-n --format=tsv --rows=7 >"$DIR/top"
	[ "$(wc -l <"$DIR/top")" -eq 8 ]
	diff <(cut -f 3- "$DIR/top") <(head -8 "$DIR/rows" | cut -f 3-)
	# The block itself has them, for traflog.
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		-b >"$DIR/state/trafd.block"
	stop_trafd TERM
	account=block
	diff <(vlans) "$DIR/want"
}

@test "live, by libpcap with threads" {
	live pcap --threads 2
}

@test "live, in the kernel" {
	live ebpf
}

@test "live, in the kernel: a full table" {
	traf_setup_net
	works_here
	account=veB
	TRAF_SOURCE=ebpf start_trafd -m 0 --max-flows 1024
	ip netns exec "$NS_A" python3 "$VLANS" send veA 60000 198 \
		>"$DIR/want"
	wait_until 20 taken 60000
	vlans >"$DIR/got"
	grep -q '^other ' "$DIR/got"
	diff <(awk '{ p += $2; b += $3 } END { print p, b }' "$DIR/got") \
		<(awk '{ p += $2; b += $3 } END { print p, b }' "$DIR/want")
}

# rules: a counter for each VLAN; other frames are none of its business
rules() {
	local v
	echo 'table netdev count { chain in {
		type filter hook ingress device veB priority 0;'
	for v in 1 10 20 4094; do
		echo "ether type 8021q vlan id $v counter"
	done
	echo '}; }'
}

# firewall: the packets that it counted, `VLAN PACKETS'
firewall() {
	ip netns exec "$NS_B" nft list ruleset |
		sed -n 's/.*vlan id \([0-9]*\) counter packets \([0-9]*\) .*/\1 \2/p'
}

@test "a firewall counts as many in each VLAN" {
	command -v nft >/dev/null || skip "no nft"
	local source
	for source in pcap ring ebpf; do
		traf_setup_net
		[ "$source" != ebpf ] || works_here
		rules | ip netns exec "$NS_B" nft -f - ||
			skip "nft counts nothing here"
		rm -rf "$DIR/state" "$DIR/run"
		mkdir "$DIR/state" "$DIR/run"
		account=veB
		TRAF_SOURCE=$source start_trafd -m 0
		ip netns exec "$NS_A" python3 "$VLANS" send veA 500 >"$DIR/want"
		wait_until 20 taken 500
		firewall >"$DIR/firewall"
		grep -q '^10 50$' "$DIR/firewall"
		diff <(vlans | awk '$1 ~ /^(1|10|20|4094)$/ { print $1, $2 }') \
			"$DIR/firewall"
		stop_trafd KILL
		traf_teardown_net
	done
}
