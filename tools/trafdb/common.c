/*
 * What the commands of trafdb(8) share: opening and closing the history, its
 * errors, and the accounts that a command is for.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/log.h"
#include "common/denied.h"
#include "trafdb.h"
#include "traffic.h"

#define REBUILD	" (trafdb rebuild makes a new one)"

void
db_cannot_open(const struct options *opt, const char *why,
    enum history_mode mode)
{
	char		 file[PATH_MAX], who[DENIED_LEN], hint[DENIED_LEN + 4];
	const char	*next = "";
	int		 error = errno;

	if (error == EACCES && mode != HISTORY_READ)
		next = " (only root and the owner of that directory can "
		    "change the history)";
	else if (error == EACCES && snprintf(file, sizeof(file),
	    "%s/" HISTORY_DIR "/history.db", opt->statedir) <
	    (int)sizeof(file) && denied_to_others(file, who) != NULL) {
		(void)snprintf(hint, sizeof(hint), " (%s)", who);
		next = hint;
	} else if (error == ENOENT)
		next = mode == HISTORY_CREATE ? " (--state-dir gives the "
		    "directory of the accounts)" :
		    " (trafdb update creates it)";
	else if (error == EBADMSG)
		next = REBUILD;
	log_errorx("%s%s", why, next);
}

/* Open as a writer, which repairs what a killed writer left, and close. */
static int
repair(const struct options *opt, char err[HISTORY_ERROR_LEN])
{
	struct history	*h;

	h = history_open(opt->statedir, HISTORY_WRITE, opt->wait, err);
	return (h == NULL ? -1 : history_close(h));
}

struct history *
db_open(const struct options *opt, enum history_mode mode)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h;

	h = history_open(opt->statedir, mode, opt->wait, err);
	if (h == NULL && mode == HISTORY_READ && errno == ESTALE &&
	    repair(opt, err) == 0)
		h = history_open(opt->statedir, mode, opt->wait, err);
	if (h == NULL)
		db_cannot_open(opt, err, mode);
	else if (history_log_was_reset(h))
		log_warnx("%s/" HISTORY_DIR ": its log was damaged and is a "
		    "new one; nothing is lost", opt->statedir);
	return (h);
}

int
db_close(struct history *h, int rc)
{
	bool	told = history_error(h)[0] != '\0';

	if (history_close(h) == 0)
		return (rc);
	if (!told)
		log_error("cannot close the history");
	return (TRAFD_EXIT_ERROR);
}

int
db_fail(const struct history *h)
{
	log_errorx("history: %s%s", history_error(h), history_is_damaged(h) ?
	    REBUILD : "");
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
