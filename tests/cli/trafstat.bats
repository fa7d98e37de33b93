#!/usr/bin/env bats
# trafstat beside a real daemon: layers, interface, protocols, baselines.

load assert
load live_helpers

setup() {
	live_setup
	export HOME=$DIR/home
	unset XDG_STATE_HOME IFF_LISTEN
	mkdir "$HOME"
}

teardown() {
	# shellcheck disable=SC2086 # those that a failed test left
	[ -z "${FAKE-}${other-}" ] || kill ${FAKE-} ${other-} 2>/dev/null || :
	live_teardown
}

stat_of() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" "$@"
}

frames() {
	ip netns exec "$NS_A" python3 "$TRAF_SRCDIR/tests/cli/frames.py" veA
}

# json EXPRESSION OPTIONS...: of the only daemon, as python has it.
json() {
	local what=$1
	shift
	stat_of --format=json "$@" | python3 -S -c "
import json, sys
j = json.load(sys.stdin)[0]
print($what)"
}

# of_layer LAYER: its four numbers
of_layer() {
	stat_of -D | awk -v name="$1" '
		index($0, "veB " name) == 1 {
			print $(NF - 3), $(NF - 2), $(NF - 1), $NF
		}'
}

@test "the layers: where every frame went" {
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	[ "$(of_layer interface)" = "24 24 0 0" ]
	[ "$(of_layer filter)" = "24 24 0 0" ]
	[ "$(of_layer buffer)" = "24 24 0 0" ]
	[ "$(of_layer decode)" = "24 19 4 1" ]
	[ "$(of_layer table)" = "19 19 0 0" ]
	[ "$(of_layer 'save file')" = "19 0 0 19" ]
	[ "$(of_layer history)" = "- - - -" ]
	stat_of --ask=save
	[ "$(of_layer 'save file')" = "19 19 0 0" ]
	[ "$(of_layer decode)" = "24 19 4 1" ]
	frames
	wait_until 20 has_seen 48
	[ "$(of_layer 'save file')" = "38 19 0 19" ]
	stat_of --ask=dump
	[ "$(of_layer 'save file')" = "38 19 0 19" ]
}

@test "the history: what it has taken in, and what of the save file it has not" {
	trafdb=$TRAF_BUILDDIR/tools/trafdb/trafdb
	[ -x "$trafdb" ] || skip "built without Berkeley DB"
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	stat_of --ask=save
	[ "$(of_layer history)" = "- - - -" ]
	"$trafdb" --state-dir="$DIR/state" update
	[ "$(of_layer history)" = "19 19 0 0" ]
	stat_of -D | says -E '^veB: history up to .*; blocks 1, rows [1-9]'
	frames
	wait_until 20 has_seen 48
	[ "$(of_layer history)" = "19 19 0 0" ]
	stat_of --ask=save
	[ "$(of_layer history)" = "38 19 0 19" ]
	stat_of -Z
	frames
	wait_until 20 has_seen 24
	stat_of --ask=save
	[ "$(of_layer history)" = "19 0 0 19" ]
	"$trafdb" --state-dir="$DIR/state" update
	[ "$(of_layer history)" = "19 19 0 0" ]
	[ "$(json "j['layers']['history']" -D)" = \
	    "{'in': 19, 'out': 19, 'dropped': 0, 'aside': 0}" ]
	# Of a daemon that began later, what was there before is no part.
	stat_of -ZZ
	stop_trafd TERM
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	stat_of --ask=save
	[ "$(of_layer history)" = "19 0 0 19" ]
}

# between CODE: a daemon `fake' whose answers to stat are those of veB, after
# CODE changed the numbers v of it; the last two are the buffer and loopback.
between() {
	python3 - "$DIR/run/trafd.fake.sock" "$DIR/run/trafd.veB.sock" "$1" \
		3>&- <<-'PY' &
	import os, socket, struct, sys
	server = socket.socket(socket.AF_UNIX)
	server.bind(sys.argv[1])
	server.listen()
	while True:
	    client, _ = server.accept()
	    with client, socket.socket(socket.AF_UNIX) as real:
	        real.connect(sys.argv[2])
	        real.sendall(client.recv(4096))
	        answer = real.recv(24, socket.MSG_WAITALL)
	        answer += real.recv(struct.unpack_from("<Q", answer, 16)[0],
	            socket.MSG_WAITALL)
	        n = struct.unpack_from("<H", answer, 24)[0]
	        v = list(struct.unpack_from("<%dQ" % n, answer, 32))
	        exec(sys.argv[3])
	        client.sendall(answer[:32] + struct.pack("<%dQ" % n, *v) +
	            answer[32 + 8 * n:])
	PY
	FAKE=$!
	wait_until 20 test -S "$DIR/run/trafd.fake.sock"
}

@test "a loopback interface and a small buffer are explained, others are not" {
	start_trafd -m 0 --buffer 8
	stat_of -D | not grep -e loopback -e KiB
	[ "$(json "j['buffer_mib'], j['buffer_bytes']" -D)" = "8 0" ]
	between 'v[42] = 524288'
	stat_of -i fake -D | says -x "fake: the capture buffer has 512 of \
8192 KiB; raise the sysctl net.bpf.maxbufsize"
	kill "$FAKE"
	rm "$DIR/run/trafd.fake.sock"
	between 'v[42] = 8 << 20'
	stat_of -i fake -D | not grep KiB
	kill "$FAKE"
	rm "$DIR/run/trafd.fake.sock"
	ip netns exec "$NS_B" "$TRAFD" -i lo --user root --source pcap -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	other=$(cat "$DIR/run/trafd.lo")
	ip netns exec "$NS_B" bash -c 'for i in 1 2 3 4 5; do
		printf x >/dev/udp/127.0.0.1/9; done' 2>/dev/null || :
	looped() {	# each datagram, and what ICMP says of it
		stat_of -i lo -D | awk '/^lo filter/ { n = $3; m = $4 }
			END { exit !(m >= 5 && n == 2 * m) }'
	}
	wait_until 20 looped
	stat_of -i lo -D | says -x "lo: a loopback interface counts each \
packet twice, sent and received; it is captured once"
	kill "$other"
	wait_until 20 gone "$other"
	FAKE='' other=''
}

@test "a filter puts aside what it refuses; two daemons have a total" {
	start_trafd -m 0 icmp
	one=$PID
	ip netns exec "$NS_B" "$TRAFD" -i veB -f all --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	PID="$one $(cat "$DIR/run/trafd.all")"
	stop_trafd() {	# both
		# shellcheck disable=SC2086 # two
		kill -"$1" $PID 2>/dev/null || true
		PID=
	}
	frames
	both_seen() {
		stat_of -D | says -E '^Filters total +48 +28 +0 +20$'
	}
	wait_until 20 both_seen
	[ "$(of_layer filter)" = "24 4 0 20" ]
	run stat_of -n
	[ "$status" -eq 1 ]
	[[ $output == "trafstat: several daemons run ("*"): name one with -i" ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "by protocol: flags, types, fragments, malformed by reason" {
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	p='j["protocols"]'
	[ "$(json "${p}['tcp']" -s)" = "{'packets': 8, 'bytes': 348, 'data': 2, 'requests': 2, 'accepts': 1, 'fins': 2, 'resets': 1, 'acks': 2, 'urgent': 0, 'ece': 0, 'cwr': 0, 'flagless': 0, 'contradictory': 1}" ] || {
		json "${p}['tcp']" -s
		false
	}
	[ "$(json "${p}['icmp']['types']" -s)" = "{'0': 1, '8': 2, '99': 1}" ]
	[ "$(json "${p}['icmpv6']['types']" -s)" = "{'135': 1}" ]
	[ "$(json "${p}['fragments']" -s)" = "{'first': 2, 'later': 2}" ]
	[ "$(json "${p}['udp']['packets']" -s)" -eq 5 ]
	[ "$(json "${p}['ip']['packets'], ${p}['ipv6']['packets']" -s)" = "15 4" ]
	[ "$(json "${p}['other']['packets'], ${p}['other']['nonip']" -s)" = "1 1" ]
	[ "$(json "${p}['malformed']" -s)" = "{'l2_cut': 0, 'ip_cut': 1, 'ip_version': 1, 'ip_ihl': 1, 'ip_len': 1}" ]
	stat_of -s -p icmp >"$DIR/icmp"
	grep -qx '		echo: 2' "$DIR/icmp"
	grep -qx '		#99: 1' "$DIR/icmp"
	lacks -x '		redirect: 0' "$DIR/icmp"
	grep -qx '		routing redirect: 0' "$DIR/icmp"
	[ "$(head -n 1 "$DIR/icmp")" = icmp: ]
	[ "$(grep -c : "$DIR/icmp")" -gt 3 ]
	stat_of -ss >"$DIR/short"
	lacks '	0 ' "$DIR/short"
	lacks ': 0$' "$DIR/short"
	grep -qx '	2 connection requests (SYN)' "$DIR/short"
}

@test "what the sender sent is what was counted by protocol" {
	start_trafd -m 0
	ip netns exec "$NS_A" "$SENDER" veA 200 3000 >"$DIR/sent"
	wait_until 20 has_seen 3000
	for pair in 6:tcp 17:udp 1:icmp; do
		want=$(awk -v p="${pair%:*}" '$5 == p { n += $6; b += $8 }
			END { print n + 0, b + 0 }' "$DIR/sent")
		got=$(json "j['protocols']['${pair#*:}']['packets'], \
			j['protocols']['${pair#*:}']['bytes']" -s)
		echo "$pair: sent $want, counted $got"
		[ "$want" = "$got" ]
	done
}

@test "-Z: differences from now on, without touching the account" {
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	stat_of -Z
	[ "$(stat -c %a "$HOME/.trafstat")" = 700 ]
	[ "$(of_layer decode)" = "0 0 0 0" ]
	frames
	wait_until 20 has_seen 24
	[ "$(of_layer decode)" = "24 19 4 1" ]
	[ "$(json 'j["protocols"]["tcp"]["packets"]' -s)" -eq 8 ]
	[ "$(json 'j["since_baseline"]' -D)" = True ]
	[ "$(HOME=$DIR stat_of -D | awk '/^veB decode/ { print $3 }')" -eq 48 ]
	stat_of -ZZ
	[ "$(of_layer decode)" = "48 38 8 2" ]
	stat_of -Z
	stop_trafd TERM
	[ "$(packets)" -eq 38 ]
	start_trafd -m 0		# another one: nothing is taken away
	frames
	wait_until 20 has_seen 24
	[ "$(json 'j["since_baseline"]' -D)" = False ]
}

@test "a baseline through a link is not read, and not written" {
	start_trafd -m 0
	mkdir "$HOME/.trafstat"
	echo precious >"$DIR/precious"
	ln -s "$DIR/precious" "$HOME/.trafstat/veB"
	stat_of -D >/dev/null
	stat_of -Z
	[ "$(cat "$DIR/precious")" = precious ]
	[ ! -L "$HOME/.trafstat/veB" ]
	rm -r "$HOME/.trafstat"
	mkdir "$DIR/elsewhere"
	ln -s "$DIR/elsewhere" "$HOME/.trafstat"
	run stat_of -Z
	[ "$status" -eq 1 ]
	quietly ls "$DIR/elsewhere"
	head -c 10000 /dev/urandom >"$DIR/elsewhere/veB"
	rm "$HOME/.trafstat"
	mv "$DIR/elsewhere" "$HOME/.trafstat"
	stat_of -D >/dev/null
}

@test "interval and count; -I with the interface's own counters" {
	start_trafd -m 0
	frames
	wait_until 20 has_seen 24
	ip netns exec "$NS_B" "$TRAF_BUILDDIR/tools/trafstat/trafstat" \
		--run-dir="$DIR/run" -I veB 1 3 >"$DIR/out"
	[ "$(wc -l <"$DIR/out")" -eq 4 ]
	[ "$(awk 'NR == 2 { print $2, $8, $9 }' "$DIR/out")" = "24 24 0" ]
	[ "$(awk 'NR == 4 { print $2, $8, $9 }' "$DIR/out")" = "0 0 0" ]
	[ "$(awk 'NR == 2 { print $5 }' "$DIR/out")" -eq 0 ]
}

@test "no daemon: said, with how to start one; wrong usage is 127" {
	for job in -D -s "" -Z "-I veB"; do
		# shellcheck disable=SC2086 # words
		run stat_of $job
		[ "$status" -eq 1 ]
		[[ $output == *"start one with: trafstart"* ]]
	done
	for wrong in "-D x" "-s -p nonsense" "-D -s" "a b c" "--ask=stat" \
	    "-D --format=csv" "-i a/b" "--timeout=0"; do
		# shellcheck disable=SC2086 # words
		run stat_of $wrong
		[ "$status" -eq 127 ]
		[[ $output == *usage:* ]]
	done
	[[ $(stat_of -D -s 2>&1) == *"-D and -s exclude each other"* ]]
	stat_of --help | says -- --rows
	[[ $(stat_of -V) == trafstat\ * ]]
	start_trafd
	run stat_of -i other -D
	[ "$status" -eq 1 ]
	[[ $output == *"daemons that run: veB"* ]]
	full() {
		stat_of "$@" >/dev/full
	}
	for job in -D -s "-I veB" "" --ask=version --ask=ledger -b; do
		# shellcheck disable=SC2086 # words
		run full $job
		[ "$status" -eq 1 ]
		[[ $output == *"standard output"* ]]
	done
}
