/*
 * Questions answered from the history (trafdb(8)) if it can answer them
 * exactly.  What it lacks is read from the save file: newer blocks, and hours
 * of which only a part is in the period asked for.  If it cannot, the whole
 * file is read, which gives the same answer.
 */
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "control/unsaved.h"
#include "file/blocks.h"
#include "history/history.h"
#include "tally/history_answer.h"
#include "tally/history_hosts.h"
#include "tally/result.h"
#include "tally/tally.h"
#include "traffic.h"
#include "traflog.h"

/* Seconds to wait for the history's lock; after that the file answers. */
#define WAIT	5

static bool
cannot(char why[HISTORY_WHY_LEN], const char *text)
{
	(void)snprintf(why, HISTORY_WHY_LEN, "%s", text);
	return (false);
}

/* Was the history fed up to the end of the file?  True without a file. */
static bool
is_known(const struct history_account *a, const char *path)
{
	struct blocks	*b;
	const char	*why;
	bool		 known;

	if ((b = blocks_open(path, LAYOUT_AUTO, &why)) == NULL)
		return (why == NULL && errno == ENOENT);
	known = blocks_is_empty(b) || blocks_end_at(b, &a->place);
	blocks_close(b);
	return (known);
}

/* Can the history answer questions with these options?  If not, why not. */
static bool
is_plain(const struct options *opt, char why[HISTORY_WHY_LEN])
{
	if (opt->pattern != NULL)
		return (cannot(why, "it does not support patterns; use "
		    "--where"));
	if (opt->range.begin.kind != WHEN_ANY ||
	    opt->range.end.kind != WHEN_ANY)
		return (cannot(why, "it does not support -b and -e; use "
		    "--since"));
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

/* ---- what the history leaves to the file ---- */

/* An attempt to answer from the history, and its result. */
struct attempt {
	const struct options	*opt;
	const char		*path;
	struct history		*h;
	struct history_account	 account;
	struct unsaved		*unsaved;
	struct groups		*hosts;		/* of unsaved */
	bool			 newer;		/* blocks in the file */
	struct history_answered	 answered;
	struct tally		*tally;
	struct asking		*asking;
	struct known		 known;
	bool			 damaged;	/* the history */
	char			 why[HISTORY_WHY_LEN];
};

/*
 * Is the block in a torn hour, one that is only partly in the period?  If
 * so, subtract it from the blocks of that hour that the file must have.
 */
static bool
is_of_torn(struct attempt *t, const struct block_info *b)
{
	uint32_t	hour = history_hour(b);
	size_t		i;

	for (i = 0; i < t->answered.ntorn; i++)
		if (t->answered.torn[i].hour == hour) {
			t->answered.torn[i].blocks--;
			t->answered.torn[i].checksum -= history_checksum(b);
			return (true);
		}
	return (false);
}

static enum rest_of
rest_of_block(void *arg, const struct block_info *b)
{
	struct attempt	*t = arg;

	switch (history_knows(t->h, &t->account, b)) {
	case HISTORY_NEW:
		return (REST_NEW);
	case HISTORY_KNOWN:
		return (is_of_torn(t, b) ? REST_ROWS : REST_NOT);
	case HISTORY_CONFLICT:
		/* Another block of that name: it is not in it either. */
		return (REST_NEW);
	case HISTORY_OVERLAP:
		(void)cannot(t->why, "it already has part of a block of the "
		    "file");
		return (REST_FAILED);
	default:
		(void)cannot(t->why, history_error(t->h));
		return (REST_FAILED);
	}
}

static bool
are_torn_complete(struct attempt *t)
{
	size_t	i;

	for (i = 0; i < t->answered.ntorn; i++)
		if (t->answered.torn[i].blocks != 0 ||
		    t->answered.torn[i].checksum != 0)
			return (cannot(t->why, "it stores whole UTC hours, "
			    "and the file lacks blocks of one of them"));
	return (true);
}

static bool
add_rest(struct attempt *t)
{
	struct rest	rest = { rest_of_block, t, NULL };

	if (t->answered.ntorn == 0 && !t->newer)
		return (true);
	if (t->opt->only_history)
		return (cannot(t->why, t->answered.ntorn > 0 ? "the time "
		    "asked for is not in whole UTC hours" : "it lacks "
		    "blocks of the file; run trafdb update"));
	if (t->answered.ntorn == 0)
		rest.from = &t->account.place;
	if (ask_rest(t->asking, &rest) == -1) {
		if (t->why[0] == '\0')
			(void)cannot(t->why, "the file cannot be read");
		return (false);
	}
	return (ask_is_interrupted(t->asking) || are_torn_complete(t));
}

/* ---- the answer ---- */

/* Which hosts has what is not saved?  What is wrong is told when it counts. */
static int
find_hosts(struct attempt *t)
{
	const struct flow	*rows;
	struct blocks		*b;
	size_t			 n;
	int			 rc;

	if ((t->hosts = history_hosts_new()) == NULL ||
	    (b = blocks_of_fd(t->unsaved->fd)) == NULL)
		return (-1);
	rc = blocks_next(b) == 1 && blocks_verify(b) == BLOCK_OK ? 0 : -1;
	while (rc == 0 && blocks_rows(b, &rows, &n) == BLOCK_OK && n > 0)
		rc = history_hosts_add(t->hosts, rows, n);
	blocks_close(b);
	return (rc);
}

static bool
feed_tally(struct attempt *t)
{
	const struct question	*q = &t->opt->question;
	int			 rc;

	if ((t->tally = tally_new(q)) == NULL ||
	    (t->asking = ask_begin(t->opt, t->path, t->tally,
	    t->unsaved)) == NULL)
		return (cannot(t->why, strerror(errno)));
	t->newer = !is_known(&t->account, t->path);
	t->answered.rest = t->newer || t->unsaved != NULL;
	if (t->unsaved != NULL && !t->newer && find_hosts(t) == 0) {
		t->answered.hosts = t->hosts;
		t->answered.networks = t->unsaved->info.networks;
	}
	rc = history_answer(t->h, &t->account, q, t->tally, &t->answered,
	    t->why);
	if (rc == -1)
		(void)cannot(t->why, history_error(t->h)[0] != '\0' ?
		    history_error(t->h) : strerror(errno));
	return (rc == 1);
}

/* A save and an update may have come since the unsaved block was fetched. */
static bool
drop_known(struct attempt *t)
{
	enum history_known	known;

	if (t->unsaved == NULL)
		return (true);
	known = history_knows(t->h, &t->account, &t->unsaved->info);
	if (known != HISTORY_NEW)
		t->unsaved = NULL;
	return (known != HISTORY_FAILED);
}

static bool
ask(struct attempt *t, const char *name)
{
	if (!find_account(t->h, name, &t->account, t->why))
		return (false);
	t->known.any = t->account.any;
	t->known.since_ns = t->account.first * HISTORY_HOUR_NS;
	if (!drop_known(t))
		return (cannot(t->why, history_error(t->h)));
	return (history_can_answer(&t->account, &t->opt->question, t->why) &&
	    feed_tally(t) && add_rest(t) && (ask_unsaved(t->asking) == 0 ||
	    cannot(t->why, "what is not saved yet cannot be read")));
}

/*
 * The history is closed before anything is printed, so that a slow reader of
 * the output does not keep it locked.
 */
static bool
open_and_ask(struct attempt *t)
{
	char		 err[HISTORY_ERROR_LEN];
	const char	*name = account_of(t->opt, t->path);
	bool		 done;

	if (name == NULL)
		return (cannot(t->why, "it is for accounts, not for files"));
	if (!is_plain(t->opt, t->why))
		return (false);
	t->h = history_open(t->opt->statedir, HISTORY_READ, WAIT, err);
	if (t->h == NULL) {
		t->damaged = history_error_is_damage(errno);
		return (cannot(t->why, errno == ENOENT ? "there is none" :
		    err));
	}
	done = ask(t, name);
	t->damaged = history_is_damaged(t->h);
	(void)history_close(t->h);
	return (done);
}

static void
attempt_free(struct attempt *t)
{
	ask_free(t->asking);
	tally_free(t->tally);
	history_answered_free(&t->answered);
	groups_free(t->hosts);
}

bool
ask_finds_damage(const struct options *opt, const char *path,
    uint64_t since_ns, uint64_t until_ns)
{
	struct options	part = *opt;
	struct attempt	t = { .opt = &part, .path = path };
	bool		done;

	part.question.since_ns = since_ns;
	part.question.until_ns = until_ns;
	done = open_and_ask(&t);
	attempt_free(&t);
	return (!done && t.damaged);
}

/* `hour,month': of the history, then of the file. */
static const char *
grain_of(const struct attempt *t, char text[32])
{
	static const char *const	names[] = {
		[HISTORY_HOUR] = "hour,", [HISTORY_DAY] = "day,",
		[HISTORY_MONTH] = "month,"
	};
	unsigned			g;

	text[0] = '\0';
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		if (t->answered.grains & 1U << g)
			(void)strlcat(text, names[g], 32);
	if (t->answered.ntorn > 0 || ask_counted(t->asking) > 0 ||
	    text[0] == '\0')
		(void)strlcat(text, "block", 32);
	else
		text[strlen(text) - 1] = '\0';
	return (text);
}

static int
answer(struct attempt *t)
{
	char			grain[32];
	struct answered_by	by = { .blocks = t->answered.blocks };

	by.grain = grain_of(t, grain);
	by.source = ask_counted(t->asking) > 0 || t->answered.ntorn > 0 ?
	    RESULT_BOTH : RESULT_HISTORY;
	if (t->opt->verbose)
		log_info("answered: %s: from %s (%s)", t->path, by.source,
		    grain);
	return (ask_end(t->asking, &by));
}

/* Without a file, what is not saved can answer if it is asked for. */
static bool
can_unsaved_answer(const struct attempt *t)
{
	return (t->unsaved != NULL && question_in_period(&t->opt->question,
	    t->unsaved->info.begin_ns, t->unsaved->info.end_ns));
}

/* Report why not.  Returns true if the file cannot answer instead. */
static bool
refuse(struct attempt *t, int *status)
{
	bool	has_file = access(t->path, F_OK) == 0;

	if (t->damaged && (!has_file || !t->opt->only_history)) {
		t->known.lost = damage_tell(t->opt, account_of(t->opt,
		    t->path), t->path, t->why);
		*status = TRAFD_EXIT_ERROR;
		return (!has_file);
	}
	if (t->opt->only_history || (t->known.any && !has_file &&
	    !can_unsaved_answer(t))) {
		log_errorx("not answered: %s: the history cannot answer: %s",
		    t->path, t->why);
		*status = TRAFD_EXIT_ERROR;
		return (true);
	}
	if (t->opt->verbose)
		log_info("answered: %s: from %s: the history cannot "
		    "answer: %s", t->path, has_file ? "the file" :
		    "what is not saved", t->why);
	return (false);
}

bool
ask_history(const struct options *opt, const char *path, int *status,
    struct known *known, struct unsaved *unsaved)
{
	struct attempt	t = { .opt = opt, .path = path, .unsaved = unsaved };
	bool		done;

	if (opt->only_files)
		return (false);
	if (open_and_ask(&t)) {
		*status = answer(&t);
		t.asking = NULL;	/* freed with the answer */
		done = true;
	} else {
		done = refuse(&t, status);
		*known = t.known;
	}
	attempt_free(&t);
	return (done);
}
