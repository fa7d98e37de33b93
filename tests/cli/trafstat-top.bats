#!/usr/bin/env bats
# trafstat --top in a terminal: what is on the screen, and what keys do.
# jobs: 6

load assert
load live_helpers

setup() {
	command -v tmux >/dev/null || skip "tmux is not installed"
	live_setup
	TRAFSTAT=$TRAF_BUILDDIR/tools/trafstat/trafstat
	TMUX_TMPDIR=$DIR
	export TMUX_TMPDIR
	unset TMUX IFF_LISTEN
	start_trafd -m 0
}

teardown() {
	[ -z "$DIR" ] || tmux kill-server 2>/dev/null || true
	[ -z "$NS_B" ] || rm -rf "/etc/netns/$NS_B"
	live_teardown
}

has_ncurses() {
	linked_with "$TRAFSTAT" curses
}

# top COLUMNS LINES ENVIRONMENT OPTIONS...: the view in a terminal so large
top() {
	local size=(-x "$1" -y "$2") environment=$3
	has_ncurses || skip "built without ncurses"
	shift 3
	tmux -f /dev/null new-session -d "${size[@]}" \
		"$environment '$TRAFSTAT' --run-dir='$DIR/run' --top $*
		 echo ended with \$?; sleep 60"
}

screen() {
	tmux capture-pane -p
}

shows() {
	screen | says -E -- "$1"
}

# sees PATTERN: it is, or comes, on the screen
sees() {
	wait_until 20 shows "$1" || {
		screen
		return 1
	}
}

# fits COLUMNS: no line of the screen is longer
fits() {
	screen >"$DIR/screen"
	awk -v most="$1" 'length > most { bad = 1 } END { exit bad || NR == 0 }' \
		"$DIR/screen"
}

keys() {
	tmux send-keys "$@"
}

# Two known flows: much from one host, little from another; until it is killed
# or the interface goes.
traffic() {
	ip netns exec "$NS_A" python3 - <<'PY' 3>&- &
import socket, struct, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("veA", 0))
def udp(src, dst, sport, dport, n):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + n, 1, 0, 64, 17, 0,
                     bytes(src), bytes(dst))
    return bytes(12) + b"\x08\0" + ip + struct.pack(
        ">HHHH", sport, dport, 8 + n, 0) + bytes(n)
while True:
    for _ in range(10):
        s.send(udp((10, 9, 9, 1), (10, 9, 9, 2), 53, 4000, 1000))
    s.send(udp((10, 9, 9, 7), (10, 9, 9, 8), 5000, 123, 100))
    time.sleep(0.05)
PY
	GENERATOR=$!
}

greatest_first() {
	[ "$(screen | awk '/^10\.9\.9\./ { print $1 }' | head -n 2 | sort |
		tr '\n' ' ')" = '10.9.9.1 10.9.9.2 ' ]
}

@test "60 columns: rates, totals, order, bars of plain characters" {
	traffic
	top 60 20 'LC_ALL=C TERM=xterm'
	sees '^10\.9\.9\.1 .* [0-9.]+[kM] .*#'
	sees '^10\.9\.9\.7 '
	sees 'veB: hosts'
	sees 'packets/s'
	fits 60
	# The greatest come first.
	wait_until 20 greatest_first
	keys p
	sees '^10\.9\.9\.1 <> 10\.9\.9\.2 .* [0-9.]+[kM] '
	fits 60
	kill $GENERATOR
}

@test "keys: views, order, filter, pause, help, end" {
	traffic
	top 80 24 'LC_ALL=C TERM=xterm'
	sees '^10\.9\.9\.1 '
	keys p
	sees '^10\.9\.9\.1 <> 10\.9\.9\.2 '
	keys s
	sees '^udp 53 '
	sees '^udp 123 '
	keys r
	sees '^udp '
	keys h
	sees '^10\.9\.9\.7 '
	keys t
	sees '\*Total'
	keys 4
	sees '\*40s'
	keys b
	sees '^bytes/s'
	keys /
	keys 9.7
	keys Enter
	sees '/9\.7'
	gone_from_screen() {
		screen >"$DIR/screen" && lacks '^10\.9\.9\.1 ' "$DIR/screen"
	}
	wait_until 20 gone_from_screen
	sees '^10\.9\.9\.7 '
	keys Escape
	sees '^10\.9\.9\.1 '
	keys '?'
	sees 'h hosts +p pairs +s services'
	keys '?'
	sees '^10\.9\.9\.1 '
	# q leaves the help first.
	keys '?'
	sees 'h hosts +p pairs +s services'
	keys q
	sees '^10\.9\.9\.1 '
	keys Space
	sees '\[paused\]'
	keys q
	sees '^ended with 0'
	kill $GENERATOR
}

@test "a part of a host's name finds its rows, whatever is shown" {
	traffic
	mkdir -p "/etc/netns/$NS_B"
	echo 'hosts: files' >"/etc/netns/$NS_B/nsswitch.conf"
	printf '%s\n' '127.0.0.1 localhost' '10.9.9.7 Clock.example' \
		>"/etc/netns/$NS_B/hosts"
	top 80 24 "LC_ALL=C TERM=xterm ip netns exec $NS_B"
	sees '^10\.9\.9\.1 '
	keys /
	keys clock
	keys Enter
	only_clock() {
		screen >"$DIR/screen" && lacks '^10\.9\.9\.[128] ' "$DIR/screen" &&
			grep -q '^10\.9\.9\.7 ' "$DIR/screen"
	}
	wait_until 20 only_clock || {
		screen
		return 1
	}
	# Pairs have two names; services have none.
	keys p
	sees '^10\.9\.9\.7 <> 10\.9\.9\.8 '
	screen | lacks '^10\.9\.9\.1 '
	keys s
	sees '/clock'
	keys h
	keys Escape
	sees '^10\.9\.9\.1 '
	keys q
	sees '^ended with 0'
	# With -n names are not looked up: the text is in no number.
	top 80 24 "LC_ALL=C TERM=xterm ip netns exec $NS_B" -n
	sees '^10\.9\.9\.1 '
	keys /
	keys clock
	keys Enter
	none() {
		screen >"$DIR/screen" && lacks '^10\.' "$DIR/screen" &&
			grep -q '/clock ' "$DIR/screen"
	}
	wait_until 20 none
	kill $GENERATOR
}

@test "another size, and bars of UTF-8" {
	locale -a | says -i '^C.utf-\?8$' || skip "no locale C.UTF-8"
	traffic
	top 60 20 'LC_ALL=C.UTF-8 TERM=xterm'
	sees '^10\.9\.9\.1 .*█'
	tmux resize-window -x 110 -y 30
	wide() {
		screen | says '^10\.9\.9\.1 .*████████████'
	}
	wait_until 20 wide
	screen | grep '^10\.9\.9\.1 ' | head -n 1 >"$DIR/row"
	[ "$(LC_ALL=C.UTF-8 awk '{ print length }' "$DIR/row")" -gt 60 ]
	# There is room for what each has sent: one all, the other nothing.
	sees 'Total +Sent'
	sees '^10\.9\.9\.2 .* 0  '
	[ "$(screen | awk '$1 == "10.9.9.1" { print $5 == $6 }')" = 1 ]
	kill $GENERATOR
}

@test "several interfaces: all, one, the other; one that ends" {
	ip netns exec "$NS_B" "$TRAFD" -i veB -f two --user root -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	two=$(cat "$DIR/run/trafd.two")
	traffic
	top 80 24 'LC_ALL=C TERM=xterm'
	sees 'all interfaces: hosts'
	keys i
	sees '^two: hosts'
	sees '^10\.9\.9\.1 '
	keys i
	sees '^veB: hosts'
	kill -TERM "$two"
	keys i
	sees 'all interfaces'
	keys i
	sees 'no trafd is running: two'
	keys q
	sees '^ended with 0'
	kill $GENERATOR
}

begun() {
	"$TRAFSTAT" --run-dir="$DIR/run" --top=hosts --format=json |
		grep -q '10\.9\.9\.1"'
}

# in_lines: three lines for programs, with rates from the second on, as soon as
# the machine lets the generator work all the time.
in_lines() {
	"$TRAFSTAT" --run-dir="$DIR/run" --top --format=json 1 3 >"$DIR/lines"
	python3 - "$DIR/lines" <<-'PY'
	import json, sys
	lines = [json.loads(line) for line in open(sys.argv[1])]
	assert len(lines) == 3
	assert all(r["rate_2s"] == 0 for r in lines[0]["top"])
	assert lines[0]["rate_2s"] == lines[0]["packet_rate_2s"] == 0
	last = {r["label"]: r for r in lines[2]["top"]}
	assert last["10.9.9.1"]["sent"] == last["10.9.9.1"]["bytes"]
	assert last["10.9.9.2"]["sent"] == 0
	assert last["10.9.9.1"]["rate_2s"] > last["10.9.9.7"]["rate_2s"] > 0
	assert lines[2]["rate_2s"] > 0
	PY
}

@test "for programs: JSON lines with rates; not a terminal; nobody there" {
	traffic
	wait_until 20 begun
	# So fast that a second look would see more than the first.
	ip netns exec "$NS_A" "$SENDER" veA 1 100000000 20000 \
		>/dev/null 3>&- &
	fast=$!
	wait_until 1 in_lines		# ten times
	kill $fast
	kill $GENERATOR
	run "$TRAFSTAT" --run-dir="$DIR/run" --top=services --format=json
	[ "$status" -eq 0 ]
	echo "$output" | python3 -c '
import json, sys
print([r["label"] for r in json.load(sys.stdin)["top"]])' |
		says "'udp domain', 'udp ntp'\|'udp 53', 'udp 123'"
	if has_ncurses; then
		run "$TRAFSTAT" --run-dir="$DIR/run" --top </dev/null
		[ "$status" -eq 1 ]
		[[ $output == *"--top needs a terminal"* ]]
	fi
	run "$TRAFSTAT" --run-dir="$DIR" --top
	[ "$status" -eq 1 ]
	[[ $output == *"start one with: trafstart"* ]]
}

# finds HOST: within twenty seconds, in what is asked each second.
finds() {
	local top
	"$TRAFSTAT" --run-dir="$DIR/run" -n --top=hosts --format=json 1 20 \
		>"$DIR/lines" 3>&- &
	top=$!
	wait_until 20 grep -q "\"label\":\"$1\"" "$DIR/lines"
	kill $top
}

@test "who begins now is found beside more hosts than are followed at first" {
	ip netns exec "$NS_A" "$SENDER" veA 20000 80000 >"$DIR/sent"
	# Of some 3 kB each: it takes him long to have as much.
	ip netns exec "$NS_A" python3 - <<-'PY' 3>&- &
	import socket, struct, time
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("veA", 0))
	packet = bytes(12) + b"\x08\0" + struct.pack(
	    ">BBHHHBBH4s4sHHHH", 0x45, 0, 48, 1, 0, 64, 17, 0,
	    bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2)), 9, 9, 28, 0)
	while True:
	    s.send(packet + bytes(20))
	    time.sleep(0.5)
	PY
	GENERATOR=$!
	finds 192.0.2.1
	kill $GENERATOR
}
