/*
 * What the commands of trafdb(8) share: the history opened, closed and
 * complained of, and the accounts that a command is for.
 */
#include <errno.h>

#include "base/log.h"
#include "traffic.h"
#include "trafdb.h"

struct history *
db_open(const struct options *opt, enum history_mode mode)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h;

	if ((h = history_open(opt->statedir, mode, opt->wait, err)) != NULL)
		return (h);
	/* Anybody may repair what a killed writer left who may write it. */
	if (mode == HISTORY_READ && errno == ESTALE &&
	    (h = history_open(opt->statedir, HISTORY_WRITE, opt->wait,
	    err)) != NULL && history_close(h) == 0)
		h = history_open(opt->statedir, mode, opt->wait, err);
	if (h == NULL)
		log_errorx("%s%s", err, errno != ENOENT ? "" :
		    mode == HISTORY_CREATE ?
		    " (--state-dir gives the directory of the accounts)" :
		    " (trafdb update creates it)");
	return (h);
}

int
db_close(struct history *h, int rc)
{
	if (history_close(h) == 0)
		return (rc);
	log_error("cannot close the history");
	return (TRAFD_EXIT_ERROR);
}

int
db_fail(const struct history *h)
{
	log_errorx("history: %s", history_error(h));
	return (-1);
}

static int
each_named(const struct options *opt, struct history *h, account_fn *fn)
{
	struct history_account	a;
	int			i, rc = TRAFD_EXIT_OK;

	for (i = 0; i < opt->nnames; i++) {
		switch (history_account(h, opt->names[i], &a)) {
		case 1:
			if (fn(opt, h, &a) != TRAFD_EXIT_OK)
				rc = TRAFD_EXIT_ERROR;
			break;
		case 0:
			log_errorx("not in the history: %s", opt->names[i]);
			rc = TRAFD_EXIT_ERROR;
			break;
		default:
			(void)db_fail(h);
			return (TRAFD_EXIT_ERROR);
		}
	}
	return (rc);
}

int
db_each(const struct options *opt, struct history *h, account_fn *fn)
{
	struct history_account	a = { .name = "" };
	int			found, rc = TRAFD_EXIT_OK;

	if (opt->nnames > 0)
		return (each_named(opt, h, fn));
	while ((found = history_account_next(h, a.name, &a)) == 1)
		if (fn(opt, h, &a) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	if (found == -1) {
		(void)db_fail(h);
		rc = TRAFD_EXIT_ERROR;
	}
	return (rc);
}
