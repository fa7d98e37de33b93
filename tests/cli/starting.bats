#!/usr/bin/env bats
# --check-config and the start refuse the same set-ups with the same words, and
# --check-config changes nothing.

load assert
load live_helpers

setup() {
	live_setup
	mkdir "$DIR/above"
	export DIR
}

teardown() {
	umount "$DIR/small" 2>/dev/null || true
	live_teardown
}

# with OPTIONS...: trafd on veB, behind $PRE, as $AS, in $RUN and $STATE.
with() {
	# shellcheck disable=SC2086 # words
	ip netns exec "$NS_B" ${PRE-} "$TRAFD" -i veB \
		${AS---user root} --source pcap --run-dir "${RUN:-$DIR/run}" \
		--state-dir "${STATE:-$DIR/state}" "$@" 3>&-
}

# everything: names, owners, modes and contents of what is there.
everything() {
	find "$DIR" -printf '%p %y %u %m %l %T@\n' | sort
	find "$DIR" -type f -exec cksum {} + | sort
}

# checked OPTIONS...: --check-config changes nothing; its output is in $told.
checked() {
	everything >"$BATS_TEST_TMPDIR/before"
	rc=0
	told=$(with --check-config "$@" 2>&1) || rc=$?
	everything >"$BATS_TEST_TMPDIR/after"
	echo "--check-config -> $rc: $told"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# refused MESSAGE OPTIONS...: by both, with status 1, and the start says nothing
# that --check-config has not said.
refused() {
	local message=$1 line
	shift
	checked "$@"
	[ "$rc" -eq 1 ]
	says -F -- "$message" <<<"$told"
	run with "$@"
	echo "start -> $status: $output"
	[ "$status" -eq 1 ]
	says -F -- "$message" <<<"$output"
	for line in "${lines[@]}"; do
		says -xF -- "$line" <<<"$told"
	done
}

# accepted OPTIONS...: by both.
accepted() {
	checked "$@"
	[ "$rc" -eq 0 ]
	run with "$@"
	echo "start -> $status: $output"
	[ "$status" -eq 0 ]
	PID=$(cat "${RUN:-$DIR/run}/trafd.${EXT:-veB}")
	stop_trafd TERM
}

# user: an ordinary one that is there, and may reach $DIR.
user() {
	id daemon >/dev/null || skip "no user daemon"
	AS="--user daemon"
	chmod 755 "$DIR/above"
}

@test "a directory above the state or run directory is closed" {
	user
	mkdir -p "$DIR/above/closed/deep/state" "$DIR/above/closed/deep/run"
	chown -R daemon "$DIR/above/closed/deep"
	chmod 700 "$DIR/above/closed"
	STATE=$DIR/above/closed/deep/state \
		refused "directory closed: $DIR/above/closed: daemon may not"
	RUN=$DIR/above/closed/deep/run \
		refused "; chmod o+x $DIR/above/closed, or give another"
	# Behind a link, and where the state directory is yet to be made.
	ln -s "$DIR/above/closed/deep/state" "$DIR/link"
	STATE=$DIR/link refused "directory closed: $DIR/above/closed: "
	STATE=$DIR/above/closed/new refused "directory closed: $DIR/above/closed: "
	[ ! -e "$DIR/above/closed/new" ]
	chmod 711 "$DIR/above/closed"
	RUN=$DIR/above/closed/deep/run STATE=$DIR/link accepted
}

@test "a state directory that cannot be used, and those that can" {
	user
	: >"$DIR/file"
	STATE=$DIR/file refused "not a directory: --state-dir $DIR/file; move"
	STATE=$DIR/file/state refused "--state-dir $DIR/file/state (give another)"
	STATE=$DIR/no/such refused ": $DIR/no does not exist either; create it"
	ln -s "$DIR/nowhere" "$DIR/dangling"
	STATE=$DIR/dangling refused "--state-dir $DIR/dangling"
	mkdir -m 755 "$DIR/nobodys" "$DIR/mine"
	chown nobody "$DIR/nobodys"
	STATE=$DIR/nobodys refused "trafd: --state-dir $DIR/nobodys; give it to"
	chmod 777 "$DIR/nobodys"
	STATE=$DIR/nobodys accepted
	chmod 500 "$DIR/mine"
	STATE=$DIR/mine refused "--state-dir $DIR/mine; give it to that user"
	chmod 700 "$DIR/mine"
	STATE=$DIR/mine accepted
	STATE=$DIR/new accepted
	STATE=$DIR/run refused "run directory and state directory are the same"
}

@test "tmp in the state directory is a file, a link or somebody else's" {
	user
	: >"$DIR/state/tmp"
	refused "not a directory: --state-dir $DIR/state/tmp; move it away"
	ln -sf "$DIR/above" "$DIR/state/tmp"
	refused "not a directory: --state-dir $DIR/state/tmp; move it away"
	rm "$DIR/state/tmp"
	mkdir -m 755 "$DIR/state/tmp"
	chown nobody "$DIR/state/tmp"
	refused "--state-dir $DIR/state/tmp; give it to that user"
	rmdir "$DIR/state/tmp"
	accepted
	# The daemon's own files in a directory that root has taken meanwhile.
	[ -s "$DIR/state/tmp/trafd.veB" ]
	[ "$(stat -c %U "$DIR/state/tmp/trafd.veB")" = daemon ]
	chown root "$DIR/state"
	chmod 700 "$DIR/state"
	accepted -r
	[ "$(stat -c %U "$DIR/state")" = daemon ]
}

# each FILE: directory, link, FIFO and somebody else's file in its place.
each() {
	mkdir "$1"
	refused "not a regular file: $1 is a directory; move it away" -r
	rmdir "$1"
	mkfifo "$1"
	refused "not a regular file: $1 is a special file; move it away" -r
	rm "$1"
	: >"$1"
	chown nobody "$1"
	chmod 600 "$1"
	refused "file not usable: $1: Permission denied; give it to daemon" -r
	rm "$1"
}

@test "the save file is a directory, a link, or somebody else's" {
	user
	each "$DIR/state/trafd.veB"
	ln -s "$DIR/file" "$DIR/state/trafd.veB"
	refused "trafd.veB is a symbolic link; move it away"
	: >"$DIR/file"
	refused "trafd.veB is a symbolic link; move it away"
	rm "$DIR/state/trafd.veB"
	# Root's becomes the daemon's.
	: >"$DIR/state/trafd.veB"
	chmod 600 "$DIR/state/trafd.veB"
	accepted
	[ "$(stat -c %U "$DIR/state/trafd.veB")" = daemon ]
	# It is not, if others could have put it there.
	chown 0 "$DIR/state/trafd.veB"
	echo secret >"$DIR/state/trafd.veB"
	refused "file not usable: $DIR/state/trafd.veB: Permission denied"
}

@test "the dump cannot be read" {
	user
	mkdir -m 755 "$DIR/state/tmp"
	each "$DIR/state/tmp/trafd.veB"
	# One that is damaged is renamed.
	echo damaged >"$DIR/state/tmp/trafd.veB"
	chown -R daemon "$DIR/state"
	accepted -r
	[ -e "$DIR/state/tmp/trafd.veB.damaged.1" ]
}

@test "the lock, or the journal of --layout old" {
	user
	mkdir "$DIR/state/.trafd.veB.lock"
	refused "$DIR/state/.trafd.veB.lock is a directory; move it away"
	rmdir "$DIR/state/.trafd.veB.lock"
	echo damaged >"$DIR/state/.trafd.veB.journal"
	refused "journal damaged: $DIR/state/.trafd.veB.journal: " --layout old
	: >"$DIR/state/trafd.veB"
	refused "; move the journal away, and compare" --layout new
	accepted
	rm "$DIR/state/.trafd.veB.journal"
	mkdir "$DIR/state/.trafd.veB.journal"
	refused ".trafd.veB.journal is a directory; move it away"
}

@test "a run directory that cannot be used" {
	: >"$DIR/file"
	RUN=$DIR/file refused "not a directory: --run-dir $DIR/file; move it"
	RUN=$DIR/none refused "no such directory: --run-dir $DIR/none; create"
	mkdir "$DIR/run/trafd.veB"
	refused "$DIR/run/trafd.veB is a directory; move it away, or give"
	rmdir "$DIR/run/trafd.veB"
	mkdir "$DIR/run/trafd.veB.status"
	refused "$DIR/run/trafd.veB.status is a directory; move it away, or"
	rmdir "$DIR/run/trafd.veB.status"
	# Without a socket it starts, and says so.
	mkdir "$DIR/run/trafd.veB.sock"
	accepted
	says -F "no control socket: $DIR/run/trafd.veB.sock" <<<"$told"
	rmdir "$DIR/run/trafd.veB.sock"
	RUN=$DIR/$(printf 'r%.0s' {1..100})
	mkdir "$RUN"
	accepted
	says -F "no control socket: $RUN/trafd.veB.sock" <<<"$told"
}

@test "an ordinary user with the right to capture, among files of others" {
	user
	PRE='setpriv --reuid daemon --regid daemon --clear-groups
		--inh-caps +net_raw --ambient-caps +net_raw'
	AS=''
	# shellcheck disable=SC2086 # words
	ip netns exec "$NS_B" $PRE true || skip "no ambient capabilities"
	chown daemon "$DIR/state"
	refused "cannot create files: --run-dir $DIR/run (start as root, or"
	chmod 1777 "$DIR/run"
	for file in trafd.veB trafd.veB.status; do
		: >"$DIR/run/$file"
		refused "file of another user: $DIR/run/$file; remove it, or"
		rm "$DIR/run/$file"
	done
	accepted
	chown root "$DIR/state"
	refused "trafd: --state-dir $DIR/state; give it to that user"
}

@test "root without CAP_CHOWN, as in a container, has a control socket" {
	printf 'root:x:0:\ntrafd:x:1:\n' >"$DIR/group"
	printf '#!/bin/sh\n%s\n' "mount --bind $DIR/group /etc/group &&
		exec setpriv --bounding-set -all,+net_raw \"\$@\"" >"$DIR/drop"
	PRE="unshare --mount sh $DIR/drop" AS="--user root"
	run with
	echo "$output"
	[ "$status" -eq 0 ]
	says -F "control socket not given to group trafd: $DIR/run/trafd.veB.sock (only root and the user of trafd can query this daemon): " <<<"$output"
	PID=$(cat "$DIR/run/trafd.veB")
	[ "$(stat -c '%a %g' "$DIR/run/trafd.veB.sock")" = "660 0" ]
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		--ask=save
	stop_trafd TERM
}

@test "already running: by the account, or by the PID file alone" {
	start_trafd
	refused "already running: $DIR/state/trafd.veB: PID $PID; stop it"
	mkdir "$DIR/other"
	STATE=$DIR/other refused "already running: $DIR/run/trafd.veB: PID $PID"
	RUN=$DIR/above refused "already running: $DIR/state/trafd.veB: PID $PID"
	EXT=two accepted -f two
	PID=$(cat "$DIR/run/trafd.veB")
	stop_trafd TERM
	accepted
}

@test "trafd --read is writing" {
	mkfifo "$DIR/capture"
	"$TRAFD" --read - -f veB --state-dir "$DIR/state" \
		<"$DIR/capture" 2>/dev/null 3>&- &
	# shellcheck disable=SC2034 # live_teardown
	PIDS=$!
	exec 4>"$DIR/capture"
	printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0' >&4
	wait_until 20 test -e "$DIR/state/.trafd.veB.lock"
	refused "trafd --read is writing: $DIR/state/trafd.veB; wait until"
	exec 4>&-
}

@test "file systems that are read-only or have no room" {
	mkdir "$DIR/small"
	mount -t tmpfs -o nr_inodes=3,size=64k tmpfs "$DIR/small" ||
		skip "no tmpfs"
	STATE=$DIR/small/s
	mkdir "$STATE"
	refused "no space for new files: --state-dir $STATE; make room"
	mount -o remount,ro "$DIR/small"
	refused "read-only file system: --state-dir $STATE; give another"
	STATE='' RUN=$DIR/small/s \
		refused "read-only file system: --run-dir $DIR/small/s; give another"
	umount "$DIR/small"
	mount -t tmpfs -o size=16k tmpfs "$DIR/small"
	head -c 16384 /dev/zero >"$DIR/small/all"
	STATE='' RUN=$DIR/small refused "no space for new files: --run-dir $DIR/small"
	rm "$DIR/small/all"
	STATE='' RUN=$DIR/small accepted
}

@test "users, filters, interfaces and sources" {
	AS="--user nosuchuser" refused "no such user: --user nosuchuser; create it, or"
	refused 'invalid filter: "port": ' port
	refused "nosuch0: no such interface (have: " -i nosuch0 -f veB
	ip -n "$NS_B" link set veB down
	checked
	[ "$rc" -eq "$(with >/dev/null 2>&1 && echo 0 || echo 1)" ]
}

@test "an interface of trafd.conf that is not there: the others are good" {
	cat >"$DIR/conf" <<-EOT
	trafd_ifaces="veB nosuch0"
	trafd_flags="--user root --source pcap --no-wait"
	trafd_program=$TRAFD
	trafd_rundir=$DIR/run
	trafd_statedir=$DIR/state
	trafd_log=$DIR/log
	EOT
	export TRAFD_CONF=$DIR/conf TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	run ip netns exec "$NS_B" "$TRAF_BUILDDIR/scripts/trafstart" --check-config
	echo "$output"
	[ "$status" -eq 1 ]
	says 'configuration is good: veB: ' <<<"$output"
	says -F "trafstart: (nosuch0) cannot start: correct $DIR/conf" <<<"$output"
	run ip netns exec "$NS_B" "$TRAF_BUILDDIR/scripts/trafstart" 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	says 'nosuch0: no such interface' <<<"$output"
	PID=$(cat "$DIR/run/trafd.veB")
	kill -0 "$PID"
	# All: one that runs is no failure; named, it is.
	sed -i 's/ nosuch0//' "$DIR/conf"
	for args in "" All; do
		# shellcheck disable=SC2086 # none or one
		run ip netns exec "$NS_B" "$TRAF_BUILDDIR/scripts/trafstart" \
			--check-config $args
		echo "$output"
		[ "$status" -eq 0 ]
		says 'is good, but trafd is already running: veB: ' <<<"$output"
	done
	run ip netns exec "$NS_B" "$TRAF_BUILDDIR/scripts/trafstart" \
		--check-config veB
	[ "$status" -eq 1 ]
}
