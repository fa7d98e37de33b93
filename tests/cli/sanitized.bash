# Shared by the tests that must know whether a sanitizer is built in.

# sanitized PROGRAM: does it carry the address sanitizer?  Then its memory is
# not its own: what it freed stays in quarantine, and shadow comes on top.
sanitized() {
	grep -q __asan_init "$1"
}

# no_leak_search: for what a sanitizer starts from here on.  Say why.
no_leak_search() {
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}
