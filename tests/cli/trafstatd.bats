#!/usr/bin/env bats
# trafstatd and strangers, without a daemon behind it: the command line, the
# line service in its three forms, and whom the web server answers.
# jobs: 6

load assert
load live_helpers
load web_helpers

setup() {
	DIR=$(mktemp -d)
	mkdir "$DIR/run"
	web_setup
	# Stands in for trafstat: says what it was asked.
	cat >"$DIR/trafstat" <<-'SH'
	#!/bin/sh
	echo "$#: $*"
	env | grep -v '^\(PWD\|_\|SHLVL\|OLDPWD\)=' | sort
	SH
	chmod 755 "$DIR" "$DIR/trafstat"
}

teardown() {
	stop_web KILL
	rm -rf "$DIR"
}

# line TEXT OPTIONS...: what comes back for it, as inetd would ask.
line() {
	local text=$1
	shift
	# shellcheck disable=SC2059 # with its \r and \0
	printf -- "$text" | SECRET=x PATH=/evil:$PATH "$TRAFSTATD" --user root \
		--syslog --trafstat "$DIR/trafstat" --run-dir "$DIR/run" \
		-L "$DIR/log" "$@"
}

@test "--help and --version go to standard output, mistakes to the other" {
	run "$TRAFSTATD" --help
	[ "$status" -eq 0 ]
	grep -o -- '--[a-z-]*' <<<"$output" | sort -u >"$DIR/options"
	[ "$(wc -l <"$DIR/options")" -gt 8 ]
	while read -r option; do
		grep -q -- "Fl -\{0,1\}${option#-}" \
		    "$TRAF_SRCDIR/man/trafstatd.8" || {
			echo "$option is not in the manual"
			return 1
		}
	done <"$DIR/options"
	run "$TRAFSTATD" -V
	[ "$status" -eq 0 ]
	[[ "$output" == "trafstatd "[0-9]* ]]
	for options in "--http x" "--http 127.0.0.1" "--http 65536" \
	    "--listen localhost:1" "--top 0" "--top 201" "--top 1x" \
	    "--timeout -1" "--auth f" "--host h" "-Q" "operand" \
	    "--http 1 --listen 2"; do
		# shellcheck disable=SC2086 # words
		run -127 "$TRAFSTATD" $options </dev/null
		echo "$options: $output"
		[[ "$output" == *usage:* ]]
	done
}

@test "beyond this machine there is no web server without users" {
	for address in 0.0.0.0:0 "[::]:0" 192.0.2.1:0; do
		run -127 "$TRAFSTATD" --http "$address"
		[[ "$output" == *"needs --auth"* ]]
	done
}

@test "where it cannot listen it says what to do" {
	run "$TRAFSTATD" --run-dir "$DIR" --listen 192.0.2.1:0
	[ "$status" -eq 1 ]
	[[ "$output" == *"192.0.2.1:0: not an address of this host"* ]]
	start_web --listen 127.0.0.1:0 --trafstat "$DIR/trafstat"
	run "$TRAFSTATD" --run-dir "$DIR" --listen "$WEB"
	[ "$status" -eq 1 ]
	[[ "$output" == *"$WEB: the port is in use"* ]]
}

@test "where only root may listen it says what to do" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	run unshare --net -- sh -c 'ip link set lo up &&
		exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$@"' sh "$TRAFSTATD" --run-dir "$DIR" --listen 127.0.0.1:99
	[ "$status" -eq 1 ]
	[[ "$output" == *"127.0.0.1:99: ports below 1024 need root; start"* ]]
}

@test "a line becomes trafstat's arguments, and nothing else of ours" {
	run line '-i eth0 -nN\r\nmore'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "6: --run-dir $DIR/run -i eth0 -n -N" ]
	[ "${lines[1]}" = "LC_ALL=C" ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a line that is not accepted runs nothing" {
	# shellcheck disable=SC2016 # is not to be run
	for text in '-h 10.0.0.1\n' '-i ../x\n' '$(id)\n' '--top\n' \
	    '-n\0-b\n' "$(printf '%01100d' 0)"; do
		run -127 line "$text"
		[[ "$output" == "trafstatd: "* ]]
		[[ "$output" != *"$DIR/run"* ]]
	done
}

@test "the log is written if it is there, with no control characters" {
	line '-n\n' >/dev/null
	[ ! -e "$DIR/log" ]
	: >"$DIR/log"
	line '-i eth0 -n\n' >/dev/null
	line '-n \033[2J\n' >/dev/null || true
	grep -q '^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]* trafstatd: (-) answered: -i eth0 -n$' "$DIR/log"
	grep -q 'not text: -n ?\[2J$' "$DIR/log"
	[ "$(wc -l <"$DIR/log")" -eq 2 ]
	# A link is not followed.
	mv "$DIR/log" "$DIR/other"
	ln -s "$DIR/other" "$DIR/log"
	line '-n\n' >/dev/null
	[ "$(wc -l <"$DIR/other")" -eq 2 ]
}

@test "an answer that takes too long ends" {
	printf '#!/bin/sh\nexec sleep 60\n' >"$DIR/trafstat"
	run line '-n\n' --timeout 1
	[ "$status" -ne 0 ]
	[[ "$output" != *refused* ]]
}

@test "standing alone, each connection is answered" {
	command -v nc >/dev/null || skip "nc is not installed"
	start_web --listen 127.0.0.1:0 --trafstat "$DIR/trafstat"
	for i in 1 2 3; do
		run nc -N 127.0.0.1 "${WEB##*:}" <<<"-i eth$i"
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = "4: --run-dir $DIR/run -i eth$i" ]
	done
	stop_web
	start_web --listen '[::1]:0' --trafstat "$DIR/trafstat"
	run nc -N ::1 "${WEB##*:}" <<<"-n"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "3: --run-dir $DIR/run -n" ]
}

@test "who holds connections keeps nobody out of the line service" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	start_web --listen 127.0.0.1:0 --trafstat "$DIR/trafstat"
	run python3 "$TRAF_SRCDIR/tests/lib/strangers.py" line "${WEB##*:}" 200
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "3: --run-dir $DIR/run -n" ]
}

@test "a service manager hands over the socket that listens" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	run python3 "$TRAF_SRCDIR/tests/lib/strangers.py" activate \
		127.0.0.1 "$TRAFSTATD" --user root \
		--trafstat "$DIR/trafstat" --run-dir "$DIR/run"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "3: --run-dir $DIR/run -n" ]
	# What it says of itself is not what is believed.
	need_http
	run python3 "$TRAF_SRCDIR/tests/lib/strangers.py" activate \
		0.0.0.0 "$TRAFSTATD" --user root --http 127.0.0.1:0
	[ "$status" -eq 1 ]
	[[ "$output" == *"give --auth"* ]]
}

@test "root becomes nobody of group trafd, or says what is missing" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	printf '#!/bin/sh\nid -un; id -gn; id -Gn; grep NoNew /proc/self/status\n' \
		>"$DIR/trafstat"
	if ! getent group trafd >/dev/null; then
		set -- --http 0
		linked_with "$TRAFSTATD" microhttpd ||
			set -- --listen 127.0.0.1:0
		run "$TRAFSTATD" --trafstat "$DIR/trafstat" "$@"
		[ "$status" -eq 1 ]
		[[ "$output" == *"no group trafd"* ]]
		run "$TRAFSTATD" --user nobody-of-that-name "$@"
		[ "$status" -eq 1 ]
		[[ "$output" == *"no such user"* ]]
		return 0
	fi
	run "$TRAFSTATD" --trafstat "$DIR/trafstat" <<<"-n"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = nobody ]
	[ "${lines[1]}" = trafd ]
	[ "${lines[2]}" = trafd ]
	[ "${lines[3]}" = "NoNewPrivs:	1" ]
}

@test "the web server answers GET and HEAD, and nothing else" {
	need_http
	start_web --http 0
	[ "$(code "http://$WEB/")" = 200 ]
	[ "$(code -I "http://$WEB/")" = 200 ]
	for method in POST PUT DELETE OPTIONS TRACE PATCH FOO; do
		[ "$(code -X $method "http://$WEB/")" = 405 ]
		[ "$(code -X $method -d x=y "http://$WEB/metrics")" = 405 ]
	done
	[ "$(code "http://$WEB/page.html")" = 404 ]
	[ "$(code --path-as-is "http://$WEB/../../etc/passwd")" = 404 ]
	[ "$(code "http://$WEB/?i=none")" = 404 ]
	[ "$(code "http://$WEB/?i=%3Cscript%3E")" = 404 ]
}

@test "other names than ours are refused" {
	need_http
	start_web --http '[::1]:0' --host gate.example.org
	for host in localhost 127.0.0.1:80 '[::1]' gate.example.org "$(hostname)"; do
		[ "$(code -H "Host: $host" "http://$WEB/")" = 200 ]
	done
	for host in evil.example gate.example.org.evil.example; do
		[ "$(code -H "Host: $host" "http://$WEB/metrics")" = 421 ]
	done
}

@test "every answer forbids framing, sniffing and strangers' scripts" {
	need_http
	start_web --http 0
	for path in / /metrics /api/v1/live /page.js /nothing; do
		get_headers=$(curl -sS -D - -o /dev/null "http://$WEB$path")
		for header in "X-Content-Type-Options: nosniff" \
		    "X-Frame-Options: DENY" "frame-ancestors 'none'" \
		    "default-src 'none'" "Referrer-Policy: no-referrer" \
		    "Cross-Origin-Resource-Policy: same-origin"; do
			[[ "$get_headers" == *"$header"* ]]
		done
		[[ "$get_headers" != *Access-Control* ]]
		[[ "$get_headers" != *unsafe* ]]
	done
}

@test "it says that it listens only when nothing can fail any more" {
	need_http
	# Otherwise the error is the only line.
	run -1 "$TRAFSTATD" --http 127.0.0.1:0 --user root \
		--auth "$DIR/nosuchfile"
	[ "$output" = "trafstatd: --auth $DIR/nosuchfile: No such file or directory" ]
	[ "$(id -u)" = 0 ] || skip "needs root"
	for kind in --http --listen; do
		run -1 "$TRAFSTATD" $kind 127.0.0.1:0 --user nosuchuser
		[[ $output == "trafstatd: no such user: --user nosuchuser; "* ]]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "users: a wrong password waits, a right one does not" {
	need_http
	# SHA-crypt of `secret'.
	# shellcheck disable=SC2016 # no variables
	echo 'ann:$5$rounds=1000$abcdefgh$XIppta5rT8zJUu4vAOKQXrwq9uY4Ijlz6VjyOmkx5i4' \
		>"$DIR/users"
	chmod 644 "$DIR/users"
	run "$TRAFSTATD" --http 0.0.0.0:0 --auth "$DIR/users" --user root
	[ "$status" -eq 1 ]
	[[ "$output" == *"chmod 640"* ]]
	chmod 640 "$DIR/users"
	start_web --http 0.0.0.0:0 --auth "$DIR/users"
	WEB=127.0.0.1:${WEB##*:}
	[ "$(code "http://$WEB/")" = 401 ]
	[ "$(code -u ann:secret "http://$WEB/metrics")" = 200 ]
	[ "$(code -u ann:wrong "http://$WEB/")" = 401 ]
	[ "$(code -u ann:secret "http://$WEB/")" = 200 ]
	run curl -sS -D - -o /dev/null "http://$WEB/page.js"
	[ "$status" -eq 0 ]
	[[ "$output" == *'WWW-Authenticate: Basic realm="trafd"'* ]]
	# One address, twenty guesses at once: most have to wait.
	code -w '%{http_code}\n' -u ann:guess "http://$WEB/?[1-20]" \
		>"$DIR/codes"
	grep -q 429 "$DIR/codes"
	lacks 200 "$DIR/codes"
}

@test "a thousand idle and malformed connections do not hurt" {
	need_http
	command -v python3 >/dev/null || skip "python3 is not installed"
	start_web --http 0
	run python3 "$TRAF_SRCDIR/tests/lib/strangers.py" http "${WEB##*:}" 1000
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(code "http://$WEB/")" = 200 ]
	descriptors=("/proc/$WEB_PID/fd/"*)
	[ ${#descriptors[@]} -gt 3 ]
	[ ${#descriptors[@]} -lt 600 ]
}

@test "the web server is in its sandbox, with few descriptors" {
	need_http
	linked_with "$TRAFSTATD" libseccomp || skip "built without a sandbox"
	start_web --http 0
	code "http://$WEB/" >/dev/null
	for what in "Seccomp:	2" "NoNewPrivs:	1"; do
		grep -q "^$what" "/proc/$WEB_PID/status"
	done
	grep -q '^Max core file size  *0 ' "/proc/$WEB_PID/limits"
}

@test "it ends when it is told to" {
	need_http
	start_web --http 0
	kill -TERM "$WEB_PID"
	wait "$WEB_PID"
	WEB_PID=
}
