/*
 * Command lines in main(): help and version go to standard output, errors to
 * the log, which is still standard error then.  Remembers the command line
 * that was parsed last, for errors that are found later.
 */
#include "config.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "options_impl.h"
#include "traffic.h"

/* The command line parsed last; table is NULL before the first. */
static struct options_found	latest;

static _Noreturn void
end_with_usage(const char *message)
{
	log_errorx("%s", message);
	if (latest.table != NULL)
		options_usage_line(latest.table, latest.command, stderr);
	exit(TRAFD_EXIT_USAGE);
}

static _Noreturn void
end_with_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(TRAFD_EXIT_OK);
	log_error("cannot write to standard output");
	exit(TRAFD_EXIT_ERROR);
}

/*
 * The value of the row in trafd.conf(5), or NULL.  It lives as long as the
 * program, as argv does.  A file that this user may not read is no error:
 * the built-in value may well be right.
 */
static const char *
configured(const struct option_row *r)
{
	static char	*kept[OPTIONS_MOST];	/* until the program ends */
	static size_t	 n;
	char		 value[PATH_MAX], err[CONF_ERROR];

	switch (conf_read(r->conf, value, sizeof(value), err)) {
	case CONF_NONE:
		return (NULL);
	case CONF_UNREADABLE:
		if (isatty(STDERR_FILENO))
			log_warnx("%s; using %s (see --%s)", err, r->def,
			    r->name);
		return (NULL);
	case CONF_WRONG:
		log_errorx("%s, or give --%s", err, r->name);
		exit(TRAFD_EXIT_ERROR);
	case CONF_FOUND:
		break;
	}
	if (n == OPTIONS_MOST || (kept[n] = strdup(value)) == NULL) {
		log_error("cannot read the configuration");
		exit(TRAFD_EXIT_ERROR);
	}
	return (kept[n++]);
}

/* For options that were not given. */
static void
take_configured(const struct option_table *t, void *into,
    const struct options_found *f)
{
	const struct option_row	*r;
	const char		*value;

	for (r = t->rows; r < t->rows + t->nrows; r++)
		if (r->conf != NULL && f->given[r - t->rows] == 0 &&
		    (value = configured(r)) != NULL)
			memcpy((char *)into + r->at, &value, sizeof(value));
}

void
options_read(const struct option_table *t, void *into, int argc, char **argv,
    struct options_found *f)
{
	char			err[OPTIONS_ERROR];
	enum options_outcome	rc;

	latest = (struct options_found){ .table = t, .command = -1 };
	rc = options_scan(t, into, argc, argv, f, err);
	latest = *f;
	switch (rc) {
	case OPTIONS_FINE:
		take_configured(t, into, f);
		return;
	case OPTIONS_WRONG:
		end_with_usage(err);
	case OPTIONS_ASKED_HELP:
		options_help(t, stdout);
		break;
	case OPTIONS_ASKED_VERSION:
		(void)printf("%s %s\n", t->program, PACKAGE_VERSION);
		break;
	}
	end_with_output();
}

_Noreturn void
options_refuse(const char *fmt, ...)
{
	char	message[OPTIONS_ERROR];
	va_list	ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	end_with_usage(message);
}

_Noreturn void
options_refuse_choice(const char *name, const char *value)
{
	const struct option_row	*r = option_row(latest.table, name);
	char			 err[OPTIONS_ERROR];

	if (r == NULL)
		abort();	/* the row must have choices */
	end_with_usage(option_choice_error(r, name, value, err));
}

void
options_operand(const struct option_row *r, void *into, const char *text)
{
	char				 err[OPTIONS_ERROR];
	const struct option_scan	 s = { .into = into, .err = err };

	if (option_set(&s, r, r->arg, text) != OPTIONS_FINE)
		end_with_usage(err);
}

char *
options_join(char *const *operands)
{
	size_t		 len = 1;
	char *const	*w;
	char		*text;

	for (w = operands; *w != NULL; w++)
		len += strlen(*w) + 1;
	if ((text = calloc(1, len)) == NULL) {
		log_error("cannot read the command line");
		exit(TRAFD_EXIT_ERROR);
	}
	for (w = operands; *w != NULL; w++) {
		(void)strlcat(text, *w, len);
		if (w[1] != NULL)
			(void)strlcat(text, " ", len);
	}
	return (text);
}
