#!/usr/bin/env bats
# trafdb limit and check: what is said, hosts by name, estimates, and the
# recipes of the manual page.

load assert
load report_helpers

setup() {
	report_setup UTC
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
	now=$(date +%s)
	export dir
}

trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" "$@"
}

# save: rows of standard input become the only block of trafd.wan0.
save() {
	{
		echo "block wan0 gate $((now - 60)) $now"
		cat
	} > block.txt
	rm -f trafd.wan0
	"$mksave" trafd.wan0 < block.txt
}

# used: each budget, and what was used of it, from `check --all --run-dir'.
used() {
	trafdb check --all --run-dir "$dir" |
		sed 's/^\([^:]*\):.*: \([0-9.]* k*B\) of.*/\1 \2/'
}

not_at_midnight() {
	while [ "$(date +%H%M)" -ge 2358 ]; do
		sleep 1
	done
}

# Where `hosts' is the file of hosts and nobody else is asked.
with_hosts() {
	echo "hosts: ${NSS:-files}" > nsswitch.conf
	echo 'nameserver 127.0.0.1
	options timeout:30 attempts:1' > resolv.conf
	# shellcheck disable=SC2016 # for the inner shell
	unshare -n -m bash -c '
		ip link set lo up
		mount --make-rprivate /
		for f in hosts nsswitch.conf resolv.conf; do
			mount --bind "$dir/$f" "/etc/$f" || exit 99
		done
		exec "$@"' - timeout 60 \
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" "$1" \
		--state-dir "$dir" "${@:2}"
}

need_hosts() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -n -m true 2>/dev/null || skip "no namespaces here"
}

@test "limit says what it did, and a wrong name what is there" {
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 10' | save
	# Neither history nor update: a save file is enough.
	{
		trafdb limit kid wan0 50G --host=10.0.0.5
		trafdb limit kid wan0 50G --host=10.0.0.5
		trafdb limit kid wan0 60G --day=15 --at=90
		trafdb limit office wan0 1.5T --net=10.0.0.0/8,fd00::/8 \
		    --direction=in --period=week
		trafdb limit day wan0 1M --period=day
		trafdb limit --delete kid
	} > got
	same <<-'EOT'
	set: kid: 50.0 GB a month on wan0 for 10.0.0.5, in and out, reported at 80,100%
	set: kid: 50.0 GB a month on wan0 for 10.0.0.5, in and out, reported at 80,100%
	changed: kid: 60.0 GB a month from day 15 on wan0 for all traffic, in and out, reported at 90%; before: kid: 50.0 GB a month on wan0 for 10.0.0.5, in and out, reported at 80,100%
	set: office: 1.5 TB a week on wan0 for 10.0.0.0/8,fd00::/8, in, reported at 80,100%
	set: day: 1.0 MB a day on wan0 for all traffic, in and out, reported at 80,100%
	deleted: kid: 60.0 GB a month from day 15 on wan0 for all traffic, in and out, reported at 90%
	EOT
	fails 1 trafdb limit --delete kid
	grep -qx 'trafdb: no such budget: kid; there are day, office' err
	trafdb limit --delete day
	fails 1 trafdb limit --delete kid
	grep -qx 'trafdb: no such budget: kid; there is office' err
	trafdb limit --delete office
	fails 1 trafdb limit --delete kid
	grep -qx 'trafdb: no such budget: kid; there is none' err
	fails 1 trafdb limit kid wan1 1G
	grep -qx 'trafdb: no account: wan1: it has no history, no save file and no running trafd; there is wan0' err
	[ "$(trafdb limit)" = "" ]
}

@test "an account with only a save file has a budget that counts" {
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900' | save
	not_at_midnight
	trafdb limit kid wan0 1k --host=10.0.0.1
	fails 2 trafdb check --run-dir "$dir"
	grep -q '^kid: wan0, 10.0.0.1, in and out: 900 B of 1.0 kB (90.0%) since .*: passed 80%$' out
	[ "$(wc -l < out)" -eq 1 ]
	# Once more with the history, and not twice.
	trafdb update
	[ "$(used)" = 'kid 900 B' ]
}

# owned BYTES: a block of the account of owners, in which nginx sends so many.
owned() {
	rm -f trafd.owners
	"$mksave" trafd.owners <<-EOT
	owner @web 33 www-data /system.slice/nginx.service nginx
	owner @php 33 www-data /system.slice/php.service php-fpm
	owner @cat 1000 anna /user.slice/user-1000.slice/session-3.scope curl
	owner @box 0 root /system.slice/docker-0123456789abcdef0123456789abcdef.scope node
	interface 1 eth0
	block owners gate $((now - 120)) $((now - 60))
	networks 6f:776e::/32
	@web 443 8.8.8.8 client 6 1 1 $1 1
	2a00::1 client @web 443 6 1 1 200 1
	@php client 8.8.8.8 443 6 1 1 30 1
	@cat client 8.8.8.8 443 6 1 1 4000 1
	@box client 8.8.8.8 443 6 1 1 50000 1
	EOT
}

@test "users, units, programs and containers have budgets, and each byte counts once" {
	not_at_midnight
	owned 1000
	trafdb limit user owners 1M --user=www-data
	trafdb limit uid owners 1M --user=33 --direction=in
	trafdb limit unit owners 1M --unit=nginx.service --direction=out
	trafdb limit slice owners 1M --unit=/system.slice
	trafdb limit program owners 1M --program=curl
	trafdb limit box owners 1M --container=docker/0123456789ab
	trafdb limit both owners 1M --user=33 --program=php-fpm
	trafdb limit none owners 1M --user=bob
	trafdb limit whole owners 1M
	wanted='both 30 B
	box 50.0 kB
	none 0 B
	program 4.0 kB
	slice 51.2 kB
	uid 200 B
	unit 1.0 kB
	user 1.2 kB
	whole 55.2 kB'
	used > got
	printf '%s\n' "$wanted" | sed 's/^\t*//' | same
	# The same from the history, and with a block that is newer.
	trafdb update
	used > got
	printf '%s\n' "$wanted" | sed 's/^\t*//' | same
	"$mksave" trafd.owners <<-EOT
	owner @cat 1000 anna /user.slice/user-1000.slice/session-3.scope curl
	instance 1 2
	block owners gate $((now - 60)) $now
	instance 1 2
	@cat client 8.8.8.8 443 6 1 1 4000 1
	EOT
	used | says -x 'program 8.0 kB'
	trafdb update
	used | says -x 'program 8.0 kB'
}

@test "a budget of a user is said in words, passes its threshold once, and is no other" {
	not_at_midnight
	owned 900
	trafdb limit anna owners 1k --unit=nginx.service --user=33 > got
	echo 'set: anna: 1.0 kB a month on owners for user 33, unit nginx.service, in and out, reported at 80,100%' |
	    same got
	trafdb limit | says -P '^anna\towners\tuser 33, unit nginx.service\tboth\t'
	fails 2 trafdb check --run-dir "$dir" --exec=echo
	grep -q '^anna: owners, user 33, unit nginx.service, in and out: 1.1 kB of 1.0 kB (110.0%) since .*: passed 100%$' out
	grep -q '^anna owners user 33, unit nginx.service both 100 1100 1000 ' out
	trafdb check --run-dir "$dir" > again
	[ ! -s again ]
}

@test "a budget of a user needs an account of owners, and excludes hosts" {
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900' | save
	trafdb update
	fails 1 trafdb limit anna wan0 1k --user=anna
	grep -qx 'trafdb: not set: anna: wan0 counts addresses; users, units, programs and containers are counted by trafd -i owners' err
	fails 127 trafdb limit anna wan0 1k --user=anna --net=10.0.0.0/8
	grep -q 'net and --user exclude each other' err
	fails 127 trafdb limit anna wan0 1k --user=
	grep -q 'user: a name is needed' err
	[ -z "$(trafdb limit)" ]
}

@test "several addresses are one host, and each byte counts once" {
	not_at_midnight
	save <<-'EOT'
	10.0.0.1 80 8.8.8.8 1025 6 1 1 1000
	8.8.8.8 1025 10.0.0.1 80 6 1 1 200
	2001:db8::1 80 2a00::1 1025 6 1 1 30
	2a00::1 80 2001:db8::1 1025 6 1 1 4
	10.0.0.1 80 10.0.0.2 1025 6 1 1 50000
	10.0.0.9 80 8.8.8.8 1025 6 1 1 700000
	EOT
	for direction in in out both; do
		trafdb limit one.$direction wan0 1M --direction=$direction \
		    --host=10.0.0.1,2001:db8::1
		trafdb limit two.$direction wan0 1M --direction=$direction \
		    --host=10.0.0.1,2001:db8::1,10.0.0.2
		trafdb limit net.$direction wan0 1M --direction=$direction \
		    --net=10.0.0.1,10.0.0.2
	done
	wanted='net.both 51.2 kB
	net.in 200 B
	net.out 1.0 kB
	one.both 51.2 kB
	one.in 204 B
	one.out 51.0 kB
	two.both 51.2 kB
	two.in 50.2 kB
	two.out 51.0 kB'
	# From the save file alone, and from the history.
	used > got
	tr -d '\t' <<< "$wanted" | same
	trafdb update
	used > got
	tr -d '\t' <<< "$wanted" | same
	trafdb limit | says -P '^two.in\twan0\t10.0.0.1,2001:db8::1,10.0.0.2 \('
}

@test "what is no host is refused" {
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 10' | save
	for host in 10.1 0x7f 300.1.1.1 10.0.0.0/8 '' 'a b' a,,b -x 'a;b' \
	    '10.0.0.1,' 1 2001:db8::1/64 "$(printf 'a%.0s' {1..300})"; do
		run -127 trafdb limit kid wan0 1G "--host=$host"
		[[ $output == *"--host $host"* ||
		    $output == *'neither an address nor'* ]]
	done
	run -127 trafdb limit kid wan0 1G --host=10.0.0.0/8
	grep -q -- '--net takes networks' <<< "$output"
	run -127 trafdb limit kid wan0 1G --net=laptop
	grep -q -- '--host takes names' <<< "$output"
	[ ! -e db ]
}

@test "a name is resolved when set and at each check, in both families" {
	need_hosts
	not_at_midnight
	save <<-'EOT'
	10.0.0.1 80 8.8.8.8 1025 6 1 1 1000
	2001:db8::1 80 2a00::1 1025 6 1 1 30
	10.0.0.1 80 10.0.0.7 1025 6 1 1 200
	8.8.8.8 80 10.0.0.7 1025 6 1 1 50000
	EOT
	trafdb update
	printf '%s laptop\n' 2001:db8::1 10.0.0.1 > hosts
	with_hosts limit kid wan0 1M --host=laptop > got
	same <<-'EOT'
	set: kid: 1.0 MB a month on wan0 for laptop (10.0.0.1,2001:db8::1), in and out, reported at 80,100%
	EOT
	check='check --all --run-dir=/nowhere'
	# shellcheck disable=SC2086 # words
	fails 0 with_hosts $check
	grep -q '^kid: wan0, laptop, in and out: 1.2 kB of' out
	[ ! -s err ]
	# Another order is no other host.
	printf '%s laptop\n' 10.0.0.1 2001:db8::1 > hosts
	# shellcheck disable=SC2086
	fails 0 with_hosts $check
	[ ! -s err ]
	printf '%s laptop\n' 10.0.0.7 2001:db8::1 > hosts
	# shellcheck disable=SC2086
	fails 0 with_hosts $check
	grep -q '^kid: .*: 50.2 kB of' out
	grep -qx 'trafdb: addresses changed: kid: laptop is 10.0.0.7,2001:db8::1 now, and was 10.0.0.1,2001:db8::1' err
	# Said once, and known from then on.
	: > hosts
	# shellcheck disable=SC2086
	fails 0 with_hosts $check
	grep -q '^kid: .*: 50.2 kB of' out
	grep -qx 'trafdb: not resolved: kid: laptop; its last addresses count: 10.0.0.7,2001:db8::1' err
	trafdb limit > got
	printf 'kid\twan0\tlaptop (10.0.0.7,2001:db8::1)\tboth\t1.0 MB a month from day 1\tat 80,100%%\n' | same
	# It must be known when it is set, and names and addresses mix.
	fails 1 with_hosts limit new wan0 1M --host=laptop
	grep -q '^trafdb: not set: new: laptop has no address, or no name server answers' err
	echo 10.0.0.1 laptop > hosts
	with_hosts limit new wan0 1M --host=laptop,2001:db8::1,10.0.0.1 > got
	grep -q ' for laptop,2001:db8::1,10.0.0.1 (10.0.0.1,2001:db8::1),' got
}

@test "the hook gets the name that was given" {
	need_hosts
	not_at_midnight
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 1000' | save
	echo 10.0.0.1 laptop > hosts
	with_hosts limit kid wan0 1k --host=laptop --at=50
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" > %s/args\n' "$dir" > hook
	chmod +x hook
	fails 2 with_hosts check --run-dir=/nowhere --exec="$dir/hook"
	head -n 7 args > got
	printf '%s\n' kid wan0 laptop both 50 1000 1000 | same
}

@test "a budget that is deleted or set anew during a check stays so" {
	not_at_midnight
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900' | save
	for name in a b c; do
		trafdb limit $name wan0 1k
	done
	# The history is free while a program runs.
	cat > hook <<-EOT
	#!/bin/sh
	[ "\$1" = a ] || exit 0
	'$TRAF_BUILDDIR/tools/trafdb/trafdb' limit --state-dir '$dir' --delete b
	'$TRAF_BUILDDIR/tools/trafdb/trafdb' limit --state-dir '$dir' c wan0 950
	EOT
	chmod +x hook
	fails 2 trafdb check --run-dir "$dir" --exec="$dir/hook"
	trafdb limit | cut -f 1,5 > got
	printf '%s\t%s a month from day 1\n' a '1.0 kB' c '950 B' | same
	# That of c was not told yet.
	fails 2 trafdb check --run-dir "$dir"
	[ "$(cut -d: -f 1 out)" = c ]
}

@test "of two checks at once the higher threshold stays noted" {
	not_at_midnight
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900' | save
	trafdb limit kid wan0 1k
	trafdb update
	# While the mail about 80% is sent, another check tells of 100%.
	cat > hook <<-EOT
	#!/bin/sh
	echo "\$5" >> '$dir/told'
	[ "\$5" = 80 ] || exit 0
	cd '$dir'
	echo 'block wan0 gate $((now - 2)) $((now - 1))
	10.0.0.1 80 8.8.8.8 1025 6 1 1 200' | '$mksave' trafd.wan0
	'$TRAF_BUILDDIR/tools/trafdb/trafdb' check --state-dir '$dir' \
	    --run-dir '$dir' --exec='$dir/hook'
	exit 0
	EOT
	chmod +x hook
	fails 2 trafdb check --run-dir "$dir" --exec="$dir/hook"
	trafdb check --run-dir "$dir" --exec="$dir/hook" > third
	[ ! -s third ]
	printf '80\n100\n' | diff - told
}

@test "a name server that does not answer delays a check by seconds only" {
	need_hosts
	command -v python3 > /dev/null || skip "no python3"
	not_at_midnight
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 1000' | save
	echo 10.0.0.1 laptop tablet > hosts
	with_hosts limit a wan0 1M --host=laptop
	with_hosts limit b wan0 1M --host=tablet
	: > hosts
	cat > silent <<-'EOT'
	import socket, subprocess, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("127.0.0.1", 53))
	sys.exit(subprocess.call(sys.argv[1:]))
	EOT
	before=$(date +%s)
	echo "hosts: files dns" > nsswitch.conf
	printf 'nameserver 127.0.0.1\noptions timeout:30\n' > resolv.conf
	# shellcheck disable=SC2016 # for the inner shell
	fails 0 unshare -n -m bash -c '
		ip link set lo up
		mount --make-rprivate /
		for f in hosts nsswitch.conf resolv.conf; do
			mount --bind "$dir/$f" "/etc/$f" || exit 99
		done
		exec "$@"' - timeout 60 python3 silent \
		"$TRAF_BUILDDIR/tools/trafdb/trafdb" check --all \
		--state-dir "$dir" --run-dir "$dir"
	[ $(($(date +%s) - before)) -lt 20 ]
	[ "$(grep -c 'not resolved' err)" -eq 2 ]
	[ "$(grep -c '1.0 kB of 1.0 MB' out)" -eq 2 ]
}

# at TIME COMMAND...: trafdb when it is that time.
at() {
	echo $(($(date -d "$1" +%s) - $(date +%s))) > skew
	shift
	SKEW_FILE=$dir/skew LD_PRELOAD=$dir/skew.so trafdb "$@" \
	    --run-dir "$dir"
}

need_skew() {
	${TRAF_CC:-cc} -shared -fPIC -o "$dir/skew.so" \
		"$TRAF_SRCDIR/tests/lib/skew.c" || skip "cannot preload here"
	export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
}

blocks() {	# FROM TO BYTES ...
	while [ $# -gt 0 ]; do
		echo "block wan0 gate $(date -d "$1" +%s) $(date -d "$2" +%s)"
		echo "10.0.0.1 80 8.8.8.8 1025 6 1 1 $3"
		shift 3
	done
}

@test "check --estimate says where a budget will be at the end" {
	need_skew
	# Nine of 30 days; one of them is not in the history yet.
	blocks '2026-11-02' '2026-11-10' 800 | "$mksave" trafd.wan0
	trafdb update
	blocks '2026-11-10' '2026-11-11' 50 > later
	{ cat later; echo 'ledger away_ns 43200000000000'
	  echo 'ledger gap_ns 43200000000000'; } | "$mksave" trafd.wan0
	trafdb limit all wan0 1k
	trafdb limit kid wan0 1M --host=10.0.0.1
	trafdb limit mine wan0 1M --day=2 --net=10.0.0.0/8
	# 850 bytes in 8.5 days.
	at '2026-11-11 00:10' check --all --estimate > got || [ $? -eq 2 ]
	same <<-'EOT'
	all: wan0, all, in and out: 850 B of 1.0 kB (85.0%) since 2026-11-01T00:00:00Z: passed 80%; 3.0 kB by Nov 30 at this pace
	kid: wan0, 10.0.0.1, in and out: 850 B of 1.0 MB (0.1%) since 2026-11-01T00:00:00Z; 3.0 kB by Nov 30 at this pace
	mine: wan0, 10.0.0.0/8, in and out: 850 B of 1.0 MB (0.1%) since 2026-11-02T00:00:00Z; 3.0 kB by Dec 1 at this pace
	EOT
	# It is told where it helps without being asked for.
	at '2026-11-11 00:10' check --all > got
	lacks 'pace' got
	trafdb limit all wan0 1k --at=50
	at '2026-11-11 00:10' check > got || [ $? -eq 2 ]
	grep -q ': passed 50%; 3.0 kB by Nov 30 at this pace$' got
	# Not if nothing is left.
	trafdb limit all wan0 850
	at '2026-11-11 00:10' check > got || [ $? -eq 2 ]
	grep -q ': passed 100%$' got
	at '2026-12-01 00:10' check --all --estimate > got
	grep -q '^all: .*Z; no estimate yet: 0.0 of 31.0 days accounted$' got
}

@test "the estimate of a day on which the clocks change" {
	need_skew
	export TZ=Europe/Berlin
	blocks '2026-03-29 00:00' '2026-03-29 01:00' 1000 \
	    '2026-10-25 00:00' '2026-10-25 01:00' 1000 | "$mksave" trafd.wan0
	trafdb limit day wan0 1M --period=day
	at '2026-03-29 01:10' check --all --estimate |
		says '; 23.0 kB by Mar 29 at this pace$'
	at '2026-10-25 01:10' check --all --estimate |
		says '; 25.0 kB by Oct 25 at this pace$'
	trafdb limit day wan0 1M --period=week
	at '2026-10-25 01:10' check --all --estimate |
		says '; no estimate yet: 0.0 of 7.0 days accounted$'
}

# ---- the recipes of the manual pages, as they are printed ----

# recipe PAGE WORD: the literal block of its examples that has the word.
recipe() {
	python3 "$TRAF_SRCDIR/tests/cli/pages.py" examples \
	    "$TRAF_SRCDIR/man/$1" | python3 -S -c '
import sys
texts = [t.partition("|")[2] for t in sys.stdin.read().split("\0")]
found = [t for t in texts if sys.argv[1] in t]
assert len(found) == 1, found
print(found[0].lstrip("\n"))' "$2"
}

# Programs that write down what they are given.
stand_ins() {
	command -v python3 > /dev/null || skip "no python3"
	mkdir -p bin
	cat > bin/curl <<-EOT
	#!/bin/sh
	printf '%s\\0' "\$@" > '$dir/curled'
	EOT
	cat > bin/sendmail <<-EOT
	#!/bin/sh
	echo "\$@" > '$dir/flags'
	cat > '$dir/mail'
	[ ! -e '$dir/refuse' ]
	EOT
	chmod +x bin/*
	PATH=$dir/bin:$PATH
}

budget_for_recipes() {
	echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900' | save
	trafdb limit kid wan0 1k --host=10.0.0.1,2001:db8::1
}

# mail_parts: the headers that matter, and the text.
mail_parts() {
	python3 - "$dir/mail" <<-'EOT'
	import email, email.policy, sys
	with open(sys.argv[1], "rb") as f:
	    m = email.message_from_binary_file(f, policy=email.policy.default)
	assert not m.defects, m.defects
	print(m["To"], m["Subject"], m["MIME-Version"], m.get_content_type(),
	    m.get_content_charset(), sep="|")
	print(m.get_content(), end="")
	EOT
}

@test "recipe: a mail with To, Subject and MIME headers" {
	stand_ins
	not_at_midnight
	budget_for_recipes
	recipe trafdb.8 'sendmail -i -t' > over-budget
	chmod +x over-budget
	touch refuse
	fails 1 trafdb check --run-dir "$dir" --exec="$dir/over-budget"
	rm refuse mail
	fails 2 trafdb check --run-dir "$dir" --exec="$dir/over-budget"
	grep -qx -- '-i -t' flags
	mail_parts | sed 's/since .*/since/' > got
	same <<-'EOT'
	noc@example.net|budget kid: 80% passed|1.0|text/plain|utf-8
	Budget kid: 900 of 1000 bytes were used since
	It is for 10.0.0.1,2001:db8::1 on wan0, direction both.
	EOT
}

# posted: the text of the JSON that curl was given, and the address.
posted() {
	python3 - "$dir/curled" <<-'EOT'
	import json, sys
	args = open(sys.argv[1]).read().split("\0")[:-1]
	assert "Content-Type: application/json" in args
	data = json.loads(args[args.index("--data-binary") + 1])
	assert list(data) == ["text"]
	print(data["text"])
	print(args[-1])
	EOT
}

@test "recipe: a webhook with JSON that is quoted" {
	stand_ins
	not_at_midnight
	budget_for_recipes
	recipe trafdb.8 curl > over-budget
	chmod +x over-budget
	fails 2 trafdb check --run-dir "$dir" --exec="$dir/over-budget"
	posted | sed 's/ since .*//' > got
	same <<-'EOT'
	budget kid: 80% passed: 900 of 1000 bytes for 10.0.0.1,2001:db8::1 on wan0
	https://hooks.example.net/budget
	EOT
	./over-budget kid $'a"b\\c\n\t%s' all both 80 1 2 2026-11-01
	posted > got
	same <<-'EOT'
	budget kid: 80% passed: 1 of 2 bytes for all on a"b\c%s since 2026-11-01
	https://hooks.example.net/budget
	EOT
}

@test "recipe: the page of traflog.1 as a mail" {
	stand_ins
	"$mksave" trafd.eth0 <<-EOT
	block eth0 gate $(date -d 'yesterday 10:00' +%s) $(date -d 'yesterday 11:00' +%s)
	10.0.0.1 80 8.8.8.8 1025 6 1 1 900
	EOT
	cat > bin/traflog <<-EOT
	#!/bin/sh
	exec '$TRAF_BUILDDIR/tools/traflog/traflog' --state-dir '$dir' "\$@"
	EOT
	chmod +x bin/traflog
	recipe traflog.1 base64 > page
	sh -e page
	grep -qx -- '-t' flags
	awk 'length > 998 { exit 1 }' mail
	mail_parts > parts
	head -n 1 parts > got
	echo 'noc@example.net|traffic of eth0|1.0|text/html|utf-8' | same
	grep -qx '<h1>Traffic of eth0 on gate</h1>' parts
	tail -n 1 parts | grep -qx '</html>'
}

# ---- what a person at a terminal is told ----

# on_tty COMMAND...: trafdb at a terminal.
on_tty() {
	python3 "$TRAF_SRCDIR/tests/lib/ontty.py" 80 timeout 60 \
	    "$TRAF_BUILDDIR/tools/trafdb/trafdb" "$@" --state-dir "$dir" > got
}

@test "update, rebuild and prune say what they did on a terminal only" {
	command -v python3 > /dev/null || skip "no python3"
	{
		echo "block wan0 gate $((now - 9000000)) $((now - 8999000))"
		echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 900'
		echo "block wan0 gate $((now - 60)) $now"
		echo '10.0.0.1 80 8.8.8.8 1025 6 1 1 100'
	} > both
	on_tty update
	grep -q 'nothing to do: .*: no save file' got
	"$mksave" trafd.wan0 < both
	on_tty update
	echo 'trafdb: wan0: 2 blocks added, 0 already there' | same
	on_tty update wan0
	echo 'trafdb: wan0: 0 blocks added, 0 already there' | same
	on_tty rebuild wan0
	echo 'trafdb: wan0: 2 blocks added, 0 already there' | same
	on_tty verify wan0
	grep -qx 'trafdb: intact: wan0' got
	on_tty prune --keep=hours=300d
	echo 'trafdb: nothing pruned: wan0: no period that may be deleted is older' | same
	on_tty prune --keep=hours=30d
	grep -q 'pruned: wan0: hours from .* on remain' got
	[ "$(wc -l < got)" -eq 1 ]
	on_tty prune --size=1G
	grep -q 'the history takes .*: at most 1.0 GB were asked for' got
	# Cron would mail it.
	for command in 'update' 'rebuild wan0' 'verify wan0' \
	    'prune --keep=hours=300d' 'prune --size=1G'; do
		# shellcheck disable=SC2086 # words
		quietly trafdb $command
	done
}
