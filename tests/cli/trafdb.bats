#!/usr/bin/env bats
# trafdb(8): commands, faults and statuses, on save files made by mksave.

load assert
load report_helpers

setup() {
	report_setup UTC
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	export TMPDIR=$dir
	"$mksave" trafd.fxp0 <<-'EOT'
	# 2026-11-21 00:00 - 00:05
	block fxp0 gate 1795219200 1795219500
	ledger frames 530
	10.0.0.1 80 8.8.8.8 1025 6 10 12345 13456
	8.8.8.8 1025 10.0.0.1 80 6 8 100 500
	10.0.0.1 client 10.0.0.2 53 17 2 60 120
	2001:db8::1 0 2001:db8::2 0 58 1 8 56
	10.0.0.9 0 10.0.0.9 0 1 1 56 84
	other 0 other 0 0 500 100000 200000
	# 2026-11-22 00:00
	block fxp0 gate 1795305600.5 1795305940.9
	10.0.0.1 80 8.8.8.8 1025 6 10 1 3
	EOT
}

trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" "$@"
}

add_block() {	# file, instance, epoch, begin, bytes
	"$mksave" "$1" <<-EOT
	block fxp0 gate $4 $(($4 + 300))
	instance $2 $3
	10.0.0.1 80 8.8.8.8 1025 6 1 1 $5
	EOT
}

@test "update, then dump: every number once" {
	trafdb update
	trafdb dump | sed 1d | cut -f 2- > got
	same <<-'EOT'
	hour	2026-11-21T00:00:00Z	host	other	500	100000	200000	500	100000	200000	500	100000	200000	0	0
	hour	2026-11-21T00:00:00Z	host	8.8.8.8	10	12345	13456	8	100	500	0	0	0	500	13456
	hour	2026-11-21T00:00:00Z	host	10.0.0.1	8	100	500	12	12405	13576	0	0	0	500	13456
	hour	2026-11-21T00:00:00Z	host	10.0.0.2	2	60	120	0	0	0	0	0	0	0	0
	hour	2026-11-21T00:00:00Z	host	10.0.0.9	1	56	84	1	56	84	1	56	84	0	0
	hour	2026-11-21T00:00:00Z	host	2001:db8::1	0	0	0	1	8	56	0	0	0	0	0
	hour	2026-11-21T00:00:00Z	host	2001:db8::2	1	8	56	0	0	0	0	0	0	0	0
	hour	2026-11-21T00:00:00Z	service	0 other	500	100000	200000	0	0
	hour	2026-11-21T00:00:00Z	service	1 0	1	56	84	0	0
	hour	2026-11-21T00:00:00Z	service	6 80	18	12445	13956	500	13456
	hour	2026-11-21T00:00:00Z	service	17 53	2	60	120	0	0
	hour	2026-11-21T00:00:00Z	service	58 0	1	8	56	0	0
	hour	2026-11-21T00:00:00Z	pair	8.8.8.8 10.0.0.1	8	100	500
	hour	2026-11-21T00:00:00Z	pair	10.0.0.1 8.8.8.8	10	12345	13456
	hour	2026-11-21T00:00:00Z	pair	10.0.0.1 10.0.0.2	2	60	120
	hour	2026-11-21T00:00:00Z	pair	10.0.0.9 10.0.0.9	1	56	84
	hour	2026-11-21T00:00:00Z	pair	2001:db8::1 2001:db8::2	1	8	56
	hour	2026-11-21T00:00:00Z	pair	other other	500	100000	200000
	hour	2026-11-22T00:00:00Z	host	8.8.8.8	10	1	3	0	0	0	0	0	0	0	3
	hour	2026-11-22T00:00:00Z	host	10.0.0.1	0	0	0	10	1	3	0	0	0	0	3
	hour	2026-11-22T00:00:00Z	service	6 80	10	1	3	0	3
	hour	2026-11-22T00:00:00Z	pair	10.0.0.1 8.8.8.8	10	1	3
	EOT
}

@test "update adds each block once, however often and wherever it lies" {
	trafdb update -v 2> got
	echo 'trafdb: fxp0: 2 blocks added, 0 already there' | same
	trafdb update -v fxp0 2> got
	echo 'trafdb: fxp0: 0 blocks added, 0 already there' | same
	cp trafd.fxp0 copy		# another file: known by their numbers
	mv copy trafd.fxp0
	trafdb update -v 2> got
	echo 'trafdb: fxp0: 0 blocks added, 2 already there' | same
	: > trafd.fxp0			# emptied, and gone on
	add_block trafd.fxp0 1 3 1795305000 7
	trafdb update -v 2> got
	echo 'trafdb: fxp0: 1 block added, 0 already there' | same
	trafdb stat > got
	grep -q '^fxp0: 3 blocks, 8 rows, 214.2 kB$' got
}

@test "update -f adds a file that was moved away" {
	mkdir arc
	mv trafd.fxp0 arc
	fails 1 trafdb update fxp0
	grep -Eq '^trafdb: no save file: .*/trafd.fxp0 \(save first: trafsave, or name one with -f\)$' err
	trafdb update -f arc/trafd.fxp0 fxp0
	trafdb stat fxp0 | says '^fxp0: 2 blocks'
	fails 127 trafdb update -f arc/trafd.fxp0
}

@test "a block that holds part of what is known is not added" {
	add_block trafd.x 9 5 1795219200 7
	trafdb update x
	"$mksave" trafd.x <<-'EOT'
	block fxp0 gate 1795219600 1795219700
	instance 9 6
	10.0.0.1 80 8.8.8.8 1025 6 1 1 7
	EOT
	trafdb update x
	trafdb stat x | says '^x: 2 blocks, 2 rows, 14 B'
}

@test "damaged blocks are told and passed by" {
	size=$(wc -c < trafd.fxp0)
	printf 'XXXX' | dd of=trafd.fxp0 bs=1 seek=600 conv=notrunc 2>/dev/null
	fails 1 trafdb update
	grep -q 'damaged block: .*trafd.fxp0: at byte 0, ' err
	trafdb stat | says '^fxp0: 1 block, '
	trafdb update
	[ "$(wc -c < trafd.fxp0)" -eq "$size" ]
}

@test "a file that is none is told" {
	echo 'some text that is no save file' > trafd.fxp0
	fails 1 trafdb update fxp0
	[ -s err ]
}

@test "verify: sound, and each kind of fault" {
	fails 1 trafdb verify
	grep -q 'trafdb update creates it' err
	trafdb update
	trafdb verify -v 2> got
	same <<-'EOT'
	trafdb: compared: fxp0: 2 blocks with the save file
	trafdb: intact: fxp0
	EOT
	add_block trafd.fxp0 1 3 1795305000 7
	fails 1 trafdb verify
	grep -q 'not in the history: .*: 1 block of the save file' err
	trafdb update
	trafdb verify
	mv trafd.fxp0 gone
	trafdb verify 2> err
	grep -q 'not compared: .*: no save file' err
	# The same blocks by name and length, other rows.
	sed 's/2 60 120/2 60 121/; s/58 1 8 56/58 1 8 55/' > other <<-'EOT'
	block fxp0 gate 1795219200 1795219500
	ledger frames 530
	10.0.0.1 80 8.8.8.8 1025 6 10 12345 13456
	8.8.8.8 1025 10.0.0.1 80 6 8 100 500
	10.0.0.1 client 10.0.0.2 53 17 2 60 120
	2001:db8::1 0 2001:db8::2 0 58 1 8 56
	10.0.0.9 0 10.0.0.9 0 1 1 56 84
	other 0 other 0 0 500 100000 200000
	block fxp0 gate 1795305600.5 1795305940.9
	10.0.0.1 80 8.8.8.8 1025 6 10 1 3
	EOT
	"$mksave" trafd.fxp0 < other
	add_block trafd.fxp0 1 3 1795305000 7
	fails 1 trafdb verify
	grep -q '2026-11-21T00:00:00Z: differs from the save file' err
	quietly find . -name 'trafdb.*'
}

@test "verify finds a database file that was damaged" {
	trafdb update
	printf 'damage' | dd of=db/history.db bs=1 seek=80000 conv=notrunc \
	    2>/dev/null
	fails 1 trafdb verify
	grep -q 'checksum' err
	rm -r db
	trafdb update
	trafdb verify
}

@test "a backup, as the manual has it" {
	trafdb update
	flock -s db/lock cp -R db backup
	: > trafd.fxp0
	add_block trafd.fxp0 1 3 1795305000 7
	trafdb update
	trafdb dump > before
	rm -r db
	mv backup db
	trafdb update -v 2> got
	echo 'trafdb: fxp0: 1 block added, 0 already there' | same
	trafdb dump > got
	same < before
}

@test "rebuild makes the same, and loses nothing unasked" {
	trafdb update
	trafdb dump > before
	trafdb rebuild
	trafdb dump > got
	same < before
	mv trafd.fxp0 arc
	add_block trafd.fxp0 1 3 1795305000 7
	trafdb update
	trafdb dump > before
	fails 1 trafdb rebuild fxp0
	grep -q '2 blocks of the history are in no file' err
	trafdb dump > got
	same < before
	trafdb rebuild fxp0 arc
	trafdb dump > got
	same < before
	trafdb rebuild --force fxp0
	trafdb stat | says '^fxp0: 1 block, '
	trafdb verify
}

@test "prune: coarser grains stay, and say so" {
	# A block in each of ninety days.
	for day in $(seq 0 89); do
		echo "block x gate $((1780272000 + day * 86400 + 3600))" \
		    "$((1780272000 + day * 86400 + 3900))"
		echo "10.0.0.1 80 8.8.8.8 1025 6 1 1 $((day + 100))"
	done | "$mksave" trafd.x
	trafdb update x
	trafdb dump x | grep -c 'hour.*pair' > got
	echo 90 | same
	trafdb prune --keep=hours=1d,days=1d x
	trafdb dump x | grep pair | cut -f 2,3,8 > got
	{
		# June, July; August is not over, the last hour neither
		echo "month	2026-06-01T00:00:00Z	$((30 * 100 + 29 * 15))"
		echo "month	2026-07-01T00:00:00Z	$((31 * 100 + 31 * 45))"
	} > expected
	head -n 2 got | diff -u expected - >&2
	[ "$(tail -n 1 got | cut -f 1)" = hour ]
	[ "$(awk '{ n += $3 } END { print n }' got)" -eq \
	    $((90 * 100 + 89 * 45)) ]
	trafdb stat x | says '^  days	since 2026-08-01T00:00:00Z'
	trafdb verify x
	# What comes late for a pruned day is in its month.
	add_block trafd.x 77 1 1780275600 1000
	trafdb update x
	trafdb dump x | grep '2026-06-01.*pair' | cut -f 8 > got
	echo $((30 * 100 + 29 * 15 + 1000)) | same
	trafdb update -v x 2> got
	echo 'trafdb: x: 0 blocks added, 0 already there' | same
}

@test "prune by size" {
	for day in $(seq 0 199); do
		echo "block x gate $((1780272000 + day * 86400 + 3600))" \
		    "$((1780272000 + day * 86400 + 3900))"
		for host in $(seq 1 40); do
			echo "10.0.$((RANDOM % 256)).$host 80" \
			    "8.8.8.8 1025 6 1 $RANDOM $((RANDOM * 9))"
		done
	done | "$mksave" trafd.x
	trafdb update x
	octets=$(wc -c < db/history.db)
	trafdb prune --size=300k
	[ "$(wc -c < db/history.db)" -lt "$octets" ]
	[ "$(wc -c < db/history.db)" -lt 500000 ]
	trafdb verify x
	fails 1 trafdb prune --size=1k
	grep -q 'its months alone take' err
}

@test "prune --files: old files go when all of them is in the history" {
	mkdir arc
	# Blocks of 2020, and one of today.
	add_block arc/x.old 1 1 1577836800 7
	add_block arc/x.old 1 2 1577840400 7
	cp arc/x.old arc/damaged
	printf 'XXXX' | dd of=arc/damaged bs=1 seek=600 conv=notrunc 2>/dev/null
	add_block arc/x.new 1 3 1577850000 7
	add_block arc/x.young 1 4 $(($(date +%s) - 7200)) 7
	add_block trafd.x 1 5 1577860000 7
	: > arc/empty
	ln -s x.old arc/link
	fails 1 trafdb prune --files=1d x arc/x.old
	grep -q 'update creates it' err
	for file in old young; do
		trafdb update -f arc/x.$file x
	done
	trafdb update x
	trafdb dump x > before
	fails 127 trafdb prune --files=1d x
	fails 127 trafdb prune --files=soon x arc/x.old
	fails 127 trafdb prune --files=1d --keep=hours=1d x arc/x.old
	fails 1 trafdb prune --files=1d nosuch arc/x.old
	ls arc > files
	fails 1 trafdb prune -v --files=30d x arc/* trafd.x arc/nosuch
	for line in 'file kept: arc/damaged: .*damaged$' \
	    'file kept: arc/empty: ' \
	    'file kept: arc/x.new: not all of it is in the history' \
	    'file removed: arc/x.old: 2 blocks, all in the history$' \
	    'file kept: arc/x.young: not old enough$' \
	    'file kept: arc/link: not a regular file$' \
	    'file kept: trafd.x: trafd writes to it' 'arc/nosuch: No such file'
	do
		grep -q "^trafdb: $line" err
	done
	[ -s trafd.x ]
	ls arc > got
	grep -vx x.old files | same
	# Nothing to complain of is no error.
	trafdb prune --files=30d x arc/x.young
	trafdb dump x > got
	same < before
}

@test "prune --files: the save file of another account is kept" {
	add_block trafd.x 1 1 1577836800 7
	trafdb update x
	# Now the trafd of y appends to it.
	mv trafd.x trafd.y
	ln trafd.y linked
	for file in trafd.y linked; do
		fails 1 trafdb prune --files=1d x $file
		grep -q "^trafdb: file kept: $file: trafd writes to it; move" err
	done
	[ -s trafd.y ]
	mkdir arc
	mv trafd.y arc/old
	trafdb prune --files=1d x arc/old
	[ ! -e arc/old ]
}

# not_at_midnight: what this test asks is of one day, week and month.
not_at_midnight() {
	while [ "$(date +%H%M)" -ge 2358 ]; do
		sleep 1
	done
}

@test "limits: set, listed, checked, told once, deleted" {
	export TZ=Europe/Berlin
	not_at_midnight
	now=$(date +%s)		# the middle of the blocks: in this period
	add_block trafd.x 3 1 $((now - 150)) 850
	trafdb update x
	trafdb limit office x 1k --net=10.0.0.0/8 --at=80,100
	trafdb limit host x 2k --host=8.8.8.8 --direction=in --period=day
	trafdb limit all x 1000000
	trafdb limit > got
	[ ! -c /dev/full ] || fails 1 eval 'trafdb limit > /dev/full'
	same <<-'EOT'
	all	x	all	both	1.0 MB a month from day 1	at 80,100%
	host	x	8.8.8.8	in	2.0 kB a day	at 80,100%
	office	x	10.0.0.0/8	both	1.0 kB a month from day 1	at 80,100%
	EOT
	fails 2 trafdb check
	grep -q '^office: x, 10.0.0.0/8, in and out: 850 B of 1.0 kB (85.0%) since .*: passed 80%$' out
	[ "$(wc -l < out)" -eq 1 ]
	trafdb check > got
	[ ! -s got ]
	trafdb check --all > got
	[ "$(wc -l < got)" -eq 3 ]
	add_block trafd.x 3 2 $((now - 150)) 200
	trafdb update x
	fails 2 trafdb check
	grep -q 'passed 100%' out
	trafdb limit --delete office
	fails 1 trafdb limit --delete office
	trafdb check
}

@test "limits of networks, of both families, by direction" {
	not_at_midnight
	"$mksave" trafd.x <<-EOT
	block x gate $(date +%s) $(date +%s)
	10.0.0.1 80 8.8.8.8 1025 6 1 1 1000
	8.8.8.8 1025 10.0.0.1 80 6 1 1 200
	10.0.0.1 80 10.0.0.2 1025 6 1 1 30
	2001:db8::1 80 2a00::1 1025 6 1 1 4
	2001:db8::1 80 2001:db8::2 1025 6 1 1 50000
	EOT
	trafdb update x
	for direction in in out both; do
		trafdb limit four.$direction x 1M --net=10.0.0.0/8 \
		    --direction=$direction --period=week
		trafdb limit six.$direction x 1M --net=2001:db8::/32 \
		    --direction=$direction
		trafdb limit two.$direction x 1M \
		    --net=10.0.0.0/8,2001:db8::/32 --direction=$direction
		trafdb limit host.$direction x 1M --host=2001:db8::1 \
		    --direction=$direction
	done
	trafdb check --all | sed 's/:.*: \([0-9.]* k*B\) of.*/ \1/' > got
	same <<-'EOT'
	four.both 1.2 kB
	four.in 200 B
	four.out 1.0 kB
	host.both 50.0 kB
	host.in 0 B
	host.out 50.0 kB
	six.both 50.0 kB
	six.in 0 B
	six.out 4 B
	two.both 51.2 kB
	two.in 200 B
	two.out 1.0 kB
	EOT
}

@test "limits of all traffic, in and out by given local networks" {
	not_at_midnight
	"$mksave" trafd.x <<-EOT
	block x gate $(date +%s) $(date +%s)
	203.0.113.1 80 8.8.8.8 1025 6 1 1 1000
	8.8.8.8 1025 203.0.113.1 80 6 1 1 200
	203.0.113.1 80 203.0.113.2 1025 6 1 1 30
	9.9.9.9 80 8.8.8.8 1025 6 1 1 4
	2a00::1 80 2001:db8::1 1025 6 1 1 50000
	EOT
	for direction in in out both; do
		trafdb limit $direction x 1M --direction=$direction \
		    --local=203.0.113.0/24,2001:db8::/32
		trafdb limit none.$direction x 1M --direction=$direction
	done
	grep -q "^in	x	all (local 203.0.113.0/24,2001:db8::/32)	in	" \
	    <<< "$(trafdb limit)"
	for _ in unknown known; do	# to the history
		trafdb check --all | sed 's/:.*: \([0-9.]* k*B\) of.*/ \1/' > got
		same <<-'EOT'
		both 51.2 kB
		in 50.2 kB
		none.both 51.2 kB
		none.in 0 B
		none.out 0 B
		out 1.0 kB
		EOT
		trafdb update x
	done
	fails 127 trafdb limit a x 1M --local=10.0.0.0/8 --net=10.0.0.0/8
	fails 127 trafdb limit a x 1M --local=10.0.0.0/33
	grep -q -- '--local 10.0.0.0/33: an address is needed' err
	trafdb limit in x 1M --direction=in > got
	grep -q 'changed: in: 1.0 MB a month on x for all traffic, in, .*; before: in: 1.0 MB a month on x for all traffic (local 203.0.113.0/24,2001:db8::/32), in' got
}

@test "in and out of an interface without an address: check says so" {
	not_at_midnight
	now=$(date +%s)
	"$mksave" trafd.x <<-EOT
	block x gate $((now - 2)) $((now - 1))
	ledger rx_packets_end 7
	203.0.113.1 80 8.8.8.8 1025 6 1 1 1000
	EOT
	trafdb limit none x 1M --direction=in
	trafdb limit both x 1M
	trafdb limit given x 1M --direction=out --local=203.0.113.0/24
	trafdb limit host x 1M --direction=in --host=203.0.113.1
	for _ in unknown known; do	# to the history
		trafdb check 2> err
		cat err
		[ "$(< err)" = "trafdb: in and out are a guess: none: x had no address, so the private networks count as local; set the budget again with --local" ]
		trafdb update x
	done
}

@test "in and out of a renumbered line, or of one without traffic, are no guess" {
	not_at_midnight
	now=$(date +%s)
	"$mksave" trafd.x <<-EOT
	block x gate $((now - 6)) $((now - 5))
	ledger rx_packets_end 7
	block x gate $((now - 4)) $((now - 3))
	ledger rx_packets_end 7
	networks 203.0.113.0/24
	203.0.113.1 80 8.8.8.8 1025 6 1 1 1000
	block x gate $((now - 2)) $((now - 1))
	ledger rx_packets_end 9
	networks 198.51.100.0/24
	8.8.8.8 80 198.51.100.1 1025 6 1 1 400
	EOT
	trafdb limit in x 1M --direction=in
	for _ in unknown known; do	# to the history
		trafdb check --all > got 2> err
		cat got err
		grep -q '^in: x, all, in: 400 B of' got
		[ ! -s err ]
		trafdb update x
	done
	"$mksave" more <<-EOT
	block x gate $((now - 1)) $now
	ledger rx_packets_end 9
	203.0.113.1 80 8.8.8.8 1025 6 1 1 1000
	EOT
	cat more >> trafd.x
	trafdb update x
	trafdb check 2> err
	grep -q '^trafdb: in and out are a guess: in: x had no address' err
}

@test "of a renumbered line, in and out of a pruned day are no guess" {
	day=$(($(date +%s) / 86400 * 86400 - 10 * 86400))
	for networks in "203.0.113.0/24 198.51.100.0/24" ""; do
		# shellcheck disable=SC2086 # words
		set -- $networks
		"$mksave" trafd.x <<-EOT
		block x gate $day $((day + 60))
		ledger rx_packets_end 7
		networks ${1-}
		203.0.113.1 80 8.8.8.8 1025 6 1 1 1000
		block x gate $((day + 120)) $((day + 180))
		ledger rx_packets_end 9
		networks ${2-}
		8.8.8.8 80 198.51.100.1 1025 6 1 1 400
		block x gate $((day + 777600)) $((day + 777660))
		networks ${2-}
		8.8.8.8 80 198.51.100.1 1025 6 1 1 50
		EOT
		trafdb update x
		trafdb prune -v --keep=hours=5d x 2> err
		grep -q 'pruned: x: hours from' err
		rm trafd.x
		traflog -i x --by proto > got
		cat got
		if [ -n "$networks" ]; then
			grep -q '^tcp  *450  *1000  *1450 ' got
			not grep -q 'private networks' got
		else
			grep -q '^tcp  *0  *0  *1450 ' got
			grep -q 'In and Out are those of the private' got
		fi
		rm -r db
	done
}

@test "the hook gets arguments, not a shell" {
	not_at_midnight
	add_block trafd.x 3 1 "$(($(date +%s) - 150))" 900
	trafdb update x
	trafdb limit a x 1000 --at=50
	cat > 'my hook' <<-EOT
	#!/bin/sh
	printf '%s\n' "\$@" > '$dir/args'
	exit \$(cat '$dir/status')
	EOT
	chmod +x 'my hook'
	echo 1 > status
	fails 1 trafdb check --exec="$dir/my hook"
	grep -q 'program failed: .*; the next check runs it again' err
	echo 0 > status
	fails 2 trafdb check --exec="$dir/my hook"
	head -n 7 args > got
	printf '%s\n' a x all both 50 900 1000 | same
	trafdb check --exec="$dir/my hook"
	# shellcheck disable=SC2016 # is not to be run
	for name in 'a;b' '-rf' '$(touch x)' 'a b' "a'" $'a\nb' '../a' ''; do
		fails 127 trafdb limit -- "$name" x 1000
	done
	fails 127 trafdb limit a x lots
	fails 127 trafdb limit a x 1000 --host=10.0.0.0/8
	fails 1 trafdb limit a nosuch 1000
}

@test "a newer format, no history, no permission: clear words" {
	fails 1 trafdb stat
	grep -q 'db: .*No such file.*(trafdb update creates it)' err
	fails 1 trafdb --state-dir="$dir/none" update
	grep -q 'none/db: .*No such file.*(--state-dir gives' err
	trafdb update
	chmod 0 db/history.db db/lock
	if [ "$(id -u)" -ne 0 ]; then
		fails 1 trafdb stat
		grep -q 'Permission denied' err
	fi
	chmod 640 db/history.db db/lock
	if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
		# Another user's: who may read it, of the file or its directory.
		chgrp 1 "$dir" db db/history.db
		chmod 750 "$dir" db
		run setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$dir" stat
		[ "$status" -eq 1 ]
		[[ $output == *"Permission denied (only root, its owner and members of group $(getent group 1 | cut -d: -f1) can read it)" ]]
		# A member of the group can read it, and not change it.
		run setpriv --reuid=65534 --regid=65534 --groups=1 \
			"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir="$dir" update
		[ "$status" -eq 1 ]
		[[ $output == *"Permission denied (only root and the owner of that directory can change the history)" ]]
		run setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$TRAF_BUILDDIR/tools/traflog/traflog" \
			--state-dir="$dir" -i "$dir/trafd.x"
		[ "$status" -eq 1 ]
		[[ $output == "traflog: permission denied: $dir/trafd.x: only root, its owner and members of group "* ]]
	fi
	trafdb stat
	fails 127 trafdb stat --keep=hours=1d
	grep -q -- '--keep cannot be used with stat' err
	fails 127 trafdb
	fails 127 trafdb nosuch
	trafdb --help | says '^ *trafdb update \[-v\]'
}

@test "a full disk: nothing is half done" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to limit a file system"
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	mkdir small
	for block in 1 2 3; do
		add_block more 5 $block $((1795305000 + block * 9000)) 7
	done
	# shellcheck disable=SC2016 # for the other shell
	unshare -m sh -c '
		trafdb() { timeout 60 "$0" --state-dir small "$@"; }
		mount -t tmpfs -o size=6m none small || exit 1
		cp trafd.fxp0 small
		trafdb update || exit 1
		head -c 9m /dev/zero > small/fill 2>/dev/null
		cp more small/trafd.more
		cp more small/trafd.fxp0
		trafdb update 2> err && exit 2
		rm small/fill
		cp more small/trafd.fxp0
		cp more small/trafd.more
		trafdb update || exit 3
		trafdb verify || exit 4
		trafdb stat > got' "$TRAF_BUILDDIR/tools/trafdb/trafdb"
	grep -q 'No space left on device' err
	grep -q '^fxp0: 5 blocks' got
	grep -q '^more: 3 blocks' got
}

@test "trafsave adds what it saved, where there is a history" {
	trafdb update
	add_block trafd.fxp0 1 3 1795305000 7
	cat > subr <<-EOT
	traf_request() { traf_statedir=$dir; traf_ext=fxp0; }
	traf_log() { echo "\$1" >> log; }
	traf_error() { echo "\$1" >&2; }
	traf_locate() { traf_request "\$1"; }
	traf_main() { "\$1" fxp0; }
	trafd_trafdb=$TRAF_BUILDDIR/tools/trafdb/trafdb
	EOT
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave"
	grep -q '(fxp0) history updated' log
	trafdb stat | says '^fxp0: 3 blocks'
	add_block trafd.fxp0 1 4 1795305000 7
	echo trafd_history=no >> subr
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave"
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave" --history
	trafdb stat | says '^fxp0: 3 blocks'
	echo trafd_history= >> subr
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave" --no-history
	trafdb stat | says '^fxp0: 3 blocks'
	rm -r db		# begun anew, as at the first save
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave" --history
	trafdb stat | says '^fxp0: 4 blocks'
	echo 'trafd_trafdb=/nonexistent' >> subr
	fails 1 env TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave" --history
	TRAF_SUBR=./subr sh "$TRAF_BUILDDIR/scripts/trafsave" 2> err
	grep -q 'saved, but the history was not fully updated' err
}
