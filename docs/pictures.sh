#!/bin/bash
# pictures.sh [SECONDS]: take docs/live.png anew, from a daemon that counts the
# traffic of pictures.py for so long (75), and docs/report.png, of an account
# of a day in the same office.  As root, for network namespaces and names of
# its own; programs and tests/lib/mksave built; Chromium and curl.
set -eu
seconds=${1:-75}
docs=$(cd "$(dirname "$0")" && pwd)
build=${TRAF_BUILDDIR:-$(cd "$docs/.." && pwd)}
if [ "${PICTURES_INSIDE-}" = "" ]; then
	PICTURES_INSIDE=1 exec unshare --net --mount --uts "$0" "$@"
fi
dir=$(mktemp -d)
begun=()

end() {
	for pid in "${begun[@]}"; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	umount /etc/hosts 2>/dev/null || :
	rm -rf "$dir"
}
trap end EXIT

# wait_for COMMAND...: twenty seconds at most
wait_for() {
	local n
	for ((n = 0; n < 200; n++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "pictures.sh: in vain: $*" >&2
	exit 1
}

# shoot PICTURE WIDTH HEIGHT URL
shoot() {
	chromium --headless --no-sandbox --disable-gpu --no-first-run \
		--disable-background-networking \
		--disable-dev-shm-usage --hide-scrollbars \
		--user-data-dir="$dir/profile" --virtual-time-budget=4000 \
		--window-size="$2,$3" --screenshot="$docs/$1" "$4" \
		2>"$dir/chromium.log"
}

hostname gate
cat >"$dir/hosts" <<-'END'
127.0.0.1	localhost
192.0.2.1	gate.example
192.0.2.10	anna.example
192.0.2.11	ben.example
192.0.2.12	clara.example
192.0.2.13	david.example
198.51.100.7	video.example
198.51.100.20	files.example
198.51.100.25	mail.example
END
mount --bind "$dir/hosts" /etc/hosts
mkdir "$dir/run" "$dir/state"
chmod 755 "$dir"
ip link set lo up
ip link add eth0 type veth peer name office
for i in eth0 office; do
	sysctl -qw "net.ipv6.conf.$i.disable_ipv6=1"
	ip link set "$i" up
done
ip addr add 192.0.2.1/24 dev eth0

"$build/trafd/trafd" --foreground -i eth0 -m 0 --user root \
	--run-dir "$dir/run" --state-dir "$dir/state" 2>"$dir/log" &
begun+=($!)
wait_for "$build/tools/trafstat/trafstat" --run-dir "$dir/run" --ask=version
"$build/tools/trafstatd/trafstatd" --http 127.0.0.1:9990 --user root \
	--run-dir "$dir/run" --state-dir "$dir/state" 2>>"$dir/log" &
begun+=($!)
wait_for curl -sf http://127.0.0.1:9990/
python3 "$docs/pictures.py" office $((seconds + 30)) &
begun+=($!)

# A history, with ten seconds of the traffic.
sleep 10
"$build/tools/trafstat/trafstat" --run-dir "$dir/run" --ask=save
"$build/tools/trafdb/trafdb" --state-dir "$dir/state" update eth0

# The page remembers what it was asked for, so somebody has to.
while sleep 1; do
	curl -sf http://127.0.0.1:9990/api/v1/live >"$dir/answer" || :
done &
begun+=($!)
sleep "$seconds"
shoot live.png 1060 860 http://127.0.0.1:9990/

python3 "$docs/pictures.py" | "$build/tests/lib/mksave" "$dir/day"
TZ=UTC "$build/tools/traflog/traflog" -i "$dir/day" --by host --top 8 \
	--format=html >"$dir/report.html"
shoot report.png 900 760 "file://$dir/report.html"
