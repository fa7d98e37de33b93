# Shared by the tests that run the real daemon on a veth pair: two network
# namespaces of their own, a generator at one end, trafd at the other.

traf_setup_net() {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	NS_A=trafA$$ NS_B=trafB$$
	ip netns add "$NS_A" || skip "no network namespaces here"
	ip netns add "$NS_B"
	ip link add veA netns "$NS_A" type veth peer name veB netns "$NS_B"
	# IPv6 neighbours would add packets that the test did not send.
	ip netns exec "$NS_A" sysctl -qw net.ipv6.conf.veA.disable_ipv6=1
	ip netns exec "$NS_B" sysctl -qw net.ipv6.conf.veB.disable_ipv6=1
	ip -n "$NS_A" link set veA up
	ip -n "$NS_B" link set veB up
	ip -n "$NS_A" link set lo up
	ip -n "$NS_B" link set lo up
}

traf_teardown_net() {
	[ -n "$NS_A" ] || return 0
	ip netns del "$NS_A" 2>/dev/null || true
	ip netns del "$NS_B" 2>/dev/null || true
}

# wait_until SECONDS COMMAND...: polls ten times a second.
wait_until() {
	local n=$(($1 * 10))
	shift
	while ! "$@"; do
		n=$((n - 1))
		[ $n -gt 0 ] || return 1
		sleep 0.1
	done
}

# gone PID: has it ended, though init may not have looked after it yet?
gone() {
	! kill -0 "$1" 2>/dev/null ||
		[ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]
}

# settled FILE: has it not grown for longer than a capture buffer may wait?
settled() {
	local size
	size=$(wc -c <"$1")
	sleep 1.5
	[ "$(wc -c <"$1")" -eq "$size" ]
}
