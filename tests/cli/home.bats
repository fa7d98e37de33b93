#!/usr/bin/env bats
# A home network: five clients with IPv4 and IPv6 behind a router, two servers
# outside, and a firewall whose counters are the truth.  Whatever trafd says of
# it, wherever, must be what the firewall says.
# jobs: 6

load assert
load live_helpers
load web_helpers

CLIENTS=(pc tv kid phone guest)

# on MACHINE COMMAND...: in its network namespace.
on() {
	local machine=$1
	shift
	ip netns exec "h$$$machine" "$@"
}

machine() {
	ip netns add "h$$$1"
	MACHINES+=("h$$$1")
	on "$1" sysctl -qw net.ipv6.conf.all.accept_ra=0 \
		net.ipv6.conf.default.accept_ra=0 \
		net.ipv6.conf.default.dad_transmits=0 \
		net.ipv6.conf.default.router_solicitations=0
	ip -n "h$$$1" link set lo up
}

# cable MACHINE DEVICE: from its eth0 to that device of the router.
cable() {
	ip -n "h$$$1" link add eth0 type veth peer name "$2" netns "h$$router"
	ip -n "h$$$1" link set eth0 up
	ip -n "h$$router" link set "$2" up
}

address() {
	local machine=$1 device=$2
	shift 2
	for a; do
		case $a in
		*:*) ip -n "h$$$machine" addr add "$a" dev "$device" nodad ;;
		*) ip -n "h$$$machine" addr add "$a" dev "$device" ;;
		esac
	done
}

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	command -v nft >/dev/null || skip "needs nft, whose counters it reads"
	DIR=$(mktemp -d)
	MACHINES=() PIDS=() PID=''
	web_setup
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	TRAFDB=$TRAF_BUILDDIR/tools/trafdb/trafdb
	TRAFSTAT=$TRAF_BUILDDIR/tools/trafstat/trafstat
	mkdir "$DIR/run" "$DIR/state"
	machine router
	ip -n "h$$router" link add br0 type bridge
	# What passes from client to client is not the router's business.
	for i in 4 6; do
		on router sysctl -qw \
			"net.bridge.bridge-nf-call-ip${i#4}tables=0" || true
	done
	ip -n "h$$router" link set br0 up
	address router br0 192.168.1.1/24 fd00::1/64
	machine outside
	cable outside wan
	address router wan 203.0.113.1/24 2001:db8::1/64
	address outside eth0 203.0.113.10/24 203.0.113.20/24 \
		2001:db8::10/64
	ip -n "h$$outside" route add default via 203.0.113.1
	ip -n "h$$outside" route add default via 2001:db8::1
	local i=10 c
	for c in "${CLIENTS[@]}"; do
		machine "$c"
		cable "$c" "p$c"
		ip -n "h$$router" link set "p$c" master br0
		address "$c" eth0 192.168.1.$i/24 fd00::$i/64
		ip -n "h$$$c" route add default via 192.168.1.1
		ip -n "h$$$c" route add default via fd00::1
		i=$((i + 1))
	done
	on router sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
}

teardown() {
	stop_web
	[ -z "${PIDS[*]}" ] || kill "${PIDS[@]}" 2>/dev/null || true
	[ -n "$DIR" ] || return 0
	stop_trafd KILL
	local m
	for m in "${MACHINES[@]}"; do
		ip netns del "$m"
	done
	rm -rf "$DIR"
}

# ---- the firewall ----

# rules: a counter for each address and direction, as the clients' side of the
# router sees it, one for each service, and one for all; not for what machines
# tell each other by link-local addresses while they start.
rules() {
	local i
	echo 'table inet count {'
	for i in 10 11 12 13 14; do
		echo "counter s4_$i {}; counter d4_$i {};" \
			"counter s6_$i {}; counter d6_$i {};"
	done | tr ';' '\n'
	printf 'counter %s {}\n' web dns game total
	for way in 'in prerouting iifname' 'out postrouting oifname'; do
		# shellcheck disable=SC2086 # three words
		set -- $way
		echo "chain $1 { type filter hook $2 priority 0;"
		echo "$3 != br0 return"
		echo 'ip saddr 192.168.1.0/24 counter name total'
		echo 'ip saddr != 192.168.1.0/24 ip daddr 192.168.1.0/24' \
			'counter name total'
		echo 'ip6 saddr fd00::/64 counter name total'
		echo 'ip6 saddr != fd00::/64 ip6 daddr fd00::/64' \
			'counter name total'
		echo 'tcp sport 443 counter name web'
		echo 'tcp dport 443 counter name web'
		echo 'udp sport 53 counter name dns'
		echo 'udp dport 53 counter name dns'
		echo 'udp sport 27015 counter name game'
		echo 'udp dport 27015 counter name game'
		for i in 10 11 12 13 14; do
			echo "ip saddr 192.168.1.$i counter name s4_$i"
			echo "ip daddr 192.168.1.$i counter name d4_$i"
			echo "ip6 saddr fd00::$i counter name s6_$i"
			echo "ip6 daddr fd00::$i counter name d6_$i"
		done
		echo '}'
	done
	echo '}'
}

# truth: "NAME PACKETS BYTES" of each counter.
truth() {
	on router nft -j list counters | python3 -S -c '
import json, sys
for o in json.load(sys.stdin)["nftables"]:
    if "counter" in o:
        c = o["counter"]
        print(c["name"], c["packets"], c["bytes"])' | sort
}

# bytes COUNTER...: their sum.
bytes() {
	local names=" $* "
	awk -v names="$names" 'index(names, " " $1 " ") { n += $3 }
		END { printf "%.0f\n", n }' "$DIR/truth"
}

# steady COMMAND...: its output, while nothing passes the firewall: a neighbour
# may be looked for at any time.
steady() {
	local n
	for n in 1 2 3 4 5 6 7 8 9 10; do
		truth >"$DIR/truth"
		"$@" >"$DIR/out" 2>"$DIR/err" || return
		truth | cmp -s - "$DIR/truth" && return
	done
	echo "something passes all the time" >&2
	return 1
}

# ---- what happens ----

# quiet: nothing has passed for longer than machines that start take between
# two reports of their multicast groups, which is at most a second.
quiet() {
	local before
	before=$(passed)
	sleep 1.3
	[ "$(passed)" = "$before" ]
}

passed() {
	on router cat /sys/class/net/br0/statistics/{rx,tx}_packets
}

start() {
	wait_until 20 quiet
	ip netns exec "h$$router" "$TRAFD" -i br0 --user root \
		--source "${TRAF_SOURCE:-pcap}" --run-dir "$DIR/run" \
		--state-dir "$DIR/state" 3>&-
	PID=$(cat "$DIR/run/trafd.br0")
	rules | on router nft -f -
}

live() {
	local clients=() c i=10
	# Without the function, so that $! is the server and not a shell.
	ip netns exec "h$$router" "$TRAF_SRCDIR/tests/lib/athome.py" \
		serve 192.168.1.1 \
		>"$DIR/ready.dns" 3>&- &
	PIDS+=($!)
	ip netns exec "h$$outside" "$TRAF_SRCDIR/tests/lib/athome.py" \
		serve 203.0.113.10 203.0.113.20 2001:db8::10 \
		>"$DIR/ready.servers" 3>&- &
	PIDS+=($!)
	wait_until 20 grep -q ready "$DIR/ready.dns"
	wait_until 20 grep -q ready "$DIR/ready.servers"
	for c in "${CLIENTS[@]}"; do
		on "$c" "$TRAF_SRCDIR/tests/lib/athome.py" use "$c" 192.168.1.$i \
			fd00::$i 192.168.1.1 203.0.113.10 2001:db8::10 \
			"$DIR/go" 3>&- &
		clients+=($!)
		i=$((i + 1))
	done
	: >"$DIR/go"
	for c in "${clients[@]}"; do
		wait "$c"
	done
}

# once_more: something that is not saved yet.
once_more() {
	on guest "$TRAF_SRCDIR/tests/lib/athome.py" use guest 192.168.1.14 \
		fd00::14 192.168.1.1 203.0.113.10 2001:db8::10 "$DIR/go" 3>&-
}

# ---- what is said ----

log() {
	"$TRAFLOG" --state-dir "$DIR/state" --run-dir "$DIR/run" -i br0 -n "$@"
}

# hosts_are COMMAND...: it prints "ADDRESS IN OUT" of each local host.
hosts_are() {
	hosts_of "$@"
	diff "$DIR/want" "$DIR/got"
}

# hosts_of COMMAND...: what it prints of them, and what it should.
hosts_of() {
	local i
	steady "$@"
	for i in 10 11 12 13 14; do
		printf '192.168.1.%d %d %d\n' $i "$(bytes d4_$i)" \
			"$(bytes s4_$i)"
		printf 'fd00::%d %d %d\n' $i "$(bytes d6_$i)" "$(bytes s6_$i)"
	done | sort >"$DIR/want"
	grep -E '^(192\.168\.1\.1[0-4]|fd00::1[0-4]) ' "$DIR/out" |
		sort >"$DIR/got"
}

of_text() {
	log --by host --bytes "$@" | awk '{ print $1, $2, $3 }'
}

of_json() {
	log --by host --format=json "$@" | python3 -S -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["host"], r["in"], r["out"])'
}

of_html() {
	log --by host --format=html "$@" | python3 -S -c '
import re, sys
for row in re.findall("<tr>(.*?)</tr>", sys.stdin.read()):
    n = re.findall("title=\"(\\d+)\"", row)
    k = re.match("<td class=\"k\">(.*?)</td>", row)
    if k and len(n) > 2:
        print(k.group(1), n[0], n[1])'
}

of_trafstat() {
	"$TRAFSTAT" --run-dir "$DIR/run" -i br0 -n --format=json | python3 -S -c '
import collections, json, sys
own = collections.defaultdict(lambda: [0, 0])
for line in sys.stdin:
    r = json.loads(line)
    own[r["dst"]][0] += r["bytes"]
    own[r["src"]][1] += r["bytes"]
for host, n in own.items():
    print(host, *n)'
}

# page_is HOST IN OUT: counters; a host is looked at when it is asked for.
page_is() {
	truth >"$DIR/truth"
	get "/api/v1/live?i=br0&host=$1" | python3 -S -c '
import json, sys
v = json.load(sys.stdin)["instance"]["host_view"]
want = [int(n) for n in sys.argv[2:]]
if not v["known"] or [v["in"], v["out"]] != want:
    sys.exit("%s: %s is not %s" % (sys.argv[1], v, want))' \
		"$1" "$(bytes "$2")" "$(bytes "$3")"
}

# The hosts of the live page, as soon as it has looked at all that has passed.
of_page() {
	wait_until 20 page_has "$(bytes total)"
	python3 -S -c '
import json, sys
for h in json.load(open(sys.argv[1]))["instance"]["hosts"]:
    print(h["name"], h["in"], h["out"])' "$DIR/live"
}

page_has() {
	get "/api/v1/live?i=br0" >"$DIR/live"
	python3 -S -c '
import json, sys
d = json.load(open(sys.argv[1]))["instance"]
print(d["hosts"])
sys.exit(sum(h["in"] for h in d["hosts"]) < int(sys.argv[2]))' "$DIR/live" "$1"
}

sum_of() {
	log --total --format=tsv "$@" | awk -F '\t' 'NR == 2 { print $3 }'
}

# sum_is COUNTERS OPTION...
sum_is() {
	local counters=$1
	shift
	steady sum_of "$@"
	# shellcheck disable=SC2086 # several
	[ "$(cat "$DIR/out")" -eq "$(bytes $counters)" ] || {
		echo "$counters: $(cat "$DIR/out") is not $(bytes $counters)" >&2
		return 1
	}
}

# used NAME: what trafdb check says of that budget.
used() {
	"$TRAFDB" check --state-dir "$DIR/state" --run-dir "$DIR/run" --all \
		>"$DIR/check" || [ $? -eq 2 ]
	sed -n "s/^$1: .*: \([^ ]*\) of .*/\1/p" "$DIR/check"
}

every_report() {
	hosts_are of_text
	hosts_are of_json
	hosts_are of_html
	hosts_are of_text --since=-1h
	sum_is total --where 'net 192.168.1.0/24 or net fd00::/64'
	sum_is web --where 'port 443'
	sum_is dns --where 'port 53'
	sum_is game --where 'port 27015'
	sum_is "s4_12 d4_12 s6_12 d6_12" --where 'host 192.168.1.12 or host fd00::12'
}

@test "every report says what the firewall says: live, saved, in the history" {
	start
	live
	every_report
	hosts_are of_trafstat
	kill -INT "$PID"
	wait_until 20 test -s "$DIR/state/trafd.br0"
	every_report
	[ -x "$TRAFDB" ] || return 0
	"$TRAFDB" update --state-dir "$DIR/state"
	every_report
	once_more
	every_report
}

@test "the live page of each host says what the firewall says" {
	need_http
	start
	live
	start_web --http 127.0.0.1:0 --state-dir "$DIR/state" -n
	hosts_of of_page		# the largest of them
	[ "$(wc -l <"$DIR/got")" -ge 6 ]
	[ -z "$(comm -23 "$DIR/got" "$DIR/want")" ]
	# Each byte counts for both of its ends: local hosts first, then others.
	python3 -S -c '
import json, re, sys
for h in json.load(open(sys.argv[1]))["instance"]["hosts"]:
    own = h["name"].startswith(("192.168.1.", "fd00::"))
    assert h["local"] == own, h' "$DIR/live"
	get "/?i=br0" >"$DIR/page"
	grep -o '<th colspan="5">[a-z ]*<\|host=[0-9.]*"' "$DIR/page" >"$DIR/order"
	[ "$(grep -c colspan "$DIR/order")" -eq 2 ]
	[ "$(sed -n 1p "$DIR/order")" = '<th colspan="5">local hosts<' ]
	sed '1,/remote hosts/d' "$DIR/order" | grep -q 'host=203.0.113.10'
	sed '1,/remote hosts/d' "$DIR/order" | lacks 'host=192.168'
	wait_until 20 page_is 192.168.1.12 d4_12 s4_12
	wait_until 20 page_is fd00::11 d6_11 s6_11
	get "/host?i=br0&host=192.168.1.12" >"$DIR/page"
	grep -q '192\.168\.1\.12' "$DIR/page"
	grep -q '53/udp' "$DIR/page"
}

@test "DNS from ever new ports is nobody's loss: small rows in the default -m" {
	start
	live
	kill -INT "$PID"
	wait_until 20 test -s "$DIR/state/trafd.br0"
	log -s --format=tsv >"$DIR/rows"
	# Fewer rows than questions, and all of them counted.
	[ "$(wc -l <"$DIR/rows")" -lt 700 ]
	hosts_are of_json
	sum_is dns --where 'port 53'
}

@test "budgets say what the firewall says" {
	[ -x "$TRAFDB" ] || skip "built without Berkeley DB"
	start
	live
	kill -INT "$PID"
	wait_until 20 test -s "$DIR/state/trafd.br0"
	"$TRAFDB" update --state-dir "$DIR/state"
	once_more
	for budget in "home:--net=192.168.1.0/24,fd00::/64" \
		"kid:--net=192.168.1.12,fd00::12"; do
		name=${budget%%:*}
		# Passed at what was used, and not at a byte more: once more
		# when a neighbour was looked for meanwhile.
		for _ in 1 2 3 4 5; do
			truth | tee "$DIR/before" >"$DIR/truth"
			n=$(bytes total)
			[ "$name" = home ] || n=$(bytes s4_12 d4_12 s6_12 d6_12)
			# shellcheck disable=SC2086 # an option, or none
			"$TRAFDB" limit --state-dir "$DIR/state" "$name" br0 \
				$((n + 1)) --at=100 ${budget#*:}
			steady used "$name"
			cmp -s "$DIR/before" "$DIR/truth" && break
		done
		lacks "^$name: .*passed" "$DIR/check"
		# shellcheck disable=SC2086
		"$TRAFDB" limit --state-dir "$DIR/state" "$name" br0 $n \
			--at=100 ${budget#*:}
		used "$name"		# it says so once
		grep -q "^$name: .*passed 100%" "$DIR/check"
	done
}
