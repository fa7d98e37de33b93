#!/usr/bin/env bats
# trafdb(8) killed at each of its steps on the way to the disk, half a page of
# the database written too, while others read: each block is in the history
# exactly once, and every answer is that of the files.  So it is where the
# power was cut, and the disk has only some of what was written.

load assert
load report_helpers

setup() {
	report_setup UTC
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	export TMPDIR=$dir
	${TRAF_CC:-cc} -shared -fPIC -o killstep.so \
	    "$TRAF_SRCDIR/tests/lib/killstep.c" || skip "cannot preload here"
	export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
}

# trafdb and traflog on the state directory $at
trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$at" "$@"
}

answer() {	# OPTIONS...
	timeout 60 "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$at" -i x -n \
	    --by=day,host --format=csv "$@"
}

# blocks FILE FIRST LAST: one every 25 hours, so that days are over
blocks() {
	for b in $(seq "$2" "$3"); do
		echo "block x gate $((1795305000 + b * 90000))" \
		    "$((1795305300 + b * 90000))"
		echo "instance 5 $b"
		for host in 1 2 3; do
			echo "10.0.0.$host 80 8.8.8.8 102$b 6 1 $b $((b * 10))"
		done
	done | "$TRAF_BUILDDIR/tests/lib/mksave" "$1"
}

# killed STEP COMMAND...: it goes that far, in a directory of its own; 1 if
# it came to its end
killed() {
	at=$dir/at
	rm -rf "$at"
	cp -r --sparse=always begin "$at"
	status=0
	timeout 60 env KILLSTEP="$1" LD_PRELOAD="$dir/killstep.so" \
	    "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$at" "${@:2}" \
	    2>err || status=$?
	[ "$status" -eq 137 ]
}

# Many at once, all the time: what they read is what the files say.
readers() {
	for _ in 1 2; do
		answer | cmp - expected || : > wrong
	done
}

# every_step COMMAND...: kill it at each (or TRAF_KILL_STRIDE-th) step; then
# it is run again and all is as if nothing had happened.  Each stride below
# meets a page whose half would be the end of a history without its journal.
every_step() {
	at=$dir/begin
	answer --files > expected
	export KILLSTEP_COUNT=$dir/count
	killed 0 "$@" || :
	unset KILLSTEP_COUNT
	steps=$(cat count)
	trafdb dump > dumped
	[ "$steps" -ge 15 ]
	for step in $(seq 1 "${TRAF_KILL_STRIDE:-1}" "$steps"); do
		killed "$step" "$@" || {
			echo "step $step of $steps: status $status"
			cat err
			return 1
		}
		readers 2>>read.err 3>&- &
		reading=$!
		# Anybody who may write repairs it.
		trafdb stat >/dev/null 2>err || grep -q 'update creates' err
		recovered=0
		trafdb "$@" || recovered=$?
		wait $reading
		[ "$recovered" -eq 0 ] || {
			echo "step $step of $steps: no recovery"
			return 1
		}
		trafdb dump | diff -u dumped - || {
			echo "step $step of $steps: another history"
			return 1
		}
		answer | diff -u expected -
		[ ! -e wrong ]
	done
	trafdb verify
}

@test "update: each block exactly once, wherever it was killed" {
	mkdir begin
	blocks begin/trafd.x 1 3
	at=$dir/begin
	trafdb update
	blocks begin/trafd.x 4 6
	TRAF_KILL_STRIDE=${TRAF_KILL_STRIDE:-2} every_step update
}

@test "the first update: there is a history, or none" {
	mkdir begin
	blocks begin/trafd.x 1 3
	TRAF_KILL_STRIDE=${TRAF_KILL_STRIDE:-5} every_step update
}

@test "rebuild and prune: the account is the old one, or the new one" {
	mkdir begin
	blocks begin/trafd.x 1 6
	at=$dir/begin
	trafdb update
	TRAF_KILL_STRIDE=${TRAF_KILL_STRIDE:-9} every_step rebuild x
	TRAF_KILL_STRIDE=${TRAF_KILL_STRIDE:-9} every_step prune \
	    --keep=hours=1d x
}

# after_cut LOSS: the database as a disk may have it: of each file what was
# synced; but also what was written later to those that LOSS is about.
after_cut() {
	local name
	case $1 in
	all) ;;				# nothing that was not synced
	names)				# files are there, or gone, at once
		for name in disk/*; do
			[ -e "$at/db/${name##*/}" ] || rm "$name"
		done
		for name in "$at"/db/*; do
			[ -e "disk/${name##*/}" ] || : > "disk/${name##*/}"
		done
		;;
	but-*)				# all that was written to these is there
		cp "$at/db/${1#but-}"* disk/ ;;
	only-*)				# of these only what was synced
		for name in "$at"/db/*; do
			case ${name##*/} in
			${1#only-}*) ;;
			*) cp "$name" disk/ ;;
			esac
		done
		;;
	esac
	rm -r "$at/db"
	mv disk "$at/db"
}

# The history as a dump, or nothing where there is none yet; recovered first.
whole() {
	trafdb stat >/dev/null 2>err || grep -q 'update creates' err || return 1
	trafdb update no-such >/dev/null 2>&1 || :
	trafdb dump
}

# cut STEP LOSS: the power is cut there; $got is what there is then
cut() {
	rm -rf disk
	cp -r --sparse=always begin/db disk
	killed "$1" update
	after_cut "$2"
	whole > now || {
		echo "step $1, $2 lost:"
		cat err
		return 1
	}
	for got in before after; do
		if cmp -s now "$got"; then break; fi
	done
	cmp now "$got" || {
		echo "step $1, $2 lost: neither before nor after"
		return 1
	}
	trafdb update
	trafdb dump | diff after - || {
		echo "step $1, $2 lost: not exactly once"
		return 1
	}
}

@test "the power cut: a history is the one before, or the one after" {
	losses=(all names only-log but-pages only-history but-log only-pages
	    but-lock only-lock)
	mkdir begin disk
	blocks begin/trafd.x 1 3
	at=$dir/begin
	trafdb update
	trafdb dump > before
	blocks begin/trafd.x 4 6
	export KILLSTEP_COUNT=$dir/count KILLSTEP_DISK=$dir/disk
	killed 0 update || :
	unset KILLSTEP_COUNT
	trafdb dump > after
	run -1 cmp before after
	n=0 seen=
	for step in $(seq 2 "$(cat count)"); do
		# The worst, and others in turn.
		cut "$step" but-history
		for _ in $(seq "${TRAF_LOSSES:-1}"); do
			cut "$step" "${losses[$((n++ % ${#losses[@]}))]}"
			seen="$seen $got"
		done
	done
	[[ $seen == *before*after* ]]
}
