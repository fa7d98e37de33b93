#!/bin/sh
# What `trafd -i owners' costs a packet: the run time that the kernel reports
# with kernel.bpf_stats_enabled, less what it reports of a program that does
# nothing, which is the cost of the clock.  Datagrams and a stream over the
# loopback interface of a network namespace; all are measured in one run.  Needs
# root and cgroup v2.
# shellcheck disable=SC1091,SC2154 # names of bench.subr
set -u
. "${0%/*}/bench.subr"

need_net owners
net=trafbenchO
owned=$BENCH_BUILD/tests/lib/owned
cgroups=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' \
    /proc/self/mountinfo)
tool=
trap 'cleanup' EXIT
trap 'exit 1' HUP INT TERM

cleanup() {
	[ -z "$tool" ] || kill "$tool"
	ip netns del $net 2>/dev/null
}

in_net() {
	nsenter --net=/run/netns/$net "$@"
}

[ -x "$owned" ] || { echo "owners: make tests/lib/owned first"; exit 0; }
ip netns add $net || exit 0
ip -n $net link set lo up
fresh
in_net taskset -c 1 "$BENCH_BUILD/trafd/trafd" --foreground -i owners -m 0 \
    --user root --run-dir "$fresh/run" --state-dir "$fresh" \
    >"$fresh.log" 2>&1 &
while ! [ -s "$fresh/run/trafd.owners" ]; do sleep 0.1; done
tool=$(cat "$fresh/run/trafd.owners")

# cost TITLE COMMAND...
cost() {
	echo "$1: packets, ns a packet, less the clock"
	shift
	in_net taskset -c 0 "$bin/owners" "$tool" "$cgroups" "$@"
}

cost "datagrams of one program" \
    "$owned" one itself 127.0.0.1 99 "$BENCH_PACKETS" 100
cost "IPv6" "$owned" six itself ::1 99 "$BENCH_PACKETS" 100
in_net "$owned" server serve 127.0.0.1 80 1 100 >/dev/null &
while ! in_net ss -Hltn | grep -q :80; do sleep 0.1; done
cost "a stream, in segments of 64 kB at most" \
    "$owned" stream tcp 127.0.0.1 80 100000 "$((BENCH_PACKETS * 1000))"
wait $!
