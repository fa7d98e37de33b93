#!/usr/bin/env bats
# A history that is damaged, and save files that come from a backup: no
# answer is wrong, no command hangs or crashes, and nothing that was counted
# is lost or counted twice.

bats_require_minimum_version 1.5.0

load assert
load report_helpers
load sanitized

setup() {
	# Berkeley DB frees nothing after an error that it calls fatal.
	no_leak_search
	report_setup UTC
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	export TMPDIR=$dir at=$dir
}

# On the state directory $at; nothing takes longer than some seconds.
trafdb() {
	timeout "${TRAF_LIMIT:-60}" "$TRAF_BUILDDIR/tools/trafdb/trafdb" \
	    --state-dir "$at" "$@"
}

# refuses COMMAND...: it fails, with what it says in `err'.
refuses() {
	if "$@" > got 2> err; then return 1; fi
}

ask() {	# OPTIONS...
	timeout "${TRAF_LIMIT:-60}" "$TRAF_BUILDDIR/tools/traflog/traflog" \
	    --state-dir "$at" -i x -n --format=csv "$@"
}

# blocks FILE FIRST LAST HOSTS: one every 25 hours from 2026 on, as random
# as its number
blocks() {
	awk -v first="$2" -v last="$3" -v hosts="$4" 'BEGIN {
		for (b = first; b <= last; b++) {
			srand(b)
			t = 1767225600 + b * 90000
			print "block x gate " t, t + 300
			print "instance 5 " b
			for (i = 1; i <= hosts; i++)
				print "10.0." i % 9 "." i, 80, "8.8.8." \
				    int(rand() * 250), 1024 + i, 6, \
				    1 + int(rand() * 9), int(rand() * 9999), \
				    int(rand() * 99999)
		}
	}' | "$mksave" "$1"
}

# one FILE INSTANCE EPOCH BEGIN BYTES: a block of one row
one() {
	"$mksave" "$1" <<-EOT
	block x gate $4 $(($4 + 300))
	instance $2 $3
	10.0.0.1 80 8.8.8.8 1025 6 1 1 $5
	EOT
}

# bytes OPTIONS...: what 8.8.8.8 had in all
bytes() {
	ask --by=host --where='host 8.8.8.8' "$@" |
	    sed -n 's/^8\.8\.8\.8,\([0-9]*\),.*/\1/p'
}

# ---- pages ----

questions="day,host pair month"

# A history that was updated, what it was before, and what it says.
make_history() {
	mkdir begin
	blocks begin/trafd.x 1 28 200
	at=$dir/begin
	trafdb update
	cp -r --sparse=always begin/db old
	blocks begin/trafd.x 29 32 200
	trafdb update
	for by in $questions; do
		ask --files --by="$by" > "expected.$by"
	done
	trafdb dump > expected.dump
}

# The same save file beside a copy of the history.
copy_history() {	# FROM TO
	rm -rf "$2"
	mkdir "$2"
	ln "$1/trafd.x" "$2"
	cp -r --sparse=always "$1/db" "$2"
	at=$dir/$2
}

# flip_page NUMBER: an octet of that page of the database is another one
flip_page() {
	printf 'x' | dd of=at/db/history.db bs=1 conv=notrunc \
	    seek=$(($1 * 65536 + 60000)) 2>/dev/null
}

# may_fail COMMAND...: output to `got'; 0, or 1 and a message
may_fail() {
	local rc=0
	"$@" > got 2> err || rc=$?
	[ "$rc" -eq 0 ] || { [ "$rc" -eq 1 ] && [ -s err ]; } || {
		echo "status $rc: $*: $(cat err)" >&2
		return 2
	}
	return "$rc"
}

# Answers are those of the file, or refused; the file answers in their place.
answers_hold() {
	for by in $questions; do
		rc=0
		may_fail ask --history --by="$by" || rc=$?
		[ "$rc" -le 1 ]
		[ "$rc" -eq 1 ] || cmp got "expected.$by"
		ask --by="$by" > got 2> err
		cmp got "expected.$by"
		[ "$(wc -l < err)" -le 1 ]
	done
}

# Every command comes to its end; what it prints is right.
commands_hold() {
	cp -r --sparse=always "$at/db" saved
	for command in dump stat verify update 'prune --keep=hours=2d'; do
		rm -rf "$at/db"
		cp -r --sparse=always saved "$at/db"
		rc=0
		# shellcheck disable=SC2086 # words
		may_fail trafdb $command || rc=$?
		[ "$rc" -le 1 ]
		[ "$command,$rc" != dump,0 ] || cmp got expected.dump
		[ "$command" != verify ] || verified=$rc
	done
	rm -rf "$at/db"
	mv saved "$at/db"
}

# And all is well after it.
rebuild_holds() {
	trafdb rebuild 2> err
	trafdb dump > got
	cmp got expected.dump
	trafdb verify
}

# damage KIND SEED FILE: one page of a file of the history; 1: there is none
damage() {
	local file
	file=$(find "$at/db" -name "$3*" | sort | tail -n 1)
	[ -s "$file" ] || return 1
	python3 "$TRAF_SRCDIR/tests/lib/pagefault.py" "$1" "$2" "$file" \
	    "old/${file##*/}" > fault || return 1
}

# faults FILE KIND...: faults with the seeds TRAF_FAULTS_FIRST to TRAF_FAULTS,
# of these kinds, or of all if seeds are given.  The library alone walks
# through more of them in unit/test_page_faults.
faults() {
	local seed kind first file=$1
	shift
	[ -z "${TRAF_FAULTS:-}" ] || set -- zero swap copy cut flip stale
	export TRAF_LIMIT=20
	# With 5 a history without sums hangs, and has wrong answers.
	first=${TRAF_FAULTS:+1}
	for seed in $(seq "${TRAF_FAULTS_FIRST:-${first:-5}}" \
	    "${TRAF_FAULTS:-5}"); do
		for kind; do
			copy_history begin at
			damage "$kind" "$seed" "$file" || continue
			echo "seed $seed: $(cat fault)"
			n=$((n + 1))
			answers_hold
			commands_hold
			case $file in
			history.db | sums) [ "$verified" -eq 1 ] ;;
			esac
			rebuild_holds
			rm -rf at/db.damaged.*
		done
	done
}

@test "a page of the database is not what was written" {
	make_history
	n=0
	faults history.db zero swap copy
	[ "$n" -ge 3 ]
}

@test "a page of its other files is not what was written" {
	make_history
	n=0
	faults sums flip
	faults log cut
	[ "$n" -ge 2 ]
}

@test "the log is damaged: another one takes its place, nothing is lost" {
	make_history
	copy_history begin at
	printf 'damage' | dd of="$(ls at/db/log.*)" bs=1 seek=4000 \
	    conv=notrunc 2>/dev/null
	ask --history --by=pair > got
	cmp got expected.pair
	trafdb update 2> err
	grep -q 'log was damaged .*nothing is lost' err
	trafdb update 2> err
	[ ! -s err ]
	trafdb verify
	trafdb dump > got
	cmp got expected.dump
}

@test "damage is told once, and what to do" {
	make_history
	copy_history begin at
	damage zero 3 history.db
	ask --by=day,host > got 2> err
	cmp got expected.day,host
	grep -q '^traflog: .*/trafd.x: the history is damaged: .*; answered from the save file (trafdb rebuild makes a new one)$' err
	[ "$(wc -l < err)" -eq 1 ]
	fails 1 trafdb dump
	grep -q 'page [0-9]* .*(trafdb rebuild makes a new one)$' err
	[ "$(wc -l < err)" -eq 1 ]
}

@test "the save file is gone: which months cannot be answered" {
	mkdir begin
	blocks begin/trafd.x 1 60 200
	at=$dir/begin
	trafdb update
	ask --files --by=day,host > expected
	copy_history begin at
	# A page that January needs and February does not.
	found=
	last=$(($(wc -c < at/db/history.db) / 65536 - 1))
	for page in $(seq 2 "$last"); do
		copy_history begin at
		flip_page "$page"
		rm at/trafd.x
		if ask --by=day,host --since=2026-02-01 > later 2> err &&
		    refuses ask --by=day,host; then
			found=$page
			break
		fi
	done
	[ -n "$found" ]
	fails 1 ask --by=day,host
	grep -q 'the history is damaged: .*; the save file does not have 2026-01 (' err
	[ "$(wc -l < err)" -eq 1 ]
	# But for the share, which is that of what was asked for.
	grep '^[a-z]\|^2026-0[23]' expected | cut -d , -f 1-7 > wanted
	cut -d , -f 1-7 later | cmp - wanted
	# A file that begins later has not what is lost.
	blocks at/trafd.x 26 61 200
	fails 1 ask --by=day,host
	grep -q 'the save file does not have 2026-01 (' err
	ask --by=month --since=2026-02-01 > got 2> err
}

@test "rebuild: a new history beside the damaged one, which is kept" {
	make_history
	copy_history begin at
	trafdb limit office x 5G
	damage flip 1 sums
	cp -r --sparse=always at/db damaged
	trafdb rebuild 2> err
	grep -q 'db: rebuilt; the damaged one is .*/at/db.damaged.1$' err
	diff -r damaged at/db.damaged.1
	trafdb verify
	trafdb dump > got
	cmp got expected.dump
	damage cut 2 history.db
	trafdb rebuild x 2> err
	trafdb dump > got
	cmp got expected.dump
	[ -d at/db.damaged.2 ]
	[ ! -e at/db.new ]
}

@test "rebuild: what no file has is not given up unasked" {
	make_history
	copy_history begin at
	trafdb limit office x 5G
	mv at/trafd.x moved
	blocks at/trafd.x 33 34 200
	trafdb update
	trafdb dump > before
	cp -r --sparse=always at/db sound
	# A page of rows: what is known of blocks can be read.
	found=
	last=$(($(wc -c < at/db/history.db) / 65536 - 1))
	for page in $(seq 2 "$last"); do
		flip_page "$page"
		if ask --by=month > got 2> err && trafdb limit > got 2> err &&
		    refuses trafdb dump; then
			found=$page
		fi
		rm -rf at/db
		cp -r --sparse=always sound at/db
	done
	[ -n "$found" ]
	flip_page "$found"
	fails 1 trafdb verify
	fails 1 trafdb rebuild
	grep -q 'nothing changed: x: 32 blocks of the history are in no file' err
	[ ! -e at/db.new ]
	trafdb rebuild x moved 2> err
	trafdb dump > got
	cmp before got
	trafdb limit | grep -q '^office'
	trafdb verify
}

# ---- an older format ----

old_history() {
	gzip -dc "$TRAF_SRCDIR/tests/lib/history-format2.tgz" | tar -xf -
	for b in $(seq 1 12); do
		t=$((1767225600 + b * 300000))
		echo "block x gate $t $((t + 300))"
		echo "instance 5 $b"
		echo "10.0.0.1 80 8.8.8.8 1025 6 1 $b $((b * 100 + 1))"
	done | "$mksave" trafd.x
}

@test "a history of format 2 is read, and upgraded by the first writer" {
	old_history
	ask --files --by=day,host > expected
	ask --history --by=day,host > got 2> err || grep -q 'lacks blocks' err
	trafdb dump > before
	trafdb verify
	trafdb stat | grep -q '^x: 12 blocks, 12 rows, 7.8 kB'
	[ ! -e db/sums ]
	trafdb update -v 2> err
	grep -q 'x: 0 blocks added, 12 already there' err
	[ -s db/sums ]
	ask --history --by=day,host | cmp - expected
	trafdb dump | cmp - before
	trafdb limit | grep -q '^office'
	trafdb verify
	# Another block of a known name, and one that is new.
	one trafd.x 5 12 1790000000 40
	one trafd.x 5 13 1790003600 50
	trafdb update 2> err
	grep -q 'number of another block' err
	[ "$(bytes)" -eq $((7800 + 12 + 90)) ]
	trafdb verify
}

@test "a page of a history of format 2: no wrong answer" {
	old_history
	mkdir begin
	mv trafd.x db begin
	at=$dir/begin
	ask --files --by=day,host > expected
	for seed in 1 2; do
		for kind in zero swap copy cut; do
			copy_history begin at
			damage $kind $seed history.db || continue
			ask --by=day,host > got 2> err
			cmp got expected
			# It gets no sums that say it is sound.
			rc=0
			may_fail trafdb update || rc=$?
			[ "$rc" -eq 1 ] || trafdb verify
		done
	done
}

# ---- backups ----

@test "a save file from a backup: what came after counts, once" {
	one trafd.x 5 1 1767225600 1000
	cp trafd.x backup
	one trafd.x 5 2 1767229200 300
	trafdb update
	cp backup trafd.x
	one trafd.x 5 2 1767250800 5000
	[ "$(bytes)" -eq 6300 ]
	trafdb update 2> err
	grep -q 'the block from 2026-01-01T07:00:00Z on has the number of another block of the history (2)' err
	for _ in 1 2; do
		trafdb update -v 2> err
		grep -q '0 blocks added' err
		[ "$(bytes)" -eq 6300 ]
		[ "$(bytes --history)" -eq 6300 ]
	done
	cp trafd.x copy
	mv copy trafd.x		# all of it is read again
	trafdb update -v 2> err
	grep -q '0 blocks added, 2 already there' err
	trafdb verify
	trafdb stat > got
	grep -q '^x: 3 blocks, 3 rows, 6.3 kB$' got
	grep -q '^  again	1 block has' got
	# The block that is in no file is not given up.
	fails 1 trafdb rebuild x
	grep -q '1 block of the history is in no file; name its files or drop it' err
	[ "$(bytes)" -eq 6300 ]
	trafdb rebuild --force x
	[ "$(bytes)" -eq 6000 ]
}

@test "the same length, the same place, another block" {
	one trafd.x 5 1 1767225600 1000
	cp trafd.x backup
	one trafd.x 5 2 1767229200 3333
	trafdb update
	size=$(wc -c < trafd.x)
	cat backup > trafd.x
	one trafd.x 5 2 1767250800 4444
	[ "$(wc -c < trafd.x)" -eq "$size" ]
	[ "$(bytes)" -eq 8777 ]
	trafdb update
	[ "$(bytes --history)" -eq 8777 ]
}

@test "prune --files: the only copy is not removed" {
	one trafd.x 5 1 1577836800 1000
	cp trafd.x backup
	one trafd.x 5 2 1577840400 300
	trafdb update
	mkdir arc
	cp backup arc/other
	one arc/other 5 2 1577844000 5000
	fails 1 trafdb prune --files=1d x arc/other
	grep -q 'other: not all of it is in the history' err
	[ -s arc/other ]
	trafdb update -f arc/other x
	trafdb prune --files=1d x arc/other
	[ ! -e arc/other ]
	[ "$(bytes)" -eq 6300 ]
}

@test "prune --files: what the history does not give back stays" {
	mkdir begin arc
	blocks begin/trafd.x 1 28 200
	at=$dir/begin
	trafdb update
	mv begin/trafd.x arc/old
	blocks begin/trafd.x 29 30 200
	trafdb update
	cp -r --sparse=always begin/db saved
	n=0
	last=$(($(wc -c < saved/history.db) / 65536 - 1))
	for page in $(seq 1 "$last"); do
		rm -rf begin/db
		cp -r --sparse=always saved begin/db
		printf 'x' | dd of=begin/db/history.db bs=1 conv=notrunc \
		    seek=$((page * 65536 + 60000)) 2>/dev/null
		fails 1 trafdb prune --files=0d x arc/old || continue
		n=$((n + 1))
		[ -s arc/old ]
	done
	# Nearly all of them hold something of it.
	[ "$n" -gt 3 ]
	rm -rf begin/db
	cp -r --sparse=always saved begin/db
	[ -s arc/old ] || blocks arc/old 1 28 200
	trafdb prune -v --files=1d x arc/old 2> err
	grep -q 'file removed: arc/old: 28 blocks' err
}

@test "backups, moves, updates, prunes, rebuilds at random, with a ledger" {
	mkdir walk
	cd walk
	python3 "$TRAF_SRCDIR/tests/lib/restorewalk.py" "$TRAF_BUILDDIR" \
	    "${TRAF_WALK_SEED:-2}" "${TRAF_WALK:-40}" > ../got || {
		cat ../got
		return 1
	}
	cat ../got
	run ! grep ' 0 of them again' ../got
}

# ---- times ----

@test "no time is special: 1970, end before begin, beyond 2106" {
	one trafd.x 5 1 0 100
	"$mksave" trafd.x <<-'EOT'
	block x gate 5 5
	instance 5 2
	10.0.0.1 80 8.8.8.8 1025 6 1 1 20
	block x gate 1800 1200
	instance 5 3
	10.0.0.1 80 8.8.8.8 1025 6 1 1 3
	block x gate 3599 3601
	instance 5 4
	10.0.0.1 80 8.8.8.8 1025 6 1 1 4000
	EOT
	one trafd.x 5 5 1767225600 50000
	one trafd.x 5 6 4294967296 600000
	one trafd.x 5 7 16725225600 7000000	# 2500
	trafdb update
	trafdb verify
	trafdb stat | grep -q '^  from	1970-01-01T00:00:00Z$'
	for by in hour day,host month host block; do
		ask --files --by=$by > expected
		ask --by=$by > got
		cmp expected got
	done
	[ "$(bytes --history)" -eq 7654123 ]
	[ "$(bytes --history --until=1970-01-02)" -eq 4123 ]
	[ "$(bytes --history --since=1970-01-01 --until=1970-01-01)" -eq 4123 ]
	[ "$(bytes --history --since=1970-01-01T01:00)" -eq 7654000 ]
	# Noon of that day was before 1970 there.
	TZ=Pacific/Tongatapu ask --by=day --since=1970-01-01 \
	    --until=1970-01-01 > got
	grep -q '^1970-01-01,0,4123,4123,' got
	trafdb dump | grep -q '^x	hour	1970-01-01T00:00:00Z	host	8.8.8.8'
	trafdb rebuild x
	[ "$(bytes --history)" -eq 7654123 ]
	trafdb prune --keep=hours=1d,days=1d
	[ "$(bytes --history)" -eq 7654123 ]
	trafdb verify
}

# ---- a database that is gone ----

@test "the database is gone: update and others say so, rebuild makes a new one" {
	blocks trafd.x 1 20 9
	trafdb update
	cp -R db whole
	for gone in history.db 'history.db log.*' 'history.db log.* sums pages'
	do
		rm -rf db db.damaged.*
		cp -R whole db
		# shellcheck disable=SC2086 # names and a pattern
		( cd db && rm $gone )
		for command in update stat verify 'prune --keep=hours=1d'; do
			# shellcheck disable=SC2086 # words
			refuses trafdb $command
			cat err >&2
			grep -q 'history.db: missing (trafdb rebuild makes a new one)$' err
			[ "$(wc -l < err)" -eq 1 ]
		done
		ask --total > got 2> err
		ask --files --total | diff - got
		trafdb rebuild
		[ -d db.damaged.1 ]
		trafdb verify
		trafdb stat | grep -q '^x: 20 blocks'
		trafdb update
	done
}

@test "a database that could not be created is not a lost one" {
	blocks trafd.x 1 3 9
	trafdb update
	trafdb stat | grep -q '^x: 3 blocks'
}

@test "something else is in the place of a file: rebuild makes a new history" {
	blocks trafd.x 1 20 9
	trafdb update
	cp -R db whole
	for file in sums pages history.db; do
		for what in mkdir mkfifo 'ln -s lock'; do
			rm -rf db db.damaged.*
			cp -R whole db
			rm db/$file
			$what db/$file
			refuses trafdb update
			cat err >&2
			grep -q ": $file: " err
			[ "$file" != sums ] ||
			    grep -q 'sums: damaged (trafdb rebuild makes' err
			trafdb rebuild
			trafdb verify
			trafdb stat | grep -q '^x: 20 blocks'
		done
	done
	rm db/writer
	mkdir db/writer
	refuses trafdb update
	grep -q ': writer: Is a directory' err
}

# ---- limits of the system ----

@test "a limit on the length of files: a message, and nothing half done" {
	make_history
	copy_history begin at
	blocks at/trafd.x 33 60 250
	size=$(wc -c < at/db/history.db)
	rc=0
	( ulimit -f $((size / 1024)) && trafdb update ) 2> err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'File too large' err
	trafdb update
	trafdb verify
	trafdb stat | grep -q '^x: 60 blocks'
	# A recovery that has no room finds no damage.
	for limit in 1 64 2000; do
		echo 'writing 1' > at/db/lock
		( ulimit -f $limit && refuses trafdb update )
		cat err >&2
		grep -q 'File too large' err
		not grep -q rebuild err
	done
	trafdb update
	trafdb verify
	# What was begun elsewhere does not stay there.
	rc=0
	( ulimit -f 64 && trafdb verify ) 2> err || rc=$?
	[ "$rc" -eq 1 ]
	[ -z "$(find . -maxdepth 1 -name 'trafdb.*')" ]
	rc=0
	( ulimit -f 1 && ask -w written ) 2> err || rc=$?
	[ "$rc" -ne 0 ]
	[ "$rc" -lt 128 ]
}
