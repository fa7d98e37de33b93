/*
 * A message of syslog: its priority, and its text (more.h).
 */
#include "items.h"
#include "more.h"

static const char	*facilities[] = {
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news",
	"uucp", "cron", "authpriv", "ftp", "ntp", "security", "console",
	"clock", "local0", "local1", "local2", "local3", "local4", "local5",
	"local6", "local7"
};

static const char	*severities[] = {
	"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"
};

/* "<34>", at most three digits; -1 if it does not start so. */
static int
priority(struct cursor *c)
{
	struct cursor	 at = *c;
	const uint8_t	*p = cursor_take(&at, 1);
	int		 v = 0, n = 0;

	if (p == NULL || *p != '<')
		return (-1);
	while ((p = cursor_take(&at, 1)) != NULL && *p >= '0' && *p <= '9' &&
	    n++ < 3)
		v = v * 10 + (*p - '0');
	if (p == NULL || *p != '>' || n == 0 || v > 191)
		return (-1);
	*c = at;
	return (v);
}

void
syslog_show(struct fields *f, struct cursor c)
{
	int	v = priority(&c);

	fields_begin(f, "syslog");
	if (v >= 0) {
		fields_named(f, "facility", (unsigned)v / 8,
		    facilities[v / 8]);
		fields_named(f, "severity", (unsigned)v % 8,
		    severities[v % 8]);
	}
	fields_octets(f, "message", c.p, cursor_left(&c));
	fields_end(f);
}
