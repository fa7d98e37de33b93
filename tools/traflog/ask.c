/*
 * Questions (--by, --total) answered from a save file: its blocks are read
 * one after the other and added to a tally, and the answer is printed.
 * Memory: one block, and the groups of the tally.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/when.h"
#include "common/damage.h"
#include "common/finish.h"
#include "control/unsaved.h"
#include "file/blocks.h"
#include "packet/coverage.h"
#include "query/pattern.h"
#include "tally/device_map.h"
#include "tally/tally.h"
#include "ask_impl.h"
#include "traffic.h"

#define HOUR_NS		(3600 * NS_PER_S)
#define DAY_NS		(24 * HOUR_NS)
#define YEAR_NS		(365 * DAY_NS)


static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct asking	*a = arg;

	if (a->tally == NULL)
		return;		/* reported when the rows are read */
	a->damaged = true;
	tally_damaged(a->tally);
	damage_report(a->path, d);
}

/* Show the progress after so many rows of the block; false: interrupted. */
static bool
go_on(struct asking *a, uint64_t rows)
{
	off_t		end = blocks_tell(a->blocks), at;
	uint64_t	all = blocks_info(a->blocks)->rows;

	at = all == 0 ? end : a->at + (off_t)((double)(end - a->at) *
	    (double)rows / (double)all);
	if (progress_step(a->progress, at))
		return (true);
	a->interrupted = true;
	a->unread = a->size - at;
	return (false);
}

/* ---- one block ---- */

static int
count_rows(struct asking *a, const struct flow *rows, size_t n)
{
	const struct pattern	*p = a->opt->pattern;
	const struct ask_hooks	*h = a->hooks;
	size_t			 i;

	if (h != NULL && h->rows != NULL && h->rows(h->arg,
	    blocks_info(a->blocks), rows, n) == -1)
		return (-1);
	if (p == NULL)
		return (tally_rows(a->tally, rows, n));
	for (i = 0; i < n; i++)
		if (pattern_match(p, &rows[i].key) &&
		    tally_rows(a->tally, &rows[i], 1) == -1)
			return (-1);
	return (0);
}

/* Report that the current block is damaged or cannot be read. */
static int
give_up_block(struct asking *a, enum block_error why)
{
	struct savefile_damage	d;

	if (why == BLOCK_IO) {
		log_error("%s", a->path);
		return (-1);
	}
	blocks_damage(a->blocks, why, &d);
	on_damage(a, &d);
	return (0);
}

/*
 * Begin the current block, or return to one the tally already has.  Returns
 * what tally_block() returns.
 */
static int
begin_block(struct asking *a, bool again)
{
	const struct block_info	*b = blocks_info(a->blocks);

	if (again)
		return (tally_again(a->tally, b, a->number));
	a->counted++;
	return (tally_block(a->tally, b, a->number));
}

static int
count_block(struct asking *a, bool again)
{
	const struct flow	*rows;
	enum block_error	 e;
	uint64_t		 done = 0;
	size_t			 n;

	if ((e = blocks_verify(a->blocks)) != BLOCK_OK)
		return (give_up_block(a, e));
	if (begin_block(a, again) == -1)
		return (ask_no_memory(a));
	while ((e = blocks_rows(a->blocks, &rows, &n)) == BLOCK_OK && n > 0) {
		if (count_rows(a, rows, n) == -1)
			return (ask_no_memory(a));
		if (!go_on(a, done += n))
			return (0);
	}
	return (e == BLOCK_OK ? 0 : give_up_block(a, e));
}

/* Note the time that the current block covers; its rows are not read. */
static int
look_at_block(struct asking *a)
{
	const struct block_info	*b = blocks_info(a->blocks);
	uint64_t		 length;

	if (!a->looked || b->begin_ns < a->begin_ns)
		a->begin_ns = b->begin_ns;
	a->looked = true;
	if (b->end_ns > a->end_ns)
		a->end_ns = b->end_ns;
	length = b->end_ns > b->begin_ns ? b->end_ns - b->begin_ns : 0;
	if (length > a->longest_ns)
		a->longest_ns = length;
	return (0);
}

/* ---- the walk through the file ---- */

static bool
is_wanted_block(const struct asking *a)
{
	const struct block_info	*b = blocks_info(a->blocks);

	return (when_in_range(&a->opt->range, a->number, b->begin_ns,
	    b->end_ns) && question_in_period(&a->opt->question, b->begin_ns,
	    b->end_ns));
}

static int
visit_block(struct asking *a)
{
	const struct block_info	*b = blocks_info(a->blocks);
	enum rest_of		 of = REST_NEW;

	if (!a->any || b->begin_ns < a->first_ns)
		a->first_ns = b->begin_ns;
	a->any = true;
	if (a->unsaved != NULL && unsaved_is_in(a->unsaved, b))
		a->saved_since = true;
	if (!is_wanted_block(a) || (a->unsaved != NULL &&
	    unsaved_is_left(a->unsaved, b)))
		return (0);
	if (a->tally == NULL)
		return (look_at_block(a));
	if (a->rest != NULL)
		of = a->rest->of(a->rest->arg, b);
	if (of == REST_NOT || of == REST_FAILED)
		return (of == REST_NOT ? 0 : -1);
	return (count_block(a, of == REST_ROWS));
}

static int
walk(struct asking *a)
{
	int	rc;

	a->size = blocks_size(a->blocks);
	a->at = blocks_tell(a->blocks);
	while (!a->interrupted && (rc = blocks_next(a->blocks)) == 1) {
		a->number++;
		if (!go_on(a, 0))
			break;
		if (visit_block(a) == -1)
			return (-1);
		a->at = blocks_tell(a->blocks);
	}
	if (a->interrupted)
		return (0);
	if (rc == -1)
		log_error("%s", a->path);
	return (rc);
}

/* Visit the blocks that are open, and close them. */
static int
visit(struct asking *a)
{
	int	rc;

	blocks_on_damage(a->blocks, on_damage, a);
	a->progress = progress_new(blocks_size(a->blocks));
	rc = a->progress == NULL ? ask_no_memory(a) : walk(a);
	progress_free(a->progress);
	blocks_close(a->blocks);
	return (rc);
}

static int
visit_file(struct asking *a)
{
	a->number = 0;
	/* Nothing was ever saved. */
	if (a->unsaved != NULL && access(a->path, F_OK) == -1 &&
	    errno == ENOENT)
		return (0);
	if ((a->blocks = blocks_of(a->opt, a->path)) == NULL)
		return (-1);
	if (a->rest != NULL && a->rest->from != NULL)
		(void)blocks_resume(a->blocks, a->rest->from);
	return (visit(a));
}

/* It cannot be divided, as no block can: say where it begins. */
static void
tell_undivided(const struct asking *a, const struct block_info *b)
{
	const struct question	*q = &a->opt->question;
	char			 since[WHEN_LEN];

	if (b->begin_ns < q->until_ns && b->end_ns > q->since_ns)
		log_warnx("not counted: %s: what is not saved yet, since only "
		    "part of it is in the period (it begins %s)", a->path,
		    when_iso(b->begin_ns, since));
}

static int
visit_unsaved(struct asking *a)
{
	struct unsaved	*u = a->unsaved;
	uint64_t	 counted = a->counted;

	if (u == NULL || a->saved_since || a->interrupted ||
	    unsaved_is_in_journal(u, a->opt->statedir,
	    account_of(a->opt, a->path)))
		return (0);
	if ((a->blocks = blocks_of_fd(u->fd)) == NULL) {
		log_error("%s", a->path);
		return (-1);
	}
	a->rest = NULL;
	a->unsaved = NULL;
	if (visit(a) == -1)
		return (-1);
	a->unsaved = u;
	a->as_of = a->counted > counted;
	if (!a->as_of && a->tally != NULL)
		tell_undivided(a, &u->info);
	return (0);
}

static int
visit_all(struct asking *a)
{
	return (visit_file(a) == -1 ? -1 : visit_unsaved(a));
}

/* ---- over time ---- */

/* A period that gives a chart of the file a few dozen points. */
static const char *
choose_period(const struct asking *a)
{
	uint64_t	span = a->end_ns - a->begin_ns;

	if (span <= 3 * HOUR_NS)
		return ("block");
	if (span <= 4 * DAY_NS && a->longest_ns <= 2 * HOUR_NS)
		return ("hour");
	if (span <= 120 * DAY_NS)
		return ("day");
	return (span <= 3 * YEAR_NS ? "week" : "month");
}

/* The same keys with a period before them, if they have none. */
static void
add_lines(const struct asking *a, struct question *q, const char *period)
{
	char	by[256];

	(void)snprintf(by, sizeof(by), "%s%s%s", period,
	    period[0] == '\0' ? "" : ",", a->opt->asked.by);
	question_add_series(q, by);
}

/*
 * A format that draws traffic over time needs a table by period.  Unless the
 * answer is one, add it: by the first period of --by, or by a chosen one; and
 * by its other keys, if the format draws a line for each.
 */
static int
add_series(struct asking *a, struct question *q)
{
	unsigned int	 wants = a->opt->answer->wants;
	const char	*by = NULL;
	bool		 others = false;
	size_t		 i;

	if (!(wants & ANSWER_WANTS_SERIES))
		return (0);
	for (i = 0; i < q->table[0].nkeys; i++)
		if (!key_is_time(&q->table[0].key[i]))
			others = true;
		else if (by == NULL)
			by = q->table[0].key[i].ops->name;
	if (!(wants & ANSWER_WANTS_LINES) ||
	    q->table[0].nkeys == QUESTION_KEYS_MAX)
		wants = 0;
	if (by != NULL && (!others || wants != 0) && q->table[0].top == 0)
		return (0);
	if (by == NULL && visit_all(a) == -1)
		return (-1);
	if (others && wants != 0)
		add_lines(a, q, by == NULL ? choose_period(a) : "");
	else
		question_add_series(q, by == NULL ? choose_period(a) : by);
	return (0);
}

static int
status_of(const struct asking *a, int rc)
{
	if (rc == -1 || a->damaged ||
	    (a->known != NULL && a->known->lost))
		return (TRAFD_EXIT_ERROR);
	return (a->interrupted ? TRAFD_EXIT_INTERRUPTED : TRAFD_EXIT_OK);
}

/* ---- what the history leaves to the file ---- */

struct asking *
ask_begin(const struct options *opt, const char *path, struct tally *t,
    struct unsaved *unsaved)
{
	struct asking	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (NULL);
	a->opt = opt;
	a->path = path;
	a->tally = t;
	a->unsaved = unsaved;
	return (a);
}

void
ask_free(struct asking *a)
{
	free(a);
}

int
ask_rest(struct asking *a, const struct rest *rest)
{
	a->rest = rest;
	return (visit_file(a));
}

int
ask_unsaved(struct asking *a)
{
	return (visit_unsaved(a));
}

uint64_t
ask_counted(const struct asking *a)
{
	return (a->counted);
}

bool
ask_is_interrupted(const struct asking *a)
{
	return (a->interrupted);
}

int
ask_end(struct asking *a, const struct answered_by *by)
{
	int	rc;

	a->number++;	/* there are blocks, if not in the file:
			   see tell_none() */
	rc = status_of(a, ask_answer(a, by));
	free(a);
	return (rc);
}

/* ---- the file alone ---- */

int
ask_with(const struct options *opt, const char *path, struct tally *t,
    struct unsaved *unsaved, const struct ask_hooks *h, bool print)
{
	struct asking	a = { .opt = opt, .path = path, .tally = t,
			    .unsaved = unsaved, .hooks = h };
	int		rc;

	if ((rc = visit_all(&a)) == 0 && h->end(h->arg, t) == -1)
		rc = ask_no_memory(&a);
	if (rc == 0 && print)
		rc = ask_answer(&a, NULL);
	return (rc == -1 ? -1 : status_of(&a, rc));
}

int
ask_run(const struct options *opt, const char *path,
    const struct known *known, struct unsaved *unsaved)
{
	struct question	q = opt->question;
	struct asking	a = { .opt = opt, .path = path,
			    .known = known, .unsaved = unsaved };
	int		rc = -1;

	if (q.devices != NULL)
		device_map_restart(q.devices);	/* the history has failed */
	if (add_series(&a, &q) == 0 && !a.interrupted) {
		if ((a.tally = tally_new(&q)) == NULL)
			(void)ask_no_memory(&a);
		else if (visit_all(&a) == 0)
			rc = ask_answer(&a, NULL);
	}
	tally_free(a.tally);
	return (status_of(&a, rc));
}
