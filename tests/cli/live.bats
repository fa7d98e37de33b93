#!/usr/bin/env bats
# The real daemon on a real interface: a veth pair between two network
# namespaces, known traffic at one end, the account at the other.

load assert
load live_helpers

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# captured N: so many are in the file of tcpdump, which says so when asked.
captured() {
	kill -USR1 "$tcpdump"
	grep -q "^tcpdump: $1 packets captured" "$DIR/tcpdump.err"
}

# The buffers hold all of it: a machine that does not get round to it for
# seconds is no fault of the account.
@test "known traffic is accounted to the byte, with HUP, INT and TERM sent meanwhile" {
	start_trafd -m 0 --buffer 64
	ip netns exec "$NS_B" tcpdump -i veB -s 0 -B 65536 -U \
		-w "$DIR/veB.pcap" 2>"$DIR/tcpdump.err" 3>&- &
	tcpdump=$!
	wait_until 20 grep -q listening "$DIR/tcpdump.err"
	ip netns exec "$NS_A" "$SENDER" veA 1000 60000 20000 \
		>"$DIR/sent" 3>&- &
	sender=$!
	saves=0 n=0
	for sig in HUP INT HUP HUP INT HUP INT; do
		n=$((n + 8000))
		wait_until 20 has_seen $n
		kill -$sig "$PID"
		# Two of a kind that wait are served as one.
		[ $sig != INT ] || saves=$((saves + 1))
		wait_until 20 reached save_begun $saves
	done
	wait $sender
	stop_trafd TERM
	wait_until 60 captured 60000
	kill -INT $tcpdump
	wait $tcpdump || true
	grep -q '^0 packets dropped by kernel' "$DIR/tcpdump.err"
	LC_ALL=C sort "$DIR/sent" >"$DIR/want"
	account >"$DIR/got"
	diff "$DIR/want" "$DIR/got"
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" -eq 3 ]

	# An accountant that is not ours saw the same.
	corpus=${TRAF_CORPUS:-$TRAF_SRCDIR/../shared/corpus}
	if [ -f "$corpus/oracle.py" ]; then
		python3 "$corpus/oracle.py" "$DIR/veB.pcap" \
			>"$DIR/oracle" 2>"$DIR/oracle.err"
		diff "$DIR/oracle" "$DIR/got"
	fi
}

@test "the ledger and the account add up to the interface's own counters" {
	start_trafd -m 0
	ip netns exec "$NS_A" "$SENDER" veA 100 5000 >"$DIR/sent"
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	stop_trafd TERM
	run "$TRAFLOG" --check "$DIR/state/trafd.veB"
	[ "$status" -eq 0 ]
	rx=$(ip netns exec "$NS_B" cat /proc/net/dev |
		awk '$1 == "veB:" { print $3 }')
	packets=$(table "$DIR/state/trafd.veB" |
		awk '{ n += $6 } END { print n }')
	[ "$rx" -eq 5000 ]
	[ "$packets" -eq 5000 ]
}

@test "a save has every packet that came before it was asked for" {
	start_trafd -m 0
	for i in 1 2 3; do
		ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/sent"
		kill -INT "$PID"
		wait_until 20 reached save_done $i
		[ "$("$TRAFLOG" -n --format=tsv -i "$DIR/state/trafd.veB" |
			awk 'NR > 1 { n += $8 } END { print n }')" -eq 1000 ]
	done
}

@test "-r resumes, without -r the dump becomes a block of its own" {
	start_trafd -m 0
	ip netns exec "$NS_A" "$SENDER" veA 50 500 >"$DIR/sent"
	stop_trafd TERM
	[ -s "$DIR/state/tmp/trafd.veB" ]
	start_trafd -m 0 -r
	ip netns exec "$NS_A" "$SENDER" veA 50 500 >"$DIR/sent"
	stop_trafd TERM
	[ ! -e "$DIR/state/trafd.veB" ]
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 1000 ]
	start_trafd -m 0
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" -eq 1 ]
	[ ! -e "$DIR/state/tmp/trafd.veB" ]
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 1000 ]
}

@test "-c counts, dumps and exits" {
	start_trafd -m 0 -c 100
	ip netns exec "$NS_A" "$SENDER" veA 10 500 >"$DIR/sent"
	wait_until 20 gone "$PID"
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 100 ]
	[ ! -e "$DIR/run/trafd.veB" ]
}

@test "a filter, --ports service and -X" {
	start_trafd -m 0 --ports service udp
	ip netns exec "$NS_A" "$SENDER" veA 11 110 >"$DIR/sent"
	stop_trafd TERM
	"$TRAFLOG" -n -i "$DIR/state/tmp/trafd.veB" >"$DIR/text"
	grep -q 'client' "$DIR/text"
	[ "$(account | cut -f 5 | sort -u)" = 17 ]
	rm "$DIR/state/tmp/trafd.veB"
	start_trafd -m 0 -X
	ip netns exec "$NS_A" "$SENDER" veA 11 110 >"$DIR/sent"
	stop_trafd TERM
	[ "$(account | cut -f 2,4,5 | sort -u)" = "$(printf '0\t0\t0')" ]
	[ "$(account | awk '{ n += $8 } END { print n }')" = \
		"$(awk '{ n += $8 } END { print n }' "$DIR/sent")" ]
}

@test "timers dump and save without signals" {
	start_trafd -m 0 --dump-interval 1 --save-interval 3
	wait_until 60 reached dump_done 2
	wait_until 60 reached save_done 1
}

# daemon_says STATE: so trafstat has it of what is captured from.
daemon_says() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB -D |
		grep -q "^veB: $1, "
}

@test "an interface that is deleted and comes back is accounted on" {
	start_trafd -m 0
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent1"
	wait_until 20 taken 100
	ip -n "$NS_B" link del veB
	wait_until 20 daemon_says 'interface missing'
	kill -0 "$PID"
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	make_veth
	wait_until 20 daemon_says capturing
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent2"
	stop_trafd TERM
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 200 ]
}

@test "a second instance of the same account is refused, and says whose PID" {
	start_trafd
	run ip netns exec "$NS_B" "$TRAFD" -i veB --user root \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ "$output" == *"trafd is already running: "*": PID $PID;"* ]]
	kill -0 "$PID"
}

@test "a stale PID file is no obstacle" {
	echo 999999 >"$DIR/run/trafd.veB"
	start_trafd
	[ "$PID" != 999999 ]
	[ "$(wc -l <"$DIR/run/trafd.veB")" -eq 1 ]
}

# as_service CAPABILITIES OPTIONS...: a user who is not root, with these ambient
# capabilities, as a service manager or a container gives them
as_service() {
	local caps=$1
	shift
	ip netns exec "$NS_B" setpriv --reuid=nobody --regid=65534 \
		--clear-groups --inh-caps="$caps" --ambient-caps="$caps" \
		"$TRAFD" -i veB --run-dir "$DIR/run" --state-dir "$DIR/state" \
		"$@" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	kill -0 "$PID"
}

@test "ambient capabilities do not keep it from starting, nor does it keep them" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	command -v setpriv >/dev/null || skip "no setpriv"
	local caps way
	chmod 777 "$DIR/run" "$DIR/state"
	for caps in +net_raw +net_raw,+setpcap,+setuid +net_raw,+chown,+net_admin
	do
		for way in "" --monitor; do
			# shellcheck disable=SC2086 # none, or a word
			as_service "$caps" $way
			[ -n "$way" ] || grep -q '^CapAmb:	0*$' \
				"/proc/$PID/status"
			stop_trafd TERM
		done
	done
	# Started by root, who has some, too.
	ip netns exec "$NS_B" setpriv --inh-caps=+net_raw \
		--ambient-caps=+net_raw "$TRAFD" -i veB --user nobody \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	grep -q '^CapAmb:	0*$' "/proc/$PID/status"
	grep -q '^Uid:	65534	65534	65534	65534$' "/proc/$PID/status"
}

@test "root is given up and the account belongs to the user" {
	id nobody >/dev/null 2>&1 || skip "no user nobody"
	ip netns exec "$NS_B" "$TRAFD" -i veB --user nobody -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$PID/status")" = \
		"$(id -u nobody)" ]
	for t in /proc/"$PID"/task/*; do
		caps=$(awk '$1 == "CapEff:" { print $2 }' "$t/status")
		# CAP_NET_RAW alone, or none where libcap-ng lacks.
		[ "$caps" = 0000000000002000 ] || [ "$caps" = 0000000000000000 ]
	done
	ip netns exec "$NS_A" "$SENDER" veA 10 100 >"$DIR/sent"
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	[ "$(stat -c %U:%a "$DIR/state/trafd.veB")" = nobody:640 ]
	stop_trafd TERM
	[ "$(account | awk '{ n += $6 } END { print n }')" -eq 100 ]
}

@test "a foreground daemon tells its service manager" {
	python3 - "$DIR/notify" >"$DIR/told" 3>&- <<'PY' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(120)
print(s.recv(100).decode(), flush=True)
print(s.recv(100).decode(), flush=True)
PY
	manager=$!
	wait_until 20 test -S "$DIR/notify"
	NOTIFY_SOCKET=$DIR/notify ip netns exec "$NS_B" "$TRAFD" --foreground \
		-i veB --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 2>"$DIR/err" 3>&- &
	wait_until 20 grep -q READY=1 "$DIR/told"
	PID=$(cat "$DIR/run/trafd.veB")
	stop_trafd TERM
	wait $manager
	grep -q STOPPING=1 "$DIR/told"
	grep -q "veB: accounting to $DIR/state/trafd.veB" "$DIR/err"
}
