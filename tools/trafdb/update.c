/*
 * trafdb update, and what rebuild has in common with it.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/options.h"
#include "base/plural.h"
#include "file/account.h"
#include "trafdb.h"
#include "traffic.h"

void
tell_fed(const struct options *opt, const char *name, const struct fed *fed)
{
	if (opt->verbose)
		log_info("%s: %llu block%s added, %llu already there", name,
		    (unsigned long long)fed->added, plural(fed->added),
		    (unsigned long long)fed->known);
}

int
save_path(const char *statedir, const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/') == NULL && snprintf(path, PATH_MAX,
	    "%s/" TRAFD_PREFIX "%s", statedir, name) < PATH_MAX)
		return (0);
	log_errorx("not the name of an account: %s (-f reads a file)", name);
	return (-1);
}

static int
update_account(const struct options *opt, struct history *h, const char *name)
{
	char		path[PATH_MAX];
	struct fed	fed = { 0 };

	if (opt->from == NULL && save_path(opt->statedir, name, path) == -1)
		return (TRAFD_EXIT_ERROR);
	if (feed_file(opt, h, name, opt->from != NULL ? opt->from : path,
	    FEED_RESUME | (opt->from != NULL ? FEED_NAMED : 0), &fed) == -1)
		return (TRAFD_EXIT_ERROR);
	tell_fed(opt, name, &fed);
	return (feed_status(&fed));
}

int
for_names(const struct options *opt, struct history *h, name_fn *fn)
{
	char	**names;
	int	  i, n, rc = TRAFD_EXIT_OK;

	for (i = 0; i < opt->nnames; i++)
		if (fn(opt, h, opt->names[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	if (opt->nnames > 0)
		return (rc);
	if ((n = account_names(opt->statedir, &names)) == -1) {
		log_error("%s", opt->statedir);
		return (TRAFD_EXIT_ERROR);
	}
	if (n == 0 && opt->verbose)
		log_info("nothing to do: %s: no save file", opt->statedir);
	for (i = 0; i < n; i++)
		if (fn(opt, h, names[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	account_free(names, n);
	return (rc);
}

int
update_run(const struct options *opt)
{
	struct history	*h;

	if (opt->from != NULL && opt->nnames != 1)
		options_refuse("-f needs the name of one account");
	if ((h = db_open(opt, HISTORY_CREATE)) == NULL)
		return (TRAFD_EXIT_ERROR);
	return (db_close(h, for_names(opt, h, update_account)));
}
