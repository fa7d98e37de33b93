#!/usr/bin/env bats
# The life of an account, walked at random: tests/cli/walker.py says how.
# tests/soak.sh walks further.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	NS_A=''
	traf_setup_net
	command -v python3 >/dev/null || skip "no python3"
}

teardown() {
	traf_teardown_net
	rm -rf "$DIR"
}

@test "300 steps: nothing is lost, nothing counts twice, one writer" {
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/cli/walker.py" \
		--build "$TRAF_BUILDDIR" --netns "$NS_B" --iface veB \
		--send veA --dir "$DIR" --steps "${TRAF_WALK_STEPS:-300}" \
		--seed "${TRAF_WALK_SEED:-1}" 3>&-
}
