#!/usr/bin/env bats
# Owners, live: a host that sends, answers and forwards.  Its interface's
# account is what programs, the kernel and the hosts behind it have, to the
# octet; trafstat and traflog show it before anything is saved.

load assert
load live_helpers
load web_helpers

in_net() {
	nsenter --net="/run/netns/$1" "${@:2}"
}

# connect A NAME ADDRESS B NAME ADDRESS: two namespaces.
connect() {
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$4" addr add "$6/24" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

counting() {
	in_net "$GATE" "$TRAFD" --user nobody -m 0 --run-dir "$DIR/run" \
		--state-dir "$DIR/state" "$@" 3>&-
}

# serving NET NAME ADDRESS PORT CONNECTIONS SIZE
serving() {
	in_net "$1" "$DIR/owned" "$2" serve "${@:3}" >"$DIR/$2.ready" 3>&- &
	wait_until 20 grep -q ready "$DIR/$2.ready"
}

setup_file() {
	export DIR TRAFD GATE=trafG$$ WEB=trafW$$ INNER=trafI$$
	# They look at one account, and write their answers to the same files.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	DIR=$(mktemp -d)
	chmod 755 "$DIR"
	mkdir "$DIR/run" "$DIR/state"
	for net in "$GATE" "$WEB" "$INNER"; do
		ip netns add "$net" || skip "no network namespaces here"
		ip -n "$net" link set lo up
	done
	local why
	why=$(in_net "$GATE" "$TRAFD" --check-config -i owners --user nobody \
		--run-dir "$DIR/run" --state-dir "$DIR/state" 2>&1) ||
		skip "nobody counts owners here: $why"
	for net in "$GATE" "$WEB" "$INNER"; do
		in_net "$net" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
	done
	connect "$GATE" wan 192.0.2.1 "$WEB" web0 192.0.2.9
	connect "$GATE" lan 10.0.0.1 "$INNER" in0 10.0.0.9
	in_net "$GATE" sysctl -qw net.ipv4.ip_forward=1
	ip -n "$INNER" route add default via 10.0.0.1
	ip -n "$WEB" route add 10.0.0.0/24 via 192.0.2.1
	cp "$TRAF_BUILDDIR/tests/lib/owned" "$DIR/owned"
	counting -i owners
	counting -i wan
	serving "$WEB" far 192.0.2.9 80 2 5000
	serving "$WEB" away 192.0.2.9 81 1 4000
	in_net "$GATE" "$DIR/owned" mine tcp 192.0.2.9 80 1 20000
	in_net "$GATE" "$DIR/owned" other tcp 192.0.2.9 80 1 3000
	in_net "$INNER" "$DIR/owned" behind tcp 192.0.2.9 81 1 7000
	in_net "$WEB" "$DIR/owned" ping echo 192.0.2.1 0 5 56
	for net in "$GATE" "$WEB" "$INNER"; do
		wait_until 20 quiet "$net"
	done
}

# quiet NET: no connection there still sends.
quiet() {
	[ -z "$(in_net "$1" ss -Htn state connected exclude time-wait)" ]
}

teardown_file() {
	[ -n "$DIR" ] || return 0
	for name in owners wan; do
		[ -s "$DIR/run/trafd.$name" ] || continue
		# shellcheck disable=SC2034 # stop_trafd uses it
		PID=$(cat "$DIR/run/trafd.$name")
		stop_trafd TERM
	done
	for net in "$GATE" "$WEB" "$INNER"; do
		ip netns del "$net" 2>/dev/null || true
	done
	rm -rf "$DIR"
}

report() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$DIR/state" \
		--run-dir "$DIR/run" --no-cache --resolve-time 0 "$@"
}

# bytes PROGRAM FILE: in column bytes of a report by program, in CSV.
bytes() {
	awk -F, -v p="$1" '$1 == p { print $4 }' "$2"
}

@test "what is not saved yet is told by program, user and interface" {
	report -i owners --by program --where 'interface wan' --format csv \
		>"$DIR/programs"
	[ "$(bytes mine "$DIR/programs")" -gt 25000 ]
	[ "$(bytes other "$DIR/programs")" -gt 8000 ]
	[ "$(bytes '(kernel)' "$DIR/programs")" -ge 420 ]
	not grep -E '^(behind|far|away|ping),' "$DIR/programs"
	report -i owners --by user --where 'program mine' --format csv >"$DIR/got"
	[ "$(bytes root "$DIR/got")" = "$(bytes mine "$DIR/programs")" ]
}

# closes: is each octet of the interface somebody's, and whose it was?
closes() {
	local all forwarded p
	report -i wan --by program --closure --format csv >"$DIR/got" \
		2>"$DIR/err"
	all=$(report -i wan --total --format csv | awk -F, 'NR == 2 { print $3 }')
	# What the host behind has sent and received, and nothing else.
	forwarded=$(report -i wan --total --where 'host 10.0.0.9' --format csv |
		awk -F, 'NR == 2 { print $3 }')
	[ "$forwarded" -gt 11000 ] &&
		[ "$(bytes '(forwarded)' "$DIR/got")" = "$forwarded" ] &&
		[ "$(awk -F, 'NR > 1 { n += $4 } END { print n }' \
			"$DIR/got")" = "$all" ] || return 1
	report -i owners --by program --where 'interface wan' --format csv \
		>"$DIR/of_owners"
	for p in mine other '(kernel)'; do
		[ "$(bytes "$p" "$DIR/got")" = "$(bytes "$p" "$DIR/of_owners")" ] ||
			return 1
	done
}

@test "the closure of a gateway leaves nothing over" {
	# A last packet may come between two reports.
	wait_until 20 closes || {
		cat "$DIR/got" "$DIR/err"
		report -i wan -n
		report -i owners -n --where 'interface wan'
		return 1
	}
	not grep 'are not in the account' "$DIR/err"
}

@test "trafstat shows programs, users and units live" {
	top() {
		"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir "$DIR/run" \
			--top="$1" --format json "${@:2}" |
			python3 -c '
import json, sys
for r in json.loads(sys.stdin.readline())["top"]:
    print(r["label"], r["bytes"], r["sent"], sep="\t")'
	}
	# Other programs of this machine go on between the two.
	report -i owners --by program --format csv |
		awk -F, '$1 ~ /^(mine|other|far|away|behind)$/ {
			print $1 "\t" $4 "\t" $3 }' | sort >"$DIR/want"
	[ "$(wc -l <"$DIR/want")" -eq 5 ]
	top programs | grep -E '^(mine|other|far|away|behind)	' |
		sort >"$DIR/got"
	diff "$DIR/want" "$DIR/got"
	top users -i owners >"$DIR/got"
	grep -q '^root	' "$DIR/got"
	top units -n >"$DIR/got"
	grep -q '^/' "$DIR/got"
	# Hosts of this account are the remote ones.
	top hosts -i owners >"$DIR/got"
	grep -q '^192.0.2.9	' "$DIR/got"
	not grep -q '6f:776e\|owner:\|mine' "$DIR/got"
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir "$DIR/run" \
		-i owners -n --format csv >"$DIR/got"
	grep -q '/0/mine,' "$DIR/got"
	run -1 "$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir "$DIR/run" \
		--top=programs -i wan --format json
	[ "$output" = "trafstat: no owners: wan: this daemon does not know whose packets they are; trafd -i owners does" ]
}

@test "the page and the metrics of trafstatd have owners by name" {
	web_setup
	need_http
	start_web --http 0
	get / >/dev/null
	get '/?i=owners' >"$DIR/page"
	get /metrics >"$DIR/metrics"
	stop_web
	grep -q '/root/mine' "$DIR/page"
	grep -q 'trafd_host_bytes_total{interface="owners",host="[^"]*/root/mine",direction="out"} [0-9]' \
		"$DIR/metrics"
	not grep -q '6f:776e' "$DIR/page" "$DIR/metrics"
}
