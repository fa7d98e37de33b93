#!/usr/bin/env bats
# More than can be taken: floods of new flows, and packets that the capture
# buffer has no room for.  Nothing is lost in silence, memory has a cap.

load assert
load live_helpers
load sanitized

setup() {
	live_setup
}

teardown() {
	live_teardown
}

# status_kib KEY: a line of the process's status, KiB.
status_kib() {
	awk -v key="$1:" '$1 == key { print $2 }' "/proc/$PID/status"
}

# passed N: so many frames that are not saved yet were taken, or dropped.
passed() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		--ask=ledger | awk '$1 == "frames" || $1 == "drop_kernel" {
			n += $2 } END { print n }')" -ge "$1" ]
}

# rows_of_steady: the first ten flows of the sender, and how many packets.
rows_of_steady() {
	account | awk -F '\t' -v OFS='\t' '
		NR == FNR { known[$1 OFS $2 OFS $3 OFS $4 OFS $5] = 1; next }
		$1 OFS $2 OFS $3 OFS $4 OFS $5 in known { print $6 }' \
		"$DIR/steady" -
}

# each_block_adds_up: what was seen and what was dropped is what passed.
each_block_adds_up() {
	local f
	for f in "$DIR/state/trafd.veB" "$DIR/state/tmp/trafd.veB"; do
		[ ! -s "$f" ] || "$TRAFLOG" --coverage --format=json -i "$f"
	done | python3 -S -c '
import json, sys
n = 0
for d in map(json.loads, sys.stdin):
    n += 1
    passed = sum(d[c + "_packets_end"] - d[c + "_packets_begin"]
                 for c in ("rx", "tx"))
    kinds = sum(d[k] for k in ("ip", "nonip", "unsupported", "l2_cut",
                "ip_cut", "ip_version", "ip_ihl", "ip_len"))
    assert d["frames"] == kinds, d
    assert d["frames"] + d["drop_kernel"] == passed, d
assert n > 0'
}

@test "a flood of new flows: memory has a cap, sums are exact, old flows keep their detail" {
	rows=262144
	start_trafd -m 0 --max-flows $rows --buffer 16
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/steady"
	# Two tables of 72 octets a row, 24 to sort one, and the buffer.
	bound=$(($(status_kib VmRSS) + rows * (2 * 72 + 24) / 1024 + 16384))
	ip netns exec "$NS_A" "$SENDER" veA random 500000 \
		>"$DIR/flood" 3>&- &
	flood=$!
	wait_until 20 passed 100000
	kill -HUP "$PID"
	wait $flood
	wait_until 20 reached dump_done 1
	# Once more with a full table: the dump is merged into a full one.
	kill -HUP "$PID"
	ip netns exec "$NS_A" "$SENDER" veA random 200000 >"$DIR/flood2"
	wait_until 20 reached dump_done 2
	wait_until 20 passed 701000
	ip netns exec "$NS_A" "$SENDER" veA 10 1000 >"$DIR/steady2"
	peak=$(status_kib VmHWM)
	sanitized "$TRAFD" || [ "$peak" -le $((bound * 11 / 10)) ]
	stop_trafd TERM
	[ "$(counted rx)" -eq 702000 ]
	each_block_adds_up
	[ $(($(ledger frames) + $(ledger drop_kernel))) -eq 702000 ]
	[ "$(packets)" -eq "$(ledger ip)" ]
	# Each packet of the first flood is a flow: there is room for so many.
	[ $(($(ledger fold_packets) + $(ledger drop_kernel))) -ge \
		$((500000 - rows)) ]
	[ "$(account | wc -l)" -le $((rows + 256)) ]
	if [ "$(ledger drop_kernel)" -eq 0 ]; then
		[ "$(account | awk '{ n += $8 } END { printf "%.0f", n }')" = \
			"$(cat "$DIR"/flood* "$DIR"/steady* |
			awk '{ n += $NF } END { printf "%.0f", n }')" ]
		[ "$(rows_of_steady | sort | uniq -c |
			awk '{ print $1, $2 }')" = "10 200" ]
	fi

	# Restarted with the full table: what had its detail keeps it.
	before=$(account | cksum)
	start_trafd -m 0 --max-flows $rows -r
	stop_trafd TERM
	[ "$(account | cksum)" = "$before" ]
}

@test "packets that found no room are in the ledger of their block and in the log" {
	start_logged --buffer 1
	for round in 1 2; do
		kill -STOP "$PID"
		ip netns exec "$NS_A" "$SENDER" veA 100 30000 >"$DIR/sent"
		kill -CONT "$PID"
		kill -HUP "$PID"
		wait_until 20 reached dump_done $((2 * round - 1))
		logged $round 'packets dropped .* by the capture buffer, 0 by'
		# Nothing new: nothing to say.
		kill -HUP "$PID"
		wait_until 20 reached dump_done $((2 * round))
		kill -INT "$PID"
		wait_until 20 reached save_done $round
		logged $round 'packets dropped .* by the capture buffer, 0 by'
	done
	stop_trafd TERM
	[ "$(grep -c 'packets dropped since the last save' "$DIR/log")" -eq 2 ]
	[ "$(ledger drop_kernel)" -gt 1000 ]
	[ "$(counted rx)" -eq 60000 ]
	[ $(($(packets) + $(ledger drop_kernel))) -eq 60000 ]
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB" 2>/dev/null)" -eq 2 ]
	each_block_adds_up
	"$TRAFLOG" -a -n -i "$DIR/state/trafd.veB" >/dev/null 2>"$DIR/told"
	grep -Eq '^traflog: [0-9.]+% of 60,000 packets seen; [0-9,]+ dropped by the capture buffer, 0 by the interface; 0 gaps, 0 s$' \
		"$DIR/told"
}

@test "drops that were logged are not logged again after a restart" {
	start_logged --buffer 1
	kill -STOP "$PID"
	ip netns exec "$NS_A" "$SENDER" veA 100 20000 >"$DIR/sent"
	kill -CONT "$PID"
	stop_trafd TERM
	logged 1 'packets dropped since the last save'
	start_logged --buffer 1 -r
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	logged 0 'packets dropped since the last save'
	[ "$(ledger gaps)" -eq 1 ]
	[ "$(ledger drop_kernel)" -gt 0 ]
}

@test "a full buffer is counted to its end before the daemon leaves" {
	start_trafd -m 0 --buffer 64
	kill -STOP "$PID"
	ip netns exec "$NS_A" "$SENDER" veA 100 50000 >"$DIR/sent"
	kill -TERM "$PID"
	kill -CONT "$PID"
	wait_until 60 gone "$PID"
	PID=
	[ "$(ledger drop_kernel)" -eq 0 ]
	[ "$(packets)" -eq 50000 ]
	each_block_adds_up
}

# now_and_then: it comes to work for a moment, as on a machine that has much
# more to do.
now_and_then() {
	for _ in $(seq 8); do
		kill -CONT "$PID"
		sleep 0.005
		kill -STOP "$PID"
		sleep 0.15
	done
	kill -CONT "$PID"
}

@test "and so it is where others work too, by threads as well" {
	for threads in 1 2; do
		start_trafd -m 0 --buffer 64 --threads $threads
		kill -STOP "$PID"
		ip netns exec "$NS_A" "$SENDER" veA random 150000 >"$DIR/sent"
		kill -TERM "$PID"
		now_and_then
		wait_until 60 gone "$PID"
		PID=
		[ "$(ledger drop_kernel)" -eq 0 ]
		[ "$(packets)" -eq 150000 ]
		rm -r "$DIR/state"
		mkdir "$DIR/state"
	done
}

@test "what is no IP, or no good IP, is in the ledger: all frames add up" {
	start_trafd -m 0
	ip netns exec "$NS_A" python3 - <<-'PY'
	import socket
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("veA", 0))
	mac = bytes(6) + bytes([2, 0, 0, 0, 0, 1])
	ip = bytes([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]) + bytes(8)
	for kind, frame in [
	    (11, b"\x08\x06" + bytes(46)),              # ARP
	    (12, b"\x88\xcc" + bytes(46)),              # LLDP
	    (13, b"\x08\x00" + b"\x60" + ip[1:]),       # version
	    (14, b"\x08\x00" + b"\x44" + ip[1:]),       # header length
	    (15, b"\x08\x00" + ip[:3] + b"\x13" + ip[4:]),  # total length
	    (16, b"\x08\x00" + ip[:19]),                # cut
	    (17, b"\x88\x47\x00\x01"),                  # label cut
	    (18, b"\x08\x00" + ip + bytes(8)),          # good
	]:
	    for i in range(kind):
	        s.send(mac + frame)
	PY
	stop_trafd TERM
	for want in nonip:23 ip_version:13 ip_ihl:14 ip_len:15 ip_cut:16 \
	    l2_cut:17 ip:18 frames:116 unsupported:0; do
		[ "$(ledger "${want%:*}")" -eq "${want#*:}" ]
	done
	[ "$(packets)" -eq 18 ]
	[ "$(counted rx)" -eq 116 ]
	each_block_adds_up
}
