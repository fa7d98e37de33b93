/*
 * traflog: print what trafd has counted.  Its jobs are in report.c (rows),
 * ask.c and history.c (questions) and check.c (verify).
 */
#include <sys/types.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/streams.h"
#include "common/denied.h"
#include "common/finish.h"
#include "control/unsaved.h"
#include "file/account.h"
#include "query/pattern.h"
#include "traffic.h"
#include "traflog.h"

/* Has this account counted, but never saved to this file? */
static bool
is_unsaved(const struct options *opt, const char *path)
{
	struct unsaved	u = { .fd = -1 };
	int		saved = errno;
	bool		is;

	is = unsaved_get(opt, path, &u) == 1;
	unsaved_close(&u);
	errno = saved;
	return (is);
}

/* Report which file is missing, and which accounts there are. */
static void
complain(const struct options *opt, const char *name, const char *path)
{
	char		 have[512], who[DENIED_LEN];
	const char	*others = NULL;

	if (errno == EACCES) {
		others = denied_to_others(path, who);
		errno = EACCES;
	}
	if (others != NULL)
		log_errorx("permission denied: %s: %s", path, others);
	else if (errno != ENOENT || strchr(name, '/') != NULL)
		log_error("%s", path);
	else if (is_unsaved(opt, path))
		log_errorx("nothing is saved yet: %s: save now with: "
		    "trafsave %s", path, name);
	else
		log_errorx("no account of %s: %s: %s (have: %s)", name, path,
		    strerror(errno),
		    account_list(opt->statedir, have, sizeof(have)));
}

/* Has a file to be there?  Not for what was counted and never saved. */
static bool
lacks_file(const struct options *opt, const char *name, const char *path,
    const struct unsaved *u)
{
	if (access(path, R_OK) == 0 || (u != NULL && errno == ENOENT))
		return (false);
	complain(opt, name, path);
	return (true);
}

static int
ask(const struct options *opt, const char *name, const char *path)
{
	struct unsaved	 u = { .fd = -1 }, *unsaved = NULL;
	struct known	 known = { .any = false };
	struct options	 mine = *opt;
	int		 got, rc;

	if ((mine.naming_of_answer = naming_begin(opt)) == NULL) {
		log_error("%s", path);
		return (TRAFD_EXIT_ERROR);
	}
	/* First, since the daemon then learns what devices there are now. */
	if ((got = unsaved_get(opt, path, &u)) == 1)
		unsaved = &u;
	devices_load(opt, path, mine.naming_of_answer);
	if (!ask_history(&mine, path, &rc, &known, unsaved))
		rc = lacks_file(opt, name, path, unsaved) ? TRAFD_EXIT_ERROR :
		    ask_run(&mine, path, &known, unsaved);
	unsaved_close(&u);
	naming_end(mine.naming_of_answer);
	return (rc == TRAFD_EXIT_OK && got == -1 ? TRAFD_EXIT_ERROR : rc);
}

static int
run(const struct options *opt, const char *name)
{
	char	path[PATH_MAX];

	if (account_path(opt->statedir, name, path, sizeof(path)) == -1) {
		log_error("%s", name);
		return (TRAFD_EXIT_ERROR);
	}
	if (opt->answer != NULL && opt->asked.closure)
		return (closure_run(opt, path));
	if (opt->answer != NULL)
		return (ask(opt, name, path));
	if (lacks_file(opt, name, path, NULL))
		return (TRAFD_EXIT_ERROR);
	return (opt->check ? check_run(opt, path) : report_run(opt, path));
}

/* -d: print the pattern as it was parsed. */
static int
show_pattern(const struct pattern *p)
{
	struct out	*o;
	int		 rc;

	if ((o = out_new(STDOUT_FILENO)) == NULL) {
		log_error("cannot print the pattern");
		return (TRAFD_EXIT_ERROR);
	}
	pattern_print(p, o);
	rc = out_finish(o);
	out_free(o);
	return (rc);
}

int
main(int argc, char **argv)
{
	struct options	opt = { 0 };
	int		i, one, rc = TRAFD_EXIT_OK;

	log_init("traflog", LOG_TO_STDERR);
	streams_occupy();
	/* A reader that has seen enough is an error of write(2), not ours. */
	streams_ignore_signals();
	options_parse(&opt, argc, argv);
	if (opt.packets != NULL)
		return (packets_run(&opt, argv[0], opt.names,
		    (size_t)opt.nnames));
	if (opt.show_pattern)
		rc = show_pattern(opt.pattern);
	for (i = 0; i < opt.nnames; i++)
		if ((one = run(&opt, opt.names[i])) != TRAFD_EXIT_OK)
			rc = one;
	pattern_free(opt.pattern);
	question_options_free(&opt);
	return (rc);
}
