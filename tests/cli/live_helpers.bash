# Shared by the tests that run the real daemon on a veth pair: two network
# namespaces of their own, a generator at one end, trafd at the other.

# carries NAMESPACE DEVICE: what is sent there goes out.  The kernel notices a
# carrier a moment after the interface is up, and drops in silence until then.
carries() {
	local link
	link=$(ip -n "$1" link show dev "$2") &&
		[[ $link == *' state UP '* && $link != *'qdisc noop '* ]]
}

# linked: both ends do; also after one was down, or is a new one.
linked() {
	wait_until 20 carries "$NS_A" veA
	wait_until 20 carries "$NS_B" veB
}

# make_veth [ADDRESS [MTU]]: the pair; again, when one was deleted.
# shellcheck disable=SC2119,SC2120 # tests give them
make_veth() {
	ip link add veA netns "$NS_A" type veth peer name veB netns "$NS_B"
	# IPv6 neighbours would add packets that the test did not send.
	ip netns exec "$NS_A" sysctl -qw net.ipv6.conf.veA.disable_ipv6=1
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=1
	[ -z "${1-}" ] || ip -n "$NS_B" addr add "$1" dev veB
	[ -z "${2-}" ] || ip -n "$NS_B" link set veB mtu "$2"
	ip -n "$NS_A" link set veA up
	ip -n "$NS_B" link set veB up
	linked
}

traf_setup_net() {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	NS_A=trafA$$ NS_B=trafB$$
	ip netns add "$NS_A" || skip "no network namespaces here"
	ip netns add "$NS_B"
	make_veth
	ip -n "$NS_A" link set lo up
	ip -n "$NS_B" link set lo up
}

traf_teardown_net() {
	[ -n "$NS_A" ] || return 0
	ip netns del "$NS_A" 2>/dev/null || true
	ip netns del "$NS_B" 2>/dev/null || true
}

# wait_until SECONDS COMMAND...: polls, first after a fiftieth of a second and
# then ten times a second; what it says of a failure is shown for the last time
# only.
wait_until() {
	local n=$(($1 * 10)) pause=0.02
	shift
	until "$@" 2>/dev/null; do
		n=$((n - 1))
		if [ $n -le 0 ]; then
			"$@"
			return
		fi
		sleep $pause
		case $pause in
		0.02) pause=0.05 ;;
		*) pause=0.1 ;;
		esac
	done
}

# gone PID: has it ended, though init may not have looked after it yet?  One
# that was killed holds its files and sockets until its last thread has ended.
gone() {
	local threads
	! kill -0 "$1" 2>/dev/null && return
	threads=("/proc/$1/task/"*)
	[ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ] &&
		[ ${#threads[@]} -eq 1 ]
}

# live_setup, live_teardown: the network, and the daemon's directories.  Tests
# that start more processes than $PID put these into $PIDS.
live_setup() {
	DIR=$(mktemp -d)
	NS_A='' PID='' PIDS=''
	traf_setup_net
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	# shellcheck disable=SC2034 # for tests
	SENDER=$TRAF_BUILDDIR/tests/lib/sender
	mkdir "$DIR/run" "$DIR/state"
	chmod 755 "$DIR" "$DIR/run"
}

live_teardown() {
	local p
	for p in ${PIDS-}; do
		kill -KILL "$p" 2>/dev/null || true
	done
	stop_trafd KILL
	traf_teardown_net
	# A worker that has lost its parent ends by itself, and dumps before.
	wait_until 20 rm -rf "$DIR"
}

# stop_all: ends the daemons of $PIDS by TERM, and waits for them.
stop_all() {
	local p
	for p in $PIDS; do
		kill -TERM "$p"
	done
	for p in $PIDS; do
		wait_until 20 gone "$p"
	done
	PIDS=
}

# refuses_ebpf: does nobody count in the kernel here?  Says why.
refuses_ebpf() {
	case $(ip netns exec "$NS_B" "$TRAFD" --check-config -i veB \
		--source ebpf --user root --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 2>&1) in
	*'built without it'*) echo "built without clang or libbpf" ;;
	*'does not let this process load programs'*)
		echo "the kernel lets nobody load programs here" ;;
	*) return 1 ;;
	esac
}

# works_here: skip where trafd was built without it, or the kernel refuses.
works_here() {
	local why
	if why=$(refuses_ebpf); then
		skip "$why"
	fi
}

# start_trafd OPTIONS...: a daemon on veB with its own directories.
start_trafd() {
	ip netns exec "$NS_B" "$TRAFD" -i veB --user root \
		--source "${TRAF_SOURCE:-pcap}" \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.veB")
	kill -0 "$PID"
}

stop_trafd() {
	[ -n "$PID" ] || return 0
	kill -"$1" "$PID" 2>/dev/null || true
	wait_until 60 gone "$PID"
	PID=
}

# taken N: so many frames of those that are not saved yet have come from the
# kernel to the daemon, whose counters of the interface are those of now.
taken() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" -i veB \
		--ask=ledger | awk '$1 == "frames" { print $2 }')" -ge "$1" ]
}

# has_seen N [EXT]: so many frames, as trafstat -D counts them.
has_seen() {
	[ "$("$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir="$DIR/run" \
		-i "${2:-veB}" -D --format=json | python3 -S -c '
import json, sys
print(json.load(sys.stdin)[0]["total"]["frames"])')" -ge "$1" ]
}

# status KEY: a number of the status file.
status() {
	awk -v key="$1" '$1 == key { print $2 }' "$DIR/run/trafd.veB.status"
}

reached() {
	[ "$(status "$1")" -ge "$2" ]
}

# table FILES...: the rows of all blocks, added up, in the sender's form.
table() {
	local f
	for f in "$@"; do
		[ ! -s "$f" ] || "$TRAFLOG" -a -n --format=tsv -i "$f" |
			tail -n +2
	done | awk -F '\t' -v OFS='\t' '
		{ k = $3 OFS $4 OFS $5 OFS $6 OFS $7
		  p[k] += $8; d[k] += $9; b[k] += $10 }
		END { for (k in p) print k, p[k], d[k], b[k] }' |
		LC_ALL=C sort
}

account() {
	table "$DIR/state/trafd.veB" "$DIR/state/tmp/trafd.veB"
}

# ledger NAME: an entry of all blocks and the dump, the interface's counters
# of the last of them.
ledger() {
	local f
	for f in "$DIR/state/trafd.veB" "$DIR/state/tmp/trafd.veB"; do
		[ ! -s "$f" ] || "$TRAFLOG" --coverage -s --format=tsv -i "$f" |
			awk -F '\t' -v name="$1" '
			NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) n = i }
			NR == 2 && n { printf "%.0f\n", $n }'
	done | awk -v name="$1" '
		{ n = name ~ /_end$/ ? $1 : name ~ /_begin$/ && NR > 1 ? n : n + $1 }
		END { if (NR) printf "%.0f\n", n; else exit 1 }'
}

# counted rx|tx: packets of the interface's own counters, from begin to end.
counted() {
	echo $(($(ledger "$1_packets_end") - $(ledger "$1_packets_begin")))
}

packets() {
	account | awk '{ n += $6 } END { print n + 0 }'
}

# sent_packets: those of the sender; an interface that is new may have spoken.
sent_packets() {
	account | awk '$1 ~ /^(10|fd)/ { n += $6 } END { print n + 0 }'
}

# start_logged OPTIONS...: a daemon in the foreground, its messages in a file,
# which has none of the daemon before it when it is waited for.
start_logged() {
	: >"$DIR/log"
	ip netns exec "$NS_B" "$TRAFD" --foreground -i veB --user root -m 0 \
		--source "${TRAF_SOURCE:-pcap}" \
		--run-dir "$DIR/run" --state-dir "$DIR/state" "$@" \
		2>"$DIR/log" 3>&- &
	logged 1 'accounting to'
	PID=$(cat "$DIR/run/trafd.veB")
}

has_logged() {
	[ "$(grep -c -- "$2" "$DIR/log")" -eq "$1" ]
}

# logged N PATTERN: exactly so many lines, now or soon.
logged() {
	wait_until 20 has_logged "$1" "$2" || {
		cat "$DIR/log"
		return 1
	}
}
