#!/usr/bin/env bats
# --wait: a daemon that is started before its interface is there.

load assert
load live_helpers

setup() {
	live_setup
	TRAFSTAT=$TRAF_BUILDDIR/tools/trafstat/trafstat
	ip -n "$NS_B" link del veB
}

teardown() {
	live_teardown
}

# waiting OPTIONS...: a daemon for veB, which is not there.
waiting() {
	run ip netns exec "$NS_B" "$TRAFD" -i veB --wait -m 0 \
		--user "${AS:-root}" --run-dir "$DIR/run" \
		--state-dir "$DIR/state" "$@" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	says -F "interface missing: veB: waiting until it comes; " <<<"$output"
	PID=$(cat "$DIR/run/trafd.veB")
	kill -0 "$PID"
}

layers() {
	"$TRAFSTAT" --run-dir="$DIR/run" -i veB -D
}

state_is() {
	layers | grep -q "^veB: $1"
}

# comes: the interface; the daemon has noticed it.
comes() {
	make_veth
	wait_until 20 state_is capturing
}

sends() {
	ip netns exec "$NS_A" "$SENDER" veA 30 300 >"$DIR/sent"
}

sources() {
	echo pcap auto
	works_here >/dev/null 2>&1 && echo ebpf
}

@test "without --wait, or with --no-wait after it, the start fails" {
	for option in "" "--wait --no-wait"; do
		# shellcheck disable=SC2086 # words
		run ip netns exec "$NS_B" "$TRAFD" -i veB --user root $option \
			--run-dir "$DIR/run" --state-dir "$DIR/state"
		[ "$status" -eq 1 ]
		says "veB: no such interface (have: lo" <<<"$output"
		[ ! -e "$DIR/run/trafd.veB" ]
	done
}

@test "every source: dumps and saves while it waits, then every packet" {
	id daemon >/dev/null || skip "no user daemon"
	make_veth
	list=$(sources)
	ip -n "$NS_B" link del veB
	chmod 777 "$DIR"
	for source in $list "pcap --threads 2"; do
		echo "source $source"
		# shellcheck disable=SC2086 # words
		AS=daemon waiting --source $source
		state_is 'interface missing'
		for job in dump save dump; do
			"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=$job
		done
		[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" = 1 ]
		[ "$(packets)" = 0 ]
		comes
		[[ $source == auto ]] || state_is "capturing, ${source%% *} on"
		not state_is 'capturing, auto'
		sends
		stop_trafd TERM
		[ "$(sent_packets)" -eq 300 ]
		diff <(LC_ALL=C sort "$DIR/sent") <(account | awk '$1 ~ /^(10|fd)/')
		[ "$(ledger gaps)" -eq 1 ]
		[ "$(ledger away_ns)" -gt 0 ]
		[ "$(ledger away_ns)" -eq "$(ledger gap_ns)" ]
		[ "$(ledger drop_kernel)" -eq 0 ]
		ip -n "$NS_B" link del veB
		rm -rf "$DIR/state"/* "$DIR/state"/.t*
	done
}

@test "it comes, goes and comes again; its filter has names" {
	grep -q '^http.*80/' /etc/services || skip "no service http"
	waiting --source pcap ip and tcp port http
	comes
	sends
	wait_until 20 taken 30
	ip -n "$NS_B" link del veB
	wait_until 20 state_is 'interface missing'
	comes
	ip netns exec "$NS_A" "$SENDER" veA 30 100 >"$DIR/sent2"
	stop_trafd TERM
	expected=$(cat "$DIR/sent" "$DIR/sent2" | awk '
		split($1, octet, ".") == 4 && octet[4] % 11 == 0 { n += $6 }
		END { print n }')	# the others are tagged, or not TCP
	[ "$expected" -gt 0 ]
	[ "$(sent_packets)" -eq "$expected" ]
	[ "$(ledger gaps)" -eq 2 ]
}

@test "signals while it waits: HUP, INT, TERM; -r continues" {
	waiting --source pcap -r
	kill -HUP "$PID"
	wait_until 20 reached dump_done 1
	kill -INT "$PID"
	wait_until 20 reached save_done 1
	kill -TERM "$PID"
	wait_until 20 gone "$PID"
	[ -z "$(ls "$DIR/run")" ]
	waiting --source pcap -r
	comes
	sends
	stop_trafd TERM
	[ "$(sent_packets)" -eq 300 ]
}

@test "--monitor: signals work, and the daemon is started again as root" {
	waiting --source pcap --monitor
	state_is 'interface missing'
	"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=save
	comes
	[ "$(cat "$DIR/run/trafd.veB")" = "$PID" ]
	sends
	"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=save
	stop_trafd TERM
	[ "$(sent_packets)" -eq 300 ]
	[ "$("$TRAFLOG" -l -r -i "$DIR/state/trafd.veB")" = 2 ]
	[ "$(ledger away_ns)" -gt 0 ]
}

@test "an interface that is down: every source, every name" {
	make_veth
	ip -n "$NS_B" link property add dev veB altname uplink-of-building-7
	list=$(sources)
	for source in $list ring "pcap --threads 2" "pcap --monitor"; do
		ip -n "$NS_B" link set veB down
		name=veB
		[[ $source != ring ]] || name=uplink-of-building-7
		echo "source $source"
		# shellcheck disable=SC2086 # words
		run ip netns exec "$NS_B" "$TRAFD" -i $name -f veB --wait \
			-m 0 --user root --run-dir "$DIR/run" --state-dir \
			"$DIR/state" --source $source 3>&-
		echo "$output"
		[ "$status" -eq 0 ]
		says -F "interface is down: $name: waiting until it is up; " \
			<<<"$output"
		PID=$(cat "$DIR/run/trafd.veB")
		"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=save
		ip -n "$NS_B" link set veB up
		wait_until 20 state_is capturing
		sends
		stop_trafd TERM
		[ "$(sent_packets)" -eq 300 ]
		rm -rf "$DIR/state"/* "$DIR/state"/.t*
	done
	ip -n "$NS_B" link set veB down
	run ip netns exec "$NS_B" "$TRAFD" -i veB --wait --no-wait \
		--user root --run-dir "$DIR/run" --state-dir "$DIR/state"
	[ "$status" -eq 1 ]
	[[ $output == "trafd: interface is down: veB; bring it up first" ]]
}

@test "what no waiting can mend fails at once" {
	for name in abcdefghijklmnop 'a b' a/b; do
		run ip netns exec "$NS_B" "$TRAFD" -i "$name" -f veB --wait \
			--user root --run-dir "$DIR/run" \
			--state-dir "$DIR/state"
		echo "$output"
		[ "$status" -eq 1 ]
	done
	for source in pcap auto; do
		run ip netns exec "$NS_B" "$TRAFD" -i veB --wait --user root \
			--source $source --run-dir "$DIR/run" \
			--state-dir "$DIR/state" port
		[ "$status" -eq 1 ]
		says 'invalid filter: "port": ' <<<"$output"
	done
	id daemon >/dev/null || skip "no user daemon"
	chown -R daemon "$DIR/run" "$DIR/state"
	run ip netns exec "$NS_B" setpriv --reuid daemon --clear-groups \
		"$TRAFD" -i veB --wait --run-dir "$DIR/run" \
		--state-dir "$DIR/state"
	echo "$output"
	[ "$status" -eq 1 ]
	says 'no permission to capture: veB; start as root' <<<"$output"
}

@test "trafstart waits, says so, and trafsave, trafdump, trafstop work" {
	cat >"$DIR/conf" <<-EOT
	trafd_ifaces=veB
	trafd_flags="-r -m 0 --user root --source pcap"
	trafd_program=$TRAFD
	trafd_rundir=$DIR/run
	trafd_statedir=$DIR/state
	trafd_log=$DIR/log
	EOT
	export TRAFD_CONF=$DIR/conf TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	PATH=$TRAF_BUILDDIR/scripts:$TRAF_BUILDDIR/tools/trafstat:$PATH
	run ip netns exec "$NS_B" trafstart --check-config
	echo "$output"
	[ "$status" -eq 0 ]
	says 'interface missing: veB: waiting' <<<"$output"
	says 'configuration is good: veB: ' <<<"$output"
	run ip netns exec "$NS_B" trafstart 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	says -F 'trafstart: (veB) trafd: interface missing: veB: ' <<<"$output"
	PID=$(cat "$DIR/run/trafd.veB")
	quietly ip netns exec "$NS_B" trafdump
	quietly ip netns exec "$NS_B" trafsave
	run bash -c '. "$TRAF_SUBR"; traf_name=trafd; traf_configure
		traf_report_status veB'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "trafd is running on veB as pid $PID, but the interface is missing." ]
	quietly ip netns exec "$NS_B" trafstop
	gone "$PID"
	sed -i 's/--source/--no-wait --source/' "$DIR/conf"
	run ip netns exec "$NS_B" trafstart
	[ "$status" -eq 1 ]
	says 'veB: no such interface' <<<"$output"
}

@test "what is no interface of the system, such as any, is there at once" {
	for source in pcap auto; do
		run ip netns exec "$NS_B" "$TRAFD" -i any --wait --user root \
			--source $source --run-dir "$DIR/run" \
			--state-dir "$DIR/state" 3>&-
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output != *'interface missing'* ]]
		PID=$(cat "$DIR/run/trafd.any")
		"$TRAFSTAT" --run-dir="$DIR/run" -i any -D |
			says '^any: capturing, '
		stop_trafd TERM
	done
}

@test "its networks are those that it has when it has come" {
	waiting --source pcap
	make_veth 10.0.0.200/24
	wait_until 20 state_is capturing
	sends
	"$TRAFSTAT" --run-dir="$DIR/run" -i veB --ask=save
	# The header of a block has them as text.
	grep -qaF 10.0.0.0/24 "$DIR/state/trafd.veB"
}
