/*
 * The reports of traflog(1): blocks of one file are chosen, read one at a
 * time or merged, and their rows sorted and printed or written to a file.
 * With a pattern each block is treated as if it held only matching rows.
 * Memory: one block, or the merged one, whatever the size of the file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digits.h"
#include "base/log.h"
#include "base/plural.h"
#include "common/finish.h"
#include "file/blocks.h"
#include "query/aggregate.h"
#include "query/where.h"
#include "report.h"
#include "traffic.h"
#include "traflog.h"

static int
no_memory(const struct report *r)
{
	log_error("%s", r->path);
	return (-1);
}

/* ---- lists and totals: they read headers only ---- */

static int
count_block(struct report *r, const struct block_info *info)
{
	r->chosen++;
	r->bytes += info->total.ip;
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
print_total(struct report *r, const struct block_info *info)
{
	r->chosen++;
	out_u64(r->out, info->total.ip);
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
list_block(struct report *r, const struct block_info *info)
{
	char		 digits[DIGITS_LEN], when[WHEN_LEN];
	const char	*number = digits_format(r->number, digits);
	size_t		 len;

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
coverage_mode_block(struct report *r, const struct block_info *info)
{
	r->chosen++;
	coverage_block(r->coverage, info);
	return (0);
}

/* ---- rows ---- */

/*
 * Output the rows, which come in the order of their keys: to the file of -w
 * in that order, or sorted as asked to the report.
 */
static int
emit(struct report *r, const struct block_info *info, const struct flow **rows,
    size_t n)
{
	const struct fmt_ops	*format = r->opt->format;
	size_t			 i;

	if (r->binary != NULL)
		return (binary_block(r->binary, info, rows, n, r->threads));
	if (order_sort(r->opt->order, rows, n) == -1)
		return (no_memory(r));
	names_set_local(naming_names(r->naming), info->networks);
	names_set_owners(naming_names(r->naming), info->owners);
	naming_resolve(r->naming, rows, n);
	format->block(r->format, info);
	for (i = 0; i < n && out_error(r->out) == 0; i++)
		format->row(r->format, rows[i]);
	return (0);
}

static int
rows_begin(struct report *r)
{
	const struct options	*opt = r->opt;
	struct fmt_view		 view = {
		.numeric = opt->naming.numeric,
		.blank_ports = opt->blank_ports,
		.template = opt->template
	};

	if (opt->write_to != NULL) {
		r->binary = binary_open(opt->write_to, opt->write_layout,
		    r->path);
		return (r->binary == NULL ? -1 : 0);
	}
	if ((r->naming = naming_begin(opt)) == NULL)
		return (no_memory(r));
	view.names = naming_names(r->naming);
	if ((r->format = opt->format->begin(r->out, &view)) == NULL)
		return (no_memory(r));
	return (0);
}

static int
each_block(struct report *r, const struct block_info *info)
{
	r->chosen++;
	return (emit(r, info, r->rows.order, r->rows.n));
}

static int
merge_info(struct report *r, const struct block_info *info)
{
	if (r->chosen++ == 0) {
		r->info = *info;
		r->info.owners = NULL;
	} else
		aggregate_info(&r->info, info);
	return (0);
}

static int
merge_block(struct report *r, const struct block_info *info)
{
	adder_owners(r->adder, info->owners);
	adder_add(r->adder, r->rows.row, r->rows.n);
	return (merge_info(r, info));
}

static void
merge_rows(void *arg, const struct flow *rows, size_t n)
{
	struct report	*r = arg;

	if (!r->begun)
		adder_owners(r->adder, blocks_owners(r->adding));
	r->begun = r->begun || n > 0;
	adder_add(r->adder, rows, n);
}

/*
 * Add rows to the sum as they are read, without keeping the block.  If the
 * block turns out to be damaged after some of its rows were added, the sum is
 * spoilt and parts.c starts again.
 */
static int
merge_stream(struct report *r, struct blocks *b)
{
	struct block_info	info;
	enum block_error	rc;

	r->begun = false;
	r->adding = b;
	if (r->opt->pattern == NULL)
		adder_expect(r->adder, blocks_info(b)->rows);
	if ((rc = rows_pass(b, r->opt, merge_rows, r, &info)) == BLOCK_OK)
		return (merge_info(r, &info));
	if (rc == BLOCK_IO || !r->begun)
		return (report_damage(r, b, rc));
	r->spoilt = true;
	return (-1);
}

static void
tell_folded(const struct report *r)
{
	struct flow_count	folded = aggregate_folded(r->sum);

	if (folded.packets > 0)
		log_warnx("too many rows to merge: %s: %llu byte%s %s shown "
		    "without ports or addresses", r->path,
		    (unsigned long long)folded.ip, plural(folded.ip),
		    plural_of(folded.ip, "is", "are"));
}

static int
merge_end(struct report *r)
{
	const struct flow	**rows;
	size_t			  n;
	int			  rc;

	if (r->chosen == 0)
		return (0);
	rows = r->binary == NULL ? aggregate_rows(r->sum, &n) :
	    aggregate_sorted(r->sum, r->threads, &n);
	if (rows == NULL)
		return (no_memory(r));
	tell_folded(r);
	r->info.rows = n;
	r->info.owners = aggregate_owners(r->sum);
	rc = emit(r, &r->info, rows, n);
	free(rows);
	return (rc);
}

static const struct mode mode_list = {
	list_begin, list_block, NULL, false, NULL
};
static const struct mode mode_count = {
	NULL, count_block, print_chosen, false, NULL
};
static const struct mode mode_totals = {
	NULL, print_total, NULL, false, NULL
};
static const struct mode mode_total = {
	NULL, count_block, print_bytes, false, NULL
};
static const struct mode mode_each = {
	rows_begin, each_block, NULL, true, NULL
};
static const struct mode mode_merge = {
	rows_begin, merge_block, merge_end, true, merge_stream
};

static const struct mode mode_coverage = {
	coverage_mode_begin, coverage_mode_block, NULL, false, NULL
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

/* ---- which blocks ---- */

static void
only_block(struct report *r, uint64_t number)
{
	r->range.begin.kind = r->range.end.kind = WHEN_NUMBER;
	r->range.begin.value = r->range.end.value = number;
}

/*
 * Visit the last intact block.  Headers are enough to find its number; if its
 * rows turn out to be damaged, the one before it is tried.
 */
static int
visit_last(struct report *r)
{
	uint64_t	last;

	r->counting = true;
	if (report_file(r) == -1)
		return (-1);
	r->counting = false;
	for (last = r->number; last > 0 && r->chosen == 0; last--) {
		only_block(r, last);
		if (report_file(r) == -1)
			return (-1);
	}
	return (0);
}

/* Without a range or -a, lists show all blocks, but rows only the last. */
static bool
wants_last(const struct options *opt)
{
	return (!opt->all && !opt->list && !opt->merge && !opt->coverage &&
	    opt->range.begin.kind == WHEN_ANY &&
	    opt->range.end.kind == WHEN_ANY &&
	    opt->asked.since == NULL && opt->asked.until == NULL);
}

static int
visit(struct report *r)
{
	if (wants_last(r->opt))
		return (visit_last(r));
	return (r->mode == &mode_merge ? parts_merge(r) : report_file(r));
}

static int
make_report(struct report *r)
{
	const struct mode	*m = r->mode;

	if (m->begin != NULL && m->begin(r) == -1)
		return (-1);
	if (visit(r) == -1)
		return (-1);
	if (r->number == 0 && r->damaged)
		log_errorx("not a complete file of trafd or BPFT: %s "
		    "(--layout old or new reads the intact blocks of BPFT)",
		    r->path);
	else if (r->chosen == 0 && !r->damaged)
		tell_none(r->path, r->number);
	else if (!r->owned && r->opt->question.where != NULL &&
	    where_is_owned(r->opt->question.where)) {
		tell_no_owners(r->path);
		return (-1);
	}
	return (m->end == NULL ? 0 : m->end(r));
}

/* Free the report's parts and finish the output.  The exit status. */
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
	naming_end(r->naming);
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
	r.to = OFF_MAX;
	r.threads = 1;
	r.mode = choose_mode(opt);
	if ((r.out = out_new(STDOUT_FILENO)) == NULL) {
		log_error("%s", path);
		return (TRAFD_EXIT_ERROR);
	}
	rc = close_report(&r, make_report(&r) == 0);
	return (r.damaged ? TRAFD_EXIT_ERROR : rc);
}
