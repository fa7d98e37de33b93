#!/usr/bin/env bats
# Another daemon on the same rooms: tests/lib/tinyd.c.

load assert
load live_helpers

setup() {
	live_setup
}

teardown() {
	[ -z "${TINY-}" ] || kill "$TINY" 2>/dev/null || true
	live_teardown
}

# sent: frames and octets that left veA, by the kernel's own count.
sent() {
	ip -n "$NS_A" -s -j link show dev veA | python3 -c '
import json, sys
tx = json.load(sys.stdin)[0]["stats64"]["tx"]
print(tx["packets"], tx["bytes"])'
}

@test "60 lines of code over capture, daemon and base are a daemon that counts to the octet" {
	source=$TRAF_SRCDIR/tests/lib/tinyd.c
	[ "$(grep -vc '^ \*\|^/\*\|^$' "$source")" -le 60 ]
	rooms=$(sed -n 's/^#include "\(.*\)\/.*/\1/p' "$source" | sort -u)
	[ "$rooms" = $'base\ncapture\ndaemon' ]

	read -r frames octets <<<"$(sent)"
	ip netns exec "$NS_B" "$TRAF_BUILDDIR/tests/lib/tinyd" veB "$DIR" 3>&-
	TINY=$(cat "$DIR/tinyd")
	kill -0 "$TINY"
	[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$TINY/status")" -ne 0 ]
	# A second one finds the first one's lock.
	run -1 ip netns exec "$NS_B" "$TRAF_BUILDDIR/tests/lib/tinyd" veB "$DIR"
	[[ $output == *"tinyd is already running"*"PID $TINY"* ]]

	ip netns exec "$NS_A" "$SENDER" veA 1000 5000 20000 >"$DIR/sent" 3>&-
	read -r now_frames now_octets <<<"$(sent)"
	[ $((now_frames - frames)) -ge 5000 ]
	kill -TERM "$TINY"
	wait_until 20 test ! -s "$DIR/tinyd"	# it may not remove it
	wait_until 20 gone "$TINY"
	TINY=
	[ "$(cat "$DIR/tinyd.count")" = "$((now_frames - frames)) frames, \
$((now_octets - octets)) octets" ]
}
