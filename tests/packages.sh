#!/usr/bin/env bash
# packages.sh BUILDDIR: makes the tarball of a release in a configured
# directory and the Debian package from it.  Then installs that, counts traffic,
# upgrades with data present, removes and purges, in an overlay over this system
# and in namespaces of its own: the system is not changed.  Prints TAP.
#
# The script runs itself again in the overlay (argument `install'); it passes
# scratch, and n, the number of tests so far, in the environment.
set -u -o pipefail

: "${n:=0}" "${scratch=}"

# tap NAME COMMAND...: one test; what it said goes before the line it fails.
tap()
{
	local name=$1 out
	n=$((n + 1))
	shift
	if out=$("$@" 2>&1); then
		echo "ok $n - packages: $name"
	else
		# shellcheck disable=SC2001 # each line
		sed 's/^/# /' <<<"${out:0:4000}"
		echo "not ok $n - packages: $name"
	fi
}

skip_all()	# reason
{
	echo "ok 1 - packages # SKIP $1"
	echo "1..1"
	exit 0
}

# ---- in the overlay ----

has_user()	{ getent passwd trafd && getent group trafd; }
runs()		{ pgrep -x ${1:+-u "$1"} trafd; }

not()	# command
{
	if "$@"; then
		return 1
	fi
}

# All configuration is comments: trafstart says what to do, and starts nothing.
starts_nothing()
{
	local said
	not runs && not trafstart && said=$(not trafstart 2>&1) &&
	    [[ $said == *'trafd_ifaces="'* ]] && not runs &&
	    [ -s /etc/trafd.conf ] && not grep -v '^#\|^$' /etc/trafd.conf
}

send()	# datagrams, of 29 bytes of IP each
{
	for ((i = 0; i < $1; i++)); do
		printf x >/dev/udp/127.0.0.1/9
	done 2>/dev/null || :
}

accounted()	# bytes of all blocks of ours
{
	local sum
	sum=$(traflog -a -n --format=tsv -i lo | awk -F'\t' '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["dport"] == 9 { sum += $at["bytes"] }
		END { print sum + 0 }')
	echo "accounted $sum, expected $1"
	[ "$sum" -eq "$1" ]
}

# As an administrator does it: one line of configuration, then the commands.
first_account()
{
	echo 'trafd_ifaces="lo" trafd_flags="-r -m 0"' >>/etc/trafd.conf &&
	    trafstart && runs trafd && not runs root && send 20 &&
	    trafsave && accounted 580
}

# The daemon goes on under the upgrade, and what it had is not lost.
upgrade()
{
	send 10
	dpkg -i "$new" && dpkg-query -W -f '${Version}\n' trafd |
	    grep -vF '~' && runs && trafsave && accounted 870 &&
	    send 5 && trafstop && trafstart && trafsave && accounted 1015
}

removed()
{
	local said
	send 1
	said=$(dpkg -r trafd) &&
	    [[ $said == *"these remain"*" /var/trafd "*"the accounts: lo"* ]] &&
	    not runs && not command -v trafd &&
	    [ -f /etc/trafd.conf ] && [ -s /var/trafd/trafd.lo ] &&
	    [ -s /var/trafd/tmp/trafd.lo ]	# the last 29 bytes
}

purged()
{
	dpkg -P trafd | grep 'remain in /var/trafd' &&
	    [ ! -e /etc/trafd.conf ] && [ -s /var/trafd/trafd.lo ]
}

again()
{
	dpkg -i "$new" && accounted 1015 &&
	    "$scratch/trafd/debian/tests/account"
}

purged_all()
{
	TRAFD_PURGE_ACCOUNTS=yes dpkg -P trafd &&
	    [ ! -e /var/trafd ] && [ ! -e /usr/share/trafd ] &&
	    [ ! -e /lib/systemd/system/trafd@.service ]
}

pages()
{
	local page
	for page in traflog.1 trafd.5 trafd.conf.5 trafd.8 trafstop.8; do
		[ -e "/usr/share/man/man${page##*.}/$page.gz" ] || return 1
	done
}

# A Debian that does as an installed one: no slim image's wishes, no daemons
# by itself; and no fsync, no index of manual pages, to be quick.
prepare()
{
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
	export PATH LC_ALL DEBIAN_FRONTEND
	cd / && ip link set lo up
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod +x /usr/sbin/policy-rc.d
	rm -f /var/lib/man-db/auto-update /etc/dpkg/dpkg.cfg.d/*
	echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/test
	! has_user >/dev/null || userdel trafd
	rm -rf /etc/trafd* /var/trafd
}

install_it()
{
	new=$(echo "$scratch"/trafd_*.deb)
	prepare
	tap "installs from the file" dpkg -i "$scratch/earlier.deb"
	tap "its user is there" has_user
	tap "nothing runs without configuration" starts_nothing
	tap "one line, and it accounts, as its own user" first_account
	tap "an upgrade loses nothing" upgrade
	tap "manual pages" pages
	tap "remove stops it, leaves configuration and accounts" removed
	tap "purge leaves the accounts, and says so" purged
	tap "installed again they are there; its autopkgtest" again
	tap "purge takes them where asked" purged_all
	echo "1..$n"
}

# ---- making the packages ----

tarball()
{
	make -s -C "$build" dist && cd "$scratch" &&
	    mv "$build"/trafd-*.tar.xz . && tar xf trafd-*.tar.xz &&
	    mv trafd-*[0-9] trafd
}

package()
{
	cd "$scratch/trafd" && DEB_BUILD_OPTIONS="noautodbgsym parallel=2" \
	    dpkg-buildpackage -b -us -uc
}

# The same package as of before.
earlier_package()
{
	cd "$scratch" && deb=$(echo trafd_*.deb) && dpkg-deb -R "$deb" earlier &&
	    sed -i 's/^Version: .*/&~earlier/' earlier/DEBIAN/control &&
	    dpkg-deb --root-owner-group -b earlier earlier.deb
}

run_lintian()
{
	cd "$scratch" && lintian --allow-root --fail-on error,warning \
	    --tag-display-limit 0 trafd_*.changes
}

packing_list()
{
	sh "$scratch/trafd/tests/plist.sh" "$build" |
	    diff "$scratch/trafd/packaging/freebsd/pkg-plist" -
}

rpm_spec()
{
	rpmspec -P "$scratch/trafd/packaging/trafd.spec" >/dev/null
}

make_packages()	# configured directory
{
	[ "$(id -u)" -eq 0 ] || skip_all "needs root: installs a package"
	command -v dh >/dev/null || skip_all "debhelper is not installed"
	build=$(cd "$1" && pwd) || exit 1
	scratch=$(mktemp -d) || exit 1
	trap 'rm -rf "$scratch"' EXIT
	tap "make dist" tarball
	tap "dpkg-buildpackage" package
	tap "the same as an earlier version" earlier_package
	! command -v lintian >/dev/null || tap "lintian" run_lintian
	tap "the packing list of the FreeBSD port" packing_list
	! command -v rpmspec >/dev/null || tap "the RPM spec" rpm_spec
	export scratch n
	cp "$(dirname "$0")/lib/in-overlay" "$0" "$scratch" &&
	    "$scratch/in-overlay" "$scratch" -- bash "$scratch/packages.sh" \
		install
}

case ${1-.} in
install) install_it ;;
*) make_packages "${1-.}" ;;
esac
