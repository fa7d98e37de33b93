#!/usr/bin/env bats
# --format=sql: what real databases make of it.  Each test runs in sqlite3 and
# in a PostgreSQL cluster of its own, on a socket in a temporary directory.

load assert

setup_file() {
	: "${TRAF_SRCDIR:=$BATS_TEST_DIRNAME/../..}"
	: "${TRAF_BUILDDIR:=$TRAF_SRCDIR}"
	export TRAF_SRCDIR TRAF_BUILDDIR CLUSTER='' AS=''
	for bin in /usr/lib/postgresql/*/bin; do
		PATH=$PATH:$bin
	done
	command -v initdb >/dev/null || return 0
	CLUSTER=$(mktemp -d)
	# PostgreSQL does not run as root.
	if [ "$(id -u)" -eq 0 ]; then
		chown nobody "$CLUSTER"
		AS='setpriv --reuid=nobody --clear-groups --regid=65534'
	fi
	cd "$CLUSTER"
	settings="-c fsync=off -c listen_addresses= -k $CLUSTER"
	{
		$AS initdb -N -A trust -U traf -D data &&
		$AS pg_ctl -D data -w -t 120 -l "$CLUSTER/log" -o "$settings" \
		    start
	} >"$CLUSTER/out" 2>&1 3>&- || {
		cat "$CLUSTER/out" "$CLUSTER/log"
		return 1
	}
}

teardown_file() {
	[ -n "$CLUSTER" ] || return 0
	cd "$CLUSTER"
	$AS pg_ctl -D data -m immediate stop >/dev/null 2>&1 || true
	cd /
	rm -rf "$CLUSTER"
}

setup() {
	dir=$(mktemp -d)
	export TZ=CET-1 LC_ALL=C PGHOST=$CLUSTER PGUSER=traf
	cd "$dir"
}

teardown() {
	[ -z "${db-}" ] || psql -q -d postgres -c "DROP DATABASE $db"
	cd /
	rm -rf "$dir"
}

need_sqlite() {
	command -v sqlite3 >/dev/null || skip "no sqlite3"
}

need_postgres() {
	[ -n "$CLUSTER" ] || skip "no PostgreSQL"
	db=t$BATS_TEST_NUMBER
	psql -q -d postgres -c "CREATE DATABASE $db"
}

# ask QUERY: its answer by the database at hand, columns apart by |
ask_sqlite() { sqlite3 -bail -batch t.db "$@"; }
ask_postgres() { psql -qAtX -v ON_ERROR_STOP=1 -d "$db" "${@:2}" -c "$1"; }
load_sqlite() { sqlite3 -bail -batch t.db <"$1"; }
load_postgres() { psql -qX -v ON_ERROR_STOP=1 -d "$db" -f "$1"; }

traflog() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" "$@"
}

# Every kind of row, a text with quotes, and counts beyond 32 and 63 bits.
make_rows() {
	"$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0 <<-'EOF'
	block fxp0';DROP\ gate 1795215600 1795301940
	ledger drop_kernel 5
	192.168.0.1 80 10.100.2.98 1025 6 10 12345 13456
	10.0.0.1 client 10.0.0.2 53 17 2 60 120
	2001:db8:ffff:ffff:ffff:ffff:ffff:1 0 2001:db8::2 0 58 1 8 56
	172.16.0.9 0 172.16.0.1 0 1 1 56 84
	other 0 other 0 0 500 100000 200000
	block fxp0 gate 1795302000.5 1795388340.9
	192.168.0.1 80 10.100.2.98 1025 6 10 9223372036854775807 9223372036854775807
	EOF
}

check_rows() {
	make_rows
	traflog -i fxp0 -a -n --format=sql >rows.sql
	"load_$1" rows.sql
	"ask_$1" 'SELECT * FROM traffic ORDER BY begin_at, bytes' >got
	diff -u - got <<-'EOF'
	fxp0';DROP?|2026-11-20 23:00:00|2026-11-21 22:59:00|2001:db8:ffff:ffff:ffff:ffff:ffff:1|0|2001:db8::2|0|58|1|8|56
	fxp0';DROP?|2026-11-20 23:00:00|2026-11-21 22:59:00|172.16.0.9|0|172.16.0.1|0|1|1|56|84
	fxp0';DROP?|2026-11-20 23:00:00|2026-11-21 22:59:00|10.0.0.1||10.0.0.2|53|17|2|60|120
	fxp0';DROP?|2026-11-20 23:00:00|2026-11-21 22:59:00|192.168.0.1|80|10.100.2.98|1025|6|10|12345|13456
	fxp0';DROP?|2026-11-20 23:00:00|2026-11-21 22:59:00|other||other||0|500|100000|200000
	fxp0|2026-11-21 23:00:00|2026-11-22 22:59:00|192.168.0.1|80|10.100.2.98|1025|6|10|9223372036854775807|9223372036854775807
	EOF
	# Another load adds to the table.
	"load_$1" rows.sql
	[ "$("ask_$1" 'SELECT count(*) FROM traffic')" -eq 12 ]
}

@test "sqlite3: every kind of row comes out as it went in" {
	need_sqlite
	check_rows sqlite
}

@test "PostgreSQL: every kind of row comes out as it went in" {
	need_postgres
	check_rows postgres
}

# sums KEY: traflog's sums by one column of its csv, as the database gives them
sums() {
	traflog -i fxp0 -a -n --format=csv | awk -F, -v c="$1" '
	    NR > 1 { p[$c] += $8; d[$c] += $9; b[$c] += $10 }
	    END { for (k in p) printf "%s|%.0f|%.0f|%.0f\n", k, p[k], d[k], b[k] }' |
	    sort
}

# More rows than a statement takes, in three blocks.
check_sums() {
	awk 'BEGIN {
		for (b = 0; b < 3; b++) {
			print "block eth0 gate", 1795215600 + b * 300,
			    1795215900 + b * 300
			for (i = 1; i <= 700 + b; i++)
				printf "10.0.%d.%d %d 192.0.2.%d 80 %d %d %d %d\n",
				    i % 3, i % 251, 1024 + i, i % 7,
				    i % 2 ? 6 : 17, i, i * 700, i * 752
		}
	}' | "$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0
	traflog -i fxp0 -a -n --format=sql >rows.sql
	[ "$(grep -c '^INSERT' rows.sql)" -eq 5 ]
	"load_$1" rows.sql
	for column in 3:src 5:dst 7:proto; do
		"ask_$1" "SELECT ${column#*:}, sum(packets), sum(data),
		    sum(bytes) FROM traffic GROUP BY 1" | sort >got
		diff -u <(sums "${column%:*}") got
	done
}

@test "sqlite3: sums by the database are those of traflog" {
	need_sqlite
	check_sums sqlite
}

@test "PostgreSQL: sums by the database are those of traflog" {
	need_postgres
	check_sums postgres
}

@test "an account without rows makes an empty table" {
	need_sqlite
	: >trafd.fxp0
	traflog -i fxp0 -a -n --format=sql 2>/dev/null >rows.sql
	load_sqlite rows.sql
	[ "$(ask_sqlite 'SELECT count(*) FROM traffic')" -eq 0 ]
}

@test "what was cut short is not loaded" {
	need_sqlite
	make_rows
	traflog -i fxp0 -a -n --format=sql | head -n 20 >cut.sql
	sqlite3 -batch t.db <cut.sql || true
	[ "$(ask_sqlite 'SELECT count(*) FROM traffic')" -eq 0 ]
	# A full device is one way to be cut short: no COMMIT comes after it.
	if [ -w /dev/full ]; then
		status=0
		traflog -i fxp0 -a -n --format=sql >/dev/full || status=$?
		[ "$status" -eq 1 ]
	fi
}

@test "ledgers as SQL" {
	need_sqlite
	make_rows
	traflog -i fxp0 --coverage --format=sql >rows.sql
	load_sqlite rows.sql
	ask_sqlite 'SELECT begin_at, drop_kernel FROM coverage ORDER BY 1' >got
	diff -u - got <<-'EOF'
	2026-11-20 23:00:00|5
	2026-11-21 23:00:00|0
	EOF
}

@test "sums by SQL are those of the independent accountant" {
	need_sqlite
	[ -n "${TRAF_CORPUS-}" ] || skip "no corpus"
	for name in markofu__dns.pcap ndpi__1kxun.pcap ndpi__6in4tunnel.pcap; do
		rm -f t.db trafd.one
		python3 "$TRAF_CORPUS/oracle.py" "$TRAF_CORPUS/captures/$name" \
		    2>/dev/null | sort >expected
		"$TRAF_BUILDDIR/trafd/trafd" -m 0 --read \
		    "$TRAF_CORPUS/captures/$name" --state-dir "$dir" -f one
		traflog -i ./trafd.one -a -n --format=sql >rows.sql
		load_sqlite rows.sql
		sqlite3 -bail -batch -tabs t.db 'SELECT src, sport, dst, dport,
		    proto, sum(packets), sum(data), sum(bytes) FROM traffic
		    GROUP BY 1, 2, 3, 4, 5' | sort >got
		diff -u expected got
	done
}

# An answer with columns that are reserved words, and texts with quotes.
check_answer() {
	tr '~ ' ' \t' >answer <<-'EOT'
	account eth'0 gate
	period 1795215600 1795222800
	table answer Traffic
	key host 0 0 Host
	key hour 1 2 Hour
	key net/24 0 0 Net
	key day 1 3 Day
	column in 2 0 In
	column out 2 0 Out
	column share 6 0 Share
	row a'b\'~--~x 1795215600 10.0.0.0/24 1795215600 9223372036854775807 7 532300
	row 2001:db8::1 1795219200 ::/0 1795215600 1 2 1000000
	EOT
	"$TRAF_BUILDDIR/tests/lib/mkanswer" sql <answer >answer.sql
	"load_$1" answer.sql
	"load_$1" answer.sql
	"ask_$1" "SELECT iface, begin_at, end_at, host, hour, net_24, day,
	    max(in_), max(out_), CASE WHEN share = 1 THEN 'all' ELSE 'part' END
	    FROM traffic_by_host_hour_net_24_day
	    GROUP BY 1, 2, 3, 4, 5, 6, 7, share ORDER BY hour" >got
	diff -u - got <<-'EOT'
	eth'0|2026-11-20 23:00:00|2026-11-21 01:00:00|a'b?' -- x|2026-11-20 23:00:00|10.0.0.0/24|2026-11-21|9223372036854775807|7|part
	eth'0|2026-11-20 23:00:00|2026-11-21 01:00:00|2001:db8::1|2026-11-21 00:00:00|::/0|2026-11-21|1|2|all
	EOT
}

@test "sqlite3: answers of traflog as tables" {
	need_sqlite
	check_answer sqlite
}

@test "PostgreSQL: answers of traflog as tables" {
	need_postgres
	check_answer postgres
}

# captures: captures with a table that somebody else knows: by construction,
# and of the independent accountant where it is there
captures() {
	mkdir made
	python3 "$TRAF_SRCDIR/tests/captures/gencap.py" made
	if [ -n "${TRAF_CORPUS-}" ]; then
		cp "$TRAF_CORPUS/captures/ndpi__1kxun.pcap" made/
		python3 "$TRAF_CORPUS/oracle.py" made/ndpi__1kxun.pcap \
		    >made/ndpi__1kxun.pcap.expected 2>/dev/null
	fi
	printf 'made/%s.pcap\n' file-be-ns ip-ethernet sums
	[ -z "${TRAF_CORPUS-}" ] || echo made/ndpi__1kxun.pcap
}

# by_key COLUMN: sums of a table by one column, as key|packets|data|bytes
by_key() {
	awk -F '\t' -v c="$1" '/^#/ { next } { p[$c] += $6; d[$c] += $7
	    b[$c] += $8 } END { for (k in p) printf "%s|%.0f|%.0f|%.0f\n", k,
	    p[k], d[k], b[k] }' | sort
}

# told SOURCE KEY: the same by traflog
told() {
	traflog "$1" -i one -n --by="$2" --format=tsv 2>/dev/null |
	    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	    { sub("/.*", "", $1); print $1 "|" $at["packets"] "|" $at["data"] \
	    "|" $at["bytes"] }' | sort
}

@test "oracle, traflog, history, sqlite3 and PostgreSQL: the same sums" {
	need_sqlite
	need_postgres
	n=0
	captures >list
	while read -r capture; do
		rm -rf db trafd.one t.db
		psql -q -d "$db" -c 'DROP TABLE IF EXISTS traffic'
		"$TRAF_BUILDDIR/trafd/trafd" -m 0 --ports all --read "$capture" \
		    --state-dir "$dir" -f one
		trafdb=$TRAF_BUILDDIR/tools/trafdb/trafdb
		[ ! -x "$trafdb" ] || "$trafdb" --state-dir "$dir" update one
		traflog -i one -a -n --format=sql >rows.sql
		load_sqlite rows.sql
		load_postgres rows.sql
		for key in 1:src 3:dst; do
			by_key "${key%:*}" <"$capture.expected" >want
			[ -s want ]
			told --files "${key#*:}" | diff want -
			[ ! -x "$trafdb" ] ||
			    told --history "${key#*:}" | diff want -
			for ask in ask_sqlite ask_postgres; do
				$ask "SELECT ${key#*:}, sum(packets), sum(data),
				    sum(bytes) FROM traffic GROUP BY 1" |
				    sort | diff want -
			done
		done
		n=$((n + 1))
	done <list
	[ "$n" -ge 3 ]
}
