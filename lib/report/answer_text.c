/*
 * Answers for people: aligned columns, and bars if the terminal is wide
 * enough.  As in all reports of traflog, lines that are not rows are empty or
 * begin with a space, and rows do not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "names/names.h"
#include "packet/coverage.h"
#include "answer.h"
#include "as_of.h"
#include "at_pace.h"
#include "units.h"

#define CELL_LEN	NAMES_HOST_LEN
#define GAP		2	/* spaces between columns */
#define BAR_LEAST	8	/* narrower bars show nothing */
#define BAR_MOST	40
#define LOCAL		" local hosts"
#define REMOTE		" remote hosts"
#define HOLES_MOST	5	/* listed one by one */

struct layout {
	struct out			*out;
	const struct answer_view	*view;
	const struct result_table	*table;
	size_t				*width;	/* 0: not shown */
	size_t				 bar;	/* characters; 0: none */
	uint64_t			 most;	/* value of longest bar */
};

/* ---- cells ---- */

static bool
is_text(const struct result_column *c)
{
	return (c->type == RESULT_TEXT || c->type == RESULT_TIME);
}

/* A value formatted for people, in buf or where it is stored. */
static const char *
cell(const struct answer_view *v, const struct result_column *c,
    const union result_value *value, char buf[CELL_LEN])
{
	if (c->type != RESULT_TEXT && value->number == RESULT_UNKNOWN)
		return ("-");
	if (c->type == RESULT_TIME)
		return (calendar_people(c->grain, value->number, buf));
	if (c->type == RESULT_SHARE) {
		(void)snprintf(buf, CELL_LEN, "%llu.%llu%%",
		    (unsigned long long)((value->number + 500) / 10000),
		    (unsigned long long)((value->number + 500) / 1000 % 10));
		return (buf);
	}
	if (c->type == RESULT_TEXT || c->type == RESULT_COUNT ||
	    v->units == ANSWER_PLAIN)
		return (result_format(c, value, buf));
	return (units_short(c->type, v->units, value->number, buf));
}

static void
put_padded(struct out *o, const char *text, size_t width, bool left)
{
	size_t	len = strlen(text);

	if (left) {
		out_left(o, text, width);
		return;
	}
	for (; len < width; len++)
		out_char(o, ' ');
	out_str(o, text);
}

/* ---- layout ---- */

/* The first title follows the space that marks a line as no row. */
static void
title_widths(struct layout *l)
{
	const struct result_table	*t = l->table;
	size_t				 i;

	for (i = 0; i < t->ncolumns; i++)
		l->width[i] = strlen(t->column[i].title) + (i == 0);
}

static void
row_widths(struct layout *l, const union result_value *row)
{
	const struct result_table	*t = l->table;
	char				 buf[CELL_LEN];
	size_t				 i, len;

	for (i = 0; row != NULL && i < t->ncolumns; i++) {
		len = strlen(cell(l->view, &t->column[i], &row[i], buf));
		if (len > l->width[i])
			l->width[i] = len;
	}
}

static size_t
all_widths(const struct layout *l)
{
	size_t	i, sum = 0;

	for (i = 0; i < l->table->ncolumns; i++)
		if (l->width[i] > 0)
			sum += l->width[i] + (i == 0 ? 0 : GAP);
	return (sum);
}

/* Drop minor columns to make room for bars. */
static void
fit(struct layout *l)
{
	const struct result_table	*t = l->table;
	size_t				 wanted, used, i;

	if (l->view->width == 0)
		return;
	wanted = l->view->bars && t->nrows > 1 ? GAP + 2 * BAR_LEAST : 0;
	for (i = 0; i < t->ncolumns; i++)
		if (t->column[i].minor && all_widths(l) + wanted >
		    l->view->width)
			l->width[i] = 0;
	used = all_widths(l) + GAP;
	if (wanted == 0 || used + BAR_LEAST > l->view->width)
		return;
	l->bar = l->view->width - used;
	if (l->bar > BAR_MOST)
		l->bar = BAR_MOST;
}

static void
measure(struct layout *l)
{
	const struct result_table	*t = l->table;
	const union result_value	*row;
	size_t				 i;

	title_widths(l);
	for (i = 0; i < t->nrows; i++) {
		row = result_row(t, i);
		row_widths(l, row);
		if (row[t->measure].number != RESULT_UNKNOWN &&
		    row[t->measure].number > l->most)
			l->most = row[t->measure].number;
	}
	if (t->divided && l->width[0] < sizeof(REMOTE) - 1)
		l->width[0] = sizeof(REMOTE) - 1;
	row_widths(l, t->rest);
	row_widths(l, t->part[0].sum);
	row_widths(l, t->part[1].sum);
	row_widths(l, t->total);
	fit(l);
}

/* ---- rows ---- */

/* In eighths of a character if the locale uses UTF-8. */
static void
put_bar(const struct layout *l, uint64_t v)
{
	static const char *const	part[] = {
		"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a",
		"\u2589"
	};
	size_t				eighths;

	if (v == RESULT_UNKNOWN || l->most == 0)
		return;
	eighths = (size_t)((double)v / (double)l->most * 8.0 *
	    (double)l->bar + 0.5);
	if (v > 0 && eighths == 0)
		eighths = 1;
	if (eighths < (l->view->utf8 ? 1 : 8))
		return;
	out_str(l->out, "  ");
	for (; eighths >= 8; eighths -= 8)
		out_str(l->out, l->view->utf8 ? "\u2588" : "#");
	if (l->view->utf8)
		out_str(l->out, part[eighths]);
}

/* The last column shown is not padded after a text. */
static void
put_row(const struct layout *l, const union result_value *row)
{
	const struct result_table	*t = l->table;
	char				 buf[CELL_LEN];
	size_t				 i;

	for (i = 0; i < t->ncolumns; i++) {
		if (l->width[i] == 0)
			continue;
		if (i > 0)
			out_str(l->out, "  ");
		put_padded(l->out, cell(l->view, &t->column[i], &row[i], buf),
		    l->width[i], is_text(&t->column[i]));
	}
	if (l->bar > 0)
		put_bar(l, row[t->measure].number);
	out_char(l->out, '\n');
}

/* A line of sums, with its name in place of the keys. */
static void
put_sums(const struct layout *l, const char *name,
    const union result_value *row)
{
	const struct result_table	*t = l->table;
	char				 buf[CELL_LEN];
	size_t				 i, keys = 0;

	for (i = 0; i < t->ncolumns && t->column[i].key; i++)
		if (l->width[i] > 0)
			keys += l->width[i] + (i > 0 ? GAP : 0);
	out_left(l->out, name, keys);
	for (; i < t->ncolumns; i++) {
		if (l->width[i] == 0)
			continue;
		out_str(l->out, "  ");
		put_padded(l->out, cell(l->view, &t->column[i], &row[i], buf),
		    l->width[i], false);
	}
	out_char(l->out, '\n');
}

static void
put_titles(const struct layout *l)
{
	const struct result_table	*t = l->table;
	size_t				 i;

	out_char(l->out, ' ');
	for (i = 0; i < t->ncolumns; i++) {
		if (l->width[i] == 0)
			continue;
		if (i > 0)
			out_str(l->out, "  ");
		put_padded(l->out, t->column[i].title,
		    l->width[i] - (i == 0), is_text(&t->column[i]));
	}
	out_char(l->out, '\n');
}

static void
put_rest(const struct layout *l, uint64_t cut, const union result_value *rest)
{
	char	name[64];

	(void)snprintf(name, sizeof(name), " (%llu more)",
	    (unsigned long long)cut);
	if (rest != NULL)
		put_sums(l, name, rest);
}

/* The end of the local or of the remote hosts. */
static void
put_part(const struct layout *l, const struct result_part *p, const char *name)
{
	put_rest(l, p->cut, p->rest);
	if (p->sum != NULL)
		put_sums(l, name, p->sum);
}

static int
put_table(struct out *o, const struct answer_view *v,
    const struct result_table *t)
{
	struct layout	l = { .out = o, .view = v, .table = t };
	size_t		i;

	if ((l.width = calloc(t->ncolumns + 1, sizeof(*l.width))) == NULL)
		return (-1);
	measure(&l);
	put_titles(&l);
	for (i = 0; i < t->nrows && out_error(o) == 0; i++) {
		if (t->divided && i == t->nlocal)
			put_part(&l, &t->part[0], LOCAL);
		put_row(&l, result_row(t, i));
	}
	if (t->divided && t->nrows <= t->nlocal)
		put_part(&l, &t->part[0], LOCAL);
	if (t->divided)
		put_part(&l, &t->part[1], REMOTE);
	else
		put_rest(&l, t->cut, t->rest);
	if (t->total != NULL)
		put_sums(&l, " total", t->total);
	free(l.width);
	return (0);
}

/* ---- head and foot ---- */

static void
put_head(struct out *o, const struct result *r)
{
	char	when[CALENDAR_LEN];

	out_str(o, "\n ");
	if (r->blocks == 0) {
		out_str(o, "nothing was counted\n");
		return;
	}
	out_char(o, '(');
	out_str(o, r->account);
	out_str(o, ") ");
	out_str(o, r->host);
	out_str(o, " at ");
	out_str(o, calendar_people(CALENDAR_INSTANT, r->begin_ns, when));
	out_str(o, " - ");
	out_str(o, calendar_people(CALENDAR_INSTANT, r->end_ns, when));
	out_str(o, "\n ");
	out_str(o, r->question);
	out_str(o, "\n\n");
}

static void
put_hole(struct out *o, const struct result_table *t,
    const union result_value *row)
{
	char	buf[CELL_LEN];

	out_str(o, "   ");
	out_str(o, calendar_people(CALENDAR_INSTANT, row[0].number, buf));
	out_str(o, " - ");
	out_str(o, calendar_people(CALENDAR_INSTANT, row[1].number, buf));
	out_str(o, ": ");
	out_str(o, row[2].text);
	if (row[3].number > 0) {
		out_char(o, ' ');
		out_str(o, result_format(&t->column[3], &row[3], buf));
		out_str(o, " packet");
		out_str(o, plural(row[3].number));
	}
	if (row[3].number == 0 && row[4].number == 0)
		out_str(o, " less than 1 s");
	else if (row[4].number > 0) {
		out_char(o, ' ');
		out_str(o, result_format(&t->column[4], &row[4], buf));
		out_str(o, " s");
	}
	out_char(o, '\n');
}

static void
put_estimate(struct out *o, const struct result *r,
    const struct answer_view *v)
{
	char	text[AT_PACE_LEN];

	if (!at_pace(r, v, text))
		return;
	out_str(o, "\n estimate: ");
	out_str(o, text);
	out_char(o, '\n');
}

/* Coverage with its gaps, then the source and the notes. */
static void
put_foot(struct out *o, const struct result *r)
{
	const struct result_table	*t = result_find(r, RESULT_MISSING);
	const struct result_note	*n;
	char				 text[AS_OF_LEN];
	size_t				 i;

	out_str(o, "\n ");
	out_str(o, r->coverage);
	out_char(o, '\n');
	for (i = 0; t != NULL && i < t->nrows && i < HOLES_MOST; i++)
		put_hole(o, t, result_row(t, i));
	if (t != NULL && t->nrows > HOLES_MOST) {
		out_str(o, "   and ");
		out_u64(o, t->nrows - HOLES_MOST);
		out_str(o, " more time");
		out_str(o, plural(t->nrows - HOLES_MOST));
		out_char(o, '\n');
	}
	if (strcmp(r->source, RESULT_FILES) != 0) {
		out_str(o, " source: ");
		out_str(o, r->source);
		out_str(o, ", by ");
		out_str(o, r->grain);
		out_char(o, '\n');
	}
	if (as_of(r, text)) {
		out_str(o, " ");
		out_str(o, text);
		out_char(o, '\n');
	}
	for (n = r->note; n != NULL; n = n->next) {
		out_str(o, " note: ");
		out_str(o, n->text);
		out_char(o, '\n');
	}
}

static int
text_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	put_head(o, r);
	if (r->blocks > 0) {
		if (r->table != NULL && put_table(o, v, r->table) == -1)
			return (-1);
		put_estimate(o, r, v);
		put_foot(o, r);
	}
	return (0);
}

const struct answer_ops	answer_text = {
	"text", ANSWER_WANTS_PARTS, text_write
};
