/*
 * Messages: standard error until told otherwise, then syslog, or the journal
 * where standard error is that already.  Messages may come from any thread;
 * each is one call of syslog(3), one datagram or one write.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "journal.h"
#include "log.h"
#include "printable.h"
#include "traffic.h"

/* Longest message, with the terminating NUL. */
#define LINE_MAX_LEN	1024

static const char	*log_ident = "trafd";
static const char	*log_iface;
static enum log_target	 log_target = LOG_TO_STDERR;
static int		 log_journal = -1;

void
log_init(const char *ident, enum log_target target)
{
	log_ident = ident;
	log_target = target;
	if (target == LOG_TO_STDERR)
		return;
	openlog(ident, LOG_PID | LOG_CONS, SYSLOG_FACILITY);
	if (log_journal == -1)
		log_journal = journal_open();
}

void
log_interface(const char *ifname)
{
	log_iface = ifname;
}

static bool
to_journal(int level, const char *line)
{
	const struct journal_entry	e = {
		.ident = log_ident, .iface = log_iface, .text = line,
		.level = level, .facility = SYSLOG_FACILITY,
	};

	return (log_journal != -1 && journal_send(log_journal, &e) == 0);
}

static void
emit(int level, int error, const char *fmt, va_list ap)
{
	char	line[LINE_MAX_LEN];
	size_t	used;
	int	n;

	n = vsnprintf(line, sizeof(line), fmt, ap);
	used = n < 0 ? 0 : (size_t)n;
	if (error != 0 && used < sizeof(line))
		(void)snprintf(line + used, sizeof(line) - used, ": %s",
		    strerror(error));
	/* Names of files and accounts may be anybody's choice. */
	(void)printable(line);
	if (log_target != LOG_TO_STDERR) {
		if (to_journal(level, line))
			return;		/* standard error is the same place */
		syslog(level, "%s", line);
	}
	if (log_target == LOG_TO_STDERR ||
	    (log_target == LOG_TO_BOTH && level <= LOG_WARNING))
		(void)fprintf(stderr, "%s: %s\n", log_ident, line);
}

/* One function a level; those with errno keep it for the caller. */
#define DEFINE_LOG(name, level, error)		\
void						\
name(const char *fmt, ...)			\
{						\
	int	saved = errno;			\
	va_list	ap;				\
						\
	va_start(ap, fmt);			\
	emit((level), (error), fmt, ap);	\
	va_end(ap);				\
	errno = saved;				\
}

DEFINE_LOG(log_info, LOG_INFO, 0)
DEFINE_LOG(log_notice, LOG_NOTICE, 0)
DEFINE_LOG(log_warn, LOG_WARNING, saved)
DEFINE_LOG(log_warnx, LOG_WARNING, 0)
DEFINE_LOG(log_error, LOG_ERR, saved)
DEFINE_LOG(log_errorx, LOG_ERR, 0)
