#!/usr/bin/env bats
# Questions about owners: keys, conditions, names in all formats, the same from
# the history, and the closure with an interface's account.

load assert
load report_helpers

setup() {
	report_setup UTC
	"$mksave" trafd.owners <<-'EOT'
	owner @nginx 33 www-data /system.slice/nginx.service nginx
	owner @curl 1000 anna /user.slice/user-1000.slice/session-3.scope curl
	owner @kern - - / (kernel)
	owner @db 999 - /system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope postgres
	owner @old 0 root /system.slice/ssh.service (before trafd)
	interface 1 eth0
	interface 2 lo
	block owners gate 1769731200 1769734800
	networks 6f:776e::/32
	@nginx 443 203.0.113.5 client 6 10 9000 10000 1
	203.0.113.5 client @nginx 443 6 5 100 500 1
	@curl client 198.51.100.7 443 6 3 50 300 1
	198.51.100.7 443 @curl client 6 8 7000 8000 1
	@kern 0 203.0.113.5 0 1 1 56 84 1
	@db 5432 127.0.0.1 client 6 2 100 200 2
	2001:db8::9 client @old 22 6 1 10 70 1
	EOT
	# Another run of trafd: eth0 has another number.
	"$mksave" second <<-'EOT'
	owner @nginx 33 www-data /system.slice/nginx.service nginx
	interface 1 wg0
	interface 2 eth0
	instance 9 1
	block owners gate 1769734800 1769738400
	networks 6f:776e::/32
	@nginx 443 203.0.113.6 client 6 10 9000 10000 1
	@nginx 443 203.0.113.6 client 6 1 60 100 2
	EOT
	cat second >> trafd.owners
}

# by KEYS ...: in,out,bytes of the account of owners.
by() {
	local keys=$1

	shift
	traflog -i owners --by "$keys" --format csv "$@" 2>err |
	    python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
for r in rows:
    keys = list(r)[:list(r).index("in")]
    print(",".join(r[k] for k in keys + ["in", "out", "bytes"]))'
	[ ! -s err ] || { cat err >&2; return 1; }
}

trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" "$@"
}

@test "owners are added up by each of their parts" {
	by program > got
	same <<-'EOT'
	nginx,500,20100,20600
	curl,8000,300,8300
	postgres,0,200,200
	(kernel),0,84,84
	(before trafd),70,0,70
	EOT
	by user > got
	same <<-'EOT'
	www-data,500,20100,20600
	anna,8000,300,8300
	999,0,200,200
	-,0,84,84
	root,70,0,70
	EOT
	by unit --top 2 > got
	same <<-'EOT'
	nginx.service,500,20100,20600
	session-3.scope,8000,300,8300
	EOT
	by container > got
	same <<-'EOT'
	-,8570,20484,29054
	docker/0123456789ab,0,200,200
	EOT
	by owner --sort owner > got
	same <<-'EOT'
	/-/(kernel),0,84,84
	docker/0123456789ab/999/postgres,0,200,200
	nginx.service/www-data/nginx,500,20100,20600
	session-3.scope/anna/curl,8000,300,8300
	ssh.service/root/(before trafd),70,0,70
	EOT
}

@test "interfaces are those of the names, whatever their numbers in a block" {
	by interface > got
	same <<-'EOT'
	eth0,8570,10484,19054
	wg0,0,10000,10000
	lo,0,200,200
	EOT
	by program --where 'interface eth0 and program nginx' > got
	same <<-'EOT'
	nginx,500,10100,10600
	EOT
	by program --where 'interface wg*' > got
	same <<-'EOT'
	nginx,0,10000,10000
	EOT
}

@test "hosts, networks and pairs of owners are the remote sides" {
	by host -n > got
	same <<-'EOT'
	203.0.113.5,10084,500,10584
	203.0.113.6,10100,0,10100
	198.51.100.7,300,8000,8300
	127.0.0.1,200,0,200
	2001:db8::9,0,70,70
	EOT
	by program,net/24 --where 'program nginx or program curl' > got
	same <<-'EOT'
	nginx,203.0.113.0/24,20100,500,20600
	curl,198.51.100.0/24,300,8000,8300
	EOT
	by program,service --where 'net 198.51.100.0/24' > got
	same <<-'EOT'
	curl,https/tcp,8000,300,8300
	EOT
	by program --out --local 10.0.0.0/8 > got
	same <<-'EOT'
	nginx,0,20100,20100
	curl,0,300,300
	postgres,0,200,200
	(kernel),0,84,84
	EOT
}

@test "an owner is never an address" {
	for where in 'net ::/8' 'host 6f:776e::1' 'src net ::/0 and dst net ::/0'
	do
		by program --where "$where" > got
		same < /dev/null
	done
	traflog -i owners -s from 6f:776e::/32 > got
	not grep -q nginx got
	by local > got
	same < /dev/null
}

@test "conditions name programs, users, units and containers" {
	check() {
		by program --where "$1" > all
		cut -d, -f1 all | sort | paste -sd' ' > got
		echo "$2" > want
		same < want
	}
	check 'program nginx' nginx
	check 'program nginx or curl' 'curl nginx'
	check 'program "(before trafd)"' '(before trafd)'
	check 'program ngin*' nginx
	check 'user www-data' nginx
	check 'user 33 or user anna' 'curl nginx'
	check 'unit nginx.service' nginx
	check 'unit /system.slice' '(before trafd) nginx postgres'
	check 'unit *.scope' 'curl postgres'
	check 'container 0123456789ab' postgres
	check 'container docker/*' postgres
	check 'not program nginx and port 443' curl
	traflog -i owners -s --where 'program curl' --format csv -n > got
	same <<-'EOT'
	begin,end,src,sport,dst,dport,proto,packets,data,bytes
	2026-01-30T00:00:00Z,2026-01-30T02:00:00Z,198.51.100.7,443,/user.slice/user-1000.slice/session-3.scope/1000/curl,0,6,8,7000,8000
	2026-01-30T00:00:00Z,2026-01-30T02:00:00Z,/user.slice/user-1000.slice/session-3.scope/1000/curl,0,198.51.100.7,443,6,3,50,300
	EOT
}

@test "a condition that is wrong is refused with its place" {
	refused() {
		run -127 traflog -i owners --total --where "$1"
		[ "$output" = "traflog: --where: $2" ]
	}
	refused 'src program x' \
	    "at \`program' (character 5): a program has no src or dst"
	refused 'user' 'at the end: expected the name or number of a user'
	refused 'program "x' "at \`x' (character 9): the quote has no end"
	refused 'pid 3' "at \`pid' (character 1): no such word; did you mean program?"
}

@test "all formats print an owner in the place of its address" {
	traflog -i owners -a > got
	grep -q '^nginx.service/www-data/nginx https  *203.0.113.5  *client  *tcp' got
	traflog -i owners -a --format json > got
	grep -q '"src":"session-3.scope/anna/curl"' got
	traflog -i owners -a --format sql > got
	grep -q "'/-/(kernel)'" got
	traflog -i owners -a -n --format tsv > got
	grep -q "/system.slice/ssh.service/0/(before trafd)	22" got
	traflog -i owners --by pair --format html > got
	grep -q 'nginx.service/www-data/nginx' got
	# Never by its octets.
	not grep -q '6f:776e' got
}

@test "units of one name are told apart by their paths" {
	rm trafd.owners
	"$mksave" trafd.owners <<-'EOT'
	owner @a 1000 anna /user.slice/user-1000.slice/user@1000.service/app.service app
	owner @b 1001 ben /user.slice/user-1001.slice/user@1001.service/app.service app
	interface 1 eth0
	block owners gate 1769731200 1769734800
	networks 6f:776e::/32
	@a client 192.0.2.1 443 6 1 0 60 1
	@b client 192.0.2.1 443 6 1 0 50 1
	EOT
	by unit > got
	same <<-'EOT'
	/user.slice/user-1000.slice/user@1000.service/app.service,0,60,60
	/user.slice/user-1001.slice/user@1001.service/app.service,0,50,50
	EOT
}

@test "the history answers as the file does" {
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	trafdb update owners
	for by in program day,owner interface host unit,host container user; do
		by "$by" --files > want
		by "$by" --history > got
		same < want
	done
	by user --files --where 'program nginx and net 203.0.113.5/32' > want
	by user --history --where 'program nginx and net 203.0.113.5/32' > got
	same < want
	grep -qx 'www-data,500,10000,10500' got
	by program --history --in > got
	same <<-'EOT'
	curl,8000,0,8000
	nginx,500,0,500
	(before trafd),70,0,70
	EOT
}

@test "an account without owners says so" {
	"$mksave" trafd.eth0 <<-'EOT'
	block eth0 gate 1769731200 1769734800
	10.0.0.1 443 203.0.113.5 client 6 10 9000 10000
	EOT
	for ask in '--by program' '--total --where "user root"' \
	    '-s --where "unit x.service"'; do
		run eval traflog -i eth0 "$ask"
		[ "$status" -eq 1 ]
		[[ "$output" = *"no owners: $dir/trafd.eth0: this account does not say whose packets they were; the account owners does (trafd -i owners)" ]]
	done
}

# The interface's account of the first hour: what programs had, a neighbour for
# which this host forwards, and what belongs to no program.
interface_account() {
	"$mksave" first <<-'EOT'
	owner @nginx 33 www-data /system.slice/nginx.service nginx
	owner @curl 1000 anna /user.slice/user-1000.slice/session-3.scope curl
	owner @kern - - / (kernel)
	interface 1 lo
	interface 2 eth0
	block owners gate 1769731200 1769734800
	networks 6f:776e::/32
	@nginx 443 203.0.113.5 client 6 10 9000 10000 2
	203.0.113.5 client @nginx 443 6 5 100 500 2
	@curl client 198.51.100.7 443 6 3 50 300 2
	198.51.100.7 443 @curl client 6 8 7000 8000 2
	@kern 0 203.0.113.5 0 1 1 56 84 2
	@nginx 443 127.0.0.1 client 6 9 90 9999 1
	EOT
	mv first trafd.owners
	"$mksave" trafd.eth0 <<-EOT
	block eth0 gate ${1-1769731200} 1769734800
	networks 10.0.0.0/24
	ledger nonip 7
	10.0.0.1 443 203.0.113.5 client 6 10 9000 10000
	203.0.113.5 client 10.0.0.1 443 6 5 100 500
	10.0.0.1 client 198.51.100.7 443 6 3 50 300
	198.51.100.7 443 10.0.0.1 client 6 8 7000 8000
	10.0.0.1 0 203.0.113.5 0 1 1 56 84
	10.0.0.9 client 198.51.100.7 443 6 4 60 400
	198.51.100.7 443 10.0.0.9 client 6 4 60 1400
	203.0.113.66 client 10.0.0.1 23 6 1 0 40
	10.0.0.9 5353 224.0.0.251 5353 17 1 60 88
	EOT
}

# closed: rows of --closure, then its notes.
closed() {
	traflog -i eth0 --by program --closure --format csv 2>err |
	    sed 1d | cut -d, -f1-4
	sed 's/^[^/]*[^ ]* //' err | grep -v '^coverage'
}

@test "the closure is programs, the kernel, what was forwarded and the rest" {
	interface_account
	closed > got
	same <<-'EOT'
	nginx,500,10000,10500
	curl,8000,300,8300
	(forwarded),1400,400,1800
	(no program),40,88,128
	(kernel),0,84,84
	eth0 has 20812 bytes of IP: 18884 of programs, 1800 forwarded, 128 of no program
	7 frames of eth0 were not IP; no program has them
	EOT
	[ $((10500 + 8300 + 1800 + 128 + 84)) -eq 20812 ]
	traflog -i eth0 --by owner --closure > got
	grep -q '^ (eth0) gate at 2026-01-30' got
	grep -Eq '^\(forwarded\) +1400 +400 +1800 ' got
}

@test "the closure says what programs have beyond the interface" {
	interface_account
	rm trafd.eth0
	"$mksave" trafd.eth0 <<-'EOT'
	block eth0 gate 1769731200 1769734800
	networks 10.0.0.0/24
	10.0.0.1 443 203.0.113.5 client 6 10 9000 10000
	203.0.113.5 client 10.0.0.1 443 6 5 100 500
	10.0.0.1 client 198.51.100.7 443 6 5 90 350
	10.0.0.1 0 203.0.113.5 0 1 1 56 84
	EOT
	closed > got
	same <<-'EOT'
	nginx,500,10000,10500
	curl,8000,300,8300
	(kernel),0,84,84
	(no program),0,50,50
	eth0 has 10934 bytes of IP: 10884 of programs, 0 forwarded, 50 of no program
	8000 bytes of programs are not in the account of eth0
	EOT
}

@test "the closure says that the accounts do not cover the same time" {
	interface_account 1769732200
	closed > got
	grep -qx 'the accounts do not cover the same time: eth0 2026-01-30T00:16:40Z to 2026-01-30T01:00:00Z, owners 2026-01-30T00:00:00Z to 2026-01-30T01:00:00Z; the rest of it is not matched' got
}

@test "without an address of this host nothing counts as forwarded" {
	interface_account
	rm trafd.eth0
	"$mksave" trafd.eth0 <<-'EOT'
	block eth0 gate 1769731200 1769734800
	10.0.0.9 client 192.0.2.7 443 6 4 60 400
	EOT
	closed > got
	grep -qx '(no program),0,400,400' got
	grep -qx 'no address of this host was found, so nothing counts as forwarded' got
}

@test "the closure takes keys of owners only, and an interface" {
	interface_account
	run -127 traflog -i eth0 --by host --closure
	[ "$output" = "traflog: --by host: not with --closure (expected owner, program, user, unit or container)" ]
	run -127 traflog -i eth0 --total --closure
	run -127 traflog -i eth0 --by owner --closure --where 'port 1'
	run -1 traflog -i owners --by owner --closure
	[[ "$output" = *"not an interface: "* ]]
}

@test "packets have no owners" {
	run -127 traflog --packets . --where 'program x'
	[[ "$output" = "traflog: --packets: a packet does not say whose it is: program x"* ]]
	run -127 "$TRAF_BUILDDIR/tools/ipreport/ipreport" --where 'interface x' no.pcap
	[ "$output" = "ipreport: --where: only an account of owners has interfaces: interface x; use traflog" ]
}
