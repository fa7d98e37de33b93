#!/usr/bin/env bats
# Others touch the files of an account while the daemon runs, and disks fill
# up: nothing that was counted is lost, nothing foreign is written to, and
# the log says so once.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A='' PID='' STATE=''
	traf_setup_net
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	SENDER=$TRAF_BUILDDIR/tests/lib/sender
	BASE=$DIR/above
	STATE=$BASE/state
	mkdir -p "$DIR/run" "$STATE"
	chmod 755 "$DIR" "$DIR/run" "$BASE" "$STATE"
	SENT=0
}

teardown() {
	if [ -n "$PID" ]; then
		kill -KILL "$PID" 2>/dev/null || true
		wait_until 60 gone "$PID"
	fi
	umount "$STATE" 2>/dev/null || true
	umount "$STATE" 2>/dev/null || true
	traf_teardown_net
	rm -rf "$DIR"
}

# start_trafd OPTIONS...: in the foreground, its log in $DIR/log.
start_trafd() {
	ip netns exec "$NS_B" "$TRAFD" --foreground -i veB -m 0 --user root \
		--source pcap --run-dir "$DIR/run" --state-dir "$STATE" "$@" \
		2>>"$DIR/log" 3>&- &
	disown
	wait_until 60 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$DIR/run/trafd.veB")
}

# traffic [FLOWS]: two packets of each flow.
traffic() {
	local flows=${1:-50}
	ip netns exec "$NS_A" "$SENDER" veA "$flows" $((flows * 2)) \
		>>"$DIR/sent"
	SENT=$((SENT + flows * 2))
}

status() {
	awk -v key="$1" '$1 == key { print $2 }' "$DIR/run/trafd.veB.status"
}

# ask SIGNAL KEY: send it and wait until the counter KEY has grown.
ask() {
	local before
	before=$(status "$2")
	kill -"$1" "$PID"
	wait_until 20 grown "$2" "$before"
}

grown() {
	[ "$(status "$1")" -gt "$2" ]
}

# packets FILES...: the sum over all their blocks.
packets() {
	local f
	for f in "$@"; do
		[ ! -s "$f" ] || "$TRAFLOG" -a -n --format=tsv -i "$f" |
			tail -n +2
	done | awk -F '\t' '{ n += $8 } END { print n + 0 }'
}

logged() {
	grep -c -- "$1" "$DIR/log" || true
}

# The end of each test: the next save carries it all.
saves_all() {
	ask INT save_done
	[ "$(packets "$STATE/trafd.veB" "$@")" -eq "$SENT" ]
}

@test "a full disk: saves and dumps fail, the log says so once, nothing is lost" {
	mount -t tmpfs -o size=64k,mode=755 none "$STATE" || skip "no tmpfs here"
	start_trafd
	head -c 60000 /dev/zero >"$STATE/filler"
	traffic 3000
	for _ in 1 2 3 4 5; do
		ask INT save_failed
		ask HUP dump_failed
	done
	[ "$(logged 'save failed')" -eq 1 ]
	[ "$(logged 'dump failed')" -eq 1 ]
	grep -q "save failed: $STATE/trafd.veB: write: No space left" "$DIR/log"
	rm "$STATE/filler"
	traffic
	saves_all
	[ "$(logged 'occurred 5 times, .*save failed')" -eq 1 ]
	ask HUP dump_done
	[ "$(logged 'occurred 5 times, .*dump failed')" -eq 1 ]
	run "$TRAFLOG" --check "$STATE/trafd.veB"
	[ "$status" -eq 0 ]
	[ "$(ls "$STATE")" = "$(printf 'devices.veB\ntmp\ntrafd.veB')" ]
}

@test "a full run directory: the start fails at once, and says so" {
	mount -t tmpfs -o size=4k,mode=755 none "$DIR/run" || skip "no tmpfs here"
	run timeout -k 1 20 ip netns exec "$NS_B" "$TRAFD" --foreground -i veB \
		--user root --run-dir "$DIR/run" --state-dir "$STATE"
	umount "$DIR/run"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot write the PID file: $DIR/run/trafd.veB: No space left"* ]]
}

@test "the save file is moved away: a new one goes on" {
	start_trafd
	traffic
	ask INT save_done
	mv "$STATE/trafd.veB" "$STATE/old"
	traffic
	saves_all "$STATE/old"
}

@test "the save file is truncated to nothing: the next block is whole" {
	start_trafd
	traffic
	ask INT save_done
	: >"$STATE/trafd.veB"
	SENT=0
	traffic
	saves_all
}

@test "a directory in the place of the save file: kept in memory" {
	start_trafd
	traffic
	mkdir "$STATE/trafd.veB"
	ask INT save_failed
	ask INT save_failed
	[ "$(logged "save failed: $STATE/trafd.veB: open: Is a directory")" \
		-eq 1 ]
	rmdir "$STATE/trafd.veB"
	saves_all
}

@test "a symbolic link in the place of the save file: never written through" {
	start_trafd
	traffic
	echo precious >"$DIR/target"
	ln -s "$DIR/target" "$STATE/trafd.veB"
	ask INT save_failed
	[ "$(cat "$DIR/target")" = precious ]
	ln -sf nowhere "$STATE/trafd.veB"
	ask INT save_failed
	[ ! -e "$STATE/nowhere" ]
	rm "$STATE/trafd.veB"
	saves_all
}

@test "a symbolic link in the place of the dump is replaced, its target is not" {
	start_trafd
	traffic
	echo precious >"$DIR/target"
	ln -s "$DIR/target" "$STATE/tmp/trafd.veB"
	ln -s "$DIR/target" "$STATE/tmp/.trafd.veB.new"
	ask HUP dump_done
	[ "$(cat "$DIR/target")" = precious ]
	[ ! -L "$STATE/tmp/trafd.veB" ]
	[ "$(packets "$STATE/tmp/trafd.veB")" -eq "$SENT" ]
}

@test "a FIFO in the place of the save file blocks nobody" {
	start_trafd
	traffic
	mkfifo "$STATE/trafd.veB"
	ask INT save_failed
	rm "$STATE/trafd.veB"
	saves_all
}

@test "the directory goes and comes back" {
	start_trafd
	traffic
	mv "$STATE" "$BASE/elsewhere"
	ask INT save_failed
	ask HUP dump_failed
	mv "$BASE/elsewhere" "$STATE"
	traffic
	saves_all
}

@test "the directory is removed and made anew" {
	start_trafd
	traffic
	rm -r "$STATE"
	ask INT save_failed
	mkdir "$STATE"
	traffic
	saves_all
}

# ip(8) gives the daemon mounts of its own, where options do not follow.
remount() {
	nsenter -t "$PID" -m mount -o "remount,bind,$1" "$STATE"
}

@test "the file system turns read-only and back" {
	mount --bind "$STATE" "$STATE" || skip "no bind mounts here"
	start_trafd
	traffic
	remount ro
	ask INT save_failed
	ask HUP dump_failed
	[ "$(logged 'save failed.*Read-only file system')" -eq 1 ]
	[ "$(logged 'dump failed.*Read-only file system')" -eq 1 ]
	remount rw
	traffic
	saves_all
}

@test "a save file that a script of root's made anew" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	start_trafd --user nobody
	traffic
	ask INT save_done
	mv "$STATE/trafd.veB" "$STATE/old"
	: >"$STATE/trafd.veB"
	chmod 600 "$STATE/trafd.veB"
	traffic
	ask INT save_failed
	grep -q "save failed: $STATE/trafd.veB: open: Permission denied" \
		"$DIR/log"
	rm "$STATE/trafd.veB"
	saves_all "$STATE/old"
}

# stop_trafd SIGNAL: and it has ended.
stop_trafd() {
	kill -"$1" "$PID"
	wait_until 60 gone "$PID"
	PID=''
	: >"$DIR/log"
}

@test "a copy was resumed elsewhere, its save file comes back: its block is kept" {
	start_trafd
	traffic
	stop_trafd TERM
	cp -a "$STATE" "$BASE/copy"
	STATE=$BASE/copy start_trafd -r
	traffic 250
	ask INT save_done
	stop_trafd TERM
	start_trafd -r
	cp "$BASE/copy/trafd.veB" "$STATE/trafd.veB"
	SENT=100
	saves_all
	[ "$(packets "$STATE/trafd.veB.torn.1")" -eq 600 ]
	[ "$(logged "block of another process cut off: $STATE/trafd.veB: ")" -eq 1 ]
	# Nothing of that is the next save's.
	traffic
	saves_all
	[ ! -e "$STATE/trafd.veB.torn.2" ]
}

@test "a save file in the place of the dump is no dump, and kept whole" {
	local file=$STATE/tmp/trafd.veB
	for blocks in 3 1; do
		start_trafd
		for ((i = 0; i < blocks; i++)); do
			traffic
			ask INT save_done
		done
		stop_trafd KILL
		mv "$STATE/trafd.veB" "$file"
		start_trafd -r
		[ "$(packets "$file.damaged.1")" -eq $((blocks * 100)) ]
		[ "$(logged "another file in its place: $file")" -eq 1 ]
		[ "$(logged 'dump resumed')" -eq 0 ]
		SENT=0
		traffic
		saves_all
		stop_trafd KILL
		rm "$STATE/trafd.veB" "$file.damaged.1"
	done
}

@test "a dump with another block behind it is no dump, and kept whole" {
	local file=$STATE/tmp/trafd.veB
	start_trafd
	traffic
	ask INT save_done
	traffic
	stop_trafd TERM
	cat "$STATE/trafd.veB" >>"$file"
	start_trafd -r
	[ "$(packets "$file.damaged.1")" -eq 200 ]
	SENT=100
	traffic
	saves_all
}

@test "--layout: a save file cut by somebody hides no later block" {
	for layout in old new; do
		start_trafd --layout $layout
		traffic
		ask INT save_done
		traffic
		ask INT save_done
		stop_trafd TERM
		rm -f "$STATE/tmp/trafd.veB"
		truncate -s -10 "$STATE/trafd.veB"
		start_trafd -r --layout $layout
		traffic
		ask INT save_done
		[ "$(logged 'unfinished save cut off')" -eq 1 ]
		[ -s "$STATE/trafd.veB.torn.1" ]
		run "$TRAFLOG" --layout $layout --check "$STATE/trafd.veB"
		[ "$status" -eq 0 ]
		[[ $output == *': 2 blocks, '*' 0 damaged'* ]]
		stop_trafd KILL
		rm -r "$STATE"
		mkdir "$STATE"
	done
}

@test "killed before the dump was removed, then another layout: counted once" {
	local way
	for way in 'trafd new' 'old trafd' 'new old'; do
		start_trafd --layout "${way% *}"
		traffic
		ask HUP dump_done
		cp "$STATE/tmp/trafd.veB" "$DIR/dump"
		ask INT save_done
		stop_trafd KILL
		mv "$DIR/dump" "$STATE/tmp/trafd.veB"
		start_trafd -r --layout "${way#* }"
		[ ! -e "$STATE/tmp/trafd.veB" ]
		[ "$(logged 'dump resumed')" -eq 0 ]
		stop_trafd KILL
		rm -r "$STATE"
		mkdir "$STATE"
	done
}
