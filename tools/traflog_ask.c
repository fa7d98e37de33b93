/*
 * Questions answered from a file: its blocks are read one after the other,
 * counted, and the answer is printed.  Holds one block in memory and what
 * there is to tell apart.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "coverage.h"
#include "log.h"
#include "pattern.h"
#include "tally.h"
#include "traffic.h"
#include "traflog.h"
#include "units.h"

#define NSEC		UINT64_C(1000000000)
#define HOUR_NS		(3600 * NSEC)
#define DAY_NS		(24 * HOUR_NS)
#define YEAR_NS		(365 * DAY_NS)

struct asking {
	const struct options	*opt;
	const char		*path;
	struct tally		*tally;		/* NULL while only looking */
	struct blocks		*blocks;
	struct progress		*progress;
	uint64_t		 number;	/* of the block at hand */
	uint64_t		 blocks_known;	/* to the history; or 0 */
	bool			 damaged;
	bool			 interrupted;
	off_t			 size;
	off_t			 unread;	/* when it was interrupted */
	/* What a look at the headers has found. */
	uint64_t		 begin_ns;
	uint64_t		 end_ns;
	uint64_t		 longest_ns;
};

static int
no_memory(const struct asking *a)
{
	log_errorx("%s: %s: too much to tell apart (--by less, or --where)",
	    a->path, strerror(errno));
	return (-1);
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct asking	*a = arg;

	if (a->tally == NULL)
		return;		/* it will be told when all is read */
	a->damaged = true;
	tally_damaged(a->tally);
	damage_report(a->path, d);
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

/* The block at hand is of no use: tell it, or the system's error. */
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

static int
count_block(struct asking *a)
{
	const struct flow	*rows;
	enum block_error	 e;
	size_t			 n;

	if ((e = blocks_verify(a->blocks)) != BLOCK_OK)
		return (give_up_block(a, e));
	if (tally_block(a->tally, blocks_info(a->blocks), a->number) == -1)
		return (no_memory(a));
	while ((e = blocks_rows(a->blocks, &rows, &n)) == BLOCK_OK && n > 0)
		if (count_rows(a, rows, n) == -1)
			return (no_memory(a));
	return (e == BLOCK_OK ? 0 : give_up_block(a, e));
}

/* Only look at it. */
static int
look_at_block(struct asking *a)
{
	const struct block_info	*b = blocks_info(a->blocks);
	uint64_t		 length;

	if (a->end_ns == 0 || b->begin_ns < a->begin_ns)
		a->begin_ns = b->begin_ns;
	if (b->end_ns > a->end_ns)
		a->end_ns = b->end_ns;
	length = b->end_ns > b->begin_ns ? b->end_ns - b->begin_ns : 0;
	if (length > a->longest_ns)
		a->longest_ns = length;
	return (0);
}

/* ---- the walk through the file ---- */

static bool
is_meant(const struct asking *a)
{
	const struct block_info	*b = blocks_info(a->blocks);

	return (when_in_range(&a->opt->range, a->number, b->begin_ns,
	    b->end_ns) && question_in_period(&a->opt->question, b->begin_ns,
	    b->end_ns));
}

static int
walk(struct asking *a)
{
	off_t	at = 0;
	int	rc;

	a->number = 0;
	a->size = blocks_size(a->blocks);
	while ((rc = blocks_next(a->blocks)) == 1) {
		a->number++;
		if (!progress_step(a->progress, at)) {
			a->interrupted = true;
			a->unread = a->size - at;
			return (0);
		}
		if (is_meant(a) && (a->tally == NULL ? look_at_block(a) :
		    count_block(a)) == -1)
			return (-1);
		at = blocks_tell(a->blocks);
	}
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
	a->progress = progress_new(blocks_size(a->blocks));
	rc = a->progress == NULL ? no_memory(a) : walk(a);
	progress_free(a->progress);
	blocks_close(a->blocks);
	return (rc);
}

/* ---- the answer ---- */

/* Periods for a chart of what the file holds: some dozens of them. */
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
 * A format that shows traffic over time gets a table for it, unless the
 * answer is one: by the first period of its keys, or one that fits.
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

/* What was not read is part of the answer. */
static int
tell_interrupted(struct asking *a, struct result *r)
{
	char	left[UNITS_LEN], all[UNITS_LEN];

	if (!a->interrupted)
		return (0);
	units_short(RESULT_OCTETS, ANSWER_SI, (uint64_t)a->unread, left);
	units_short(RESULT_OCTETS, ANSWER_SI, (uint64_t)a->size, all);
	log_errorx("%s: interrupted: %s of %s were not read", a->path, left,
	    all);
	return (result_note_add(r, "interrupted: %s of %s were not read",
	    left, all));
}

/*
 * Text says by itself what is missing and what to know.  Programs read
 * standard output: what people must know goes beside it.
 */
static void
tell_notes(const struct asking *a, const struct result *r)
{
	const struct result_note	*n;

	if (r->blocks == 0 && !a->damaged && !a->interrupted)
		log_warnx("%s: %s", a->path, a->number == 0 ?
		    "no blocks yet" : "no block in this range");
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

static int
answer(struct asking *a)
{
	struct naming	*naming = naming_begin(a->opt);
	struct result	*r;
	int		 rc = -1;

	if (a->interrupted)
		tally_interrupted(a->tally);
	r = naming == NULL ? NULL : tally_result(a->tally,
	    naming_names(naming));
	if (r != NULL && a->blocks_known > 0)
		r->blocks = a->blocks_known;
	if (r != NULL)
		tell_notes(a, r);
	if (r == NULL || tell_interrupted(a, r) == -1)
		(void)no_memory(a);
	else
		rc = print(a, r);
	result_free(r);
	naming_end(naming);
	return (rc);
}

int
ask_answer(const struct options *opt, const char *path, struct tally *t,
    uint64_t blocks)
{
	struct asking	a = { .opt = opt, .path = path, .tally = t };

	a.number = a.blocks_known = blocks;
	return (answer(&a) == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}

int
ask_run(const struct options *opt, const char *path)
{
	struct question	q = opt->question;
	struct asking	a = { .opt = opt, .path = path };
	int		rc = TRAFD_EXIT_ERROR;

	if (add_series(&a, &q) == 0 && !a.interrupted) {
		if ((a.tally = tally_new(&q)) == NULL)
			(void)no_memory(&a);
		else if (visit_file(&a) == 0 && answer(&a) == 0)
			rc = a.damaged ? TRAFD_EXIT_ERROR : TRAFD_EXIT_OK;
	}
	tally_free(a.tally);
	return (a.interrupted && rc == TRAFD_EXIT_OK ?
	    TRAFD_EXIT_INTERRUPTED : rc);
}
