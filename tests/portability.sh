#!/usr/bin/env bash
# portability.sh ZIG LIBRARIES [SCRATCH]: a developer's check of systems that
# this one is not.  Native: clang and -std=c17, 32 bits.  By zig, a compiler
# that brings the C libraries of many systems: s390x, big-endian, with musl,
# its unit tests run under qemu-user; and FreeBSD, compiled and linked.
#
# LIBRARIES is a directory with the source packages of Debian in it, unpacked
# here (apt-get source --download-only libzstd jansson cmocka xxhash libpcap
# libevent).  TAP.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
zig=$1
libraries=$(cd "$2" && pwd)
scratch=${3:-$(mktemp -d)}
n=0

tap()	# name, command
{
	local name=$1
	n=$((n + 1))
	shift
	if "$@" >"$scratch/log.$n" 2>&1; then
		echo "ok $n - portability: $name"
	else
		tail -n 30 "$scratch/log.$n" | sed 's/^/# /'
		echo "not ok $n - portability: $name"
	fi
}

sources()
{
	local f
	cd "$scratch" && for f in "$libraries"/*.orig.tar.*z; do
		tar xf "$f" || return 1
	done
	git -C "$top" archive --prefix=trafd/ HEAD | tar xf - &&
	    cd trafd && ./autogen.sh
}

# A whole build with warnings as errors, and its unit tests.
native()	# name, arguments of configure
{
	mkdir "$scratch/$1" && cd "$scratch/$1" && shift &&
	    ../trafd/configure -q --enable-werror "$@" && make -s -j2 all &&
	    make -s -j2 check TESTS="\$(UNIT_TESTS)"
}

# ---- other machines ----

# Programs that make takes for a compiler and its friends of the target.
toolchain()	# target of zig
{
	local tool
	mkdir -p "$root/bin" "$root/include" "$root/lib/pkgconfig" &&
	    for tool in ar ranlib; do
		printf '#!/bin/sh\nexec %s %s "$@"\n' "$zig" $tool \
		    >"$root/bin/$tool"
	    done &&
	    printf '#!/bin/sh\nexec %s cc -target %s "$@"\n' "$zig" "$1" \
		>"$root/bin/cc" && chmod +x "$root"/bin/*
}

pc()	# name, version, libraries
{
	printf 'Name: %s\nDescription: of the test\nVersion: %s\n' "$1" "$2" \
	    >"$root/lib/pkgconfig/$1.pc"
	printf 'Cflags: -I%s\nLibs: -L%s %s\n' "$root/include" "$root/lib" \
	    "$3" >>"$root/lib/pkgconfig/$1.pc"
}

configured()	# directory, arguments of configure
{
	local dir=$1
	shift
	cd "$scratch/$dir" && { make -s distclean >/dev/null 2>&1 || :; } &&
	    ./configure -q --host="$host" --prefix="$root" --disable-shared \
	    CC="$root/bin/cc" AR="$root/bin/ar" RANLIB="$root/bin/ranlib" \
	    CFLAGS=-O1 "$@" && make -s -j2 && make -s install
}

# Without their own build: plain C files.
plain()	# library, flags, files
{
	local lib=$1 flags=$2
	shift 2
	# shellcheck disable=SC2086 # flags are words
	mkdir -p "$root/o" && rm -f "$root/o"/* && cd "$root/o" &&
	    "$root/bin/cc" -O1 $flags -c "$@" &&
	    "$root/bin/ar" rc "$root/lib/lib$lib.a" ./*.o
}

autogen()
{
	cd "$scratch/$1" && { [ -x configure ] || autoreconf -fi; }
}

dependencies()
{
	local z=$scratch/zstd-1.5.4 x=$scratch/xxHash-0.8.1
	local c=$scratch/cmocka-1.1.5
	plain zstd -DZSTD_DISABLE_ASM "$z"/lib/common/*.c \
	    "$z"/lib/compress/*.c "$z"/lib/decompress/*.c &&
	    cp "$z"/lib/*.h "$root/include" && pc libzstd 1.5.4 -lzstd &&
	    plain xxhash '' "$x/xxhash.c" && cp "$x"/*.h "$root/include" &&
	    pc libxxhash 0.8.1 -lxxhash &&
	    plain cmocka "-I$c/include $cmocka" "$c/src/cmocka.c" &&
	    cp "$c"/include/*.h "$root/include" && pc cmocka 1.1.5 -lcmocka &&
	    pc libbsd-overlay 0.11 '' &&
	    configured jansson-2.14 &&
	    configured libpcap-1.10.3 --without-libnl --disable-dbus \
		--disable-rdma --disable-usb --disable-bluetooth &&
	    autogen libevent-2.1.12-stable &&
	    configured libevent-2.1.12-stable --disable-openssl \
		--disable-samples --disable-libevent-regress
}

cmocka='-DHAVE_MALLOC_H=0 -DHAVE_INTTYPES_H=1 -DHAVE_SIGNAL_H=1
	-DHAVE_STRING_H=1 -DHAVE_SETJMP_H=1 -DHAVE_STDARG_H=1
	-DHAVE_STDDEF_H=1 -DHAVE_STDINT_H=1 -DHAVE_STDIO_H=1
	-DHAVE_STDLIB_H=1 -DHAVE_TIME_H=1 -DHAVE_UNISTD_H=1
	-DHAVE_STRUCT_TIMESPEC=1 -DHAVE_CLOCK_GETTIME=1
	-DHAVE_CLOCK_GETTIME_REALTIME=1 -D_UINTPTR_T'

cross()	# what to make
{
	mkdir -p "$root/trafd" && cd "$root/trafd" &&
	    PKG_CONFIG_LIBDIR=$root/lib/pkgconfig "$scratch/trafd/configure" \
	    -q --host="$host" CC="$root/bin/cc" AR="$root/bin/ar" \
	    RANLIB="$root/bin/ranlib" CPPFLAGS="-I$root/include -D_UINTPTR_T" \
	    LDFLAGS="-L$root/lib" --with-db=no --with-ncurses=no \
	    --with-microhttpd=no --with-maxminddb=no --disable-sandbox &&
	    make -s -j2 "$@"
}

unit_tests()	# how a program is run
{
	local t
	cd "$root/trafd" || return 1
	for t in tests/unit/test_{addr,block,decode,legacy,names,order,out} \
	    tests/unit/test_{pattern,savefile,table,template,when}; do
		make -s "$t" && TRAF_SRCDIR=$scratch/trafd \
		    TRAF_BUILDDIR=$root/trafd "$@" "$t" || return 1
	done
}

# Files of this machine read there, and the other way round: the same text.
round_trip()	# how a program is run, native build
{
	local here=$scratch/$2 there=$root/trafd how=$1
	make -s -C "$there" tests/lib/mksave &&
	    make -s -C "$here" tests/lib/mksave && cd "$root" &&
	    for i in $(seq 1 2000); do
		[ "$i" -gt 1 ] || echo block eth0 gate 1795215600 1795301940
		echo "10.0.$((i / 250)).$((i % 250)) $i 2001:db8::$i 443 6" \
		    "$i $((i * 1000003)) $((i * 1000033))"
	    done >rows &&
	    "$here/tests/lib/mksave" ./of-here <rows &&
	    "$how" "$there/tests/lib/mksave" ./of-there <rows &&
	    export TZ=UTC0 &&
	    "$how" "$there/tools/traflog" -n -a -i ./of-here >text1 &&
	    "$here/tools/traflog" -n -a -i ./of-there >text2 &&
	    [ "$(wc -l <text1)" -gt 2000 ] && cmp text1 text2 &&
	    "$here/tools/traflog" -n -a -i ./of-here | cmp text1 -
}

tap sources sources
# PORTABILITY=cross leaves the native builds out, but the one to compare with.
[ "${PORTABILITY-}" = cross ] ||
    tap "clang, -std=gnu17" native clang CC="clang -std=gnu17"
tap "gcc, -std=c17" native c17 CC="gcc -std=c17"

host=s390x-linux-musl root=$scratch/s390x
if command -v qemu-s390x-static >/dev/null; then
	tap "s390x: compiler" toolchain s390x-linux-musl
	tap "s390x: libraries" dependencies
	tap "s390x, musl: traflog, trafd" cross tools/traflog trafd/trafd
	tap "s390x: unit tests" unit_tests qemu-s390x-static
	tap "s390x: files there and back" round_trip qemu-s390x-static c17
fi
host=x86_64-unknown-freebsd14 root=$scratch/freebsd
tap "FreeBSD: compiler" toolchain x86_64-freebsd.14.0
tap "FreeBSD: libraries" dependencies
tap "FreeBSD: all programs compile and link" cross all
echo "1..$n"
