/*
 * Public constants of trafd and its tools: where files live, how the
 * programs end, which syslog facility they use.  The directories come from
 * configure (--with-statedir, --with-rundir, sysconfdir).
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <syslog.h>

#define SYSLOG_FACILITY	LOG_DAEMON

/* Save files are STATEDIR/trafd.<ext>, dump files STATEDIR/tmp/trafd.<ext>. */
#ifndef TRAFD_STATEDIR
#define TRAFD_STATEDIR	"/var/trafd"
#endif
#ifndef TRAFD_RUNDIR
#define TRAFD_RUNDIR	"/var/run"
#endif
#define TRAFD_DUMPDIR	"tmp"
#define TRAFD_PREFIX	"trafd."

/* The unprivileged user that trafd becomes. */
#define TRAFD_USER	"trafd"

/* What limits the capture buffer on systems that tell its size. */
#define TRAFD_BUFFER_LIMIT	"sysctl net.bpf.maxbufsize"

/* Environment: the interface when -i is not given. */
#define TRAFD_ENV_IFACE	"IFF_LISTEN"

/* Environment: the configuration to read instead of all others. */
#define TRAFD_ENV_CONF	"TRAFD_CONF"
#define TRAFD_ENV_BOOT		"TRAFD_BOOT_ID"

/* Variables of trafd.conf(5) that all programs read. */
#define TRAFD_CONF_STATEDIR	"trafd_statedir"
#define TRAFD_CONF_RUNDIR	"trafd_rundir"

/* Exit statuses of all programs, as documented by BPFT. */
enum {
	TRAFD_EXIT_OK = 0,
	TRAFD_EXIT_ERROR = 1,
	TRAFD_EXIT_USAGE = 127,
	TRAFD_EXIT_INTERRUPTED = 130	/* by SIGINT; what there was is out */
};

/* Records with fewer IP bytes are summed into one row at save (-m). */
#define TRAFD_MINSIZE	1024

/* Longest file name extension (-f), without the terminating NUL. */
#define TRAFD_EXT_MAX	64

#endif
