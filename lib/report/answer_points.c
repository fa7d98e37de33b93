/*
 * Which columns of a table are drawn, and where.  Times are sorted.  Rows with
 * the same time are added, or are lines of their own, for example of hosts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "table/groups.h"
#include "answer_points.h"

#define NONE	((size_t)-1)

static size_t
find_time(const struct result_table *t)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		if (t->column[i].type == RESULT_TIME && t->column[i].key)
			return (i);
	return (NONE);
}

static size_t
find_name(const struct result_table *t, const char *name)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		if (!t->column[i].key && strcmp(t->column[i].name, name) == 0)
			return (i);
	return (NONE);
}

static size_t
find_type(const struct result_table *t, enum result_type type)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		if (!t->column[i].key && t->column[i].type == type)
			return (i);
	return (NONE);
}

/* An unknown value is drawn as 0. */
static uint64_t
known(const union result_value *v)
{
	return (v->number == RESULT_UNKNOWN ? 0 : v->number);
}

static uint64_t
sum(const struct result_table *t, size_t column)
{
	uint64_t	all = 0;
	size_t		i;

	for (i = 0; i < t->nrows; i++)
		all += known(&result_row(t, i)[column]);
	return (all);
}

/* Do in and out add up to all traffic?  Forwarded traffic is neither. */
static bool
has_ways(const struct result_table *t, size_t in, size_t out, size_t bytes)
{
	return (in != NONE && out != NONE && (bytes == NONE ||
	    sum(t, in) + sum(t, out) == sum(t, bytes)));
}

/*
 * In and out if they are all traffic, else the bytes, as in lines of groups.
 * Returns how many.
 */
static size_t
find_values(const struct result_table *t, size_t column[CHART_SERIES_MAX])
{
	column[0] = find_name(t, "in");
	column[1] = find_name(t, "out");
	if (!(points_has_time(t) && points_has_groups(t)) &&
	    has_ways(t, column[0], column[1], find_name(t, "bytes")))
		return (2);
	if ((column[0] = find_name(t, "bytes")) == NONE &&
	    (column[0] = find_type(t, RESULT_OCTETS)) == NONE)
		column[0] = find_type(t, RESULT_RATE);
	return (column[0] == NONE ? 0 : 1);
}

bool
points_has_time(const struct result_table *t)
{
	return (find_time(t) != NONE);
}

const struct result_table *
points_table(const struct result *r)
{
	const struct result_table	*t = result_find(r, RESULT_SERIES);

	/* Rows of the answer may count for both sides, or be cut by --top. */
	if (t == NULL)
		t = r->table;
	return (t != NULL && points_has_time(t) ? t : NULL);
}

char *
points_time_text(enum calendar_grain grain, uint64_t ns,
    char buf[CALENDAR_LEN])
{
	calendar_format(grain, ns, buf);
	if (calendar_has_clock(grain)) {
		buf[10] = ' ';
		buf[16] = '\0';
	}
	return (buf);
}

static int
compare(const void *a, const void *b)
{
	const struct chart_point	*x = a, *y = b;

	return ((x->at_ns > y->at_ns) - (x->at_ns < y->at_ns));
}

static size_t
merge(struct chart_point *p, size_t n)
{
	size_t	i, s, used = 0;

	qsort(p, n, sizeof(*p), compare);
	for (i = 0; i < n; i++) {
		if (used == 0 || p[used - 1].at_ns != p[i].at_ns) {
			p[used++] = p[i];
			continue;
		}
		for (s = 0; s < CHART_SERIES_MAX; s++)
			p[used - 1].value[s] += p[i].value[s];
	}
	return (used);
}

/* The longest period of a grain; for moments, the shortest distance. */
static uint64_t
step_of(const struct chart_time *c)
{
	static const uint64_t		days[CALENDAR_GRAINS] = {
		[CALENDAR_DAY] = 1, [CALENDAR_WEEK] = 7, [CALENDAR_MONTH] = 31
	};
	uint64_t			step = 0, apart;
	size_t				i;

	if (c->grain == CALENDAR_MINUTE)
		return (60 * NS_PER_S);
	if (c->grain == CALENDAR_HOUR)
		return (3600 * NS_PER_S);
	if (c->grain != CALENDAR_INSTANT)
		return (days[c->grain] * 86400 * NS_PER_S);
	for (i = 1; i < c->npoints; i++) {
		apart = c->point[i].at_ns - c->point[i - 1].at_ns;
		if (step == 0 || apart < step)
			step = apart;
	}
	return (step == 0 ? 300 * NS_PER_S : step);
}

/* The axis covers the data: a week that was asked for may have only a day. */
static void
set_span(struct chart_time *c, const struct result *r)
{
	c->step_ns = step_of(c);
	if (c->npoints == 0)
		return;
	/* A single moment lasts as long as what was counted. */
	if (c->grain == CALENDAR_INSTANT && c->npoints == 1 &&
	    r->end_ns > c->point[0].at_ns)
		c->step_ns = r->end_ns - c->point[0].at_ns;
	c->begin_ns = c->point[0].at_ns;
	c->end_ns = c->point[c->npoints - 1].at_ns + c->step_ns;
}

/* The keys of a row but its time, and the number of a block: joined. */
static void
label(const struct result_table *t, const union result_value *row,
    char *to, size_t len)
{
	char	text[CALENDAR_LEN];
	size_t	i;

	to[0] = '\0';
	for (i = 0; i < t->ncolumns && t->column[i].key; i++) {
		if (t->column[i].type != RESULT_TEXT || t->column[i].minor)
			continue;
		if (to[0] != '\0')
			(void)strlcat(to, " ", len);
		(void)strlcat(to, result_format(&t->column[i], &row[i], text),
		    len);
	}
}

/* ---- a line for each group ---- */

bool
points_has_groups(const struct result_table *t)
{
	size_t	i;

	for (i = 0; i < t->ncolumns && t->column[i].key; i++)
		if (t->column[i].type == RESULT_TEXT)
			return (true);
	return (false);
}

/* A group, and its sum over time. */
struct line {
	const char	*name;
	uint64_t	 sum;
};

static int
by_sum(const void *a, const void *b)
{
	const struct line	*x = a, *y = b;

	if (x->sum != y->sum)
		return (x->sum < y->sum ? 1 : -1);
	return (strcmp(x->name, y->name));
}

/* Add up the rows of each name.  -1 with errno. */
static int
sum_lines(struct groups *g, const struct result_table *t, size_t column)
{
	char		 name[POINTS_LABEL];
	uint64_t	*sum;
	size_t		 i;

	for (i = 0; i < t->nrows; i++) {
		memset(name, 0, sizeof(name));
		label(t, result_row(t, i), name, sizeof(name));
		if ((sum = groups_get(g, (const uint8_t *)name)) == NULL)
			return (-1);
		*sum += known(&result_row(t, i)[column]);
	}
	return (0);
}

/* The lines, the largest first; the caller frees them.  NULL with errno. */
static struct line *
sort_lines(const struct groups *g)
{
	size_t		 i, n = groups_count(g);
	struct line	*l = calloc(n + 1, sizeof(*l));
	const uint64_t	*sum;

	for (i = 0; l != NULL && i < n; i++) {
		sum = groups_at(g, i);
		l[i].name = (const char *)groups_key(g, sum);
		l[i].sum = *sum;
	}
	if (l != NULL)
		qsort(l, n, sizeof(*l), by_sum);
	return (l);
}

/* As many as --top asks for, as far as lines can be told apart. */
static size_t
most_lines(const struct result *r)
{
	uint64_t	top = r->table == NULL ? 0 : r->table->top;

	return (top != 0 && top < CHART_SERIES_MAX ? (size_t)top :
	    CHART_SERIES_MAX);
}

static void
set_lines(struct points_time *to, const struct line *l, size_t n, size_t most)
{
	struct chart_time	*c = &to->chart;
	size_t			 i;

	c->lines = true;
	c->nseries = n < most ? n : most;
	c->nsmaller = n - c->nseries;
	for (i = 0; i < c->nseries; i++) {
		memcpy(to->name[i], l[i].name, POINTS_LABEL);
		c->name[i] = to->name[i];
	}
}

/* The largest groups become the series. */
static int
choose_lines(struct points_time *to, const struct result_table *t,
    size_t column, size_t most)
{
	struct groups	*g = groups_new(POINTS_LABEL, sizeof(uint64_t));
	struct line	*l = NULL;
	int		 rc = -1;

	if (g != NULL && sum_lines(g, t, column) == 0 &&
	    (l = sort_lines(g)) != NULL) {
		set_lines(to, l, groups_count(g), most);
		rc = 0;
	}
	free(l);
	groups_free(g);
	return (rc);
}

static void
set_line_points(const struct chart_time *c, const struct result_table *t,
    size_t column, struct chart_point *p)
{
	char	name[POINTS_LABEL];
	size_t	i, s;

	for (i = 0; i < t->nrows; i++) {
		label(t, result_row(t, i), name, sizeof(name));
		for (s = 0; s < c->nseries; s++)
			if (strcmp(c->name[s], name) == 0)
				p[i].value[s] =
				    known(&result_row(t, i)[column]);
	}
}

/* ---- over time ---- */

static void
set_points(struct chart_time *c, const struct result_table *t,
    const size_t column[CHART_SERIES_MAX], struct chart_point *p)
{
	size_t	i, s;

	for (s = 0; s < c->nseries; s++)
		c->name[s] = t->column[column[s]].title;
	for (i = 0; i < t->nrows; i++)
		for (s = 0; s < c->nseries; s++)
			p[i].value[s] = known(&result_row(t, i)[column[s]]);
}

int
points_time(struct points_time *to, const struct result *r,
    const struct result_table *t, const struct answer_view *v)
{
	struct chart_time	*c = &to->chart;
	size_t			 time = find_time(t), column[CHART_SERIES_MAX];
	size_t			 i;

	memset(to, 0, sizeof(*to));
	c->title = t->title;
	c->units = v->units;
	c->grain = t->column[time].grain;
	c->nseries = find_values(t, column);
	if (c->nseries > 0)
		c->type = t->column[column[0]].type;
	if ((to->point = calloc(t->nrows + 1, sizeof(*to->point))) == NULL)
		return (-1);
	for (i = 0; i < t->nrows; i++)
		to->point[i].at_ns = result_row(t, i)[time].number;
	if (!points_has_groups(t))
		set_points(c, t, column, to->point);
	else if (c->nseries > 0 && choose_lines(to, t, column[0],
	    most_lines(r)) == -1) {
		free(to->point);
		return (-1);
	} else
		set_line_points(c, t, column[0], to->point);
	c->point = to->point;
	c->npoints = merge(to->point, t->nrows);
	set_span(c, r);
	return (0);
}

void
points_bars(struct points_bars *b, const struct result_table *t,
    const struct answer_view *v)
{
	size_t	column[CHART_SERIES_MAX], nseries = find_values(t, column);
	size_t	i, s;

	memset(b, 0, sizeof(*b));
	b->chart.title = t->title;
	b->chart.units = v->units;
	b->chart.bar = b->bar;
	if (nseries > 0)
		b->chart.type = t->column[column[0]].type;
	for (i = 0; i < t->nrows && i < POINTS_BARS; i++) {
		label(t, result_row(t, i), b->label[i], sizeof(b->label[i]));
		b->bar[i].label = b->label[i];
		for (s = 0; s < nseries; s++)
			b->bar[i].value +=
			    known(&result_row(t, i)[column[s]]);
	}
	b->chart.n = i;
}
