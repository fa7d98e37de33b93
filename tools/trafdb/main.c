/*
 * trafdb: the history of accounts.  The commands are in files of their own;
 * here is what they share.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/streams.h"
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

/* Is there something to be done that is not about the accounts? */
static bool
is_of_caller(const struct options *opt)
{
	return (opt->exec != NULL || opt->from != NULL ||
	    opt->files != NULL || opt->nnames > 1);
}

int
main(int argc, char **argv)
{
	struct options		 opt = { 0 };
	struct owner		 owner;
	const struct command	*command;
	int			 rc = TRAFD_EXIT_ERROR;

	log_init("trafdb", LOG_TO_STDERR);
	streams_occupy();
	(void)signal(SIGPIPE, SIG_IGN);
	command = options_parse(&opt, argc, argv);
	opt.owner = &owner;
	if (owner_find(&owner, opt.statedir) == 0 &&
	    owner_become(&owner, !is_of_caller(&opt)) == 0)
		rc = command->run(&opt);
	owner_end(&owner);
	return (rc);
}
