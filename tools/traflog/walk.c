/*
 * Walks through the blocks of a save file, or of a part of it: chooses the
 * wanted ones, passes each to the report, and notes damage.
 */
#include <stdlib.h>

#include "base/log.h"
#include "common/damage.h"
#include "file/blocks.h"
#include "file/savefile.h"
#include "report.h"

/* ---- damage ---- */

/* Keep damage for the caller. */
static void
finds_add(struct finds *f, const struct savefile_damage *d)
{
	size_t	 room = f->room == 0 ? 16 : 2 * f->room;
	void	*p;

	if (f->n == f->room) {
		p = reallocarray(f->list, room, sizeof(*f->list));
		if (p == NULL) {
			f->failed = true;
			return;
		}
		f->list = p;
		f->room = room;
	}
	f->list[f->n++] = *d;
}

/* Parts run in parallel, so each collects its damage for the caller. */
static void
note_damage(struct report *r, const struct savefile_damage *d)
{
	if (d->offset < r->from || d->offset >= r->to)
		return;
	r->damaged = true;
	if (r->finds != NULL)
		finds_add(r->finds, d);
	else
		damage_report(r->path, d);
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct report	*r = arg;

	if (!r->silent)
		note_damage(r, d);
	r->damaged = r->damaged || r->silent;
}

int
report_damage(struct report *r, const struct blocks *b, enum block_error why)
{
	struct savefile_damage	d;

	if (why == BLOCK_IO) {
		log_error("%s", r->path);
		return (-1);
	}
	blocks_damage(b, why, &d);
	note_damage(r, &d);
	return (0);
}

/* ---- blocks ---- */

/* Pass one block to the report, with its rows if they are needed. */
static int
visit_block(struct report *r, struct blocks *b)
{
	const struct options	*opt = r->opt;
	enum block_error	 rc;

	if (!r->mode->rows && opt->pattern == NULL &&
	    opt->question.where == NULL)
		return (r->mode->block(r, blocks_info(b)));
	if (r->mode->stream != NULL && !r->careful)
		return (r->mode->stream(r, b));
	if ((rc = rows_load(&r->rows, b, opt)) != BLOCK_OK)
		return (report_damage(r, b, rc));
	return (r->mode->block(r, &r->rows.info));
}

/* Is the current block in the range, the period and this part? */
static bool
is_wanted(const struct report *r, struct blocks *b)
{
	const struct block_info	*info = blocks_info(b);
	struct savefile_damage	 place;

	if (r->counting || !when_in_range(&r->range, r->number,
	    info->begin_ns, info->end_ns) ||
	    !question_in_period(&r->opt->question, info->begin_ns,
	    info->end_ns))
		return (false);
	blocks_damage(b, BLOCK_OK, &place);
	return (place.offset >= r->from && place.offset < r->to);
}

static int
walk(struct report *r, struct blocks *b)
{
	const struct block_info	*info;
	uint64_t		 used;
	int			 rc;

	r->number = 0;
	while ((rc = blocks_next(b)) == 1) {
		info = blocks_info(b);
		r->number++;
		if (!is_wanted(r, b))
			continue;
		used = r->chosen;
		if (visit_block(r, b) == -1)
			return (-1);
		r->owned = r->owned || blocks_owners(b) != NULL;
		if (r->chosen > used)
			ledger_add(&r->ledger, &info->ledger);
		if (out_error(r->out) != 0)
			return (0);
	}
	if (rc == -1)
		log_error("%s", r->path);
	return (rc);
}

int
report_file(struct report *r)
{
	struct blocks	*b;
	int		 rc;

	if ((b = blocks_of(r->opt, r->path)) == NULL)
		return (-1);
	blocks_on_damage(b, on_damage, r);
	rc = walk(r, b);
	blocks_close(b);
	r->silent = true;
	return (rc);
}
