#!/usr/bin/env bats
# Counters near 2^63 and 2^64, in every format that programs read: exact where
# the format has such numbers, and the same in all that are JSON.

load assert
load report_helpers
load live_helpers
load web_helpers

setup() {
	command -v python3 >/dev/null || skip "no python3"
	report_setup UTC0
	web_setup
	# shellcheck disable=SC2034 # of live_helpers
	DIR=$dir
	mkdir run
	FAKE=
}

teardown() {
	stop_web KILL
	[ -z "$FAKE" ] || kill "$FAKE"
	cd /
	rm -rf "$dir"
}

# The numbers, and how JSON has them.  2^64 - 1 is no number to answers: it is
# what nobody knows.
numbers() {
	cat <<-'EOF'
	9007199254740993 9007199254740993
	9223372036854775807 9223372036854775807
	9223372036854775808 9.22337203685478e18
	18446744073709551614 1.84467440737096e19
	EOF
}

# raw KEY...: how the JSON values on standard input have the numbers of these
# keys, wherever they are: each way once.
raw() {
	python3 -c '
import json, sys
seen = {}
def walk(v):
    for k, x in v.items() if isinstance(v, dict) else enumerate(v):
        if isinstance(x, (dict, list)):
            walk(x)
        elif k in sys.argv[1:]:
            seen.setdefault(k, set()).add(x)
for line in sys.stdin:
    walk([json.loads(line, parse_int=str, parse_float=str)])
assert set(seen) == set(sys.argv[1:]), (set(seen), sys.argv)
print(*sorted(set.union(*seen.values())))' "$@"
}

# save NUMBER: a file of one row with it, and a ledger.
save() {
	rm -f trafd.eth0
	"$mksave" trafd.eth0 <<-EOF
	block eth0 host 1795266000 1795266060
	ledger frames $1
	ledger rx_bytes_end $1
	10.0.0.1 80 10.0.0.2 1025 6 $1 $1 $1
	EOF
}

@test "rows, answers and ledgers of files" {
	while read -r n json; do
		save "$n"
		[ "$(traflog -i eth0 -an --format=json |
		    raw packets data bytes)" = "$json" ]
		[ "$(traflog -i eth0 -n --by=host --files --format=json |
		    raw packets data bytes)" = "$json" ]
		[ "$(traflog -i eth0 --total --files --format=json |
		    raw packets data bytes)" = "$json" ]
		[ "$(traflog -i eth0 --coverage --format=json |
		    raw frames rx_bytes_end)" = "$json" ]
		[ "$(traflog -i eth0 -an --format=csv | sed -n 's/.*,6,//p')" = \
		    "$n,$n,$n" ]
		traflog -i eth0 -an --format=sql | grep -q ",6,$n,$n,$n);$"
		traflog -i eth0 -n --total --files --format=tsv | grep -qw "$n"
		traflog -i eth0 -n --total --files --format=sql | grep -qw "$n"
		traflog -i eth0 --coverage --format=tsv | grep -qw "$n"
		traflog -i eth0 --coverage --format=sql | grep -qw "$n"
	done < <(numbers)
}

@test "sums in the history" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] || skip "no history"
	while read -r n json; do
		rm -rf db
		mkdir db
		save "$n"
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" \
		    update eth0
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" \
		    dump eth0 | grep pair | grep -qw "$n.$n.$n"
		[ "$(traflog -i eth0 -n --by=pair --history --format=json |
		    raw packets data bytes)" = "$json" ]
	done < <(numbers)
}

# fake NUMBER: a daemon all of whose numbers are this.
fake() {
	[ -z "$FAKE" ] || kill "$FAKE"
	rm -f run/*
	save "$1"
	python3 "$TRAF_SRCDIR/tests/lib/fakestat.py" run/trafd.eth0.sock "$1" \
	    trafd.eth0 3>&- &
	FAKE=$!
	wait_until 20 [ -e run/trafd.eth0.sock ]
}

trafstat() {
	"$TRAF_BUILDDIR/tools/trafstat/trafstat" --run-dir run -i eth0 "$@"
}

@test "numbers of a running daemon" {
	while read -r n json; do
		fake "$n"
		[ "$(trafstat -D --format=json |
		    raw seen_bytes rows frames)" = "$json" ]
		[ "$(trafstat -s --format=json |
		    raw seen_packets wire_bytes 255)" = "$json" ]
	done < <(numbers)
}

@test "the server's live values and metrics" {
	need_http
	while read -r n json; do
		fake "$n"
		start_web --http 0
		[ "$(get '/api/v1/live?i=eth0' |
		    raw packets bytes rows frames)" = "$json" ]
		get /metrics >metrics
		grep -q "^trafd_ip_bytes_total{interface=\"eth0\"} $n\$" \
		    metrics
		grep -q "^trafd_table_rows{interface=\"eth0\"} $n\$" metrics
		stop_web
	done < <(numbers)
}
