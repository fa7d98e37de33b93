#!/usr/bin/env bats
# configure: what it takes for a library, on systems that have another one of
# the same name or nothing for pkg-config.

load assert

setup() {
	T=$(mktemp -d)
	mkdir "$T/src" "$T/src/trafd" "$T/base" "$T/port" "$T/port/include" \
		"$T/port/lib"
	# A copy: this tree may be configured already.
	cp -r "$TRAF_SRCDIR"/{configure,build-aux,config.h.in,Makefile.in} \
		"$T/src"
	touch "$T/src/trafd/trafd.c"
	# The db.h of FreeBSD itself has no version.
	echo '#define BTREEMAGIC 0x053162' >"$T/base/db.h"
	mkdir "$T/port/include/db5"	# not itself a link to a system's
	ln -s /usr/include/db.h "$T/port/include/db5"
	ln -s "$(dirname "$(cc -print-file-name=libdb.so)")" "$T/port/lib/db5"
}

teardown() {
	rm -rf "$T"
}

# configured ARGUMENTS: it only looks; what it found is in config.log.
configured() {
	cd "$T/src"
	./configure -q --no-create --without-microhttpd --without-maxminddb \
		--without-ebpf --disable-sandbox "$@" >"$T/out" 2>&1
}

value() { # variable
	sed -n "s/^$1='\(.*\)'\$/\1/p" "$T/src/config.log"
}

@test "an old db.h is passed by, and Berkeley DB 5 of a port is found" {
	echo '#include <db.h>' | cc -E - >/dev/null 2>&1 ||
		skip "no Berkeley DB here"
	configured CPPFLAGS="-I$T/base" --with-db="$T/port"
	[ "$(value DB_CFLAGS)" = "-I$T/port/include/db5" ]
	[[ "$(value DB_LIBS)" == "-L$T/port/lib/db5 "*" -ldb-5.3" ]]
	grep -q '^#define HAVE_DB 1$' config.log
}

@test "an old db.h alone is no Berkeley DB, and the message says which is" {
	run configured CPPFLAGS="-I$T/base" --with-db="$T/none"
	[ "$status" -eq 1 ]
	grep -q 'Berkeley DB 5 or newer not found: install .* db5 (FreeBSD)' \
		"$T/out"
	configured CPPFLAGS="-I$T/base"
	[ -z "$(value DB_LIBS)" ]
	not grep -q '^#define HAVE_DB 1$' config.log
}

@test "ncursesw is found without pkg-config's help" {
	echo '#include <curses.h>' | cc -E - >/dev/null 2>&1 ||
		skip "no ncurses here"
	cat >"$T/pkg-config" <<-EOT
	#!/bin/sh
	case "\$*" in
	*ncurses*) exit 1 ;;
	esac
	exec $(command -v pkg-config) "\$@"
	EOT
	chmod +x "$T/pkg-config"
	configured PKG_CONFIG="$T/pkg-config" --with-db=no
	[[ "$(value NCURSES_LIBS)" == -lncursesw* ]]
	[ "$(value NCURSES_CFLAGS)" = -DNCURSES_WIDECHAR=1 ]
	grep -q '^#define HAVE_NCURSES 1$' config.log
}
