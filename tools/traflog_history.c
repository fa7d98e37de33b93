/*
 * Questions answered from the history (trafdb(8)), where it has all that the
 * save file has and answers exactly.  Else the file is read, which tells the
 * same.
 */
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "history_answer.h"
#include "log.h"
#include "tally.h"
#include "traffic.h"
#include "traflog.h"

/* A reader does not wait long: there is the file. */
#define WAIT	5	/* seconds */

/* The account that a path below the state directory is of, or NULL. */
static const char *
account_of(const struct options *opt, const char *path)
{
	size_t	len = strlen(opt->statedir);

	if (strncmp(path, opt->statedir, len) != 0 ||
	    strncmp(path + len, "/" TRAFD_PREFIX,
	    sizeof("/" TRAFD_PREFIX) - 1) != 0)
		return (NULL);
	path += len + sizeof("/" TRAFD_PREFIX) - 1;
	return (strchr(path, '/') == NULL ? path : NULL);
}

static bool
cannot(char why[HISTORY_WHY_LEN], const char *text)
{
	(void)snprintf(why, HISTORY_WHY_LEN, "%s", text);
	return (false);
}

/* Does the history know all that is in the file? */
static bool
is_complete(const struct history_account *a, const char *path,
    char why[HISTORY_WHY_LEN])
{
	struct stat	st;

	if (stat(path, &st) == -1)
		return (errno == ENOENT || cannot(why, strerror(errno)));
	if (st.st_size == 0 || ((uint64_t)st.st_dev == a->place.device &&
	    (uint64_t)st.st_ino == a->place.inode &&
	    (uint64_t)st.st_size == a->place.offset))
		return (true);
	return (cannot(why, "blocks of the file are not in it yet "
	    "(trafdb update)"));
}

/* What is not a question about the whole account. */
static bool
is_plain(const struct options *opt, char why[HISTORY_WHY_LEN])
{
	if (opt->pattern != NULL)
		return (cannot(why, "it knows no patterns (--where)"));
	if (opt->range.begin.kind != WHEN_ANY ||
	    opt->range.end.kind != WHEN_ANY)
		return (cannot(why, "it knows no -b and -e (--since)"));
	if (opt->answer->wants & ANSWER_WANTS_SERIES)
		return (cannot(why, "charts are drawn from the blocks"));
	return (true);
}

static bool
find_account(struct history *h, const char *name, struct history_account *a,
    char why[HISTORY_WHY_LEN])
{
	switch (history_account(h, name, a)) {
	case 1:
		return (true);
	case 0:
		return (cannot(why, "the account is not in it"));
	default:
		return (cannot(why, history_error(h)));
	}
}

/* The tally of the answer, or NULL with why. */
static struct tally *
ask(struct history *h, const struct options *opt, const char *name,
    const char *path, uint64_t *blocks, char why[HISTORY_WHY_LEN])
{
	struct history_account	 a;
	struct tally		*t;
	int			 rc;

	if (!find_account(h, name, &a, why) || !is_complete(&a, path, why) ||
	    !history_can_answer(&a, &opt->question, why))
		return (NULL);
	if ((t = tally_new(&opt->question)) == NULL) {
		(void)cannot(why, strerror(errno));
		return (NULL);
	}
	rc = history_answer(h, &a, &opt->question, t, blocks, why);
	if (rc == 1)
		return (t);
	if (rc == -1)
		(void)cannot(why, history_error(h)[0] != '\0' ?
		    history_error(h) : strerror(errno));
	tally_free(t);
	return (NULL);
}

/* Closed before anything is printed: a slow reader holds up nobody. */
static struct tally *
open_and_ask(const struct options *opt, const char *path, uint64_t *blocks,
    char why[HISTORY_WHY_LEN])
{
	char		 err[HISTORY_ERROR_LEN];
	const char	*name = account_of(opt, path);
	struct history	*h;
	struct tally	*t;

	if (name == NULL) {
		(void)cannot(why, "it is of accounts, not of files");
		return (NULL);
	}
	if (!is_plain(opt, why))
		return (NULL);
	if ((h = history_open(opt->statedir, HISTORY_READ, WAIT,
	    err)) == NULL) {
		(void)cannot(why, errno == ENOENT ? "there is none" : err);
		return (NULL);
	}
	t = ask(h, opt, name, path, blocks, why);
	(void)history_close(h);
	return (t);
}

bool
ask_history(const struct options *opt, const char *path, int *status)
{
	char		 why[HISTORY_WHY_LEN];
	uint64_t	 blocks = 0;
	struct tally	*t;

	if (opt->only_files)
		return (false);
	t = open_and_ask(opt, path, &blocks, why);
	if (t == NULL && opt->only_history) {
		log_errorx("%s: the history cannot answer: %s", path, why);
		*status = TRAFD_EXIT_ERROR;
		return (true);
	}
	if (opt->verbose)
		log_info("%s: from the %s%s", path, t == NULL ?
		    "file: the history cannot answer: " : "history",
		    t == NULL ? why : "");
	if (t == NULL)
		return (false);
	*status = ask_answer(opt, path, t, blocks);
	tally_free(t);
	return (true);
}
