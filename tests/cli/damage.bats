#!/usr/bin/env bats
# Damage is contained: a save file of three blocks is cut and corrupted in
# many places.  TRAF_DAMAGE_STEP=1 does so at every octet.

load assert

setup() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	command -v python3 >/dev/null || skip "python3 is not there"
	DIR=$(mktemp -d)
}

teardown() {
	rm -rf "$DIR"
}

damage() {
	python3 "$TRAF_SRCDIR/tests/cli/damage.py" --dir "$DIR" \
		--mksave "$TRAF_BUILDDIR/tests/lib/mksave" \
		--traflog "$TRAF_BUILDDIR/tools/traflog/traflog" \
		--trafd "$TRAF_BUILDDIR/trafd/trafd" --step "$1" "$2"
}

@test "a file cut anywhere: whole blocks are shown, the rest is named" {
	damage "${TRAF_DAMAGE_STEP:-7}" truncate
}

@test "a bit flipped anywhere: the other blocks are shown, this one is named" {
	damage "${TRAF_DAMAGE_STEP:-7}" flip
}

@test "trafd cuts a torn tail, keeps it aside and appends" {
	damage "${TRAF_DAMAGE_STEP:-41}" append
}
