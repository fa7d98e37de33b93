#!/usr/bin/env bats
# Exactly once under kill -9: 2,000 kills at random instants of dumps, saves
# and ends.  tests/soak.sh does 20,000.

load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A='' PID=''
	traf_setup_net
	command -v python3 >/dev/null || skip "no python3"
	mkdir "$DIR/run" "$DIR/state"
	chmod 755 "$DIR" "$DIR/run"
}

teardown() {
	[ -z "$PID" ] || kill -KILL "$PID" 2>/dev/null || true
	traf_teardown_net
	rm -rf "$DIR"
}

@test "killed 2,000 times: what was dumped is there, nothing counts twice" {
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/cli/killer.py" \
		--trafd "$TRAF_BUILDDIR/trafd/trafd" \
		--traflog "$TRAF_BUILDDIR/tools/traflog" --netns "$NS_B" \
		--iface veB --send veA --dir "$DIR" --instances 50 \
		--rounds "${TRAF_KILL_ROUNDS:-40}" \
		--seed "${TRAF_KILL_SEED:-1}" 3>&-
}

# start OPTIONS...: a daemon of the second test, its log in $DIR/log.
start() {
	: >"$DIR/log"
	nsenter --net="/run/netns/$NS_B" "$TRAF_BUILDDIR/trafd/trafd" \
		--foreground -r -i veB -m 0 --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 2>>"$DIR/log" 3>&- &
	disown
	wait_until 10 grep -q 'accounting to' "$DIR/log"
	PID=$(cat "$DIR/run/trafd.veB")
}

packets() {
	local f
	for f in "$DIR/state/trafd.veB" "$DIR/state/tmp/trafd.veB"; do
		[ ! -s "$f" ] || "$TRAF_BUILDDIR/tools/traflog" -a -n \
			--format=tsv -i "$f" | tail -n +2
	done | awk -F '\t' '{ n += $8 } END { print n + 0 }'
}

# finished KEY: the job is done; or the daemon is.
finished() {
	gone "$PID" || awk -v key="$1" '$1 == key && $2 > 0 { found = 1 }
	    END { exit !found }' "$DIR/run/trafd.veB.status"
}

@test "killed at the first fsync, rename, cut and unlink of a dump and a save" {
	command -v strace >/dev/null || skip "no strace"
	strace -o /dev/null true 2>/dev/null || skip "no ptrace here"
	sent=0
	for step in HUP:pwrite64:1 HUP:pwrite64:3 HUP:fsync:1 HUP:fsync:2 \
		HUP:renameat:1 INT:pwrite64:1 INT:pwrite64:3 INT:fsync:1 \
		INT:fsync:2 INT:fsync:3 INT:unlinkat:1; do
		IFS=: read -r sig call n <<<"$step"
		start
		ip netns exec "$NS_A" "$TRAF_BUILDDIR/tests/lib/sender" veA \
			10 100 >"$DIR/sent"
		sent=$((sent + 100))
		sleep 0.3
		kill -HUP "$PID"
		wait_until 10 finished dump_done
		strace -f -qq -o "$DIR/trace" -e "trace=$call" -e \
			"inject=$call:signal=KILL:when=$n" -p "$PID" 3>&- &
		tracer=$!
		sleep 0.3
		kill "-$sig" "$PID"
		wait_until 10 gone "$PID"
		wait "$tracer" || true
		PID=''
		# What the restart makes of it is the account.
		start
		kill -TERM "$PID"
		wait_until 10 gone "$PID"
		PID=''
		[ "$(packets)" -eq "$sent" ] || {
			echo "$step: $(packets) of $sent packets"
			return 1
		}
	done
}
