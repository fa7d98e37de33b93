#!/usr/bin/env bats
# --by country and asn, with databases made by the tests.

load assert
load report_helpers

setup() {
	report_setup
	command -v python3 >/dev/null || skip "no python3"
	unset TRAF_GEO
	"$mksave" trafd.fxp0 <<-'EOT'
	block fxp0 gate 1795215600 1795301940
	192.0.2.1 80 198.51.100.2 1025 6 10 900 1000
	192.0.2.77 80 203.0.113.9 1025 6 1 90 100
	2001:db8::1 53 2001:db8:ffff::2 53 17 2 60 120
	10.0.0.1 0 192.0.2.1 0 1 1 5 7
	other 0 other 0 0 5 10 20
	EOT
}

need_library() {
	grep -q '^#define HAVE_MAXMINDDB 1' "$TRAF_BUILDDIR/config.h" ||
		skip "built without libmaxminddb"
}

mmdb() { python3 "$TRAF_SRCDIR/tests/lib/mkmmdb.py" "$@"; }

countries() {
	printf '%s\t{"country":{"iso_code":"%s"}}\n' 192.0.2.0/24 DE \
	    198.51.100.0/24 FR 2001:db8::/48 SE 203.0.113.0/24 'x;' |
		mmdb GeoLite2-Country >"$1"
}

systems() {
	{
		printf '%s\t{"autonomous_system_number":%s,' \
		    192.0.2.0/24 64496
		printf '"autonomous_system_organization":"%s"}\n' \
		    'Example <b>GmbH\u0007 \u00c4'
		printf '%s\t{"autonomous_system_number":%s}\n' \
		    198.51.100.0/24 4200000000 2001:db8::/32 64497
	} | mmdb DBIP-ASN-Lite >"$1"
}

by() {
	"$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" -i fxp0 -n \
	    --format=tsv --by "$@"
}

@test "--by country" {
	need_library
	countries c.mmdb
	by country --geo=c.mmdb --sort=country >got
	cut -f 1 got | diff -u - <(printf '%s\n' country DE FR SE unknown)
	column=$(head -n 1 got | tr '\t' '\n' | grep -nx bytes | cut -d: -f1)
	# Each side of a row counts for its country, once.
	cut -f "1,$column" got | says -x 'DE	1107'
	cut -f "1,$column" got | says -x 'FR	1000'
	cut -f "1,$column" got | says -x 'SE	120'
	cut -f "1,$column" got | says -x 'unknown	247'
}

@test "--by asn, with names that strangers wrote" {
	need_library
	systems a.mmdb
	by asn --geo=a.mmdb --sort=asn >got
	cut -f 1,2 got | sort >names
	LC_ALL=C sort >expected <<-'EOT'
	AS4200000000	
	AS64496	Example <b>GmbH? ??
	AS64497	
	asn	organization
	unknown	
	EOT
	diff -u expected names
}

@test "the database by the environment, in a directory, and beside each other" {
	need_library
	mkdir geo
	countries geo/GeoLite2-Country.mmdb
	systems geo/dbip-asn-lite.mmdb
	TRAF_GEO=geo/GeoLite2-Country.mmdb by country | says '^DE'
	TRAF_GEO=geo by country,asn | says '^DE	AS64496'
	TRAF_GEO=nowhere by country --geo=geo | says '^DE'
}

@test "no database, the wrong one, a damaged one: a clear message" {
	need_library
	countries c.mmdb
	systems a.mmdb
	head -c 200 c.mmdb >cut.mmdb
	echo nothing >text.mmdb
	: >empty.mmdb
	while IFS='|' read -r key file message; do
		run -127 --separate-stderr by "$key" --geo="$file"
		[ -z "$output" ]
		grep -qF "$message" <<<"$stderr" || {
			echo "$key $file: $stderr"
			return 1
		}
	done <<-'EOT'
	country|nowhere|no database of countries found: give one with --geo
	asn|nowhere|no database of autonomous systems found
	asn|c.mmdb|the database of --geo has no autonomous systems
	country|a.mmdb|the database of --geo has no countries
	country|cut.mmdb|no intact MaxMind database
	country|text.mmdb|no intact MaxMind database
	country|empty.mmdb|no intact MaxMind database
	EOT
}

@test "a database with any octet changed does no harm" {
	need_library
	countries sound
	python3 - "$TRAF_BUILDDIR/tools/traflog/traflog" <<-'EOT'
	import random, subprocess, sys
	sound = open('sound', 'rb').read()
	rng = random.Random(1)
	for i in range(100):
	    bad = bytearray(sound)
	    for _ in range(rng.choice([1, 3, 30])):
	        bad[-rng.randrange(1, 400)] = rng.randrange(256)
	    open('bad.mmdb', 'wb').write(bad)
	    p = subprocess.run([sys.argv[1], '--state-dir', '.', '-i', 'fxp0',
	                        '-n', '--by', 'country', '--geo', 'bad.mmdb',
	                        '--format=tsv'], capture_output=True)
	    # A sanitizer ends with 1 too.
	    if p.returncode not in (0, 1, 127) or \
	            b'Sanitizer' in p.stderr or b'runtime error' in p.stderr:
	        sys.exit('change %d: status %d: %s' %
	                 (i, p.returncode, p.stderr.decode()))
	EOT
}

@test "built without the library: a clear message" {
	if grep -q '^#define HAVE_MAXMINDDB 1' "$TRAF_BUILDDIR/config.h"; then
		skip "built with libmaxminddb"
	fi
	run -127 --separate-stderr by country
	[[ $stderr == *"built without libmaxminddb"* ]]
}
