#!/usr/bin/env bats
# trafstatd's web server before a real daemon: metrics against what was sent
# and scraped by a real Prometheus, the page in a real browser, and strangers
# who do not change the account.

load assert
load live_helpers
load web_helpers

setup() {
	live_setup
	web_setup
	need_http
	PROMETHEUS_PID=
	SLOWLY=
}

teardown() {
	[ -z "$PROMETHEUS_PID" ] || kill -KILL "$PROMETHEUS_PID" || true
	[ -z "$SLOWLY" ] || kill "$SLOWLY" || true
	stop_web KILL
	live_teardown
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA "$@"
}

# metric NAME-WITH-LABELS: its value now.
metric() {
	get /metrics | awk -v name="$1" '
		substr($0, 1, length(name) + 1) == name " " { print $NF }'
}

metric_is() {
	[ "$(metric "$1")" = "$2" ]
}

# A slow machine is asked for tables less often, but once in this time, seconds.
TABLES_AGE=320

# adds_up TOTAL FORM: a scrape in which hosts, each way, services and protocols
# add up to the total.
adds_up() {
	get /metrics -D "$DIR/head" -H "Accept: $2" >"$DIR/scrape" &&
	awk -v total="$1" '
	/^trafd_host_bytes_total.*"out"/ { out += $NF }
	/^trafd_host_bytes_total.*"in"/ { into += $NF }
	/^trafd_service_bytes_total/ { service += $NF }
	/^trafd_protocol_bytes_total/ { protocol += $NF }
	END {
		exit !(out == total && into == total && service == total &&
		    protocol == total)
	}' "$DIR/scrape"
}

# sum FIELD: of what the sender said.
sum() {
	awk -v f="$1" '{ n += $f } END { printf "%.0f\n", n }' "$DIR/sent"
}

# browse OPTIONS...: the page as Chromium has it after some seconds, its
# console in $DIR/console.
browse() {
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--no-first-run --disable-background-networking \
		--disable-component-update --disable-sync \
		--disable-dev-shm-usage --user-data-dir="$DIR/profile" \
		--enable-logging=stderr --virtual-time-budget=5000 \
		"$@" 2>"$DIR/console" 3>&-
}

@test "metrics are what was sent, to the byte, in both formats" {
	start_trafd
	start_web --http 0 --top 5
	get /metrics >/dev/null
	send 50 5000 >"$DIR/sent"
	wait_until 20 metric_is 'trafd_packets_total{interface="veB"}' 5000
	wait_until $TABLES_AGE adds_up "$(sum 8)" 'text/plain;version=0.0.4'
	grep -qi '^content-type: text/plain; version=0.0.4' "$DIR/head"
	mv "$DIR/scrape" "$DIR/classic"
	wait_until $TABLES_AGE adds_up "$(sum 8)" \
		'application/openmetrics-text; version=1.0.0'
	grep -qi '^content-type: application/openmetrics-text; version=1.0.0; charset=utf-8' "$DIR/head"
	mv "$DIR/scrape" "$DIR/open"
	[ "$(tail -n 1 "$DIR/open")" = "# EOF" ]
	grep -q '^# UNIT trafd_ip_bytes bytes$' "$DIR/open"
	grep -q '^# TYPE trafd_ip_bytes counter$' "$DIR/open"
	grep -q '^# TYPE trafd_ip_bytes_total counter$' "$DIR/classic"
	# Every family once, and whole.
	for f in "$DIR/classic" "$DIR/open"; do
		[ -z "$(grep '^# TYPE' "$f" | sort | uniq -d)" ]
		[ -z "$(sed 's/[{ ].*//; /^#/d' "$f" | uniq | sort | uniq -d)" ]
		grep -q "^trafd_ip_bytes_total{interface=\"veB\"} $(sum 8)\$" "$f"
	done
	[ "$(grep -c '^trafd_host_bytes_total' "$DIR/open")" -le 42 ]
	grep -q '^trafd_protocol_bytes_total{interface="veB",protocol="gre"}' \
		"$DIR/open"
}

# noted: writes what hosts and services have, as soon as the account is not the
# one that began at $begin.
noted() {
	get /api/v1/live | python3 -S -c '
import json, sys
j = json.load(sys.stdin)["instance"]
if j["begin"] == sys.argv[1]:
    sys.exit(1)
n = sum(h["in"] + h["out"] for h in j["hosts"] + j["services"])
open(sys.argv[2], "w").write("%d\n" % n)' "$begin" "$DIR/sum"
}

@test "the page after a save: hosts and services of the new account" {
	start_trafd
	send 50 5000 >"$DIR/sent"
	wait_until 20 taken 5000
	start_web --http 0
	begin=
	some() {
		noted && [ "$(cat "$DIR/sum")" -gt 0 ]
	}
	wait_until 20 some
	begin=$(get /api/v1/live | python3 -S -c '
import json, sys
print(json.load(sys.stdin)["instance"]["begin"])')
	# Told in seconds: the next account must begin in another one.
	later() {
		[[ $(date -u +%FT%TZ) > $begin ]]
	}
	wait_until 20 later
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB --ask=save
	wait_until 20 noted
	[ "$(cat "$DIR/sum")" -eq 0 ]
}

@test "promtool has nothing to say about the metrics" {
	command -v promtool >/dev/null || skip "promtool is not installed"
	start_trafd
	send 20 1000 >"$DIR/sent"
	start_web --http 0
	wait_until 20 metric_is 'trafd_packets_total{interface="veB"}' 1000
	get /metrics >"$DIR/metrics"
	run promtool check metrics <"$DIR/metrics"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# prometheus_says QUERY: the value of the only series.
prometheus_says() {
	ip netns exec "$NS_B" curl -sS --max-time 10 -G \
		--data-urlencode "query=$1" \
		http://127.0.0.1:9090/api/v1/query |
		python3 -S -c 'import json, sys
for r in json.load(sys.stdin)["data"]["result"]:
    print(r["value"][1])'
}

prometheus_is() {
	[ "$(prometheus_says "$1")" = "$2" ]
}

finds() {
	[ -n "$(prometheus_says "$1")" ]
}

@test "a real Prometheus scrapes it, by OpenMetrics and with a password" {
	command -v prometheus >/dev/null || skip "prometheus is not installed"
	start_trafd
	send 20 2000 >"$DIR/sent"
	wait_until 20 taken 2000
	# shellcheck disable=SC2016 # no variables
	echo 'ann:$5$rounds=1000$abcdefgh$XIppta5rT8zJUu4vAOKQXrwq9uY4Ijlz6VjyOmkx5i4' \
		>"$DIR/users"
	chmod 600 "$DIR/users"
	TRAFSTATD="ip netns exec $NS_B $TRAFSTATD"
	web=$TRAFSTATD
	: >"$DIR/web.err"
	$web --run-dir "$DIR/run" --user root --http 127.0.0.1:9990 \
		--auth "$DIR/users" 2>"$DIR/web.err" 3>&- &
	WEB_PID=$!
	wait_until 20 web_listens
	cat >"$DIR/prometheus.yml" <<-'YML'
	global:
	  scrape_interval: 1s
	scrape_configs:
	  - job_name: trafd
	    basic_auth:
	      username: ann
	      password: secret
	    static_configs:
	      - targets: ['127.0.0.1:9990']
	YML
	ip netns exec "$NS_B" prometheus --config.file="$DIR/prometheus.yml" \
		--storage.tsdb.path="$DIR/tsdb" \
		--web.listen-address=127.0.0.1:9090 \
		>"$DIR/prometheus.log" 2>&1 3>&- &
	PROMETHEUS_PID=$!
	wait_until 60 prometheus_is 'trafd_ip_bytes_total{interface="veB"}' "$(sum 8)" || {
		tail "$DIR/prometheus.log"
		return 1
	}
	prometheus_is up 1
	wait_until $TABLES_AGE prometheus_is 'sum(trafd_host_bytes_total{direction="out"})' \
		"$(sum 8)"
	# Every query of the dashboard is one, and finds its metrics here.
	python3 "$TRAF_SRCDIR/tests/lib/dashboard.py" expressions \
		"$TRAF_SRCDIR/tools/trafstatd/web/grafana.json" >"$DIR/queries"
	[ "$(wc -l <"$DIR/queries")" -ge 10 ]
	while IFS= read -r query; do
		wait_until 30 finds "$query" || {
			echo "nothing for: $query"
			return 1
		}
	done <"$DIR/queries"
}

@test "the dashboard is JSON and asks for metrics that there are" {
	start_trafd
	start_web --http 0
	get /metrics >"$DIR/metrics"
	python3 "$TRAF_SRCDIR/tests/lib/dashboard.py" names \
		"$TRAF_SRCDIR/tools/trafstatd/web/grafana.json" >"$DIR/names"
	[ "$(wc -l <"$DIR/names")" -ge 10 ]
	while IFS= read -r name; do
		grep -q "^# TYPE $name " "$DIR/metrics" || {
			echo "no metric $name"
			return 1
		}
	done <"$DIR/names"
}

# page_has PATH TEXT
page_has() {
	get "$1" | says -F -- "$2"
}

# has_all_hosts: tables are asked for less often than sums.
has_all_hosts() {
	get '/?i=veB' >"$DIR/page" || return 1
	cut -f 1 "$DIR/sent" | sort -u >"$DIR/hosts"
	[ -s "$DIR/hosts" ] || return 1
	while read -r host; do
		grep -qF ">$host</a>" "$DIR/page" || return 1
	done <"$DIR/hosts"
}

@test "the page is complete without a script, for each instance" {
	start_trafd
	ip netns exec "$NS_B" "$TRAFD" -i lo -f a:b --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	other=$(cat "$DIR/run/trafd.a:b")
	send 3 300 >"$DIR/sent"
	wait_until 20 taken 300
	start_web --http 0
	wait_until 20 metric_is 'trafd_packets_total{interface="veB"}' 300
	# Every address that was sent from is there.
	wait_until $TABLES_AGE has_all_hosts
	for text in '">10.' '<td>udp<svg' 'IP packets counted</dt><dd>300<' \
	    '<a href="/?i=veB" aria-current="page">veB</a>' \
	    '<a href="/?i=a%3Ab">a:b</a>' 'since '; do
		grep -qF "$text" "$DIR/page"
	done
	lacks -F '{{' "$DIR/page"
	# Nothing from elsewhere.
	lacks -oE '(src|href|url)=?[("]+(https?:)?//[^"]*' "$DIR/page"
	get '/?i=a%3Ab' | says -F '<title>a:b - trafd</title>'
	kill -TERM "$other"
	wait_until 20 gone "$other"
}

@test "a machine that was busy for a moment: the page comes back soon" {
	start_trafd
	mkdir "$DIR/slow"
	python3 "$TRAF_SRCDIR/tests/cli/slowly.py" "$DIR/slow/trafd.veB.sock" \
		"$DIR/run/trafd.veB.sock" 3>&- &
	SLOWLY=$!
	wait_until 20 test -S "$DIR/slow/trafd.veB.sock"
	start_web --run-dir "$DIR/slow" --http 0
	get / >/dev/null		# asks for what there is, in vain
	send 3 300 >"$DIR/sent"
	wait_until 20 has_all_hosts
}

# has_history N: points of time, of which one is added when somebody looks.
has_history() {
	get /api/v1/live | python3 -S -c '
import json, sys
points = json.load(sys.stdin)["instance"]["points"]
sys.exit(len(points) < int(sys.argv[1]))' "$1"
}

@test "the page lives in a browser, with a clean console" {
	command -v chromium >/dev/null || skip "chromium is not installed"
	start_trafd
	send 5 500 >"$DIR/sent"
	wait_until 20 taken 500
	start_web --http 0
	# Its clock runs fast in there: give it a history.
	for points in 1 2 3 4; do
		send 5 100 >"$DIR/sent"
		wait_until 20 has_history $points
	done
	browse --dump-dom "http://$WEB/" >"$DIR/dom"
	lacks 'CONSOLE' "$DIR/console"
	# What only the script makes.
	grep -q '<polygon class="area"' "$DIR/dom"
	grep -q '">10\.[0-9.]*</a>' "$DIR/dom"
	# The axes: a rate with its unit, and local times.
	grep -qE 'id="yaxis"><span>[0-9.]+ [kMG]bit/s</span>' "$DIR/dom"
	grep -qE 'id="xaxis"><span>[0-9]{2}:[0-9]{2}:[0-9]{2}</span>' "$DIR/dom"
	grep -qE 'id="notice"[^>]*></p>' "$DIR/dom"
	for size in 1280,1000 390,844; do
		browse --window-size=$size --screenshot="$DIR/page.png" \
			"http://$WEB/?i=veB" >/dev/null
		[ "$(wc -c <"$DIR/page.png")" -gt 10000 ]
		lacks 'CONSOLE' "$DIR/console"
	done
}

@test "a daemon that goes or hangs is said, and holds up nobody for long" {
	start_trafd
	start_web --http 0
	wait_until 20 metric_is 'trafd_up{interface="veB"}' 1
	kill -STOP "$PID"
	wait_until 20 metric_is 'trafd_up{interface="veB"}' 0
	# How long five answers take of a machine that is busy.
	SECONDS=0
	for _ in 1 2 3 4 5; do
		get /page.js >/dev/null
	done
	busy=$SECONDS
	# It is given a rest: the next answers do not wait.
	SECONDS=0
	for _ in 1 2 3 4 5; do
		sleep 1			# somebody looks once a second
		get / | says -F 'id="notice" role="status">veB: '
	done
	[ $SECONDS -lt $((20 + 3 * busy)) ]
	kill -CONT "$PID"
	stop_trafd TERM
	wait_until 20 page_has / 'No trafd is running here'
}

# remote OPTIONS: trafstat through trafstatd.
remote() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" -h "$WEB" "$@"
}

@test "trafstat -h shows what trafstat shows, as text, JSON and in binary" {
	start_trafd
	send 30 300 >"$DIR/sent"
	start_web --listen '[::1]:0' --trafstat "$TRAF_BUILDDIR/tools/trafstat/trafstat"
	here() {
		"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir "$DIR/run" -n "$@"
	}
	all_are_there() {
		here --format=tsv | awk '{ n += $8 }
			END { exit !(NR > 30 && n == 300) }'
	}
	wait_until 20 all_are_there
	for options in "" "--format=json --rows=5" "-i veB --format=csv" \
	    "--format=csv 10.1.0.1" "-N -f -A all 0"; do
		# The end of a live block is now.
		# shellcheck disable=SC2086 # words
		here $options | sed 's/ - .*//; s/[0-9T:-]*Z//g' >"$DIR/want"
		# shellcheck disable=SC2086
		remote -n $options | sed 's/ - .*//; s/[0-9T:-]*Z//g' >"$DIR/got"
		diff "$DIR/want" "$DIR/got"
		[ -s "$DIR/got" ]
	done
	for options in -D "-I veB" -s "-ss -p udp --format=json"; do
		# The first word of each line, the names in JSON: no times.
		# shellcheck disable=SC2086 # words
		here $options | grep -oE '^[a-z]+|"[a-z_]+"' >"$DIR/want"
		# shellcheck disable=SC2086
		remote -n $options | grep -oE '^[a-z]+|"[a-z_]+"' >"$DIR/got"
		diff "$DIR/want" "$DIR/got"
		[ -s "$DIR/got" ]
	done
	remote -b >"$DIR/binary"
	table "$DIR/binary" >"$DIR/got"
	LC_ALL=C sort "$DIR/sent" | diff - "$DIR/got"
}

@test "trafstat -h says what is wrong, on standard error" {
	start_trafd
	start_web --listen 127.0.0.1:0 --trafstat "$TRAF_BUILDDIR/tools/trafstat/trafstat"
	for options in "-i none" "gate.example.org"; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr remote $options
		[ -z "$output" ]
		[[ "$stderr" == "trafstat"*": "* ]]
	done
	for host in 127.0.0.1:1 "[::1" ":150" "127.0.0.1:" 127.0.0.1:none; do
		run -1 --separate-stderr "$TRAF_BUILDDIR/tools/trafstat/trafstat" \
			-h "$host"
		[[ "$stderr" == *"$host"* ]]
	done
	for options in --ask=quit -Z "-D 1"; do
		# shellcheck disable=SC2086 # words
		run -127 "$TRAF_BUILDDIR/tools/trafstat/trafstat" -h x $options
	done
	# Who takes the connection and says nothing is not waited for.
	kill -STOP "$WEB_PID"
	run -1 remote --timeout=1
	kill -CONT "$WEB_PID"
}

@test "the line service, asked with nc" {
	command -v nc >/dev/null || skip "nc is not installed"
	start_trafd
	send 3 30 >"$DIR/sent"
	start_web --listen 127.0.0.1:0 --trafstat "$TRAF_BUILDDIR/tools/trafstat/trafstat"
	asked() {
		echo '-i veB -n' | nc -N 127.0.0.1 "${WEB##*:}" >"$DIR/got" &&
		grep -qE '^ Summary: .* 3 records$' "$DIR/got"
	}
	wait_until 20 asked
}

@test "hostile clients leave the account exact" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	start_trafd --buffer 64
	start_web --http 0
	packets=$((${TRAF_STRANGERS:-300} * 67))
	send 200 "$packets" 8000 >"$DIR/sent" 3>&- &
	sender=$!
	python3 "$TRAF_SRCDIR/tests/lib/strangers.py" hostile "${WEB##*:}" \
		"${TRAF_STRANGERS:-300}"
	wait $sender
	# The server has stood it, and so has the daemon.
	get / >/dev/null
	wait_until 20 metric_is 'trafd_packets_total{interface="veB"}' "$packets"
	kill -0 "$WEB_PID"
	stop_trafd TERM
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	account >"$DIR/got"
	diff "$DIR/want" "$DIR/got"
}
