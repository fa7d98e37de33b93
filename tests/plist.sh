#!/bin/sh
# plist.sh BUILDDIR: prints the packing list of the FreeBSD port, from what this
# build would install there.  packaging/freebsd/pkg-plist is its output.
set -eu
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
make -s -C "$1" install DESTDIR="$dest" >/dev/null
prefix=$(dirname "$(dirname "$(find "$dest" -path '*/sbin/trafd')")")
cd "$prefix"
{
	find . -type f -o -type l | grep -v '^\./lib/' | sed '
	    s|^\./||
	    s|^etc/.*\.sample$|@sample &|
	    s|^share/doc/trafd/|%%DOCSDIR%%/|
	    s|^share/trafd/|%%DATADIR%%/|
	    s|^share/man/.*[1-9]$|&.gz|'
	echo 'etc/periodic/daily/500.trafd'
	echo '@sample etc/newsyslog.conf.d/trafd.conf.sample'
	echo '@sample etc/syslog.d/trafd.conf.sample'
	echo '@dir(trafd,trafd,750) /var/trafd'
} | LC_ALL=C sort
