#!/usr/bin/env bats
# The live page about one host, names, searches and the history, before a real
# daemon: every figure against what traflog, trafstat and trafdb say.
# jobs: 6

load assert
load live_helpers
load sanitized
load web_helpers

setup() {
	live_setup
	web_setup
	need_http
	DNS='' TRAFSTAT="$TRAF_BUILDDIR/tools/trafstat/trafstat --run-dir $DIR/run"
	TRAFDB="$TRAF_BUILDDIR/tools/trafdb/trafdb --state-dir $DIR/state"
}

teardown() {
	[ -z "$DNS" ] || kill "$DNS" || true
	[ -z "$NS_B" ] || rm -rf "/etc/netns/$NS_B"
	stop_web KILL
	live_teardown
}

send() {
	ip netns exec "$NS_A" "$SENDER" veA "$@"
}

# udp "SRC DST SPORT DPORT BYTES COUNT"...: datagrams of so many octets of IP.
udp() {
	ip netns exec "$NS_A" python3 - "$@" <<-'PY'
	import socket, struct, sys
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("veA", 0))
	for flow in sys.argv[1:]:
	    src, dst, sport, dport, size, count = flow.split()
	    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, int(size), 1, 0, 64, 17,
	                     0, socket.inet_aton(src), socket.inet_aton(dst))
	    for _ in range(int(count)):
	        s.send(bytes(12) + b"\x08\0" + ip + struct.pack(">HHHH",
	            int(sport), int(dport), int(size) - 20, 0) +
	            bytes(int(size) - 28))
	PY
}

# The office: two clients, a server, a host that nobody sends much to.
office() {
	udp "192.0.2.10 198.51.100.7 5000 443 100 10" \
		"198.51.100.7 192.0.2.10 443 5000 1000 20" \
		"192.0.2.11 198.51.100.7 5001 443 200 5" \
		"192.0.2.10 192.0.2.1 5002 53 80 3" \
		"192.0.2.1 192.0.2.10 53 5002 300 3"
	wait_until 20 taken "$1"
}

# field PATH EXPRESSION: of the JSON there, as d.
field() {
	get "$1" | python3 -S -c 'import json, sys
d = json.load(sys.stdin)["instance"]
print(eval(sys.argv[1]))' "$2"
}

is_field() {
	local is
	is=$(field "$1" "$2")
	[ "$is" = "$3" ] || {
		echo "$1: $is, not $3" >&2
		return 1
	}
}

api_of() {
	echo "/api/v1/live?i=veB&host=$1"
}

# rows_of HOST: what the live table has of it, by the other tool: bytes in, out.
rows_of() {
	$TRAFSTAT -i veB -n --format=tsv "$1" | tail -n +2 |
		awk -F '\t' -v host="$1" '
		$3 == host { out += $10 } $5 == host { into += $10 }
		END { printf "%.0f %.0f\n", into, out }'
}

@test "a host's page: bytes, services and peers as the live table has them" {
	start_trafd
	start_web --http 0 --state-dir "$DIR/state"
	office 41
	[ "$(rows_of 192.0.2.10)" = "20900 1240" ]
	d=$(api_of 192.0.2.10)
	wait_until 20 is_field "$d" '"%d %d" % (d["host_view"]["in"], d["host_view"]["out"])' \
		"$(rows_of 192.0.2.10)"
	[ "$(field "$d" '[(s["name"], s["in"], s["out"])
		for s in d["host_view"]["services"]]')" = \
		"[('443/udp', 1000, 20000), ('53/udp', 240, 900)]" ]
	[ "$(field "$d" '[(p["name"], p["in"], p["out"])
		for p in d["host_view"]["peers"]]')" = \
		"[('198.51.100.7', 20000, 1000), ('192.0.2.1', 900, 240)]" ]
	# Seen from the other side, and a host with one peer only.
	wait_until 20 is_field "$(api_of 198.51.100.7)" '[(p["name"], p["in"], p["out"])
		for p in d["host_view"]["peers"]]' \
		"[('192.0.2.10', 1000, 20000), ('192.0.2.11', 1000, 0)]"
	wait_until 20 is_field "$(api_of 192.0.2.11)" \
		'(d["host_view"]["in"], d["host_view"]["out"])' '(0, 1000)'
	# The page without a script has the same, and links there and back.
	get '/?i=veB' >"$DIR/page"
	grep -qF '<a href="/host?i=veB&amp;host=192.0.2.10">192.0.2.10</a>' \
		"$DIR/page"
	get '/host?i=veB&host=192.0.2.10' >"$DIR/page"
	grep -qF '<title>192.0.2.10 - veB - trafd</title>' "$DIR/page"
	grep -qF '<b>22.1 kB</b>' "$DIR/page"
	grep -qF '<a href="/?i=veB">all hosts</a>' "$DIR/page"
	grep -qF '/host?i=veB&amp;host=198.51.100.7">198.51.100.7</a>' "$DIR/page"
	grep -qF '<td>443/udp' "$DIR/page"
	lacks -F '{{' "$DIR/page"
	# What is no address is refused; who has no traffic has none.
	for host in '' gate 1.2.3 '<script>' 192.0.2.10/24; do
		[ "$(code -G --data-urlencode "host=$host" \
			"http://$WEB/host")" = 404 ]
		[ "$(code -G --data-urlencode "host=$host" \
			"http://$WEB/api/v1/live")" = 404 ]
	done
	is_field "$(api_of 192.0.2.99)" \
		'(d["host_view"]["in"], d["host_view"]["peers"])' '(0, [])'
}

@test "every host of a mixed table: its page adds up to its rows" {
	start_trafd -m 0
	start_web --http 0 --state-dir "$DIR/state"
	send 22 660 >"$DIR/sent"
	wait_until 20 taken 660
	cut -f 1 "$DIR/sent" | sort -u >"$DIR/hosts"
	[ "$(wc -l <"$DIR/hosts")" -eq 22 ]
	while read -r host; do
		want=$(rows_of "$host")
		[ "$want" != "0 0" ]
		d=$(api_of "$host")
		all=$((${want% *} + ${want#* }))
		is_it() {
			is_field "$d" '"%d %d %d %d" % (d["host_view"]["in"],
				d["host_view"]["out"], *(sum(r["in"] + r["out"]
				for r in d["host_view"][part])
				for part in ("peers", "services")))' \
				"$want $all $all"
		}
		# Not asked again so soon after another one on a slow machine.
		wait_until 20 is_it
	done <"$DIR/hosts"
}

@test "a save and a restart of the daemon: the host's page begins anew" {
	start_trafd
	start_web --http 0 --state-dir "$DIR/state"
	office 41
	d=$(api_of 192.0.2.10)
	wait_until 20 is_field "$d" 'd["host_view"]["in"]' 20900
	$TRAFSTAT -i veB --ask=save
	wait_until 20 is_field "$d" 'd["host_view"]["in"]' 0
	udp "192.0.2.1 192.0.2.10 53 5002 300 2"
	wait_until 20 is_field "$d" 'd["host_view"]["in"]' 600
	stop_trafd TERM
	wait_until 20 page_has '/?i=veB' 'No trafd is running here\|no such'
	start_trafd
	udp "192.0.2.1 192.0.2.10 53 5002 300 1"
	# A dump is resumed: what was not saved is counted on.
	wait_until 20 is_field "$d" 'd["host_view"]["in"] in (300, 900)' True
	get '/host?i=veB&host=192.0.2.10' | says -F '<span id="name">192.0.2.10'
}

# page_has PATH PATTERN
page_has() {
	curl -sS --max-time 30 "http://$WEB$1" | says -- "$2"
}

# with_names: the name server of the tests in the daemon's namespace, where
# trafstatd runs as well from now on.
with_names() {
	command -v python3 >/dev/null || skip "no python3"
	mkdir -p "/etc/netns/$NS_B"
	printf '%s\n' 'nameserver 127.0.0.1' 'options timeout:30 attempts:1' \
		>"/etc/netns/$NS_B/resolv.conf"
	echo 'hosts: files dns' >"/etc/netns/$NS_B/nsswitch.conf"
	printf '%s\n' '127.0.0.1 localhost' '192.0.2.1 gate.example' \
		'198.51.100.3 a,b"c<script>alert(1)</script>' \
		>"/etc/netns/$NS_B/hosts"
	: >"$DIR/asked"
	ip netns exec "$NS_B" python3 "$TRAF_SRCDIR/tests/lib/fakedns.py" \
		"$DIR/asked" "$DIR/ready" 3>&- &
	DNS=$!
	wait_until 20 test -e "$DIR/ready"
	# In the background, where it becomes the server: its PID is known.
	inside() {
		exec ip netns exec "$NS_B" "$TRAF_BUILDDIR/tools/trafstatd/trafstatd" "$@"
	}
	# shellcheck disable=SC2034 # web_helpers has it
	TRAFSTATD=inside
	curl() {
		ip netns exec "$NS_B" curl "$@"
	}
}

# named HOST NAME: the page has the name
named() {
	is_field /api/v1/live "[h.get('title') for h in d['hosts']
		if h['name'] == '$1']" "['$2']"
}

@test "names come later, hostile ones are harmless, a silent server stops nobody" {
	with_names
	start_trafd
	office 41
	# Names that would be markup; and 10/8, which is never answered.
	udp "198.51.100.3 198.51.100.1 7000 7 500 4" \
		"198.51.100.4 198.51.100.2 7000 7 400 4" \
		"10.0.0.1 10.0.0.2 7000 7 300 4"
	wait_until 20 taken 53
	start_web --http 0 --state-dir "$DIR/state"
	get / >/dev/null		# has no names yet
	wait_until 30 named 192.0.2.10 h10.example.org
	named 192.0.2.1 gate.example
	wait_until 30 named 198.51.100.3 'a?b?c?script?alert?1???script?'
	# Without what reads as an address.
	is_field /api/v1/live '[h for h in d["hosts"]
		if h["name"] == "198.51.100.2" and "title" in h]' '[]'
	get / >"$DIR/page"
	grep -qF 'host=192.0.2.10">h10.example.org</a> <small>192.0.2.10</small>' \
		"$DIR/page"
	lacks -F '<script>' "$DIR/page"
	# Answers do not wait for the server that is silent: five of them, and
	# one question of names takes longer.
	grep -q '^10\.0\.0\.' "$DIR/asked"
	SECONDS=0
	for _ in 1 2 3 4 5; do
		get /page.js >/dev/null
	done
	busy=$SECONDS
	SECONDS=0
	for _ in 1 2 3 4 5; do
		get '/?q=nobody' >/dev/null
	done
	[ $SECONDS -lt $((3 + 3 * busy)) ]
	# A part of a name finds the host.
	get '/?q=H10.EXAMPLE' >"$DIR/page"
	sed -n '/id="found"/,/id="notice"/p' "$DIR/page" |
		says -F 'h10.example.org</a>'
	[ "$(field '/api/v1/live?q=h10' \
		'[h["name"] for h in d["found"]["hosts"]]')" = "['192.0.2.10']" ]
	stop_web TERM
	# With -n nobody is asked.
	: >"$DIR/asked"
	start_web --http 0 -n --state-dir "$DIR/state"
	is_field /api/v1/live '[h for h in d["hosts"] + d["services"]
		if "title" in h]' '[]'
	[ ! -s "$DIR/asked" ]
}

@test "a search by address, network and service, without a script" {
	start_trafd
	start_web --http 0 --state-dir "$DIR/state"
	office 41
	get / | says -F '<form action="/" method="get" role="search">'
	hosts() {
		field "/api/v1/live?q=$1" 'sorted(h["name"]
			for h in d["found"]["hosts"])'
	}
	is_found() {
		[ "$(hosts "$1")" = "$2" ]
	}
	wait_until 20 is_found 2.1 "['192.0.2.1', '192.0.2.10', '192.0.2.11']"
	wait_until 20 is_found 192.0.2.1 "['192.0.2.1']"
	wait_until 20 is_found 198.51.100.0/24 "['198.51.100.7']"
	wait_until 20 is_found 203.0.113.1 "[]"
	wait_until 20 is_field '/api/v1/live?q=53/udp' \
		'[(h["name"], h["in"], h["out"]) for h in d["found"]["service_hosts"]]' \
		"[('192.0.2.1', 240, 900), ('192.0.2.10', 900, 240)]"
	wait_until 20 is_field '/api/v1/live?q=domain' \
		'len(d["found"]["service_hosts"])' 2
	wait_until 20 is_field '/api/v1/live?q=icmp' \
		'd["found"]["service_hosts"]' '[]'
	# As a page, and whatever is typed comes back escaped.
	wait_until 20 page_has '/?i=veB&q=198.51' \
		'host=198.51.100.7">198.51.100.7</a></td><td>2.00 kB</td><td>20.0 kB'
	get '/?i=veB&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E' >"$DIR/page"
	lacks -F '<script>' "$DIR/page"
	grep -qF '&#34;&#62;&#60;script&#62;alert' "$DIR/page"
	grep -qF 'No host does' "$DIR/page"
	[ "$(code "http://$WEB/?q=$(printf %02000d 0)")" = 200 ]
	curl -sSI "http://$WEB/" | says -F "form-action 'self'; frame-ancestors 'none'"
	[ "$(field /api/v1/live '"found" in d')" = False ]
}

@test "20,000 hosts: answers are small, and any of them is found" {
	start_trafd -m 0 --buffer 64
	start_web --http 0 -n --state-dir "$DIR/state"
	send 10000 20000 20000 >"$DIR/sent"
	wait_until 60 taken 20000
	wait_until 20 is_field /api/v1/live 'd["rows"]' 10000
	for path in / '/?q=10.' '/?q=fd' /api/v1/live '/api/v1/live?q=1'; do
		get "$path" >"$DIR/answer"
		[ "$(wc -c <"$DIR/answer")" -lt 65536 ]
	done
	half() {
		get '/?q=10.' | says -F 'Only the largest 4096 hosts were searched'
	}
	wait_until 60 half
	# The smallest of them.
	host=$(LC_ALL=C sort -t "$(printf '\t')" -k 8n "$DIR/sent" |
		awk 'NR == 1 { print $1 }')
	found() {
		[ "$(field "/api/v1/live?q=$host" \
			'[h["name"] for h in d["found"]["hosts"]]')" = "['$host']" ]
	}
	wait_until 60 found
	want=$(rows_of "$host")
	its() {
		is_field "$(api_of "$host")" '"%d %d" % (d["host_view"]["in"],
			d["host_view"]["out"])' "$want"
	}
	wait_until 60 its
	# Whoever looks at many hosts takes only so much memory.
	cut -f 1 "$DIR/sent" | sort -u | awk 'NR <= 100' >"$DIR/hosts"
	before=$(awk '/VmRSS/ { print $2 }' "/proc/$WEB_PID/status")
	while read -r host; do
		get "/host?host=$host" >/dev/null
	done <"$DIR/hosts"
	after=$(awk '/VmRSS/ { print $2 }' "/proc/$WEB_PID/status")
	# A sanitizer keeps what was freed.
	sanitized "$TRAFSTATD" || [ $((after - before)) -lt 8192 ]
}

need_history() {
	grep -q '^#define HAVE_DB 1' "$TRAF_BUILDDIR/config.h" ||
		skip "built without Berkeley DB"
}

# history_is EXPRESSION VALUE [PATH]
history_is() {
	is_field "${3-/api/v1/live}" "d['history']$1" "$2"
}

@test "today, this month and budgets: what is saved and what is not" {
	need_history
	start_trafd -m 0	# rows are saved whole
	start_web --http 0 -n --state-dir "$DIR/state"
	# Not made yet: one line says what to do.
	wait_until 20 history_is '["why"]' \
		"No history: there is none yet; make it with trafdb update veB."
	get / | says -F 'make it with trafdb update veB.</p>'
	office 41
	$TRAFSTAT -i veB --ask=save
	$TRAFDB update veB
	$TRAFDB limit --net 192.0.2.0/24 --direction in office veB 1M
	$TRAFDB limit --host 192.0.2.10 kid veB 20000
	$TRAFDB limit all veB 1G
	# One host with two addresses, which talk to each other.
	$TRAFDB limit --host 192.0.2.10,192.0.2.1 --direction in pair veB 1M
	wait_until 30 history_is '["today"]["bytes"]' 23140
	history_is '["month"]["bytes"]' 23140
	udp "198.51.100.7 192.0.2.10 443 5000 500 4"
	wait_until 30 history_is '["today"]["bytes"]' 25140
	history_is '["today"]["unsaved"]' True
	[ "$(field /api/v1/live 'sum(h["bytes"] for h in d["history"]["hours"])')" \
		-eq 25140 ]
	# As trafdb check has them.
	[ "$(field /api/v1/live '[(b["name"], b["used"], b["limit"],
		b["unsaved"]) for b in d["history"]["budgets"]]')" = \
		"[('all', 25140, 1000000000, True), ('kid', 24140, 20000, True), ('office', 22000, 1000000, True), ('pair', 23140, 1000000, True)]" ]
	# shellcheck disable=SC2086 # words
	run -2 $TRAFDB check --all --run-dir "$DIR/run"
	[[ "$output" == *"kid: veB, 192.0.2.10, in and out: 24.1 kB of 20.0 kB (120.7%)"* ]]
	[[ "$output" == *"office: veB, 192.0.2.0/24, in: 22.0 kB of 1.0 MB"* ]]
	[[ "$output" == *"pair: veB, 192.0.2.10,192.0.2.1, in: 23.1 kB of 1.0 MB"* ]]
	get / >"$DIR/page"
	grep -qF '<b>25.1 kB</b><span>unsaved included</span>' "$DIR/page"
	grep -qF 'Last 24 hours <small>bytes an hour, unsaved included<' "$DIR/page"
	grep -qF 'Budgets <small>unsaved included</small>' "$DIR/page"
	grep -qF '<td>24.1 kB</td><td>of 20.0 kB</td><td>120.7 %</td>' "$DIR/page"
	# Of a host: its own, and the budgets that hold for it.
	d=$(api_of 192.0.2.10)
	wait_until 30 history_is '["state"]' there "$d"
	[ "$(field "$d" '(d["history"]["today"]["in"],
		d["history"]["today"]["out"], d["history"]["today"]["bytes"])')" = \
		"(22900, 1240, 24140)" ]
	[ "$(field "$d" '[b["name"] for b in d["history"]["budgets"]]')" = \
		"['kid', 'office', 'pair']" ]
	# Saved, but not in the history yet: it counts, and once.
	$TRAFSTAT -i veB --ask=save
	udp "198.51.100.7 192.0.2.10 443 5000 300 1"
	wait_until 30 history_is '["today"]["bytes"]' 25440
	history_is '["month"]["bytes"]' 25440
	[ "$(field /api/v1/live '[b["used"] for b in d["history"]["budgets"]]')" = \
		'[25440, 24440, 22300, 23440]' ]
	# shellcheck disable=SC2086 # words
	run -0 $TRAFDB check --all --run-dir "$DIR/run"	# told above
	[[ "$output" == *"kid: veB, 192.0.2.10, in and out: 24.4 kB of 20.0 kB (122.2%)"* ]]
	# The last saved block ends where the table begins.
	read -r until begin <<<"$(field /api/v1/live \
		'd["history"]["until"] + " " + d["begin"]')"
	[ $(($(date -d "$begin" +%s) - $(date -d "$until" +%s))) -le 1 ]
	[ "$(date -d "$until" +%s)" -gt $(($(date +%s) - 60)) ]
	# As traflog answers, before all is in the history and after.
	of_traflog() {
		"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -i veB \
			-n --by host --format=tsv --since today |
			awk -F '\t' '$1 == "192.0.2.10" { print }' |
			grep -qw 24440
	}
	of_traflog
	$TRAFDB update veB
	of_traflog
	is_now() {
		is_field "$d" '(d["history"]["today"]["bytes"],
			d["history"]["today"]["unsaved"], d["host_view"]["in"])' \
			"(24440, True, 300)"
	}
	wait_until 30 is_now
}

@test "nothing saved yet: the page counts what the budgets count" {
	need_history
	start_trafd
	office 41
	$TRAFDB limit --run-dir "$DIR/run" --host 192.0.2.10 kid veB 20000
	start_web --http 0 -n --state-dir "$DIR/state"
	wait_until 20 history_is '["state"]' there
	history_is '["today"]["bytes"]' 23140
	history_is '["budgets"][0]["used"]' 22140
	history_is '["until"]' 1970-01-01T00:00:00Z
	# shellcheck disable=SC2086 # words
	run -2 $TRAFDB check --all --run-dir "$DIR/run"
	[[ "$output" == *"kid: veB, 192.0.2.10, in and out: 22.1 kB of 20.0 kB (110.7%)"* ]]
	# Of a host without a budget: its own sums.
	d=$(api_of 192.0.2.11)
	wait_until 30 history_is '["state"]' there "$d"
	[ "$(field "$d" '(d["history"]["today"]["in"],
		d["history"]["today"]["out"], d["history"]["budgets"])')" = \
		"(0, 1000, [])" ]
}

@test "a budget whose in and out are a guess: the page says so" {
	need_history
	ip -n "$NS_B" addr flush dev veB
	start_trafd
	udp "198.51.100.7 203.0.113.9 443 5000 500 4"
	$TRAFDB limit --run-dir "$DIR/run" veB veB 1M --direction in
	$TRAFDB limit --run-dir "$DIR/run" given veB 1M --direction in \
		--local 203.0.113.0/24
	$TRAFDB limit --run-dir "$DIR/run" both veB 1M
	start_web --http 0 -n --state-dir "$DIR/state"
	wait_until 20 history_is '["state"]' there
	[ "$(field /api/v1/live '[(b["name"], b["used"], b["guessed"])
		for b in d["history"]["budgets"]]')" = \
		"[('both', 2000, False), ('given', 2000, False), ('veB', 0, True)]" ]
	get / | says -F '<p>veB: in and out are those of the private networks, because the interface had no address; set the budget again with trafdb limit --local.</p>'
}

@test "many budgets: the first 64, and a line that there are more" {
	need_history
	start_trafd
	for i in {101..164}; do
		$TRAFDB limit --run-dir "$DIR/run" --net "192.0.2.$i/32" \
			"b$i" veB 1M >>"$DIR/set"
	done
	start_web --http 0 -n --state-dir "$DIR/state"
	wait_until 20 history_is '["state"]' there
	is_field /api/v1/live '(len(d["history"]["budgets"]),
		d["history"]["budgets"][63]["name"],
		d["history"]["more_budgets"])' "(64, 'b164', False)"
	get / | lacks 'trafdb check --all'
	$TRAFDB limit --run-dir "$DIR/run" b165 veB 1M
	wait_until 20 history_is '["more_budgets"]' True
	is_field /api/v1/live 'len(d["history"]["budgets"])' 64
	get / | says -F 'These are the first 64; trafdb check --all prints all.'
}

@test "a daemon that does not give its table: sums do not fall to what is saved" {
	need_history
	start_trafd -m 0
	$TRAFDB limit --run-dir "$DIR/run" --host 192.0.2.10 kid veB 20000
	mkdir "$DIR/before"
	python3 -S "$TRAF_SRCDIR/tests/lib/refuser.py" "$DIR/before/trafd.veB.sock" \
		"$DIR/run/trafd.veB.sock" "$DIR/refuse" 3>&- &
	DNS=$!
	wait_until 20 test -S "$DIR/before/trafd.veB.sock"
	start_web --http 0 -n --state-dir "$DIR/state" --run-dir "$DIR/before"
	office 41
	wait_until 30 history_is '["budgets"][0]["used"]' 22140
	: >"$DIR/refuse"
	refused() {
		get / >"$DIR/page"	# who looks makes the page ask
		[ "$(wc -l <"$DIR/refuse")" -ge 3 ]
	}
	wait_until 30 refused
	# The answers to the first refusals would be there by now.
	history_is '["budgets"][0]["used"]' 22140
	history_is '["budgets"][0]["unsaved"]' True
	history_is '["month"]["bytes"]' 23140
	rm "$DIR/refuse"
	udp "198.51.100.7 192.0.2.10 443 5000 500 4"
	wait_until 30 history_is '["budgets"][0]["used"]' 24140
}

@test "a history elsewhere, out of reach or without the interface: one line says it" {
	need_history
	start_trafd
	mkdir "$DIR/other"
	start_web --http 0 --state-dir "$DIR/other"
	history_is '["why"]' "No history: the account is in $DIR/state; start trafstatd with --state-dir of that directory."
	stop_web TERM
	udp "192.0.2.1 192.0.2.10 53 5002 300 2"
	wait_until 20 taken 2
	$TRAFSTAT -i veB --ask=save
	cp "$DIR/state/trafd.veB" "$DIR/state/trafd.eth9"
	$TRAFDB update eth9
	start_web --http 0 --state-dir "$DIR/state"
	wait_until 20 history_is '["why"]' \
		"No history: it does not have this interface yet; add it with trafdb update veB."
	stop_web TERM
	# One outside of the directory that the sandbox allows, even to root.
	mv "$DIR/state/db" "$DIR/away"
	ln -s "$DIR/away" "$DIR/state/db"
	start_web --http 0 --state-dir "$DIR/state"
	has_why() {
		field /api/v1/live 'd["history"]["why"]' >"$DIR/why" &&
			grep -q '^No history: ' "$DIR/why"
	}
	wait_until 20 has_why
	not grep -q " landlock_" /proc/kallsyms ||
		grep -q 'Permission denied; let the group trafd' "$DIR/why"
}

@test "the server ends, and the processes beside it with it" {
	start_trafd
	start_web --http 0 --state-dir "$DIR/state"
	get / >/dev/null
	# They run the same program.
	beside() {
		pgrep -f -- "--run-dir $DIR/run --user root --http 0"
	}
	mapfile -t pids < <(beside)
	[ ${#pids[@]} -eq 3 ]
	# Nothing of the server's: no listening socket.
	for pid in "${pids[@]}"; do
		[ "$pid" = "$WEB_PID" ] || [ "$(find "/proc/$pid/fd" -type l |
			wc -l)" -eq 4 ]
	done
	stop_web KILL
	none() {
		[ -z "$(beside)" ]
	}
	wait_until 20 none
	start_web --http 0 --state-dir "$DIR/state"
	# Without them the page is there all the same.
	mapfile -t pids < <(beside)
	[ ${#pids[@]} -eq 3 ]
	for pid in "${pids[@]}"; do
		[ "$pid" = "$WEB_PID" ] || kill -KILL "$pid"
	done
	wait_until 20 page_has / 'the process that reads it has ended'
	get '/?q=1' | says -F 'Hosts that match'
}

@test "the process that queries the resolver is not in the group trafd" {
	unshare -m true 2>/dev/null || skip "no namespaces here"
	{
		grep -v '^trafd:' /etc/group
		echo trafd:x:64123:
	} >"$DIR/group"
	: >"$DIR/web.err"
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount --make-rprivate / &&
		mount --bind "$1/group" /etc/group || exit 1
		exec "$2" --http 0 --run-dir "$1/run" --state-dir "$1/state"' \
		- "$DIR" "$TRAFSTATD" 2>"$DIR/web.err" 3>&- &
	WEB_PID=$!
	wait_until 20 web_listens
	mapfile -t pids < <(pgrep -f -- "--http 0 --run-dir $DIR/run")
	[ ${#pids[@]} -eq 3 ]
	for pid in "${pids[@]}"; do
		[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$pid/status")" -ne 0 ]
		awk '$1 == "Groups:" { print ($2 == 64123) }' \
			"/proc/$pid/status" >>"$DIR/groups"
	done
	# Of the server, the reader of the history, and this one.
	diff <(sort "$DIR/groups") <(printf '0\n1\n1\n')
}

@test "a host's page lives in a browser, with a clean console" {
	command -v chromium >/dev/null || skip "chromium is not installed"
	start_trafd
	start_web --http 0 --state-dir "$DIR/state"
	office 41
	d=$(api_of 192.0.2.10)
	enough() {
		udp "198.51.100.7 192.0.2.10 443 5000 1000 2"
		[ "$(field "$d" 'len(d["host_view"]["points"])')" -ge 4 ]
	}
	wait_until 60 enough
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--no-first-run --disable-background-networking \
		--disable-component-update --disable-sync \
		--disable-dev-shm-usage --user-data-dir="$DIR/profile" \
		--enable-logging=stderr --virtual-time-budget=5000 --dump-dom \
		"http://$WEB/host?i=veB&host=192.0.2.10" \
		>"$DIR/dom" 2>"$DIR/console" 3>&-
	lacks CONSOLE "$DIR/console"
	# Served before the history has answered, and put right since.
	lacks 'Reading the history' "$DIR/dom"
	grep -q '<polygon class="area"' "$DIR/dom"
	grep -q '<polyline class="curve out"' "$DIR/dom"
	grep -q 'host=198.51.100.7">198.51.100.7</a>' "$DIR/dom"
	grep -qE 'id="yaxis"><span>[0-9.]+ [kMG]?bit/s</span>' "$DIR/dom"
}
