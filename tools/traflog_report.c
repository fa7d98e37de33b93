/*
 * The reports of traflog(1): blocks of one file are chosen, read one at a
 * time or merged, and their rows sorted and printed or written to a file.
 * Holds one block in memory, whatever the size of the file, or the merged
 * one.
 */
#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aggregate.h"
#include "digits.h"
#include "log.h"
#include "savefile.h"
#include "traffic.h"
#include "traflog.h"

/* The rows of one block, and their order. */
struct rows {
	struct flow		*row;
	const struct flow	**order;
	size_t			 n;
	size_t			 room;
};

struct report {
	const struct options	*opt;
	const char		*path;
	const struct mode	*mode;
	struct when_range	 range;
	uint64_t		 number;	/* of the block at hand */
	uint64_t		 chosen;	/* blocks used */
	uint64_t		 bytes;		/* their sum of All */
	bool			 silent;	/* damage was told before */
	bool			 damaged;
	struct out		*out;
	struct names		*names;
	void			*format;	/* state of opt->format */
	struct binary		*binary;	/* -w */
	struct aggregate	*sum;		/* -s */
	struct coverage		*coverage;	/* --coverage */
	struct ledger		 ledger;	/* of the blocks used */
	struct rows		 rows;
};

/*
 * What is done with blocks.  begin and end may be NULL; all return 0, or -1
 * after a message.
 */
struct mode {
	int	(*begin)(struct report *);
	int	(*block)(struct report *, struct block *);
	int	(*end)(struct report *);
};

static int
no_memory(const struct report *r)
{
	log_error("%s", r->path);
	return (-1);
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct report	*r = arg;

	r->damaged = true;
	if (!r->silent)
		damage_report(r->path, d);
}

/* The block at hand is of no use: tell it, or the system's error. */
static int
give_up_block(struct report *r, const struct block *b, enum block_error why)
{
	struct savefile_damage	d;

	if (why == BLOCK_IO) {
		log_error("%s", r->path);
		return (-1);
	}
	d.why = why;
	d.offset = block_offset(b);
	d.length = (off_t)block_length(b);
	r->damaged = true;
	damage_report(r->path, &d);
	return (0);
}

/* ---- lists and totals: headers are all they read ---- */

static int
count_block(struct report *r, struct block *b)
{
	r->chosen++;
	r->bytes += block_info(b)->total.ip;
	return (0);
}

static int
print_chosen(struct report *r)
{
	out_u64(r->out, r->chosen);
	out_char(r->out, '\n');
	return (0);
}

static int
print_bytes(struct report *r)
{
	out_u64(r->out, r->bytes);
	out_char(r->out, '\n');
	return (0);
}

static int
print_total(struct report *r, struct block *b)
{
	r->chosen++;
	out_u64(r->out, block_info(b)->total.ip);
	out_char(r->out, '\n');
	return (0);
}

static int
list_begin(struct report *r)
{
	out_str(r->out, " #        Started            Dumped            Data"
	    "         All     Recs\n");
	return (0);
}

static int
list_block(struct report *r, struct block *b)
{
	const struct block_info	*info = block_info(b);
	char			 digits[DIGITS_LEN], when[WHEN_LEN];
	const char		*number = digits_format(r->number, digits);
	size_t			 len;

	r->chosen++;
	for (len = strlen(number); len < 3; len++)
		out_char(r->out, '0');
	out_str(r->out, number);
	out_str(r->out, "   ");
	out_str(r->out, when_local(info->begin_ns, when));
	out_str(r->out, "   ");
	out_str(r->out, when_local(info->end_ns, when));
	out_str(r->out, "   ");
	out_right(r->out, info->total.data, 10);
	out_char(r->out, ' ');
	out_right(r->out, info->total.ip, 10);
	out_char(r->out, ' ');
	out_right(r->out, info->rows, 4);
	out_char(r->out, '\n');
	return (0);
}

static int
coverage_mode_begin(struct report *r)
{
	r->coverage = coverage_begin(r->out, r->opt->format, r->opt->merge);
	return (r->coverage == NULL ? no_memory(r) : 0);
}

static int
coverage_mode_block(struct report *r, struct block *b)
{
	r->chosen++;
	coverage_block(r->coverage, block_info(b));
	return (0);
}

/* ---- rows ---- */

static void
rows_free(struct rows *rows)
{
	free(rows->row);
	free(rows->order);
}

/* Make room for n rows; what was there is gone. */
static int
rows_reserve(struct rows *rows, size_t n)
{
	rows->n = 0;
	if (n <= rows->room)
		return (0);
	rows_free(rows);
	rows->room = 0;
	rows->row = reallocarray(NULL, n, sizeof(*rows->row));
	rows->order = reallocarray(NULL, n, sizeof(*rows->order));
	if (rows->row == NULL || rows->order == NULL)
		return (-1);
	rows->room = n;
	return (0);
}

/* Copy the rows of a block that has been found whole. */
static enum block_error
rows_load(struct rows *rows, struct block *b)
{
	const struct flow	*part;
	enum block_error	 rc;
	size_t			 n, i;

	if (rows_reserve(rows, (size_t)block_info(b)->rows) == -1)
		return (BLOCK_IO);
	while ((rc = block_rows(b, &part, &n)) == BLOCK_OK && n > 0) {
		if (n > rows->room - rows->n)
			return (BLOCK_DAMAGED);
		memcpy(rows->row + rows->n, part, n * sizeof(*part));
		rows->n += n;
	}
	for (i = 0; i < rows->n; i++)
		rows->order[i] = &rows->row[i];
	return (rc);
}

/*
 * The end of the road: rows in the order of their keys go to the file of -w
 * as they are, or sorted to the report.
 */
static int
emit(struct report *r, const struct block_info *info, const struct flow **rows,
    size_t n)
{
	const struct out_ops	*format = r->opt->format;
	size_t			 i;

	if (r->binary != NULL)
		return (binary_block(r->binary, info, rows, n));
	if (order_sort(r->opt->order, rows, n) == -1)
		return (no_memory(r));
	format->block(r->format, info);
	for (i = 0; i < n && out_error(r->out) == 0; i++)
		format->row(r->format, rows[i]);
	return (0);
}

static int
rows_begin(struct report *r)
{
	const struct options	*opt = r->opt;
	struct out_view		 view = {
		.numeric = opt->naming.numeric,
		.blank_ports = opt->blank_ports,
		.template = opt->template
	};

	if (opt->write_to != NULL) {
		r->binary = binary_open(opt->write_to, r->path);
		return (r->binary == NULL ? -1 : 0);
	}
	if ((r->names = names_new(&opt->naming)) == NULL)
		return (no_memory(r));
	view.names = r->names;
	if ((r->format = opt->format->begin(r->out, &view)) == NULL)
		return (no_memory(r));
	return (0);
}

static int
each_block(struct report *r, struct block *b)
{
	enum block_error	rc;

	if ((rc = block_verify(b)) != BLOCK_OK ||
	    (rc = rows_load(&r->rows, b)) != BLOCK_OK)
		return (give_up_block(r, b, rc));
	r->chosen++;
	return (emit(r, block_info(b), r->rows.order, r->rows.n));
}

static int
merge_begin(struct report *r)
{
	if ((r->sum = aggregate_new()) == NULL)
		return (no_memory(r));
	return (rows_begin(r));
}

static int
merge_block(struct report *r, struct block *b)
{
	enum block_error	rc;

	if ((rc = block_verify(b)) != BLOCK_OK)
		return (give_up_block(r, b, rc));
	if ((rc = aggregate_add(r->sum, b)) != BLOCK_OK) {
		/* It was whole a moment ago: somebody changes the file. */
		(void)give_up_block(r, b, rc);
		return (-1);
	}
	r->chosen++;
	return (0);
}

static int
merge_end(struct report *r)
{
	struct flow_count	  folded = aggregate_folded(r->sum);
	const struct flow	**rows;
	size_t			  n;
	int			  rc;

	if (r->chosen == 0)
		return (0);
	if (folded.packets > 0)
		log_warnx("%s: too many rows to merge: %llu octets are kept "
		    "without ports or addresses", r->path,
		    (unsigned long long)folded.ip);
	if ((rows = aggregate_rows(r->sum, r->binary != NULL, &n)) == NULL)
		return (no_memory(r));
	rc = emit(r, aggregate_info(r->sum), rows, n);
	free(rows);
	return (rc);
}

static const struct mode mode_list = { list_begin, list_block, NULL };
static const struct mode mode_count = { NULL, count_block, print_chosen };
static const struct mode mode_totals = { NULL, print_total, NULL };
static const struct mode mode_total = { NULL, count_block, print_bytes };
static const struct mode mode_each = { rows_begin, each_block, NULL };
static const struct mode mode_merge = { merge_begin, merge_block, merge_end };

static const struct mode mode_coverage = {
	coverage_mode_begin, coverage_mode_block, NULL
};

static const struct mode *
choose_mode(const struct options *opt)
{
	if (opt->coverage)
		return (&mode_coverage);
	if (opt->list)
		return (opt->brief ? &mode_count : &mode_list);
	if (opt->brief)
		return (opt->merge ? &mode_total : &mode_totals);
	return (opt->merge ? &mode_merge : &mode_each);
}

/* ---- the walk through the file ---- */

static int
walk(struct report *r, struct savefile *f,
    int (*visit)(struct report *, struct block *))
{
	struct block		*b;
	const struct block_info	*info;
	uint64_t		 used;
	int			 rc;

	r->number = 0;
	while ((rc = savefile_next(f, false, &b)) == 1) {
		info = block_info(b);
		r->number++;
		if (!when_in_range(&r->range, r->number, info->begin_ns,
		    info->end_ns))
			continue;
		used = r->chosen;
		if (visit(r, b) == -1)
			return (-1);
		if (r->chosen > used)
			ledger_add(&r->ledger, &info->ledger);
		if (out_error(r->out) != 0)
			return (0);
	}
	if (rc == -1)
		log_error("%s", r->path);
	return (rc);
}

static int
visit_file(struct report *r, int (*visit)(struct report *, struct block *))
{
	struct savefile	*f;
	int		 rc;

	if ((f = savefile_open(AT_FDCWD, r->path)) == NULL) {
		log_error("%s", r->path);
		return (-1);
	}
	savefile_on_damage(f, on_damage, r);
	rc = walk(r, f, visit);
	savefile_close(f);
	r->silent = true;
	return (rc);
}

static int
skip_block(struct report *r, struct block *b)
{
	(void)r;
	(void)b;
	return (0);
}

static void
only_block(struct report *r, uint64_t number)
{
	r->range.begin.kind = r->range.end.kind = WHEN_NUMBER;
	r->range.begin.value = r->range.end.value = number;
}

/*
 * The last block that is whole: the headers are enough to find it, so no
 * body is read in vain unless it turns out to be damaged.
 */
static int
visit_last(struct report *r)
{
	uint64_t	last;

	if (visit_file(r, skip_block) == -1)
		return (-1);
	for (last = r->number; last > 0 && r->chosen == 0; last--) {
		only_block(r, last);
		if (visit_file(r, r->mode->block) == -1)
			return (-1);
	}
	return (0);
}

/* With neither a range nor -a, lists are of all blocks and rows of one. */
static bool
wants_last(const struct options *opt)
{
	return (!opt->all && !opt->list && !opt->merge && !opt->coverage &&
	    opt->range.begin.kind == WHEN_ANY &&
	    opt->range.end.kind == WHEN_ANY);
}

static int
make_report(struct report *r)
{
	const struct mode	*m = r->mode;

	if (m->begin != NULL && m->begin(r) == -1)
		return (-1);
	if ((wants_last(r->opt) ? visit_last(r) :
	    visit_file(r, m->block)) == -1)
		return (-1);
	if (r->chosen == 0 && !r->damaged)
		log_warnx("%s: %s", r->path, r->number == 0 ?
		    "no blocks yet" : "no block in this range");
	return (m->end == NULL ? 0 : m->end(r));
}

/* Free what is held and bring the output to its end. */
static int
close_report(struct report *r, bool good)
{
	int	rc = good ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR;

	coverage_end(r->coverage);
	if (r->format != NULL)
		r->opt->format->end(r->format);
	if (r->binary != NULL && binary_close(r->binary, good) == -1)
		rc = TRAFD_EXIT_ERROR;
	if (out_finish(r->out) != TRAFD_EXIT_OK)
		rc = TRAFD_EXIT_ERROR;
	if (rc == TRAFD_EXIT_OK && r->opt->format == &fmt_text &&
	    r->opt->write_to == NULL && !r->opt->coverage)
		coverage_tell(&r->ledger);
	aggregate_free(r->sum);
	rows_free(&r->rows);
	names_free(r->names);
	out_free(r->out);
	return (rc);
}

int
report_run(const struct options *opt, const char *path)
{
	struct report	r = { 0 };
	int		rc;

	r.opt = opt;
	r.path = path;
	r.range = opt->range;
	r.mode = choose_mode(opt);
	if ((r.out = out_new(STDOUT_FILENO)) == NULL) {
		log_error("%s", path);
		return (TRAFD_EXIT_ERROR);
	}
	rc = close_report(&r, make_report(&r) == 0);
	return (r.damaged ? TRAFD_EXIT_ERROR : rc);
}
