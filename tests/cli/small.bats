#!/usr/bin/env bats
# Nobody vanishes: rows below -m lose detail, and no sum of a local host or of
# a service with it, whatever -m is.  The capture's own sums are the truth.

load assert

setup() {
	DIR=$(mktemp -d)
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	TRAFDB=$TRAF_BUILDDIR/tools/trafdb/trafdb
	python3 "$TRAF_SRCDIR/tests/lib/homenet.py" "$DIR/pcap" "$DIR/truth"
}

teardown() {
	rm -rf "$DIR"
}

# counted MINSIZE [OPTION...]: the capture as the account `home'.
counted() {
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
	"$TRAFD" --read "$DIR/pcap" -f home --state-dir "$DIR/state" -m "$@"
}

ask() {
	"$TRAFLOG" --state-dir "$DIR/state" -i home -n --format=tsv "$@" \
		2>"$DIR/notes"
}

# What the truth has of each local host, as a report says it.
hosts() {
	awk '$1 == "host" { print $2, $3, $4 }' "$DIR/truth" | sort
}

hosts_said() {
	ask --by=host | awk -F'\t' '$1 ~ /^(192\.168\.1|fd00:)/ {
		print $1, $2, $3 }' | sort
}

services() {
	awk '$1 == "service" && ($2 != 17 || $3 != 0) {
		print $3 "/" ($2 == 6 ? "tcp" : "udp"), $4 }' "$DIR/truth" | sort
}

services_said() {
	ask --by=service | awk -F'\t' 'NR > 1 { print $1, $4 }' | sort
}

@test "hosts, services and the total are exact whatever -m is" {
	for m in 0 100 1024 20000 1000000; do
		counted $m
		diff <(hosts) <(hosts_said)
		diff <(awk '$1 == "total" { print $2 }' "$DIR/truth") \
			<(ask --total | awk -F'\t' 'NR == 2 { print $3 }')
		# A scan of 3,000 ports costs the one who is scanned its services.
		diff <(services | grep -E '^(53|443|445|27015)/') \
			<(services_said | grep -E '^(53|443|445|27015)/')
	done
}

@test "a host and a service can be asked for, and have their graph" {
	counted 1024
	for host in 192.168.1.10 192.168.1.14 fd00::14; do
		want=$(awk -v h=$host '$2 == h { print $3 + $4 }' "$DIR/truth")
		got=$(ask --total --where="host $host" |
			awk -F'\t' 'NR == 2 { print $3 }')
		[ "$got" -eq "$want" ]
		grep -q 'bytes of these blocks were in small rows' "$DIR/notes"
	done
	want=$(awk '$1 == "service" && $3 == 53 { n += $4 } END { print n }' \
		"$DIR/truth")
	got=$(ask --total --where='port 53' | awk -F'\t' 'NR == 2 { print $3 }')
	[ "$got" -eq "$want" ]
	"$TRAFLOG" --state-dir "$DIR/state" -i home -n --graph \
		--where='host 192.168.1.14' >"$DIR/graph"
	lacks 'no traffic' "$DIR/graph"
}

@test "what nothing was taken from has no note" {
	counted 0
	ask --by=host >/dev/null
	[ ! -s "$DIR/notes" ]
	# Nor has a sum that needs no ports and no hosts.
	counted 1024
	ask --total >/dev/null
	[ ! -s "$DIR/notes" ]
	# Nor have local hosts, which are never folded: theirs are all bytes.
	ask --by=local --apart >"$DIR/local"
	lacks 'small rows' "$DIR/notes"
	awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $at["addresses"], $at["bytes"] }' "$DIR/local" | sort >"$DIR/got"
	awk '$1 == "host" && $2 ~ /^(192\.168\.1\.|fd00)/ { print $2, $3 + $4 }' \
		"$DIR/truth" | sort >"$DIR/want"
	[ -s "$DIR/want" ]
	diff "$DIR/want" "$DIR/got"
	# Their services may have lost theirs, and what --local names was not
	# local when the rows were folded.
	ask --by=local,service >/dev/null
	grep -q 'small rows' "$DIR/notes"
	ask --by=local --local=203.0.113.0/24 >/dev/null
	grep -q 'small rows' "$DIR/notes"
}

@test "budgets and the history count small rows" {
	counted 1024
	"$TRAFDB" --state-dir "$DIR/state" update home
	want=$(awk '$2 == "192.168.1.14" { print $3 + $4 }' "$DIR/truth")
	got=$(ask --history --total --where='host 192.168.1.14' |
		awk -F'\t' 'NR == 2 { print $3 }')
	[ "$got" -eq "$want" ]
	diff <(hosts) <(ask --history --by=host |
		awk -F'\t' '$1 ~ /^(192\.168\.1|fd00:)/ { print $1, $2, $3 }' |
		sort)
}

@test "a budget of a host with small rows only is seen" {
	# In this month, however young it is.
	start=$(python3 -c 'if True:
	    import time
	    now = int(time.time())
	    month = time.localtime(now - 200).tm_mon == time.localtime(now).tm_mon
	    print(now - 200 if month else now)')
	python3 "$TRAF_SRCDIR/tests/lib/homenet.py" "$DIR/pcap" "$DIR/truth" \
		"$start"
	counted 1024
	"$TRAFDB" --state-dir "$DIR/state" update home
	"$TRAFDB" --state-dir "$DIR/state" limit phone home 100000 \
		--host=192.168.1.14
	"$TRAFDB" --state-dir "$DIR/state" check --all >"$DIR/budgets" || true
	cat "$DIR/budgets"
	want=$(awk '$2 == "192.168.1.14" { printf "%d", ($3 + $4) / 1000 }' \
		"$DIR/truth")
	grep -q "phone.*$want" "$DIR/budgets"
}

@test "the client's port goes first, then the remote host" {
	counted 1024
	ask >"$DIR/rows"
	# Each query has its own port; client and server still stand there.
	awk -F'\t' '$3 == "192.168.1.10" && $5 == "9.9.9.9" && $6 == 53' \
		"$DIR/rows" | says .
	# The pages of many small servers are one row of the client's.
	awk -F'\t' '$3 == "192.168.1.13" && $5 == "other" && $6 == 443' \
		"$DIR/rows" | says .
	awk -F'\t' '$3 == "other" && $5 == "192.168.1.4"' "$DIR/rows" | says .
	awk -F'\t' '$3 == "other" && $5 == "other"' "$DIR/rows" >"$DIR/other"
	[ ! -s "$DIR/other" ]
}

@test "the file stays small" {
	counted 0
	all=$(stat -c %s "$DIR/state/trafd.home")
	counted 1024
	[ $(($(stat -c %s "$DIR/state/trafd.home") * 5)) -lt "$all" ]
}

@test "the layouts of BPFT have \`other', as their readers know it" {
	for layout in old new; do
		counted 1024 --layout $layout
		ask >"$DIR/rows"
		awk -F'\t' '$3 == "other" && $5 == "other"' "$DIR/rows" | says .
		awk -F'\t' 'NR > 1 && ($3 == "other") != ($5 == "other")' \
			"$DIR/rows" >"$DIR/halves"
		[ ! -s "$DIR/halves" ]
	done
}

@test "a full table takes the same steps" {
	counted 0 --max-flows 1024
	diff <(hosts) <(hosts_said)
	ask --by=service | says '^53/udp'
}
