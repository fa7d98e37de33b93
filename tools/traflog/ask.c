/*
 * Questions (--by, --total) answered from a save file: its blocks are read
 * one after the other and added to a tally, and the answer is printed.
 * Memory: one block, and the groups of the tally.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/when.h"
#include "common/finish.h"
#include "file/blocks.h"
#include "packet/coverage.h"
#include "query/pattern.h"
#include "tally/tally.h"
#include "traffic.h"
#include "traflog.h"

#define HOUR_NS		(3600 * NS_PER_S)
#define DAY_NS		(24 * HOUR_NS)
#define YEAR_NS		(365 * DAY_NS)

struct asking {
	const struct options	*opt;
	const char		*path;
	struct tally		*tally;		/* NULL: read headers only */
	struct blocks		*blocks;
	struct progress		*progress;
	const struct rest	*rest;		/* NULL: all of the file */
	const struct known	*known;		/* by the history */
	uint64_t		 number;	/* of the block at hand */
	uint64_t		 counted;	/* blocks */
	bool			 any;		/* blocks were found */
	uint64_t		 first_ns;	/* begin of the earliest one */
	bool			 damaged;
	bool			 interrupted;
	off_t			 at;		/* where the block begins */
	off_t			 size;
	off_t			 unread;	/* when it was interrupted */
	/* What a look at the headers has found. */
	bool			 looked;	/* at one */
	uint64_t		 begin_ns;
	uint64_t		 end_ns;
	uint64_t		 longest_ns;
};

static int
no_memory(const struct asking *a)
{
	log_errorx("too many rows to count: %s: %s; give fewer keys to --by, "
	    "or use --where", a->path, strerror(errno));
	return (-1);
}

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
	size_t			 i;

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
		return (no_memory(a));
	while ((e = blocks_rows(a->blocks, &rows, &n)) == BLOCK_OK && n > 0) {
		if (count_rows(a, rows, n) == -1)
			return (no_memory(a));
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
	if (!is_wanted_block(a))
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

	a->number = 0;
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

static int
visit_file(struct asking *a)
{
	int	rc;

	if ((a->blocks = blocks_of(a->opt, a->path)) == NULL)
		return (-1);
	blocks_on_damage(a->blocks, on_damage, a);
	if (a->rest != NULL && a->rest->from != NULL)
		(void)blocks_resume(a->blocks, a->rest->from);
	a->progress = progress_new(blocks_size(a->blocks));
	rc = a->progress == NULL ? no_memory(a) : walk(a);
	progress_free(a->progress);
	blocks_close(a->blocks);
	return (rc);
}

/* ---- the answer ---- */

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

/*
 * A format that draws traffic over time needs a table by period.  Unless the
 * answer is one, add it: by the first period of --by, or by a chosen one.
 */
static int
add_series(struct asking *a, struct question *q)
{
	const char	*by = NULL;
	bool		 others = false;
	size_t		 i;

	if (!(a->opt->answer->wants & ANSWER_WANTS_SERIES))
		return (0);
	for (i = 0; i < q->table[0].nkeys; i++)
		if (!key_is_time(&q->table[0].key[i]))
			others = true;
		else if (by == NULL)
			by = q->table[0].key[i].ops->name;
	if (by != NULL && !others && q->table[0].top == 0)
		return (0);
	if (by == NULL && visit_file(a) == -1)
		return (-1);
	question_add_series(q, by == NULL ? choose_period(a) : by);
	return (0);
}

/* The answer must say that it is incomplete, in every format. */
static int
tell_interrupted(struct asking *a, struct result *r)
{
	char	left[AMOUNT_LEN], all[AMOUNT_LEN];

	if (!a->interrupted)
		return (0);
	amount_short((uint64_t)a->unread, 1000, "B", left);
	amount_short((uint64_t)a->size, 1000, "B", all);
	log_errorx("interrupted: %s: %s of %s were not read", a->path, left,
	    all);
	return (result_note_add(r, "interrupted: %s of %s were not read",
	    left, all));
}

/*
 * The text formats include the notes.  The other formats are for programs, so
 * notes for people go to standard error.
 */
static void
tell_notes(const struct asking *a, const struct result *r)
{
	const struct result_note	*n;

	if (r->blocks == 0 && !a->damaged && !a->interrupted)
		tell_none(a->path, a->number);
	if (a->opt->answer->wants != 0 || a->opt->answer == &answer_text)
		return;
	if (!coverage_is_whole(&r->ledger))
		log_warnx("%s", r->coverage);
	for (n = r->note; n != NULL; n = n->next)
		log_warnx("%s: %s", a->path, n->text);
}

static int
print(struct asking *a, const struct result *r)
{
	struct out	*o = out_new(STDOUT_FILENO);
	int		 rc;

	if (o == NULL || a->opt->answer->write(o, r, &a->opt->view) == -1) {
		log_error("%s", a->path);
		out_free(o);
		return (-1);
	}
	rc = out_finish(o) == TRAFD_EXIT_OK ? 0 : -1;
	out_free(o);
	return (rc);
}

/* The history reaches further back, but cannot answer this question. */
static int
tell_known(const struct asking *a, struct result *r)
{
	char	since[WHEN_LEN];

	if (a->known == NULL || !a->known->any || r->blocks == 0 ||
	    a->known->since_ns / HOUR_NS >= a->first_ns / HOUR_NS ||
	    a->opt->question.since_ns >= a->first_ns)
		return (0);
	return (result_note_add(r, "the file begins here; the history goes "
	    "back to %s, but cannot answer this (-v says why)",
	    when_iso(a->known->since_ns, since)));
}

static int
fill(struct asking *a, const struct answered_by *by, struct result *r)
{
	if (by != NULL) {
		r->blocks = by->blocks + a->counted;
		r->source = by->source;
		r->grain = result_text(r, by->grain);
	}
	if (r->grain == NULL || tell_known(a, r) == -1)
		return (-1);
	tell_notes(a, r);
	return (tell_interrupted(a, r));
}

static int
answer(struct asking *a, const struct answered_by *by)
{
	struct naming	*naming = naming_begin(a->opt);
	struct result	*r;
	int		 rc = -1;

	if (a->interrupted)
		tally_interrupted(a->tally);
	r = naming == NULL ? NULL : tally_result(a->tally,
	    naming_names(naming));
	if (r == NULL || fill(a, by, r) == -1)
		(void)no_memory(a);
	else
		rc = print(a, r);
	result_free(r);
	naming_end(naming);
	return (rc);
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
ask_begin(const struct options *opt, const char *path, struct tally *t)
{
	struct asking	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (NULL);
	a->opt = opt;
	a->path = path;
	a->tally = t;
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
	rc = status_of(a, answer(a, by));
	free(a);
	return (rc);
}

/* ---- the file alone ---- */

int
ask_run(const struct options *opt, const char *path,
    const struct known *known)
{
	struct question	q = opt->question;
	struct asking	a = { .opt = opt, .path = path,
			    .known = known };
	int		rc = -1;

	if (add_series(&a, &q) == 0 && !a.interrupted) {
		if ((a.tally = tally_new(&q)) == NULL)
			(void)no_memory(&a);
		else if (visit_file(&a) == 0)
			rc = answer(&a, NULL);
	}
	tally_free(a.tally);
	return (status_of(&a, rc));
}
