#!/bin/bash
# storm.sh [ROWS [SECONDS]]: twelve clients ask a daemon with that many rows
# (300,000) for a table without a pause, for that long (120): what it costs the
# daemon, which is bound to two seconds of a core, a fiftieth of one from then
# on, and the connections; 1 when it is more than that and 2 %.  For both
# sources.  As root; programs built.
set -eu
rows=${1:-300000}
seconds=${2:-120}
: "${TRAF_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
skip() {
	echo "storm.sh: $*" >&2
	exit 77
}
# shellcheck source=tests/cli/live_helpers.bash
. "$TRAF_SRCDIR/tests/cli/live_helpers.bash"

storm() {
	python3 - "$DIR/run/trafd.veB.sock" "$PID" "$1" <<-'END'
	import glob, socket, struct, sys, threading, time
	path, pid, end = sys.argv[1], sys.argv[2], time.time() + float(sys.argv[3])
	ask = (b"TRFQ" + struct.pack("<HHII", 1, 4, 16, 0) +
	       struct.pack("<IBBHH6x", 20, 1, 0, 0, 0))
	served = [0]
	def cpu():
	    return sum(int(open(f).read().split()[0]) for f in
	               glob.glob(f"/proc/{pid}/task/*/schedstat")) / 1e9
	def client():
	    while time.time() < end:
	        s = socket.socket(socket.AF_UNIX)
	        s.settimeout(5)
	        try:
	            s.connect(path)
	            s.sendall(ask)
	            if s.recv(65536):
	                served[0] += 1
	        except OSError:
	            time.sleep(0.01)
	        s.close()
	before, begin = cpu(), time.time()
	all = [threading.Thread(target=client) for _ in range(12)]
	for t in all:
	    t.start()
	for t in all:
	    t.join()
	took = time.time() - begin
	used = cpu() - before
	print(f"{served[0]} answers, {used:.2f} s of CPU in {took:.0f} s")
	sys.exit(used > 2 + 0.04 * took)
	END
}

live_setup
trap live_teardown EXIT
for TRAF_SOURCE in pcap ebpf; do
	start_trafd -m 0 --buffer 64
	ip netns exec "$NS_A" "$SENDER" veA random "$rows" 100000 >/dev/null
	sleep 2
	echo "$TRAF_SOURCE, $rows rows"
	storm "$seconds"
	stop_trafd TERM
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
done
