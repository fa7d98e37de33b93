#!/usr/bin/env bats
# Accounts of owners: whose octets they are, however they are sent.  One daemon
# counts all ways of sending, each by a program of its own name, in a network
# namespace of its own and in cgroups of their own; each test then looks at what
# was counted.

load assert
load live_helpers

# find_cgroups: sets CGROUPS to the mount of cgroup v2.
find_cgroups() {
	CGROUPS=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' \
		/proc/self/mountinfo)
}

# make_units: cgroups below one of our own.
make_units() {
	CONTAINER=docker-$(printf '%064d' 7).scope
	UNITS="system.slice/web.service system.slice/db.service"
	UNITS="$UNITS user.slice/user-1000.slice/user@1000.service/app.slice"
	UNITS="$UNITS system.slice/$CONTAINER machine.slice/lxc.payload.two"
	local u
	for u in $UNITS; do
		mkdir -p "$CGROUPS/$TOP/$u"
	done
}

# remove_units: from the deepest to the top; a process may be ending.
remove_units() {
	find "$CGROUPS/$TOP" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -d "$CGROUPS/$TOP" ]
}

# in_net COMMAND...: in the namespace, where the mounts are those of here.
in_net() {
	nsenter --net="/run/netns/$NET" "$@"
}

# in_unit UNIT COMMAND...: in a cgroup, and in the namespace.
in_unit() {
	local unit=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands them
	in_net sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' \
		"$CGROUPS/$TOP/$unit" "$@"
}

web() {
	in_unit system.slice/web.service "$@"
}

# counting OPTIONS...: the daemon.
counting() {
	in_net "$TRAFD" -i owners --user nobody -m 0 --run-dir "$DIR/run" \
		--state-dir "$DIR/state" "$@" 3>&-
	PID=$(cat "$DIR/run/trafd.owners")
}

# ended FILE: saves and ends the daemon; writes its rows to FILE, one a line:
# program user uid unit direction remote localport remoteport protocol packets
# data bytes interface
ended() {
	kill -INT "$PID"
	wait_until 20 test -s "$DIR/state/trafd.owners"
	stop_trafd TERM
	rows_of "$DIR/state/trafd.owners" >"$1"
}

rows_of() {
	python3 "$TRAF_SRCDIR/tests/lib/readblock.py" "$1" |
		sed 's/(before trafd)/(before)/' |
		awk '{ out = $1 ~ /,/; split(out ? $1 : $3, o, ",")
			print o[4], o[2] == "" ? "-" : o[2], o[1], o[3],
				out ? "out" : "in", out ? $3 : $1,
				out ? $2 : $4, out ? $4 : $2, $5, $6, $7, $8,
				(NF > 8 ? $9 : "-") }'
}

# serving NAME WAY ADDRESS PORT NUMBER SIZE: a server that listens.
serving() {
	# One of an earlier test has said that it is ready, too.
	rm -f "$DIR/$1.ready"
	web "$DIR/owned" "$@" >"$DIR/$1.ready" 3>&- &
	wait_until 20 grep -q ready "$DIR/$1.ready"
}

# send_all_ways: every program of these tests.
send_all_ways() {
	local o=$DIR/owned n way
	web "$o" udp udp 127.0.0.1 9 10 100
	web "$o" connected connected 127.0.0.1 9 10 100
	web "$o" many many 127.0.0.1 9 50 200
	web "$o" udp6 udp ::1 9 10 100
	web "$o" many6 many ::1 9 20 300
	web "$o" raw raw 127.0.0.1 0 7 80
	web "$o" echo echo 127.0.0.1 0 5 56
	web "$o" inherited inherited 127.0.0.1 9 4 100
	web "$o" passed passed 127.0.0.1 9 6 100
	n=0
	while [ $n -lt 60 ]; do
		web "$o" short udp 127.0.0.1 9 3 100
		n=$((n + 1))
	done
	serving server serve 127.0.0.1 80 6 1000
	web "$o" tcp tcp 127.0.0.1 80 7 70000
	for way in sendfile splice zerocopy uring; do
		web "$o" $way $way 127.0.0.1 80 1 60000 ||
			[ $? = 77 ]
	done
	web "$o" spare tcp 127.0.0.1 80 1 10
	serving server6 serve ::1 80 1 2000
	web "$o" tcp6 tcp ::1 80 3 30000
	serving forker fork 127.0.0.1 8080 3 5000
	for n in 1 2 3; do
		web "$o" client tcp 127.0.0.1 8080 1 $((n * 1000))
	done
	in_unit system.slice/db.service setpriv --reuid 12345 --regid 12345 \
		--clear-groups "$o" other udp 127.0.0.1 9 8 100
	in_unit user.slice/user-1000.slice/user@1000.service/app.slice \
		"$o" service udp 127.0.0.1 9 9 100
}

# two_containers: each with a namespace, a cgroup and the same address.
two_containers() {
	local n=11 unit
	for unit in "system.slice/$CONTAINER" machine.slice/lxc.payload.two; do
		# shellcheck disable=SC2016 # the inner shell expands them
		in_unit "$unit" unshare --net sh -c 'ip link set lo up &&
			ip addr add 10.9.0.1/32 dev lo && exec "$@"' sh \
			"$DIR/owned" boxed udp 10.9.0.1 9 $n 100
		n=$((n + 11))
	done
}

setup_file() {
	export DIR CGROUPS TOP=traftest.$$ NET=trafO$$ TRAFD PID='' UNITS CONTAINER
	# They share a namespace, of which one compares all octets.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	command -v zstd >/dev/null || skip "no zstd"
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	DIR=$(mktemp -d)
	chmod 755 "$DIR"
	mkdir "$DIR/run" "$DIR/state"
	ip netns add "$NET" || skip "no network namespaces here"
	ip -n "$NET" link set lo up
	local why
	why=$(in_net "$TRAFD" --check-config -i owners --user nobody \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 2>&1) ||
		skip "nobody counts owners here: $why"
	cp "$TRAF_BUILDDIR/tests/lib/owned" "$DIR/owned"
	find_cgroups
	make_units
	mkfifo "$DIR/old.fifo"
	web "$DIR/owned" old later 127.0.0.1 9 12 100 <"$DIR/old.fifo" \
		>"$DIR/old.ready" 3>&- &
	echo $! >"$DIR/old.pid"
	exec 8>"$DIR/old.fifo"
	wait_until 20 grep -q ready "$DIR/old.ready"
	counting
	send_all_ways
	two_containers
	echo >&8
	exec 8>&-
	wait_until 20 gone "$(cat "$DIR/old.pid")"
	ended "$DIR/rows"
}

setup() {
	PID=
}

teardown() {
	[ -z "$PID" ] || stop_trafd KILL
}

teardown_file() {
	[ -n "$DIR" ] || return 0
	local p
	if [ -d "$CGROUPS/$TOP" ]; then
		while read -r p; do
			kill -KILL "$p" 2>/dev/null || true
		done < <(find "$CGROUPS/$TOP" -name cgroup.procs -exec cat {} +)
		wait_until 20 remove_units
	fi
	ip netns del "$NET" 2>/dev/null || true
	rm -rf "$DIR"
}

# out NAME REMOTE LPORT RPORT PROTOCOL PACKETS DATA BYTES: what root's program
# of web.service has sent is this row, and no other.
out() {
	diff <(echo "$1 root 0 /$TOP/system.slice/web.service out ${*:2} lo") \
		<(grep "^$1 .* out " "$DIR/rows")
}

# stream NAME DIRECTION DATA [HEADER]: of TCP so many octets of data, each
# packet with headers of so many and the first with 8 more.  A busy host sends
# twice, and tells which octets came twice by options of 12.
stream() {
	awk -v name="$1" -v way="$2" -v want="$3" -v header="${4-52}" \
		-v c="${5-1}" '
		$1 == name && $5 == way { p += $10; d += $11; b += $12
			if ($2 != "root" || $13 != "lo") bad = 1 }
		END { more = b - d - p * header - 8 * c
			print name, way, d, more
			exit bad || d != want || more < 0 || more % 12 }' \
		"$DIR/rows"
}

@test "datagrams by each call are their sender's, to the octet" {
	out udp 127.0.0.1 0 9 17 10 1000 1280
	out connected 127.0.0.1 0 9 17 10 1000 1280
	out many 127.0.0.1 0 9 17 50 10000 11400
	out udp6 ::1 0 9 17 10 1000 1480
	out many6 ::1 0 9 17 20 6000 6960
}

@test "programs of some milliseconds are not missed" {
	out short 127.0.0.1 0 9 17 180 18000 23040
}

@test "raw sockets and echo requests are their sender's, replies the kernel's" {
	out raw 127.0.0.1 0 0 253 7 560 700
	out echo 127.0.0.1 0 0 1 5 280 420
	grep '^(kernel) - 4294967295 / out 127.0.0.1 0 0 1 .* lo$' "$DIR/rows"
	grep '^(kernel) - 4294967295 / out ::1 0 0 58 .* lo$' "$DIR/rows"
	# Port unreachable: 28 octets and the datagram.
	grep -F '(kernel) - 4294967295 / out 10.9.0.1 0 0 1 33 4224 5148 (other)' \
		"$DIR/rows"
}

@test "a socket that is inherited or passed on keeps its maker's name" {
	out inherited 127.0.0.1 0 9 17 4 400 512
	out passed 127.0.0.1 0 9 17 6 600 768
	not grep -E '^(heir|taker) ' "$DIR/rows"
}

@test "write, sendfile, splice, MSG_ZEROCOPY and io_uring: the octets of a stream" {
	stream tcp out 70000
	stream sendfile out 60000
	stream splice out 60000
	stream zerocopy out 60000
	stream tcp6 out 30000 72
	stream tcp in 1000
	stream tcp6 in 2000 72
	if [ "$(cat /proc/sys/kernel/io_uring_disabled)" != 0 ]; then
		skip "no io_uring here"
	fi
	stream uring out 60000
}

@test "accepted sockets are the listener's, also in children" {
	stream server in 310010 52 6
	stream server out 6000 52 6
	stream forker in 6000 52 3
	stream forker out 15000 52 3
	stream client in 15000 52 3
	not grep '^child ' "$DIR/rows"
}

@test "the port of the service is kept on its side, that of the client nowhere" {
	diff <(grep -E '^(tcp|server) ' "$DIR/rows" |
		cut -d ' ' -f 1,5-9 | sort) - <<-'EOT'
	server in 127.0.0.1 80 0 6
	server out 127.0.0.1 80 0 6
	tcp in 127.0.0.1 0 80 6
	tcp out 127.0.0.1 0 80 6
	EOT
}

@test "another user and a service of a user's own are told by uid and unit" {
	diff <(grep -E '^(other|service) .* out ' "$DIR/rows" | sort) - <<-EOT
	other - 12345 /$TOP/system.slice/db.service out 127.0.0.1 0 9 17 8 800 1024 lo
	service root 0 /$TOP/user.slice/user-1000.slice/user@1000.service/app.slice out 127.0.0.1 0 9 17 9 900 1152 lo
	EOT
}

@test "two containers with the same address are two" {
	diff <(grep '^boxed .* out ' "$DIR/rows" | sort) - <<-EOT
	boxed root 0 /$TOP/machine.slice/lxc.payload.two out 10.9.0.1 0 9 17 22 2200 2816 (other)
	boxed root 0 /$TOP/system.slice/$CONTAINER out 10.9.0.1 0 9 17 11 1100 1408 (other)
	EOT
}

@test "a socket that is older than the account has the owner that has it" {
	out old 127.0.0.1 0 9 17 12 1200 1536
}

# A daemon of its own, after the one above has ended.
again() {
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
	counting
}

@test "kill -9: the kernel has nothing left of it, and the account resumes once" {
	local ids id
	again
	web "$DIR/owned" before udp 127.0.0.1 9 5 100
	kill -HUP "$PID"
	wait_until 20 test -s "$DIR/state/tmp/trafd.owners"
	ids=$(sed -n 's/^prog_id:[^0-9]*//p' "/proc/$PID/fdinfo/"* | sort -u)
	[ "$(wc -w <<<"$ids")" = 3 ]
	for id in $ids; do
		"$DIR/owned" attached "$CGROUPS" | grep -x "$id"
	done
	stop_trafd KILL
	for id in $ids; do
		run -1 grep -x "$id" <("$DIR/owned" attached "$CGROUPS")
	done
	# Interfaces have other numbers now, but for the account.
	counting -r
	in_unit machine.slice/lxc.payload.two unshare --net sh -c \
		'ip link set lo up && exec "$@"' sh \
		"$DIR/owned" boxed udp 127.0.0.1 9 2 100
	web "$DIR/owned" before udp 127.0.0.1 9 6 100
	ended "$DIR/resumed"
	diff <(grep -E '^(before|boxed) .* out ' "$DIR/resumed" | sort) - <<-EOT
	before root 0 /$TOP/system.slice/web.service out 127.0.0.1 0 9 17 11 1100 1408 lo
	boxed root 0 /$TOP/machine.slice/lxc.payload.two out 127.0.0.1 0 9 17 2 200 256 (other)
	EOT
}

@test "what owners send is out and what they receive is in, also in the history" {
	local trafdb=$TRAF_BUILDDIR/tools/trafdb/trafdb
	[ -x "$trafdb" ] || skip "built without Berkeley DB"
	again
	serving server serve 127.0.0.1 80 1 1000
	web "$DIR/owned" client tcp 127.0.0.1 80 7 70000
	ended "$DIR/sides"
	"$trafdb" update --state-dir "$DIR/state" owners
	"$trafdb" dump --state-dir "$DIR/state" owners >"$DIR/dump"
	# Loopback: whatever one has sent the other has received.
	diff <(awk '$5 == "in" && $7 + $8 == 80 { i += $12 }
		$5 == "out" && $7 + $8 == 80 { o += $12 }
		END { print "6 80", i + o, i, o }' "$DIR/sides") \
		<(awk -F '\t' '$4 == "service" && $5 == "6 80" {
			print $5, $8, $9, $10 }' "$DIR/dump")
}

@test "what owners have sent on an interface is what the interface has carried" {
	local o=$DIR/owned total
	again
	in_net "$TRAFD" -i lo --source pcap --user nobody -m 0 \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 3>&-
	web "$o" udp udp 127.0.0.1 9 10 100
	web "$o" echo echo 127.0.0.1 0 5 56
	serving server serve 127.0.0.1 80 1 1000
	web "$o" tcp tcp 127.0.0.1 80 7 70000
	serving server6 serve ::1 80 1 2000
	web "$o" tcp6 tcp ::1 80 3 30000
	kill -INT "$(cat "$DIR/run/trafd.lo")"
	wait_until 20 test -s "$DIR/state/trafd.lo"
	kill -KILL "$(cat "$DIR/run/trafd.lo")"
	ended "$DIR/all"
	total=$(python3 "$TRAF_SRCDIR/tests/lib/readblock.py" \
		"$DIR/state/trafd.lo" | awk '{ p += $6; n += $8 }
			END { print p, n }')
	[ "$total" = "$(awk '$5 == "out" && $NF == "lo" { p += $10; n += $12 }
		END { print p, n }' "$DIR/all")" ]
}

@test "a cgroup that is gone at once: its octets are told, below what is known" {
	local o=$DIR/owned n=0
	again
	while [ $n -lt 10 ]; do
		mkdir "$CGROUPS/$TOP/system.slice/run-$n.service"
		in_unit system.slice/run-$n.service "$o" moment udp 127.0.0.1 9 1 100
		rmdir "$CGROUPS/$TOP/system.slice/run-$n.service"
		n=$((n + 1))
	done
	ended "$DIR/moments"
	awk -v unit="^/$TOP/system.slice/(run-[0-9].service|\\(gone\\))$" '
		$1 == "moment" && $5 == "out" { n += $12
			if ($4 !~ unit) { print; exit 2 } }
		END { exit n != 1280 }' "$DIR/moments"
}

@test "1000 owners at once, and all have their names" {
	again
	# shellcheck disable=SC2016 # the inner shell expands them
	web sh -c 'i=0; while [ $i -lt 1000 ]; do
		"$0" n$i udp 127.0.0.1 9 1 100; i=$((i + 1)); done' "$DIR/owned"
	ended "$DIR/thousand"
	diff <(awk '$5 == "out" && $1 ~ /^n[0-9]/ { print $1, $10, $12 }' \
		"$DIR/thousand" | sort) \
		<(seq 0 999 | awk '{ print "n" $1, 1, 128 }' | sort)
	not grep -F "(other) -" "$DIR/thousand"
}

@test "options that are for interfaces are refused, with what to do" {
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # the words of an option
		run -127 "$TRAFD" -i owners ${line%%:*}
		grep -F -- "${line#*: }" <<<"$output"
	done <<-'EOT'
	--source pcap: --source and --threads are for interfaces
	--threads 2: --source and --threads are for interfaces
	-c 5: -c and filters are for interfaces
	tcp port 80: -c and filters are for interfaces
	-d: -c and filters are for interfaces
	--local 10.0.0.0/8: --local is for interfaces
	--layout old: formats of BPFT have no owners
	EOT
}

@test "without cgroup v2 or the right it says what is missing and what works" {
	# shellcheck disable=SC2016 # the inner shell expands them
	run -1 unshare --mount sh -c 'umount -l "$1" && shift && exec "$@"' sh \
		"$CGROUPS" "$TRAFD" --check-config -i owners --user nobody \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	grep -F "cannot count owners: cgroup v2 is not mounted here; accounts of interfaces" \
		<<<"$output"
	run -1 setpriv --bounding-set -bpf,-sys_admin,-net_admin "$TRAFD" \
		--check-config -i owners --user nobody \
		--run-dir "$DIR/run" --state-dir "$DIR/state"
	grep -F "cannot count owners: the kernel does not let this process load programs" \
		<<<"$output"
}
