#!/usr/bin/env bats
# iptrace(8) records what passes a veth pair: every format, the options that
# choose packets, other files, losses, full disks, kills, privileges.

# shellcheck disable=SC2086 # $PIDS and $EXPR are words
# shellcheck disable=SC2010,SC2012,SC2016 # names are plain; eval expands
load assert
load live_helpers
load sanitized

setup() {
	live_setup
	IPTRACE=$TRAF_BUILDDIR/iptrace/iptrace
	T=$DIR/traces
	mkdir "$T"
	chown nobody "$T" "$DIR/run"
	: >"$DIR/log"
}

teardown() {
	umount -l "$T" 2>/dev/null || true
	live_teardown
}

# begin LOGFILE OPTION...: records, with the expression $EXPR.
begin() {
	local file=$1
	shift
	ip netns exec "$NS_B" "$IPTRACE" --foreground --user nobody \
		--run-dir "$DIR/run" "$@" "$file" ${EXPR-} \
		2>>"$DIR/log" 3>&- &
	wait_until 20 has_pid "$file"
	PIDS+=" $(pid_of "$file")"
}

pid_file() {
	printf '%s/run/iptrace.%s' "$DIR" "$(tr / , <<<"$1")"
}

pid_of() {
	cat "$(pid_file "$1")"
}

has_pid() {
	[ -s "$(pid_file "$1")" ] && kill -0 "$(pid_of "$1")"
}

# end LOGFILE
end() {
	local pid
	pid=$(pid_of "$1")
	kill -TERM "$pid"
	wait_until 20 gone "$pid"
}

# send PACKETS [PPS]: from veA, in ten flows.
send() {
	ip netns exec "$NS_A" "$SENDER" veA 10 "$@" >"$DIR/sent"
}

# packets FILE...: how many tshark reads.
packets() {
	local f n=0
	for f in "$@"; do
		n=$((n + $(tshark -r "$f" 2>/dev/null | wc -l)))
	done
	echo "$n"
}

# holds N FILE...
holds() {
	local n=$1
	shift
	[ "$(packets "$@")" -eq "$n" ]
}

# flush LOGFILE
flush() {
	local before
	before=$(grep -c 'all packets up to now' "$DIR/log" || true)
	kill -USR1 "$(pid_of "$1")"
	logged $((before + 1)) 'all packets up to now'
}

# datagram FROM-NAMESPACE ADDRESS PORT
datagram() {
	ip netns exec "$1" python3 -S -c '
import socket, sys
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
    b"x" * 100, (sys.argv[1], int(sys.argv[2])))' "$2" "$3"
}

addresses() {
	ip -n "$NS_A" addr add 10.5.1.1/24 dev veA
	ip -n "$NS_B" addr add 10.5.1.2/24 dev veB
	ip -n "$NS_A" neigh add 10.5.1.2 dev veA lladdr \
		"$(ip netns exec "$NS_B" cat /sys/class/net/veB/address)"
	ip -n "$NS_B" neigh add 10.5.1.1 dev veB lladdr \
		"$(ip netns exec "$NS_A" cat /sys/class/net/veA/address)"
}

@test "tshark, capinfos and tcpdump read every format" {
	local format
	for format in pcapng pcap iptrace; do
		begin "$T/$format" -i veB --format $format
	done
	send 1000
	for format in pcapng pcap iptrace; do
		end "$T/$format"
		holds 1000 "$T/$format"
		capinfos -c -M "$T/$format" | says 'Number of packets: *1000$'
	done
	for format in pcapng pcap; do
		tcpdump -nr "$T/$format" --count 2>/dev/null | says '^1000 '
	done
	# The same octets, times and interfaces.
	for format in pcap iptrace; do
		diff <(tshark -r "$T/pcapng" -x 2>/dev/null) \
			<(tshark -r "$T/$format" -x 2>/dev/null)
	done
	file "$T/iptrace" | says 'AIX iptrace'
	logged 3 ': 1000 received, 0 dropped by the kernel, 0 by the interface, 0 by the writer'
}

@test "pcapng says interface, filter, direction and statistics" {
	addresses
	begin "$T/a" -i veB -P udp
	datagram "$NS_A" 10.5.1.2 7
	datagram "$NS_B" 10.5.1.1 8
	end "$T/a"
	[ "$(tshark -r "$T/a" -T fields -e frame.interface_name \
		-e frame.packet_flags_direction -e udp.dstport \
		2>/dev/null | sort)" = \
		$'veB\t0x00000001\t7\nveB\t0x00000002\t8' ]
	capinfos "$T/a" >"$DIR/out"
	says 'Name = veB' <"$DIR/out"
	says 'Time precision = nanoseconds' <"$DIR/out"
	says 'Filter string = .*proto 17' <"$DIR/out"
	says 'Number of stat entries = 1' <"$DIR/out"
	says 'Capture application: iptrace ' <"$DIR/out"
}

@test "options of one kind are ORed, the kinds are ANDed" {
	local f port
	addresses
	begin "$T/ports" -i veB -p 7,domain
	begin "$T/from" -i veB -s 10.5.1.1
	begin "$T/to" -i veB -d 10.5.1.1
	begin "$T/both" -i veB -s 10.5.1.1 -b -p 9
	EXPR='udp port 53' begin "$T/protocols" -i veB -P tcp,17
	begin "$T/sctp" -i veB -P sctp
	for port in 7 9 53; do
		datagram "$NS_A" 10.5.1.2 $port
		datagram "$NS_B" 10.5.1.1 $port
	done
	for f in ports from to both protocols sctp; do
		end "$T/$f"
	done
	holds 4 "$T/ports"
	[ "$(tshark -r "$T/from" -T fields -E occurrence=f -e ip.src 2>/dev/null |
		sort -u)" = 10.5.1.1 ]
	tshark -r "$T/to" -T fields -E occurrence=f -e ip.dst \
		2>/dev/null >"$DIR/out"
	[ "$(sort -u "$DIR/out")" = 10.5.1.1 ]
	# Beside the datagrams there may be ICMP about closed ports.
	[ "$(packets "$T/from")" -ge 3 ]
	holds 2 "$T/both"
	holds 2 "$T/protocols"
	holds 0 "$T/sctp"
}

# vlan_frames: ARP and UDP to port 7, without a tag, with one and with two.
vlan_frames() {
	ip netns exec "$NS_A" python3 -S -c '
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("veA", 0))
mac = bytes(6 * [2]) + bytes([2, 0, 0, 0, 0, 1])
udp = struct.pack("!HHHH", 7, 7, 8, 0)
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0,
                 bytes([10, 5, 1, 1]), bytes([10, 5, 1, 2]))
for tags in b"", b"\x81\0\0\5", b"\x81\0\0\5\x81\0\0\6":
    s.send(mac + tags + b"\x08\0" + ip + udp + bytes(18))
    s.send(mac + tags + b"\x08\x06" + bytes(46))'
}

@test "VLAN tags hide neither ports nor ARP" {
	begin "$T/port" -i veB -p 7
	begin "$T/noarp" -i veB -a
	vlan_frames
	end "$T/port"
	end "$T/noarp"
	holds 3 "$T/port"
	holds 3 "$T/noarp"
	[ "$(tshark -r "$T/noarp" -Y arp 2>/dev/null | wc -l)" -eq 0 ]
}

@test "without -i all interfaces, each with its name" {
	addresses
	begin "$T/all"
	datagram "$NS_A" 10.5.1.2 7
	datagram "$NS_B" 127.0.0.1 7
	end "$T/all"
	tshark -r "$T/all" -Y udp -T fields -e frame.interface_name \
		2>/dev/null | sort -u >"$DIR/names"
	[ "$(cat "$DIR/names")" = $'lo\nveB' ]
}

@test "all interfaces: every format can be read, also without packets" {
	local f
	addresses
	for f in pcapng pcap iptrace; do
		EXPR='udp port 7' begin "$T/$f" --format $f
		EXPR='udp port 8' begin "$T/no$f" --format $f
	done
	datagram "$NS_A" 10.5.1.2 7
	for f in pcapng pcap iptrace; do
		end "$T/$f"
		end "$T/no$f"
		[ "$(tshark -r "$T/$f" -T fields -e udp.dstport)" = 7 ]
		holds 0 "$T/no$f"
		capinfos "$T/no$f" >/dev/null
	done
	for f in pcapng pcap; do
		tcpdump -nr "$T/$f" 2>/dev/null |
			says 'IP 10.5.1.1.[0-9]* > 10.5.1.2.7: UDP'
		tcpdump -nr "$T/no$f" 2>"$DIR/err"
		says 'link-type EN10MB' <"$DIR/err"
	done
}

@test "several interfaces, given as a list or twice" {
	addresses
	EXPR=udp begin "$T/list" -i veB,lo
	EXPR=udp begin "$T/twice" -i veB -i lo
	datagram "$NS_A" 10.5.1.2 7
	datagram "$NS_B" 127.0.0.1 7
	for f in list twice; do
		end "$T/$f"
		[ "$(tshark -r "$T/$f" -T fields -e frame.interface_name \
			2>/dev/null | sort -u)" = $'lo\nveB' ]
	done
}

@test "-S cuts the frames, and their length stays known" {
	begin "$T/a" -i veB -S 60
	send 200
	end "$T/a"
	tshark -r "$T/a" -T fields -e frame.cap_len -e frame.len 2>/dev/null \
		>"$DIR/out"
	awk '$1 > 60 || $2 < $1 { bad = 1 } $2 > $1 { n++ }
		END { exit bad || n == 0 }' "$DIR/out"
	logged 1 'recording veB, 60 octets of each frame'
}

@test "-S 1: also the length of tagged frames stays known" {
	begin "$T/a" -i veB -S 1
	begin "$T/all" -i veB
	vlan_frames
	end "$T/a"
	end "$T/all"
	[ "$(tshark -r "$T/a" -T fields -e frame.cap_len 2>/dev/null |
		sort -u)" = 1 ]
	diff <(tshark -r "$T/a" -T fields -e frame.len 2>/dev/null) \
		<(tshark -r "$T/all" -T fields -e frame.len 2>/dev/null)
}

@test "-c ends after so many packets" {
	begin "$T/a" -i veB -c 70
	send 100
	wait_until 20 gone "$(pid_of "$T/a" || echo $PIDS)"
	holds 70 "$T/a"
	logged 1 ': 70 received'
}

@test "--duration ends the trace" {
	begin "$T/a" -i veB --duration 1s
	wait_until 20 gone $PIDS
	logged 1 'a: 0 received, 0 dropped'
}

@test "USR1: all that has come in is in the file, with its index" {
	begin "$T/a" -i veB
	send 300
	flush "$T/a"
	holds 300 "$T/a"
	[ -s "$T/a.idx" ]
	"$TRAFLOG" -s -n --format=tsv -i "$T/a.idx" >/dev/null
}

# ---- other files ----

@test "HUP begins another file; each has its packets" {
	local old
	begin "$T/a" -i veB
	send 100
	kill -HUP "$(pid_of "$T/a")"
	wait_until 20 eval 'holds 100 "$T"/a.*Z'
	send 50
	end "$T/a"
	holds 50 "$T/a"
	old=$(echo "$T"/a.????????T??????Z)
	[ -e "$old.idx" ]
	holds 100 "$old"
}

@test "-L: the trace becomes LogFile.old at the start and at the size" {
	begin "$T/a" -i veB
	send 10
	end "$T/a"
	begin "$T/a" -i veB -L 100000
	holds 10 "$T/a.old"
	send 1000
	end "$T/a"
	[ "$(stat -c %s "$T/a.old")" -ge 100000 ]
	[ "$(stat -c %s "$T/a.old")" -lt 200000 ]
	[ "$(ls "$T" | tr '\n' ' ')" = "a a.idx a.old a.old.idx " ]
}

@test "a file that cannot be renamed is recorded to, and renamed later" {
	begin "$T/a" -i veB -L 50k
	mkdir "$T/a.old"
	send 1000
	logged 1 "cannot begin another file: $T/a: .*; recording goes on in this one"
	flush "$T/a"
	holds 1000 "$T/a"
	rmdir "$T/a.old"
	kill -HUP $PIDS
	wait_until 20 test -e "$T/a.old"
	holds 1000 "$T/a.old"
	end "$T/a"
	logged 1 ': 1000 received'
}

@test "--rotate-size and --keep: names with times, none lost, the oldest go" {
	local n
	begin "$T/a" -i veB --rotate-size 50k --no-index
	send 1000
	end "$T/a"
	n=$(ls "$T" | wc -l)
	[ "$n" -gt 5 ]
	holds 1000 "$T"/a*
	ls "$T" | lacks -Ev '^a(\.[0-9]{8}T[0-9]{6}Z(-[0-9]+)?)?$'
	# Not of ours: another name, another content.
	echo secret >"$T/a.20200101T000000Z"
	cp "$T/a" "$T/a.20200101T000000Zx"
	begin "$T/a" -i veB --rotate-size 50k --keep 3
	send 500
	end "$T/a"
	[ "$(cat "$T/a.20200101T000000Z")" = secret ]
	[ -e "$T/a.20200101T000000Zx" ]
	rm "$T/a.20200101T000000Z" "$T/a.20200101T000000Zx"
	[ "$(ls "$T" | grep -c 'Z\(-[0-9]*\)\?$')" -le 4 ]
}

@test "--rotate-every: at the boundaries of the clock" {
	begin "$T/a" -i veB --rotate-every 1s
	wait_until 20 eval '[ "$(ls "$T" | grep -c "Z$")" -ge 3 ]'
	end "$T/a"
	# A second each: no name needs a number.
	ls "$T" | lacks -- '-'
}

@test "a trace that a kill has left is not overwritten by rotation" {
	begin "$T/a" -i veB --rotate-size 1G
	send 100
	flush "$T/a"
	kill -KILL $PIDS
	wait_until 20 gone $PIDS
	PIDS=
	begin "$T/a" -i veB --rotate-size 1G
	end "$T/a"
	holds 100 "$T"/a.*Z
}

@test "--free removes the oldest of its own, and no more than needed" {
	mount -t tmpfs -o size=4m tmpfs "$T" || skip "no tmpfs here"
	chown nobody "$T"
	echo mine >"$T/other"
	begin "$T/a" -i veB --rotate-size 200k --free 2M --no-index
	send 30000
	flush "$T/a"
	wait_until 20 eval \
		'[ "$(df --output=avail -k "$T" | tail -1)" -ge 1953 ]'
	[ "$(df --output=avail -k "$T" | tail -1)" -lt 2500 ]
	[ "$(cat "$T/other")" = mine ]
	end "$T/a"
	umount "$T"
	# The disk was full before the second was over.  Nothing was lost of what
	# the kernel could keep while it was busy.
	lacks 'No space left' <"$DIR/log"
	logged 1 'received, .* dropped'
	awk '/ received, / { sum = $3 + $5 + $10 + $14 }
		END { exit sum != 30000 }' "$DIR/log"
}

# seekable FILE.zst FILE: is that its table, and is each frame 1 MiB by itself?
seekable() {
	python3 -S - "$@" <<-'P'
	import struct, subprocess, sys
	z = open(sys.argv[1], "rb").read()
	whole = open(sys.argv[2], "rb").read()
	n, flags, magic = struct.unpack("<IBI", z[-9:])
	assert (flags, magic) == (0, 0x8F92EAB1)
	table = len(z) - 9 - 8 * n
	assert struct.unpack("<II", z[table - 8:table]) == \
	    (0x184D2A5E, 8 * n + 9)
	at = begin = 0
	for i in range(n):
	    packed, raw = struct.unpack_from("<II", z, table + 8 * i)
	    assert raw == min(1 << 20, len(whole) - begin)
	    assert subprocess.run(["zstd", "-qdc"], input=z[at:at + packed],
	        stdout=subprocess.PIPE).stdout == whole[begin:begin + raw]
	    at += packed
	    begin += raw
	assert (at, begin) == (table - 8, len(whole))
	print(n)
	P
}

@test "--compress zstd: finished files are whole in zstd's seekable format" {
	begin "$T/a" -i veB --rotate-size 2500k --compress zstd
	send 10000
	kill -HUP $PIDS
	wait_until 20 eval '[ -z "$(ls "$T" | grep "Z\(-[0-9]*\)\?$")" ]'
	end "$T/a"
	[ "$(ls "$T"/*.zst | wc -l)" -ge 2 ]
	for f in "$T"/*.zst; do
		[ "$(stat -c '%a %U' "$f")" = "640 nobody" ]
		[ -e "${f%.zst}.idx" ]
		zstd -q -d "$f" -o "${f%.zst}"
		seekable "$f" "${f%.zst}" >>"$DIR/frames"
		rm "$f"
	done
	says '^3$' <"$DIR/frames"
	rm "$T"/*.idx
	holds 10000 "$T"/a*
}

# ---- losses and faults ----

@test "a full disk: lost packets are counted, and recording goes on" {
	mount -t tmpfs -o size=1m tmpfs "$T" || skip "no tmpfs here"
	chown nobody "$T"
	begin "$T/a" -i veB --no-index
	dd if=/dev/zero of="$T/fill" bs=1k count=700 2>/dev/null
	send 5000
	flush "$T/a"
	logged 1 'cannot write to the trace: .*: No space left on device; packets are lost until there is room'
	n=$(packets "$T/a")
	[ "$n" -gt 0 ]
	[ "$n" -lt 5000 ]
	rm "$T/fill"
	send 100
	end "$T/a"
	holds $((n + 100)) "$T/a"
	tshark -r "$T/a" -T fields -e frame.drop_count -e frame.comment \
		2>/dev/null | awk -F '\t' '$1 {
			if ($2 != $1 " dropped before this packet: 0 by the " \
			    "kernel, 0 by the interface, " $1 " by the writer")
				exit 1
			n += $1
		} END { print n }' >"$DIR/out"
	umount "$T"
	[ "$(cat "$DIR/out")" -eq $((5000 - n)) ]
	logged 1 "$((n + 100)) received, 0 dropped by the kernel, 0 by the interface, $((5000 - n)) by the writer"
}

# is_another FILE INODE: has its name been given to another file?
is_another() {
	[ "$(stat -c %i "$1")" -ne "$2" ]
}

@test "a full disk when a file begins: the finished one stays as it is" {
	mount -t tmpfs -o size=1m tmpfs "$T" || skip "no tmpfs here"
	chown nobody "$T"
	begin "$T/a" -i veB -L 500k --no-index
	send 100
	flush "$T/a"
	dd if=/dev/zero of="$T/fill" bs=4k 2>/dev/null || true
	kill -HUP $PIDS
	logged 1 'cannot begin another file: .*: No space left on device; packets are lost until there is room'
	# Each further attempt finds the empty file of the one before.
	wait_until 20 is_another "$T/a" "$(stat -c %i "$T/a")"
	send 20
	rm "$T/fill"
	wait_until 20 test -s "$T/a"
	holds 100 "$T/a.old"
	send 30
	end "$T/a"
	[ "$(packets "$T/a")" -ge 30 ]
	umount "$T"
	logged 1 'occurred [0-9]* times, now over or changed: cannot begin another'
}

@test "a trace that somebody cuts or removes begins anew" {
	begin "$T/a" -i veB
	send 100
	flush "$T/a"
	: >"$T/a"
	logged 1 "the trace was cut: $T/a: recording begins anew"
	send 50
	flush "$T/a"
	holds 50 "$T/a"
	rm "$T/a"
	logged 1 "the trace was removed: $T/a: another file is begun"
	send 20
	end "$T/a"
	holds 20 "$T/a"
	tshark -r "$T/a" 2>&1 | lacks -i 'damaged\|cut short'
	"$TRAFLOG" -s -n --format=tsv -i "$T/a.idx" >/dev/null
	[ "$(ls "$T" | tr '\n' ' ')" = "a a.idx " ]
}

@test "what somebody else puts under the name is not renamed" {
	begin "$T/a" -i veB -L 1M
	send 10
	mv "$T/a" "$T/mine"
	echo foreign >"$T/a"
	kill -HUP $PIDS
	logged 1 "cannot begin another file: $T/a: File exists; recording goes on in this one"
	[ "$(cat "$T/a")" = foreign ]
	[ ! -e "$T/a.old" ]
	# As logrotate leaves it: empty.
	: >"$T/a"
	kill -HUP $PIDS
	wait_until 20 test -s "$T/a"
	send 5
	end "$T/a"
	holds 10 "$T/mine"
	holds 5 "$T/a"
}

@test "a recorder that is stopped loses in the kernel, and says so" {
	begin "$T/a" -i veB --buffer-size 1
	kill -STOP $PIDS
	send 20000
	kill -CONT $PIDS
	# Behind all that the buffer had: a packet that tells of the losses.
	flush "$T/a"
	send 10
	end "$T/a"
	n=$(packets "$T/a")
	[ "$n" -lt 20010 ]
	logged 1 "a: $n received, $((20010 - n)) dropped by the kernel, 0 by the interface, 0 by the writer"
	[ "$(tshark -r "$T/a" -T fields -e frame.drop_count 2>/dev/null |
		awk '{ n += $1 } END { print n }')" -eq $((20010 - n)) ]
	capinfos "$T/a" >"$DIR/out"
	# By the flush, and at the end.
	says 'Number of stat entries = 2' <"$DIR/out"
}

# A pwritev(2) that takes two seconds once there is a file "slow".
make_slow() {
	cat >"$DIR/slow.c" <<-'C'
	#include <sys/syscall.h>
	#include <sys/types.h>
	#include <unistd.h>
	struct iovec;
	ssize_t pwritev64(int, const struct iovec *, int, off_t);
	ssize_t pwritev(int, const struct iovec *, int, off_t);
	static ssize_t slow(int fd, const struct iovec *v, int n, off_t at)
	{
		static int done;

		if (!done && access(SLOW, F_OK) == 0) {
			done = 1;
			sleep(2);
		}
		return (syscall(SYS_pwritev, fd, v, (long)n, (long)at, 0L));
	}
	ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at)
	{
		return (slow(fd, v, n, at));
	}
	ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
	{
		return (slow(fd, v, n, at));
	}
	C
	${TRAF_CC:-cc} -shared -fPIC -D_GNU_SOURCE "-DSLOW=\"$T/slow\"" \
		-o "$DIR/slow.so" "$DIR/slow.c"
}

@test "what the kernel drops while a write blocks is dropped by the writer" {
	if sanitized "$IPTRACE"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	make_slow || skip "no C compiler for a library to preload"
	LD_PRELOAD=$DIR/slow.so begin "$T/a" -i veB --buffer-size 1
	touch "$T/slow"
	send 20000
	# Signals are heard meanwhile.
	end "$T/a"
	n=$(packets "$T/a")
	# While the ring is emptied afterwards, some may be lost in the kernel.
	logged 1 "a: $n received, "
	sed -n 's/.* received, \([0-9]*\) dropped by the kernel, 0 by the interface, \([0-9]*\) by the writer$/\1 \2/p' \
		"$DIR/log" >"$DIR/out"
	read -r kernel writer <"$DIR/out"
	[ $((n + kernel + writer)) -eq 20000 ]
	[ "$writer" -gt $((5 * kernel)) ]
}

@test "killed at random moments: every format can be read" {
	local format i n
	for i in 1 2 3; do
		for format in pcapng pcap iptrace; do
			begin "$T/$format$i" -i veB --format $format --no-index
		done
		send 20000 100000 &
		send=$!
		sleep 0.0$((RANDOM % 10))
		kill -KILL $PIDS
		for n in $PIDS; do
			wait_until 20 gone "$n"
		done
		PIDS=
		wait $send
		for format in pcapng pcap iptrace; do
			# A kill may end a write within its last record.
			tshark -r "$T/$format$i" 2>"$DIR/err" >"$DIR/out" ||
				says 'cut short in the middle' <"$DIR/err"
			lacks -i 'damaged\|corrupt' "$DIR/err"
			[ "$(packets "$T/$format$i")" -le 20000 ]
		done
	done
}

@test "an interface that goes and comes back" {
	begin "$T/a" -i veB
	send 10
	flush "$T/a"
	ip -n "$NS_A" link del veA
	logged 1 'interface is gone: veB: .*; waiting until it is back'
	make_veth
	logged 1 'interface is back: veB: recording goes on'
	send 20
	end "$T/a"
	[ "$(packets "$T/a")" -ge 30 ]
}

# ---- privileges and names ----

@test "nothing of root remains but the right to capture" {
	begin "$T/a" -i veB
	grep -E '^(Uid|Gid|Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' \
		"/proc/${PIDS# }/status" | tr -s '\t' ' ' >"$DIR/out"
	uid=$(id -u nobody)
	says "^Uid: $uid $uid $uid $uid$" <"$DIR/out"
	says '^CapEff: 0000000000002000$' <"$DIR/out"
	says '^CapPrm: 0000000000002000$' <"$DIR/out"
	says '^CapBnd: 0000000000000000$' <"$DIR/out"
	says '^NoNewPrivs: 1$' <"$DIR/out"
	[ "$(stat -c '%a %U' "$T/a")" = "640 nobody" ]
	end "$T/a"
}

@test "a directory of root only: rotation works, and only there" {
	chown root "$T"
	chmod 700 "$T"
	begin "$T/a" -i veB
	says '^CapEff:.0000000000002002$' <"/proc/${PIDS# }/status"
	send 10
	kill -HUP $PIDS
	wait_until 20 eval '[ "$(packets "$T"/a.*Z)" -eq 10 ]'
	end "$T/a"
}

# refused TEXT OPTION...: one line, status 1, nothing made
refused() {
	local text=$1
	shift
	run ip netns exec "$NS_B" "$IPTRACE" --user nobody --run-dir \
		"$DIR/run" "$@"
	[ "$status" -eq 1 ]
	[[ $output == "iptrace: $text"* ]] || {
		echo "$output"
		return 1
	}
	[ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "what cannot be recorded is refused before detaching" {
	refused 'no such host: -s no.such.host.invalid: ' \
		-s no.such.host.invalid "$T/a"
	refused 'no such port: -p nosuchport; give' -p nosuchport "$T/a"
	refused 'no such port: -p 65536; give' -p 65536 "$T/a"
	refused 'no such protocol: -P nosuch; give' -P nosuch "$T/a"
	refused 'nosuch: no such interface' -i nosuch "$T/a"
	refused 'cannot open the directory of LogFile: ' "$T/none/a"
	ln -s "$T" "$DIR/link"
	refused 'not a directory: ' "$DIR/link/a"
	ln -s /etc/passwd "$T/link"
	refused "not a file: $T/link is a symbolic link" -i veB "$T/link"
	mkfifo "$T/fifo"
	refused "not a file: $T/fifo is a named pipe" -i veB "$T/fifo"
	refused "not a file: $T is a directory" -i veB "$T"
	refused 'not a file: ' "$T/"
	echo text >"$T/text"
	refused "not a trace: $T/text would be overwritten" -i veB "$T/text"
	[ "$(cat "$T/text")" = text ]
	echo notes >"$T/b.idx"
	refused "not a trace: $T/b.idx would be overwritten" -i veB "$T/b"
	echo notes >"$T/b.old"
	rm "$T/b.idx"
	refused "not a trace: $T/b.old would be overwritten" -i veB -L 1M \
		"$T/b"
	cp "$TRAF_SRCDIR/tests/captures/links.py" "$T/foreign"
	chown daemon "$T/foreign"
	refused "file of another user: $T/foreign" -i veB "$T/foreign"
	refused 'link type not possible in this format: ' -i lo,any \
		--format iptrace "$T/a"
	# It would say more than the options that it is ANDed with.
	refused 'invalid filter: tcp) or (udp: its parentheses do not match' \
		-i veB -p 80 "$T/a" 'tcp) or (udp'
	refused 'no such user: --user nosuchuser' --user nosuchuser "$T/a"
	[ ! -e "$T/a" ]
}

@test "a full disk at the start is one line" {
	mount -t tmpfs -o size=64k,nr_inodes=2 tmpfs "$T" || skip "no tmpfs"
	chown nobody "$T"
	touch "$T/only"
	refused "cannot create the trace: $T/a: " -i veB "$T/a"
	umount "$T"
}

@test "wrong options: 127" {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		run -127 "$IPTRACE" $words
	done <<-E
	-i eth0
	-b $T/a
	-L 0 $T/a
	-S 262145 $T/a
	--keep 3 $T/a
	-L 1M --rotate-size 1M $T/a
	--free 100% --rotate-size 1M $T/a
	--rotate-every 5x $T/a
	-
	E
}

# ---- several, and --stop ----

@test "several at once; a second one for the same file is refused" {
	begin "$T/a" -i veB
	begin "$T/b" -i lo
	refused 'iptrace is already running: ' -i veB "$T/a"
	[ -e "$T/a" ]
	kill -0 $PIDS
	# Nor if its PID file is elsewhere.
	mkdir "$DIR/run/2"
	refused "another iptrace records to this file: $T/a; give another name" \
		-i veB --run-dir "$DIR/run/2" "$T/a"
	send 10
	end "$T/a"
	holds 10 "$T/a"
}

@test "--stop ends the one that is named, or all, and names them" {
	local pids
	begin "$T/a" -i veB
	begin "$T/b" -i veB
	begin "$T/c" -i veB
	read -ra pids <<<"$PIDS"
	run "$IPTRACE" --run-dir "$DIR/run" --stop "$T/b"
	[ "$status" -eq 0 ]
	[ "$output" = "$T/b: stopped, PID ${pids[1]}" ]
	wait_until 20 gone "${pids[1]}"
	kill -0 "${pids[0]}" "${pids[2]}"
	run "$IPTRACE" --run-dir "$DIR/run" --stop
	[ "$status" -eq 0 ]
	[ "$(sort <<<"$output")" = "$T/a: stopped, PID ${pids[0]}
$T/c: stopped, PID ${pids[2]}" ]
	wait_until 20 gone "${pids[0]}"
	wait_until 20 gone "${pids[2]}"
	PIDS=
	run "$IPTRACE" --run-dir "$DIR/run" --stop
	[ "$status" -eq 1 ]
	[ "$output" = "iptrace: no iptrace is running: $DIR/run" ]
	run "$IPTRACE" --run-dir "$DIR/run" --stop "$T/a"
	[ "$status" -eq 1 ]
	[ "$output" = "iptrace: no iptrace records to this file: $T/a" ]
}

@test "detached: the prompt comes back when it records" {
	run ip netns exec "$NS_B" "$IPTRACE" --user nobody --run-dir \
		"$DIR/run" -i veB "$T/a" 3>&-
	[ "$status" -eq 0 ]
	PIDS=$(pid_of "$T/a")
	send 10
	"$IPTRACE" --run-dir "$DIR/run" --stop "$T/a"
	holds 10 "$T/a"
	PIDS=
}

@test "-u: there is nothing to unload" {
	run "$IPTRACE" -u
	[ "$status" -eq 0 ]
	[[ $output == *'nothing to unload'* ]]
}

@test "the examples of AIX's page" {
	addresses
	echo '10.5.1.1 airmail' >"$DIR/hosts"
	start() {
		unshare -m sh -c 'mount --bind "$1" /etc/hosts && shift &&
			exec "$@"' sh "$DIR/hosts" ip netns exec "$NS_B" \
			"$IPTRACE" --run-dir "$DIR/run" --user nobody "$@" 3>&-
	}
	start "$T/nettrace"
	start -i veB -p telnet -s airmail "$T/telnet"
	start -i veB -s airmail -b "$T/both"
	PIDS="$(pid_of "$T/nettrace") $(pid_of "$T/telnet") $(pid_of "$T/both")"
	datagram "$NS_A" 10.5.1.2 23
	datagram "$NS_B" 10.5.1.1 23
	for f in nettrace telnet both; do
		"$IPTRACE" --run-dir "$DIR/run" --stop "$T/$f"
	done
	PIDS=
	holds 1 "$T/telnet"
	[ "$(tshark -r "$T/both" -Y 'udp and not icmp' 2>/dev/null |
		wc -l)" -eq 2 ]
	[ "$(tshark -r "$T/nettrace" -Y 'udp and not icmp' 2>/dev/null |
		wc -l)" -eq 2 ]
}
