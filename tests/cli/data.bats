#!/usr/bin/env bats
# iptrace --data: what sockets exchange, exactly: the records of a socket, the
# conditions, losses, peers that lose packets, and what is left behind.

# shellcheck disable=SC2030,SC2031,SC2086 # $PIDS is words
load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	# shellcheck disable=SC2034 # for live_teardown
	PID='' PIDS='' NS_B=''
	mkdir "$DIR/run"
	chmod 755 "$DIR"
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	NS_A=trafD$$
	ip netns add "$NS_A" || skip "no network namespaces here"
	ip -n "$NS_A" link set lo up
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	IPTRACE=$TRAF_BUILDDIR/iptrace/iptrace
	CLI=$TRAF_SRCDIR/tests/cli
	T=$DIR/traces
	mkdir "$T"
	chown nobody "$T" "$DIR/run"
	: >"$DIR/log"
	# A trace is of all namespaces: other tests have other programs.
	J=$$
	MINE=(--job "$J.*")
	# The kernel tells of the ends of sockets there only if it has a number.
	ip netns set "$NS_A" auto
	traces_here
}

teardown() {
	live_teardown
}

# Each check loads the programs: one is for all tests.
setup_file() {
	local said dir
	dir=$(mktemp -d)
	chown nobody "$dir"
	chmod 755 "$dir"
	if said=$("$TRAF_BUILDDIR/iptrace/iptrace" --check-config \
		--user nobody --run-dir "$dir" --data "$dir/x" 2>&1); then
		said=
	fi
	rm -rf "$dir"
	export SAID=$said
}

traces_here() {
	case $SAID in
	'') return ;;
	*'built without eBPF'*) skip "built without clang or libbpf" ;;
	*'cgroup v2 is not mounted'*) skip "no cgroup v2 here" ;;
	*'load programs'*) skip "the kernel lets nobody load programs here" ;;
	esac
	echo "$SAID"
	return 1
}

# begin LOGFILE OPTION...: traces, until TERM.
begin() {
	local file=$1
	shift
	"$IPTRACE" --foreground --user nobody --run-dir "$DIR/run" "$@" \
		"$file" 2>>"$DIR/log" 3>&- &
	wait_until 20 has_pid "$file"
	PIDS+=" $(pid_of "$file")"
}

pid_of() {
	cat "$DIR/run/iptrace.$(tr / , <<<"$1")"
}

has_pid() {
	[ -s "$DIR/run/iptrace.$(tr / , <<<"$1")" ]
}

# peers KIND JOB ADDRESS PORT [SIZE]: sockets in the namespace; sets $PEER.
peers() {
	local kind=$1 job=$2
	shift 2
	PEER=$(nsenter --net="/run/netns/$NS_A" python3 -S \
		"$CLI/datapeers.py" "$kind" "$J.$job" "$@" 3>&-)
}

# recs HOW FILE...: with plain names of programs.
recs() {
	python3 -S "$CLI/datarecs.py" "$@" >"$DIR/recs" || return
	if [ "$1" = stream ]; then
		cat "$DIR/recs"
	else
		sed "s/\([ =]\)$J\./\1/" "$DIR/recs"
	fi
}

# has N KIND FILE: are there so many records of the kind?
has() {
	local pid
	pid=$(pid_of "$3")
	kill -USR1 "$pid"
	[ "$(recs lines "$3" | grep -c "^$2 ")" -eq "$1" ]
}

# end_when N KIND FILE: ends the trace that has them.
end_when() {
	wait_until 20 has "$@"
	end "$3"
}

# end LOGFILE
end() {
	local pid
	pid=$(pid_of "$1")
	kill -TERM "$pid"
	wait_until 20 gone "$pid"
}

# of PORT FILE: the records of the socket with this local port.
of() {
	recs lines "$2" | awk -v port="$1" '$2 == port'
}

@test "a socket of TCP: START, DATA, END with all values" {
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 7000
	peers tcp asker 127.0.0.1 7000
	end_when 2 END "$T/log"
	diff - <(of 7001 "$T/log") <<-'EOT'
	START 7001 out asker
	DATA 7001 out asker 0 8 8
	DATA 7001 in asker 0 10 10
	END 7001 out asker 8 10 0
	EOT
	diff - <(of 7000 "$T/log") <<-'EOT'
	START 7000 in asker
	DATA 7000 in asker 0 8 8
	DATA 7000 out asker 0 10 10
	END 7000 in asker 10 8 0
	EOT
	[ "$(recs stream "$T/log" 7001 out)" = question ]
	[ "$(recs stream "$T/log" 7000 out)" = "the answer" ]
	# A socket has one Cid, one program, one user, one unit.
	recs words "$T/log" >"$DIR/words"
	[ "$(grep -o 'cid=[0-9a-f]*' "$DIR/words" | sort | uniq -c |
		awk '{ print $1 }' | xargs)" = "4 4" ]
	[ "$(grep -c " pid=$PEER tid=$PEER .*process=$PEER/$PEER\$" \
		"$DIR/words")" -eq 8 ]
	[ "$(grep -c " uid=0 unit=$(sed -n 's/^0:://p' /proc/$$/cgroup) ip=4 type=1 proto=6 " \
		"$DIR/words")" -eq 8 ]
	[ "$(grep -c '^DATA .* segment' "$DIR/words")" -eq 4 ]
	[ "$(grep -c '^END .* rtt=[1-9]' "$DIR/words")" -eq 2 ]
}

@test "a socket of UDP over IPv6, with an empty datagram" {
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 7000
	peers udp asker ::1 7000
	end_when 2 END "$T/log"
	diff - <(of 7001 "$T/log") <<-'EOT'
	START 7001 out asker
	DATA 7001 out asker 0 8 8
	DATA 7001 in asker 0 10 10
	DATA 7001 out asker 8 0 0
	END 7001 out asker 8 10 0
	EOT
	diff - <(of 7000 "$T/log") <<-'EOT'
	START 7000 in asker
	DATA 7000 in asker 0 8 8
	DATA 7000 out asker 0 10 10
	DATA 7000 in asker 8 0 0
	END 7000 in asker 10 8 0
	EOT
	[ "$(recs words "$T/log" | grep -c ' ip=6 type=2 proto=17 ')" -eq 10 ]
}

@test "by default no payload is recorded, and nobody else can read the file" {
	begin "$T/log" --data "${MINE[@]}" --portnum 7000 --rotate-size 1G
	peers tcp asker 127.0.0.1 7000
	end_when 2 END "$T/log"
	of 7001 "$T/log" | grep -qx 'DATA 7001 out asker 0 8 0'
	not grep -aq -e question -e answer "$T/log"
	[ "$(stat -c %a "$T/log")" = 600 ]
	recs words "$T/log" | grep '^DATA' | grep -q ' abbrev process='
}

@test "conditions of a group are ANDed, groups are ORed" {
	begin "$T/log" --data=FULL --job "$J.one" --portnum 7000 \
		--data=ABBREV=3 "${MINE[@]}" --portnum 7100 \
		--data --job "$J.th*" --ip 127.0.0.8/29
	peers tcp one 127.0.0.1 7000
	peers tcp two 127.0.0.1 7000
	peers tcp one 127.0.0.1 7200
	peers tcp two 127.0.0.1 7100
	peers udp three 127.0.0.15 7300
	peers udp three 127.0.0.16 7400
	peers udp two 127.0.0.9 7500
	peers udp one 127.0.0.9 7600
	end_when 6 END "$T/log"
	[ "$(recs lines "$T/log" | awk '{ print $2, $4 }' | sort -u | xargs)" = \
		"7000 one 7001 one 7100 two 7101 two 7300 three 7301 three" ]
	of 7001 "$T/log" | grep -qx 'DATA 7001 in one 0 10 10'
	of 7101 "$T/log" | grep -qx 'DATA 7101 in two 0 10 3'
	of 7301 "$T/log" | grep -qx 'DATA 7301 in three 0 10 0'
}

@test "a socket that is older: its program, offsets from the first octet seen" {
	local cid
	mkfifo "$DIR/go"
	nsenter --net="/run/netns/$NS_A" python3 -S "$CLI/datapeers.py" wait \
		"$J.older" 127.0.0.1 7000 <"$DIR/go" >"$DIR/said" 3>&- &
	exec 5>"$DIR/go"
	wait_until 20 awk 'END { exit NR != 2 }' "$DIR/said"
	cid=$(tail -n 1 "$DIR/said")
	begin "$T/log" --data=FULL --cid "$cid"
	echo >&5
	exec 5>&-
	end_when 1 END "$T/log"
	diff - <(recs lines "$T/log") <<-'EOT'
	START 7001 out older
	DATA 7001 out older 0 8 8
	DATA 7001 in older 0 10 10
	END 7001 out older 8 10 0
	EOT
	recs words "$T/log" | grep -q " pid=$(head -n 1 "$DIR/said") .*cid=$cid "
}

@test "payload that comes before its socket is made" {
	begin "$T/log" --data=FULL "${MINE[@]}"
	peers defer late 127.0.0.1 7000
	end_when 2 END "$T/log"
	of 7000 "$T/log" | diff <(sed 's/asker/late/' <<-'EOT'
	START 7000 out asker
	DATA 7000 in asker 0 8 8
	DATA 7000 out asker 0 10 10
	END 7000 out asker 10 8 0
	EOT
	) -
}

@test "a socket that is connected twice: each connection is whole" {
	begin "$T/log" --data=FULL "${MINE[@]}"
	peers again twice 127.0.0.1 7000
	end_when 4 END "$T/log"
	of 7001 "$T/log" | sed 's/^END.*/END/' | diff - <(cat <<-'EOT'
	START 7001 out twice
	DATA 7001 out twice 0 8 8
	DATA 7001 in twice 0 10 10
	END
	START 7001 out twice
	DATA 7001 out twice 0 8 8
	DATA 7001 in twice 0 10 10
	END
	EOT
	)
}

@test "tshark shows the HTTP in it" {
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 8080
	peers http web 127.0.0.1 8080
	end_when 2 END "$T/log"
	tshark -r "$T/log" -T fields -e http.request.uri -e http.response.code \
		-Y http 2>/dev/null >"$DIR/http"
	[ "$(sort "$DIR/http" | xargs)" = "200 200 /secret /secret" ]
	[ "$(capinfos -E "$T/log" 2>/dev/null | grep -c 'Upper PDU')" -ge 1 ]
}

@test "records that are lost are counted, with their octets" {
	local pid received dropped
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 7000 --buffer-size 1
	pid=$(pid_of "$T/log")
	kill -STOP "$pid"
	peers flood many 127.0.0.1 7000 2000
	kill -CONT "$pid"
	wait_until 20 has 2 END "$T/log"
	# The next records say what was lost before them.
	peers tcp asker 127.0.0.1 7000
	wait_until 20 has 4 END "$T/log"
	end "$T/log"
	read -r received dropped < <(sed -n \
		's/.*log: \([0-9]*\) received, \([0-9]*\) dropped.*/\1 \2/p' \
		"$DIR/log")
	[ "$dropped" -gt 1000 ]
	# 4000 exchanges; START and END of both sockets; two sockets of TCP.
	[ $((received + dropped)) -eq $((4000 + 4 + 8)) ]
	[ "$(recs lost "$T/log")" = "$dropped $((dropped * 1000))" ]
	grep -q "log: $((dropped * 1000)) octets of payload were in records" \
		"$DIR/log"
	[ "$(recs lines "$T/log" | wc -l)" -eq "$received" ]
	# What was counted of a socket with losses is not exact, so it is not said.
	of 7001 "$T/log" | grep -qx 'END 7001 out many ? ? ?'
}

@test "a peer that loses, repeats and reorders: the payload is the file" {
	local address
	[ -c /dev/net/tun ] || skip "no tun device here"
	ip netns exec "$NS_A" python3 -S "$CLI/datamirror.py" >"$DIR/ready" 3>&- &
	PIDS+=" $!"
	wait_until 20 test -s "$DIR/ready"
	cd "$DIR"
	begin "$T/log" --data=FULL --job "$J.both"
	for address in 10.9.0.1 fd09::1; do
		peers both both $address 7000 2000000
		wait_until 20 has 2 END "$T/log"
		recs stream "$T/log" 7001 out | cmp - up
		recs stream "$T/log" 7000 in | cmp - up
		recs stream "$T/log" 7000 out | cmp - down
		recs stream "$T/log" 7001 in | cmp - down
		# Packets were lost, and each octet is counted once.
		of 7001 "$T/log" | grep -qxE \
			'END 7001 (out|in) both 2000000 2000000 [1-9][0-9]*'
		kill -HUP "$(pid_of "$T/log")"
		wait_until 20 has 0 END "$T/log"
		rm up down
	done
	end "$T/log"
	grep -q ' 0 dropped by the kernel' "$DIR/log"
}

@test "with packets in one file; the index has only these" {
	local packets
	nsenter --net="/run/netns/$NS_A" "$IPTRACE" --foreground --user nobody \
		--run-dir "$DIR/run" -i lo --data=FULL --job "$J.asker" "$T/log" \
		2>>"$DIR/log" 3>&- &
	wait_until 20 has_pid "$T/log"
	PIDS+=" $(pid_of "$T/log")"
	peers tcp asker 127.0.0.1 7000
	end_when 2 END "$T/log"
	[ "$(recs lines "$T/log" | wc -l)" -eq 8 ]
	packets=$(recs packets "$T/log" | grep -cx lo)
	[ "$packets" -ge 9 ]
	[ "$("$TRAFLOG" --coverage -s --format=json -i "$T/log.idx" |
		grep -o '"frames":[0-9]*' | awk -F : '{ n += $2 }
		END { print n }')" -eq "$packets" ]
}

# packed LOGFILE: is there a finished file of it that is compressed?
packed() {
	compgen -G "$1.*.zst" >/dev/null
}

@test "-c, HUP, rotation and compression as for packets" {
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 7000 -c 5 --rotate-size 1G \
		--compress zstd
	peers udp asker 127.0.0.1 7000
	wait_until 20 gone "${PIDS##* }"
	[ "$(recs lines "$T/log" | wc -l)" -eq 5 ]
	begin "$T/next" --data=FULL "${MINE[@]}" --portnum 7000 --rotate-size 2000 \
		--compress zstd
	peers udp asker 127.0.0.1 7000
	wait_until 20 packed "$T/next"
	[ "$(stat -c %a "$T"/next.*.zst | sort -u)" = 600 ]
	end "$T/next"
	zstd -dcq "$T"/next.*.zst >"$DIR/first"
	recs lines "$DIR/first" | grep -q '^START'
}

# in_kernel: programs of the trace there, by their name.
in_kernel() {
	python3 -S - <<-'END'
	import ctypes
	lib = ctypes.CDLL("libbpf.so.1")
	n, ids, id = 0, ctypes.c_uint32(0), ctypes.c_uint32(0)
	while lib.bpf_prog_get_next_id(id, ctypes.byref(ids)) == 0:
	    id = ctypes.c_uint32(ids.value)
	    fd = lib.bpf_prog_get_fd_by_id(id)
	    if fd < 0:
	        continue
	    info = ctypes.create_string_buffer(256)
	    size = ctypes.c_uint32(256)
	    if lib.bpf_obj_get_info_by_fd(fd, info, ctypes.byref(size)) == 0:
	        print(id.value, info.raw[64:80].split(b"\0")[0].decode())
	    lib.close(fd)
	END
}

mine_in_kernel() {
	in_kernel | grep ' data_' | grep -vxFf "$DIR/before"
}

none_in_kernel() {
	not mine_in_kernel
}

@test "kill -9 leaves a file that can be read, and nothing in the kernel" {
	{
		in_kernel
		echo none
	} >"$DIR/before"
	begin "$T/log" --data=FULL "${MINE[@]}" --portnum 7000
	[ "$(mine_in_kernel | wc -l)" -ge 3 ]
	peers tcp asker 127.0.0.1 7000
	wait_until 20 has 2 END "$T/log"
	kill -KILL "$(pid_of "$T/log")"
	[ "$(recs lines "$T/log" | wc -l)" -eq 8 ]
	wait_until 20 none_in_kernel
}

@test "nothing of root remains" {
	local pid
	begin "$T/log" --data "${MINE[@]}" --portnum 7000
	pid=$(pid_of "$T/log")
	[ "$(awk '/^Uid/ { print $2, $3, $4, $5 }' "/proc/$pid/status")" = \
		"$(id -u nobody) $(id -u nobody) $(id -u nobody) $(id -u nobody)" ]
	# Only CAP_NET_RAW, for interfaces that come back.
	[ "$(awk '/^CapEff/ { print $2 }' "/proc/$pid/status")" = \
		0000000000002000 ]
	awk '/^Seccomp:/ { exit $2 != 2 }' "/proc/$pid/status"
}

@test "what is missing for --data is said" {
	run -1 ip netns exec "$NS_A" "$IPTRACE" --foreground --user nobody \
		--run-dir "$DIR/run" --data "$T/log"
	[[ $output == *'cannot trace data: cgroup v2 is not mounted here; `ip netns exec'\'' hides it: use `nsenter --net=FILE'\'* ]]
	run -1 setpriv --reuid nobody --regid nogroup --clear-groups \
		"$IPTRACE" --foreground --run-dir "$DIR/run" --data "$T/log"
	[[ $output == *'cannot trace data: '*'not permitted'* ]]
	[ ! -e "$T/log" ]
	run -127 "$IPTRACE" --data --format pcap "$T/log"
	[[ $output == *'only --format pcapng can have --data'* ]]
	run -127 "$IPTRACE" --job x "$T/log"
	[[ $output == *'--job needs --data'* || $output == *'--data must come before'* ]]
	run -127 "$IPTRACE" --data FULL "$T/log"
	[[ $output == *'--data=FULL'* ]]
	run -127 "$IPTRACE" --data -p 80 "$T/log"
	[[ $output == *'give -i'* ]]
	run -127 "$IPTRACE" --data=ABBREV=65536 "$T/log"
	[[ $output == *'FULL, or ABBREV=0 to ABBREV=65535, is needed'* ]]
	run -127 "$IPTRACE" --data --ip 1.2.3.4/33 "$T/log"
	[[ $output == *'an address such as'* ]]
	run -127 "$IPTRACE" --data --portnum 0 "$T/log"
	[[ $output == *'a port from 1 to 65535 is needed'* ]]
	run -127 "$IPTRACE" --data --cid x "$T/log"
	[[ $output == *'hexadecimal'* ]]
}
