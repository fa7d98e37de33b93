/*
 * Traffic over time in the terminal, as wide as it is: columns of block
 * characters, or of ASCII if the locale has none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/printable.h"
#include "packet/coverage.h"
#include "answer_points.h"
#include "as_of.h"
#include "units.h"

#define ROWS		10	/* lines of the plot */
#define LINE_ROWS	3	/* ... of each of several */
#define LEVELS		8	/* of fill in one character */
#define MARGIN		13	/* left of the plot */
#define WIDTH_LEAST	40
#define WIDTH_DEFAULT	80
#define PERIOD_COLUMNS	6	/* maximum width of one period */

/* The characters from empty to full, and those of the axes. */
struct glyphs {
	const char	*level[LEVELS + 1];
	const char	*side;
	const char	*corner;
	const char	*floor;
};

static const struct glyphs	blocks = {
	{ " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586",
	    "\u2587", "\u2588" },
	"\u2502", "\u2514", "\u2500"
};
static const struct glyphs	ascii = {
	{ " ", " ", ".", ".", ":", ":", "|", "|", "#" }, "|", "+", "-"
};

struct graph {
	struct out		*out;
	const struct chart_time	*c;
	const struct glyphs	*glyphs;
	size_t			 columns;	/* available for the plot */
	size_t			 used;		/* of these, those in use */
	uint64_t		 step_ns;	/* of a period */
	uint64_t		 periods;
	uint64_t		 each;		/* periods per column, or ... */
	size_t			 wide;		/* ... columns per period */
	uint64_t		*value;		/* of each column */
	uint64_t		 most;
	size_t			 rows;		/* lines of a plot */
};

/* Days and months differ in length: round to the nearest period. */
static uint64_t
period_of(const struct graph *g, uint64_t at_ns)
{
	uint64_t	since = at_ns < g->c->begin_ns ? 0 :
			    at_ns - g->c->begin_ns;

	return ((since + g->step_ns / 2) / g->step_ns);
}

static void
measure(struct graph *g)
{
	g->step_ns = g->c->grain == CALENDAR_MONTH ?
	    UINT64_C(2629800) * NS_PER_S : g->c->step_ns;
	g->periods = period_of(g, g->c->end_ns);
	if (g->periods == 0)
		g->periods = 1;
	g->each = (g->periods + g->columns - 1) / g->columns;
	g->wide = (size_t)(g->columns / g->periods);
	if (g->wide == 0)
		g->wide = 1;
	if (g->wide > PERIOD_COLUMNS)
		g->wide = PERIOD_COLUMNS;
	g->used = (size_t)((g->periods + g->each - 1) / g->each) * g->wide;
}

/* Series from `first' to before `end' are added. */
static void
add_point(struct graph *g, const struct chart_point *p, size_t first,
    size_t end)
{
	size_t	at = (size_t)(period_of(g, p->at_ns) / g->each) * g->wide;
	size_t	i, s;

	for (i = at; i < at + g->wide && i < g->used; i++) {
		for (s = first; s < end; s++)
			g->value[i] += p->value[s];
		if (g->value[i] > g->most)
			g->most = g->value[i];
	}
}

static void
add_points(struct graph *g, size_t first, size_t end)
{
	size_t	i;

	memset(g->value, 0, g->used * sizeof(*g->value));
	for (i = 0; i < g->c->npoints; i++)
		add_point(g, &g->c->point[i], first, end);
}

/* How far, in LEVELS, the character in this row (0: lowest) is filled. */
static unsigned int
level(const struct graph *g, uint64_t v, size_t row)
{
	uint64_t	most = g->most, eighths;

	for (; most >> 48 != 0; most >>= 1)
		v >>= 1;
	eighths = most == 0 ? 0 : (v * g->rows * LEVELS + most - 1) / most;
	if (eighths <= row * LEVELS)
		return (0);
	eighths -= row * LEVELS;
	return (eighths < LEVELS ? (unsigned int)eighths : LEVELS);
}

static void
put_margin(struct graph *g, const char *text, const char *side)
{
	size_t	len = strlen(text);

	for (; len + 2 < MARGIN; len++)
		out_char(g->out, ' ');
	out_str(g->out, text);
	out_char(g->out, ' ');
	out_str(g->out, side);
}

static void
put_row(struct graph *g, size_t row)
{
	char		text[AMOUNT_LEN] = "";
	size_t		i, end = g->used;

	if (row == g->rows - 1)
		units_short(g->c->type, g->c->units, g->most, text);
	put_margin(g, text, g->glyphs->side);
	while (end > 0 && level(g, g->value[end - 1], row) == 0)
		end--;
	for (i = 0; i < end; i++)
		out_str(g->out, g->glyphs->level[level(g, g->value[i], row)]);
	out_char(g->out, '\n');
}

static void
put_floor(struct graph *g)
{
	char		 first[CALENDAR_LEN], last[CALENDAR_LEN];
	uint64_t	 end = g->c->end_ns - g->c->step_ns;
	size_t		 i, len;

	put_margin(g, "0", g->glyphs->corner);
	for (i = 0; i < g->used; i++)
		out_str(g->out, g->glyphs->floor);
	out_char(g->out, '\n');
	put_margin(g, "", "");
	out_char(g->out, ' ');
	len = strlen(points_time_text(g->c->grain, g->c->begin_ns, first));
	out_str(g->out, first);
	if (end > g->c->begin_ns) {
		len += strlen(points_time_text(g->c->grain, end, last));
		do
			out_char(g->out, ' ');
		while (++len < g->used);
		out_str(g->out, last);
	}
	out_char(g->out, '\n');
}

/* How much time a column covers. */
static void
put_step(struct graph *g)
{
	uint64_t	ns = g->step_ns * g->each, seconds = ns / NS_PER_S;

	if (g->each == 1 && g->c->grain != CALENDAR_INSTANT) {
		out_str(g->out, calendar_name(g->c->grain));
		return;
	}
	if (seconds == 0) {
		out_u64(g->out, (ns + NS_PER_MS - 1) / NS_PER_MS);
		out_str(g->out, " ms");
		return;
	}
	out_u64(g->out, seconds % 3600 == 0 ? seconds / 3600 :
	    seconds % 60 == 0 ? seconds / 60 : seconds);
	out_str(g->out, seconds % 3600 == 0 ? " h" :
	    seconds % 60 == 0 ? " min" : " s");
}

/* What the numbers are of, and what is not drawn. */
static void
put_title(struct graph *g)
{
	out_str(g->out, g->c->title);
	if (g->c->type != RESULT_RATE) {
		out_str(g->out, ", per ");
		put_step(g);
	}
	if (g->c->nsmaller > 0) {
		out_str(g->out, "; the largest ");
		out_u64(g->out, g->c->nseries);
		out_str(g->out, " of ");
		out_u64(g->out, g->c->nseries + g->c->nsmaller);
	}
	out_str(g->out, "\n\n");
}

static void
put_rows(struct graph *g)
{
	size_t	row;

	for (row = g->rows; row > 0; row--)
		put_row(g, row - 1);
}

/* In and out are added: a terminal cannot show two shapes well. */
static void
draw_whole(struct graph *g)
{
	g->rows = ROWS;
	add_points(g, 0, g->c->nseries);
	put_rows(g);
}

/* The name, which may be a stranger's, and what the series adds up to. */
static void
put_name(struct graph *g, size_t series)
{
	const char	*name = g->c->name[series];
	char		 text[AMOUNT_LEN];
	uint64_t	 sum = 0;
	size_t		 i;

	for (i = 0; i < g->c->npoints; i++)
		sum += g->c->point[i].value[series];
	out_char(g->out, ' ');
	for (; *name != '\0'; name++)
		out_char(g->out, is_printable(*name) ? *name : '?');
	if (g->c->type != RESULT_RATE) {
		out_str(g->out, ": ");
		out_str(g->out, units_short(g->c->type, g->c->units, sum,
		    text));
	}
	out_char(g->out, '\n');
}

/* One plot below the other, all on one scale. */
static void
draw_lines(struct graph *g)
{
	size_t	s;

	g->rows = LINE_ROWS;
	for (s = 0; s < g->c->nseries; s++)
		add_points(g, s, s + 1);
	for (s = 0; s < g->c->nseries; s++) {
		put_name(g, s);
		add_points(g, s, s + 1);
		put_rows(g);
	}
}

static int
draw(struct graph *g)
{
	measure(g);
	if ((g->value = calloc(g->used, sizeof(*g->value))) == NULL)
		return (-1);
	put_title(g);
	if (g->c->lines)
		draw_lines(g);
	else
		draw_whole(g);
	put_floor(g);
	free(g->value);
	return (0);
}

/* What the numbers lack, how new they are, and the notes. */
static void
put_foot(struct out *o, const struct result *r)
{
	const struct result_note	*n;
	char				 text[COVERAGE_LEN], when[AS_OF_LEN];

	out_char(o, '\n');
	out_str(o, r->coverage[0] != '\0' ? r->coverage :
	    coverage_format(&r->ledger, text));
	out_char(o, '\n');
	if (as_of(r, when)) {
		out_str(o, when);
		out_char(o, '\n');
	}
	for (n = r->note; n != NULL; n = n->next) {
		out_str(o, n->text);
		out_char(o, '\n');
	}
}

static int
graph_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct result_table	*t = points_table(r);
	struct graph			 g = { 0 };
	struct points_time		 p;
	size_t				 width = v->width;
	int				 rc;

	if (t == NULL || t->nrows == 0)
		return (0);
	if (points_time(&p, r, t, v) == -1)
		return (-1);
	if (width < WIDTH_LEAST)
		width = width == 0 ? WIDTH_DEFAULT : WIDTH_LEAST;
	g.out = o;
	g.c = &p.chart;
	g.glyphs = v->utf8 ? &blocks : &ascii;
	g.columns = width - MARGIN;
	rc = draw(&g);
	free(p.point);
	if (rc == 0)
		put_foot(o, r);
	return (rc);
}

const struct answer_ops	answer_graph = {
	"graph", ANSWER_WANTS_SERIES | ANSWER_WANTS_LINES, graph_write
};
