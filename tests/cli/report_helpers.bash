# Shared by the tests of the programs that read save files: a directory of
# its own for each test, and how outputs are compared.

# report_setup [ZONE]: stand in an empty directory; times are in that zone.
report_setup() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	# shellcheck disable=SC2034 # for tests
	mksave=$TRAF_BUILDDIR/tests/lib/mksave
	dir=$(mktemp -d)
	export TZ=${1-CET-1} LC_ALL=C
	cd "$dir"
}

teardown() {
	cd /
	rm -rf "$dir"
}

traflog() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" "$@"
}

# same: standard input is what the file `got' must hold, to the octet
same() {
	cat >expected
	diff -u expected got >&2
}

# fails STATUS COMMAND...: standard output goes to `out', the error to `err'
fails() {
	status_wanted=$1 status_got=0
	shift
	"$@" >out 2>err || status_got=$?
	[ "$status_got" -eq "$status_wanted" ]
}
