/*
 * The wanted rows of one block: loaded into memory, or passed to a function
 * while they are read.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file/blocks.h"
#include "query/pattern.h"
#include "query/where.h"
#include "traflog.h"

/* Rows in the first allocation. */
#define ROOM_LEAST	4096

void
rows_free(struct rows *rows)
{
	free(rows->row);
	free(rows->order);
}

/*
 * Rows being loaded.  Memory grows with the rows that really come: the row
 * count in the header may be wrong.
 */
struct loading {
	struct rows		*rows;
	struct blocks		*blocks;
	const struct options	*opt;
	bool			 failed;	/* no memory */
};

/* Room for n more rows. */
static int
reserve(struct rows *rows, size_t n)
{
	size_t	 room = rows->room == 0 ? ROOM_LEAST : rows->room;
	void	*p;

	if (n <= rows->room - rows->n)
		return (0);
	while (n > room - rows->n)
		room *= 2;
	if ((p = reallocarray(rows->row, room, sizeof(*rows->row))) == NULL)
		return (-1);
	rows->row = p;
	if ((p = reallocarray(rows->order, room, sizeof(*rows->order))) == NULL)
		return (-1);
	rows->order = p;
	rows->room = room;
	return (0);
}

static bool
wants_all(const struct options *opt)
{
	return (opt->pattern == NULL && opt->question.where == NULL);
}

static bool
is_wanted_row(const struct options *opt, const struct flow *f,
    const struct where_owners *o)
{
	const struct pattern	*p = opt->pattern;
	const struct where	*w = opt->question.where;

	return ((p == NULL || pattern_match(p, &f->key)) &&
	    (w == NULL || where_match(w, f, o)));
}

/*
 * A report shows rows without their VLANs, so that those which differ in
 * nothing else are one.  -w copies them as they are.
 */
static bool
has_vlans(const struct options *opt, const struct flow *f, size_t n)
{
	unsigned	vlans = 0;
	size_t		i;

	if (opt->write_to != NULL)
		return (false);
	for (i = 0; i < n; i++)
		vlans |= f[i].key.vlan;
	return (vlans != 0);
}

/* Add up rows from number `at' on, and the one before, without their VLANs. */
static void
unite_vlans(struct rows *rows, size_t at)
{
	size_t	from = at > 0 ? at - 1 : 0;

	rows->n = from + flow_unite_vlans(rows->row + from, rows->n - from);
}

static void
add_wanted(struct rows *rows, const struct flow *part, size_t n,
    const struct options *opt, struct blocks *b)
{
	struct where_owners	o = { .names = blocks_owners(b) };
	size_t			i;

	for (i = 0; i < n; i++)
		if (is_wanted_row(opt, &part[i], &o))
			rows->row[rows->n++] = part[i];
}

static void
add_rows(void *arg, const struct flow *part, size_t n)
{
	struct loading	*l = arg;
	struct rows	*rows = l->rows;
	size_t		 at = rows->n;

	if (n == 0 || l->failed || (l->failed = reserve(rows, n) == -1))
		return;
	if (!wants_all(l->opt))
		add_wanted(rows, part, n, l->opt, l->blocks);
	else {
		memcpy(rows->row + at, part, n * sizeof(*part));
		rows->n += n;
	}
	if (has_vlans(l->opt, rows->row + at, rows->n - at))
		unite_vlans(rows, at);
}

/* The header of a block that held only these rows. */
static void
set_info(struct rows *rows, const struct block_info *info)
{
	static const struct flow_count	none;
	size_t				i;

	rows->info = *info;
	rows->info.rows = rows->n;
	rows->info.total = none;
	for (i = 0; i < rows->n; i++) {
		rows->order[i] = &rows->row[i];
		flow_count_add(&rows->info.total, &rows->row[i].count);
	}
}

enum block_error
rows_load(struct rows *rows, struct blocks *b, const struct options *opt)
{
	struct loading		l = { rows, b, opt, false };
	enum block_error	rc;

	rows->n = 0;
	if ((rc = blocks_read(b, add_rows, &l)) != BLOCK_OK)
		return (rc);
	if (l.failed) {
		errno = ENOMEM;
		return (BLOCK_IO);
	}
	set_info(rows, blocks_info(b));
	return (BLOCK_OK);
}

/* Rows being passed on. */
struct passing {
	const struct options	*opt;
	struct blocks		*blocks;
	block_rows_fn		*fn;
	void			*arg;
	struct flow_count	 total;		/* of the wanted rows */
	uint64_t		 rows;
};

static void
pass_wanted(void *arg, const struct flow *part, size_t n)
{
	struct passing	*p = arg;
	struct flow	 wanted[64];
	struct where_owners	o = { .names = blocks_owners(p->blocks) };
	bool		 forget = has_vlans(p->opt, part, n);
	size_t		 i, k = 0;

	for (i = 0; i < n; i++) {
		if (!is_wanted_row(p->opt, &part[i], &o))
			continue;
		flow_count_add(&p->total, &part[i].count);
		p->rows++;
		wanted[k] = part[i];
		if (forget)
			wanted[k].key.vlan = FLOW_VLAN_NONE;
		k++;
		if (k == sizeof(wanted) / sizeof(wanted[0])) {
			p->fn(p->arg, wanted, k);
			k = 0;
		}
	}
	p->fn(p->arg, wanted, k);
}

/* All rows are wanted. */
static void
pass_all(void *arg, const struct flow *part, size_t n)
{
	struct passing	*p = arg;

	if (has_vlans(p->opt, part, n))
		pass_wanted(arg, part, n);
	else
		p->fn(p->arg, part, n);
}

enum block_error
rows_pass(struct blocks *b, const struct options *opt, block_rows_fn *fn,
    void *arg, struct block_info *info)
{
	struct passing		p = { .opt = opt, .blocks = b,
				    .fn = fn, .arg = arg };
	enum block_error	rc;

	*info = *blocks_info(b);
	if (wants_all(opt))
		return (blocks_read(b, pass_all, &p));
	rc = blocks_read(b, pass_wanted, &p);
	info->rows = p.rows;
	info->total = p.total;
	return (rc);
}
