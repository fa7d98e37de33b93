#!/usr/bin/env bats
# Names of hosts: asked for all at once, for a limited time, remembered.  A
# name server of the test's own answers, in a namespace without any network.

load assert
load report_helpers
load sanitized

setup() {
	report_setup
	export XDG_CACHE_HOME=$dir/cache dir
	cache=$XDG_CACHE_HOME/trafd/names.db
}

need_server() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -n -m true 2>/dev/null || skip "no namespaces here"
	command -v python3 >/dev/null || skip "no python3"
	: >asked
}

need_cache() {
	grep -q '^#define HAVE_DB 1' "$TRAF_BUILDDIR/config.h" ||
		skip "built without Berkeley DB"
}

# with_server COMMAND...: where the name server is the test's; its questions
# go to the file `asked'
with_server() {
	# Nobody is asked twice only because this machine is busy.
	printf '%s\n' 'nameserver 127.0.0.1' 'options timeout:30 attempts:1' \
	    >resolv.conf
	echo 'hosts: files dns' >nsswitch.conf
	echo '127.0.0.1 localhost' >hosts
	# shellcheck disable=SC2016 # for the inner shell
	unshare -n -m bash -c '
		ip link set lo up
		mount --make-rprivate /
		for f in resolv.conf nsswitch.conf hosts; do
			mount --bind "$dir/$f" "/etc/$f" || exit 1
		done
		rm -f "$dir/ready"
		python3 "$0" "$dir/asked" "$dir/ready" &
		server=$!
		for i in $(seq 200); do
			[ ! -e "$dir/ready" ] || break
			sleep 0.1
		done
		[ -e "$dir/ready" ] || exit 99
		"$@"
		rc=$?
		kill "$server"
		exit "$rc"' "$TRAF_SRCDIR/tests/lib/fakedns.py" "$@" 3>&-
}

traflog() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" -i fxp0 -a "$@"
}

# Time enough for a busy machine, unless a test says otherwise.
names_of() { with_server "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" \
	-i fxp0 -a --format=tsv --resolve-time=60 "$@"; }

# account ADDRESS...: a row from each to 192.0.2.1
account() {
	{
		echo 'block fxp0 gate 1795215600 1795301940'
		for address; do
			echo "$address 80 192.0.2.1 1025 6 1 100 200"
		done
	} | "$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0
}

sources() { tail -n +2 | cut -f 3 | sort; }

@test "names by the resolver, nothing that strangers put into them" {
	need_server
	account 192.0.2.7 198.51.100.1 198.51.100.2 198.51.100.3 \
	    198.51.100.4 203.0.113.1
	names_of >report
	sources <report | grep -x h7.example.org
	# What reads as an address, or is nothing, is shown as what it is.
	sources <report | grep -x 198.51.100.2
	sources <report | grep -x 203.0.113.1
	[ "$(sources <report | wc -l)" -eq 6 ]
	lacks -P '[^\x20-\x7e\t]' report
	names_of -N | sources | grep -x h7
	# Each was asked for once, and not again for the second report.
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] || return 0	# no cache
	[ -s asked ]
	[ -z "$(sort asked | uniq -d)" ]
}

@test "a name of two addresses: rows that differ, in all formats" {
	need_server
	"$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0 <<-'END'
	block fxp0 gate 1795215600 1795301940
	192.0.2.7 80 192.0.2.1 1025 6 1 100 200
	192.0.2.8 80 192.0.2.1 1025 6 1 100 200
	2001:db8::7 80 2001:db8::1 1025 6 1 100 200
	END
	for format in text tsv csv json html; do
		with_server "$TRAF_BUILDDIR/tools/traflog/traflog" \
			--state-dir "$dir" -i fxp0 --by src --resolve-time=60 \
			--format=$format >answer
		grep -qF 'h7.example.org[192.0.2.7]' answer
		grep -qF 'h7.example.org[2001:db8::7]' answer
		# One address: the name alone.
		grep -qF h8.example.org answer
		lacks -F 'h8.example.org[' answer
	done
	# The first row differs, too; the same without the domain.
	names_of >report
	[ "$(sources <report | tr '\n' ' ')" = "h7.example.org[192.0.2.7] \
h7.example.org[2001:db8::7] h8.example.org " ]
	names_of -N | sources | grep -xF 'h7[2001:db8::7]'
	# A device has both addresses: its name stays alone.
	with_server "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" \
		-i fxp0 --by local --local 192.0.2.0/24,2001:db8::/32 \
		--resolve-time=60 --format=tsv >answer
	[ "$(grep -c h7.example.org answer)" -eq 1 ]
	lacks -F '[' answer
}

@test "-n and a time of 0 ask nobody" {
	need_server
	account 192.0.2.7 203.0.113.1
	names_of -n | sources | grep -x 192.0.2.7
	names_of --resolve-time=0 | sources | grep -x 192.0.2.7
	[ ! -s asked ]
	[ ! -e "$cache" ]
}

@test "10,000 dead addresses cost the time that was given, no more" {
	need_server
	awk 'BEGIN {
		print "block fxp0 gate 1795215600 1795301940"
		for (i = 0; i < 10000; i++)
			printf "10.%d.%d.%d 80 192.0.2.1 1025 6 1 100 %d\n",
			    i % 3, i / 250 % 250, i % 250 + 1, 20000 - i
		# The least of all, but it does answer.
		print "192.0.2.9 80 192.0.2.1 1025 6 1 100 1"
	}' | "$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0
	begin=$(date +%s)
	names_of --resolve-time=1 >got 2>err
	end=$(date +%s)
	# Generous: the machine may be busy; one after the other takes hours.
	[ $((end - begin)) -le 30 ]
	[ "$(sources <got | wc -l)" -eq 10001 ]
	grep -q '[0-9]* hosts are shown as addresses: no answer within 1 s' err
	# Bounded: no more threads than there are in resolver.h.
	[ "$(sort -u asked | grep -c '^10\.')" -le 256 ]
}

@test "10,000 addresses without a name are asked for in a moment, once" {
	need_server
	need_cache
	awk 'BEGIN {
		print "block fxp0 gate 1795215600 1795301940"
		for (i = 0; i < 10000; i++)
			printf "172.16.%d.%d 80 192.0.2.1 1025 6 1 100 200\n",
			    i / 250, i % 250 + 1
	}' | "$TRAF_BUILDDIR/tests/lib/mksave" trafd.fxp0
	# What the C library keeps for a thread goes when the thread ends: some
	# end with the process.
	no_leak_search
	names_of --resolve-time=60 >got
	[ "$(sort -u asked | wc -l)" -eq 10001 ]
	: >asked
	names_of --resolve-time=60 >again
	[ ! -s asked ]
	diff got again
	grep -q 'h1.example.org' again
}

@test "the cache: on the second run, not with --no-cache, and it expires" {
	need_server
	need_cache
	account 192.0.2.7 203.0.113.1
	names_of >/dev/null
	[ "$(wc -l <asked)" -eq 3 ]
	[ "$(stat -c %a "$cache")" = 600 ]
	[ "$(stat -c %a "$XDG_CACHE_HOME/trafd")" = 700 ]
	: >asked
	names_of | sources | grep -x h7.example.org
	[ ! -s asked ]
	names_of --no-cache | sources | grep -x h7.example.org
	[ "$(wc -l <asked)" -eq 3 ]
	if sanitized "$TRAF_BUILDDIR/tools/traflog/traflog"; then
		skip "a sanitizer does not let itself be preloaded"
	fi
	${TRAF_CC:-cc} -shared -fPIC -o skew.so "$TRAF_SRCDIR/tests/lib/skew.c" ||
		skip "cannot preload here"
	export SKEW_FILE=$dir/skew
	# After two hours those without a name are asked for again ...
	: >asked
	echo 7200 >skew
	with_server env LD_PRELOAD="$dir/skew.so" \
	    "$TRAF_BUILDDIR/tools/traflog/traflog" \
	    --state-dir "$dir" -i fxp0 -a --resolve-time=60 >/dev/null
	[ "$(cat asked)" = 203.0.113.1 ]
	# ... after two days all of them.
	: >asked
	echo 172800 >skew
	with_server env LD_PRELOAD="$dir/skew.so" \
	    "$TRAF_BUILDDIR/tools/traflog/traflog" \
	    --state-dir "$dir" -i fxp0 -a --resolve-time=60 >/dev/null
	[ "$(wc -l <asked)" -eq 3 ]
}

@test "a damaged cache is thrown away with a message, whatever it holds" {
	need_server
	need_cache
	account 192.0.2.7 192.0.2.8 203.0.113.1
	names_of >expected
	cp "$cache" sound
	# Berkeley DB leaks where it gives a file up.
	no_leak_search
	for damage in 'echo no database' 'head -c 5000 sound' \
	    'head -c 100 sound' 'head -c 8192 /dev/urandom'; do
		$damage >"$cache"
		names_of >got 2>err
		diff expected got
		grep -q "cache of host names damaged: .*names.db; deleted" err
	done
	# It was made anew, and is believed again.
	: >asked
	names_of >got 2>err
	[ ! -s asked ]
	[ ! -s err ]
}

@test "a cache that is a link, or in somebody else's directory, is not used" {
	need_server
	need_cache
	account 192.0.2.7
	names_of >/dev/null
	mv "$cache" elsewhere
	cp elsewhere before
	ln -s "$dir/elsewhere" "$cache"
	: >asked
	names_of 2>err | sources | grep -x h7.example.org
	[ "$(wc -l <asked)" -eq 2 ]
	cmp before elsewhere
	[ ! -L "$cache" ]
	chown nobody "$XDG_CACHE_HOME/trafd"
	: >asked
	names_of | sources | grep -x h7.example.org
	[ "$(wc -l <asked)" -eq 2 ]
	chown root "$XDG_CACHE_HOME/trafd"
	chmod 777 "$XDG_CACHE_HOME/trafd"
	names_of | sources | grep -x h7.example.org
	[ "$(wc -l <asked)" -eq 4 ]
}

@test "without a place for a cache names are still names" {
	need_server
	account 192.0.2.7
	XDG_CACHE_HOME='' HOME=/dev/null names_of | sources |
		grep -x h7.example.org
	XDG_CACHE_HOME='' HOME='' names_of | sources | grep -x h7.example.org
	XDG_CACHE_HOME=relative names_of | sources | grep -x h7.example.org
	[ ! -e relative ]
}

@test "a bad time to wait is a usage error" {
	account 192.0.2.7
	for bad in -1 x 3601 '' 1x; do
		run -127 traflog --resolve-time="$bad"
		[[ $output == *"--resolve-time ${bad:-\"\"}: a number of seconds from 0 to 3600 is needed"* ]]
	done
}

@test "a cache with any octet changed does no harm" {
	need_server
	need_cache
	account 192.0.2.7 192.0.2.8 203.0.113.1
	names_of >expected
	cp "$cache" sound
	# Berkeley DB leaks where it gives a file up.
	no_leak_search
	python3 - "$TRAF_BUILDDIR/tools/traflog/traflog" "$cache" <<-'EOT'
	import random, subprocess, sys
	sound = open('sound', 'rb').read()
	rng = random.Random(1)
	names = 0
	for i in range(120):
	    bad = bytearray(sound)
	    for _ in range(rng.choice([1, 1, 3, 50])):
	        at = rng.choice([rng.randrange(len(bad)), rng.randrange(512)])
	        bad[at] = rng.randrange(256)
	    open(sys.argv[2], 'wb').write(bad)
	    p = subprocess.run(
	        [sys.argv[1], '--state-dir', '.', '-i', 'fxp0', '-a',
	         '--resolve-time=0', '--format=tsv'], capture_output=True)
	    lines = p.stdout.split(b'\n')
	    if p.returncode != 0 or len(lines) != 5:
	        sys.exit('change %d: status %d: %s' %
	                 (i, p.returncode, p.stderr.decode()))
	    # A name is the right one or none.
	    for line in lines[1:4]:
	        host = line.split(b'\t')[2]
	        names += b'example' in host
	        if host not in (b'h7.example.org', b'h8.example.org',
	                        b'192.0.2.7', b'192.0.2.8', b'203.0.113.1'):
	            sys.exit('change %d: %r' % (i, host))
	EOT
}
