# Shared by the tests of trafstatd: a server on a port of the system's choice.

web_setup() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	TRAFSTATD=$TRAF_BUILDDIR/tools/trafstatd/trafstatd
	WEB_PID=
}

need_http() {
	run -127 "$TRAFSTATD" --http 1.2.3.4
	[[ $output == *usage* ]]
	linked_with "$TRAFSTATD" microhttpd ||
		skip "built without libmicrohttpd"
	command -v curl >/dev/null || skip "curl is not installed"
}

web_listens() {
	grep -q 'listening on' "$DIR/web.err"
}

# start_web OPTIONS...: sets WEB_PID and WEB, the address and port.
start_web() {
	: >"$DIR/web.err"
	"$TRAFSTATD" --run-dir "$DIR/run" --user root "$@" \
		2>"$DIR/web.err" 3>&- &
	WEB_PID=$!
	wait_until 20 web_listens || {
		cat "$DIR/web.err"
		return 1
	}
	WEB=$(sed -n 's/.*listening on //p' "$DIR/web.err")
}

stop_web() {
	[ -n "$WEB_PID" ] || return 0
	kill -"${1:-TERM}" "$WEB_PID" 2>/dev/null || true
	wait "$WEB_PID" 2>/dev/null || true
	WEB_PID=
}

# get PATH CURL-OPTIONS...: the body; fails unless the status is 200.
get() {
	local path=$1
	shift
	curl -sS --fail --max-time 30 "$@" "http://$WEB$path"
}

# code CURL-ARGUMENTS...: the status alone.
code() {
	curl -sS --max-time 30 -o /dev/null -w '%{http_code}' "$@"
}
