/*
 * Charts as SVG.  Coordinates are integers, tenths of a unit of the view box:
 * the same chart has the same octets on every machine and in every locale.
 */
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "chart.h"
#include "units.h"

/* In units of the view box; on narrow screens text is enlarged (see style). */
#define WIDTH		UINT64_C(640)
#define LEFT		UINT64_C(88)
#define RIGHT		(WIDTH - 12)
#define TOP		UINT64_C(26)
#define BOTTOM		UINT64_C(222)
#define HEIGHT		UINT64_C(258)
#define BAR_HEIGHT	UINT64_C(40)
#define LABELS		UINT64_C(6)

/* Names of lines stand below the chart, two beside each other. */
#define LEGEND_X(n)	((n) % 2 == 0 ? UINT64_C(12) : WIDTH / 2)
#define LEGEND_Y(n)	(HEIGHT + (uint64_t)(n) / 2 * 24)

/* The most columns that can be told apart at this width. */
#define COLUMNS		(RIGHT - LEFT)

static const char	style[] =
    ".chart{width:100%;height:auto;font-family:system-ui,sans-serif;"
    "font-size:13px}"
    ".chart text{fill:#57606a}"
    ".chart .label{fill:#1f2328}"
    ".chart .line{stroke:#d0d7de}"
    ".chart .s0{fill:#0969da}"
    ".chart .s1{fill:#bc4c00}"
    ".chart .s2{fill:#1a7f37}.chart .s3{fill:#8250df}"
    ".chart .s4{fill:#bf3989}.chart .s5{fill:#6e7781}"
    ".chart .l0{stroke:#0969da}.chart .l1{stroke:#bc4c00}"
    ".chart .l2{stroke:#1a7f37}.chart .l3{stroke:#8250df}"
    ".chart .l4{stroke:#bf3989}.chart .l5{stroke:#6e7781}"
    "@media(max-width:480px){.chart{font-size:20px}"
    ".chart .minor{display:none}}"
    "@media(prefers-color-scheme:dark){"
    ".chart text{fill:#9198a1}"
    ".chart .label{fill:#f0f6fc}"
    ".chart .line{stroke:#3d444d}"
    ".chart .s0{fill:#58a6ff}"
    ".chart .s1{fill:#f0883e}"
    ".chart .s2{fill:#3fb950}.chart .s3{fill:#a371f7}"
    ".chart .s4{fill:#f778ba}.chart .s5{fill:#9198a1}"
    ".chart .l0{stroke:#58a6ff}.chart .l1{stroke:#f0883e}"
    ".chart .l2{stroke:#3fb950}.chart .l3{stroke:#a371f7}"
    ".chart .l4{stroke:#f778ba}.chart .l5{stroke:#9198a1}}";

/* The same colours for readers that ignore styles. */
static const char	*const colours[CHART_SERIES_MAX] = {
	"#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#6e7781"
};

void
chart_style(struct out *o)
{
	out_str(o, style);
}

void
chart_escape(struct out *o, const char *text)
{
	static const struct {
		char		 c;
		const char	*entity;
	} entities[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};
	size_t	i;

	for (; *text != '\0'; text++) {
		for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
			if (entities[i].c == *text)
				break;
		if (i < sizeof(entities) / sizeof(entities[0]))
			out_str(o, entities[i].entity);
		else
			out_char(o, is_printable(*text) ? *text : '?');
	}
}

/* ---- pieces ---- */

static void
put_tenths(struct out *o, uint64_t tenths)
{
	out_u64(o, tenths / 10);
	if (tenths % 10 != 0) {
		out_char(o, '.');
		out_char(o, (char)('0' + tenths % 10));
	}
}

static void
put_attribute(struct out *o, const char *name, uint64_t tenths)
{
	out_char(o, ' ');
	out_str(o, name);
	out_str(o, "=\"");
	put_tenths(o, tenths);
	out_char(o, '"');
}

static void
open_svg(struct out *o, const char *title, uint64_t height, bool alone)
{
	out_str(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\""
	    " role=\"img\" viewBox=\"0 0 640 ");
	out_u64(o, height);
	out_char(o, '"');
	if (alone) {
		put_attribute(o, "width", WIDTH * 10);
		put_attribute(o, "height", height * 10);
	}
	out_str(o, " font-family=\"sans-serif\" font-size=\"13\">\n<title>");
	chart_escape(o, title);
	out_str(o, "</title>\n");
	if (alone) {
		out_str(o, "<style>");
		chart_style(o);
		out_str(o, "@media(prefers-color-scheme:dark)"
		    "{.chart{background:#0d1117}}</style>\n");
	}
}

static void
put_text(struct out *o, uint64_t x, uint64_t y, const char *attributes,
    const char *text)
{
	out_str(o, "<text");
	put_attribute(o, "x", x);
	put_attribute(o, "y", y);
	out_char(o, ' ');
	out_str(o, attributes);
	out_char(o, '>');
	chart_escape(o, text);
	out_str(o, "</text>\n");
}

/* The colour of a series, as an area or as a line. */
static void
put_class(struct out *o, size_t series, bool line)
{
	out_str(o, line ? " class=\"l" : " class=\"s");
	out_u64(o, series);
	out_str(o, line ? "\" fill=\"none\" stroke-width=\"2\" stroke=\"" :
	    "\" fill=\"");
	out_str(o, colours[series % CHART_SERIES_MAX]);
	out_char(o, '"');
}

/* a * b / c for a <= c, without overflow; b is small. */
static uint64_t
scale(uint64_t a, uint64_t b, uint64_t c)
{
	for (; c >> 48 != 0; c >>= 1)
		a >>= 1;
	return (c == 0 ? 0 : a * b / c);
}

/* ---- over time ---- */

/*
 * The layout of a chart over time.  Series are stacked; if there are too many
 * points, neighbours share a column.
 */
struct plot {
	const struct chart_time	*c;
	size_t			 each;		/* points per column */
	uint64_t		 step;		/* of the y axis's marks */
	uint64_t		 top;		/* the highest mark */
};

/* The sum of the series up to this one if they are stacked; or its own. */
static uint64_t
column_value(const struct plot *p, size_t i, size_t series)
{
	uint64_t	sum = 0;
	size_t		end = i + p->each, s;

	for (; i < end && i < p->c->npoints; i++)
		for (s = p->c->lines ? series : 0; s <= series; s++)
			sum += p->c->point[i].value[s];
	return (sum);
}

static void
measure(struct plot *p, const struct chart_time *c)
{
	uint64_t	most = 0, v;
	size_t		i, s;

	p->c = c;
	p->each = c->npoints / COLUMNS + 1;
	for (i = 0; i < c->npoints; i += p->each)
		for (s = 0; s < c->nseries; s++)
			if ((v = column_value(p, i, s)) > most)
				most = v;
	p->step = units_step(c->type, c->units, most);
	p->top = most / p->step * p->step;
	if (p->top < most || p->top == 0)
		p->top = p->top > UINT64_MAX - p->step ? UINT64_MAX :
		    p->top + p->step;
}

/* Tenths from the left of a time, which is clipped to the axis. */
static uint64_t
x_of(const struct chart_time *c, uint64_t ns)
{
	if (ns <= c->begin_ns || c->end_ns <= c->begin_ns)
		return (LEFT * 10);
	if (ns >= c->end_ns)
		return (RIGHT * 10);
	return (LEFT * 10 + scale(ns - c->begin_ns, (RIGHT - LEFT) * 10,
	    c->end_ns - c->begin_ns));
}

static uint64_t
y_of(const struct plot *p, uint64_t v)
{
	return (BOTTOM * 10 - scale(v, (BOTTOM - TOP) * 10, p->top));
}

static void
put_axis(struct out *o, const struct plot *p)
{
	const struct chart_time	*c = p->c;
	char			 text[AMOUNT_LEN];
	uint64_t		 v, y;

	for (v = 0; v <= p->top; v += p->step) {
		y = y_of(p, v);
		out_str(o, "<path class=\"line\" stroke=\"#d0d7de\" d=\"M");
		put_tenths(o, LEFT * 10);
		out_char(o, ' ');
		put_tenths(o, y);
		out_str(o, "H");
		put_tenths(o, RIGHT * 10);
		out_str(o, "\"/>\n");
		put_text(o, (LEFT - 8) * 10, y + 45,
		    "text-anchor=\"end\" fill=\"#57606a\"",
		    units_short(c->type, c->units, v, text));
		if (v > UINT64_MAX - p->step)
			break;
	}
}

/* The end of the column that begins with point i. */
static uint64_t
column_end(const struct plot *p, size_t i)
{
	const struct chart_time	*c = p->c;
	size_t			 last = i + p->each - 1;
	uint64_t		 end;

	if (last >= c->npoints)
		last = c->npoints - 1;
	end = c->point[last].at_ns + c->step_ns;
	if (last + 1 < c->npoints && c->point[last + 1].at_ns < end)
		end = c->point[last + 1].at_ns;
	return (end);
}

/* The columns of a series as one shape, which falls to 0 between them. */
static void
put_series(struct out *o, const struct plot *p, size_t series)
{
	const struct chart_time	*c = p->c;
	uint64_t		 left, right = 0;
	size_t			 i;

	out_str(o, "<path");
	put_class(o, series, c->lines);
	out_str(o, " d=\"");
	for (i = 0; i < c->npoints; i += p->each) {
		left = x_of(c, c->point[i].at_ns);
		if (left != right) {
			out_str(o, right == 0 ? "M" : "V");
			put_tenths(o, right == 0 ? left : BOTTOM * 10);
			out_str(o, right == 0 ? " " : "H");
			put_tenths(o, right == 0 ? BOTTOM * 10 : left);
		}
		out_char(o, 'V');
		put_tenths(o, y_of(p, column_value(p, i, series)));
		right = x_of(c, column_end(p, i));
		out_char(o, 'H');
		put_tenths(o, right);
	}
	if (c->npoints > 0) {
		out_char(o, 'V');
		put_tenths(o, BOTTOM * 10);
		if (!c->lines)
			out_char(o, 'Z');
	}
	out_str(o, "\"/>\n");
}

/*
 * Reduce the text of a time, 2026-11-21T14:00:00, to what differs between
 * neighbours: month and day, or hour and minute, or with seconds too.
 */
static void
shorten(const struct chart_time *c, char text[CALENDAR_LEN])
{
	bool	days = c->end_ns - c->begin_ns > UINT64_C(172800000000000);
	bool	seconds = !days && c->step_ns < UINT64_C(60000000000);
	size_t	len = seconds ? 8 : 5;

	memmove(text, text + (days ? 5 : 11), len);
	text[len] = '\0';
}

/* A label of the x axis. */
static void
put_label(struct out *o, const struct chart_time *c, size_t i, bool minor)
{
	char	text[CALENDAR_LEN];

	calendar_format(c->grain, c->point[i].at_ns, text);
	if (calendar_has_clock(c->grain))
		shorten(c, text);
	put_text(o, x_of(c, c->point[i].at_ns), (BOTTOM + 24) * 10, minor ?
	    "class=\"minor\" fill=\"#57606a\"" : "fill=\"#57606a\"", text);
}

/* No label starts in the last sixth of the width: it would be cut off. */
static void
put_labels(struct out *o, const struct chart_time *c)
{
	size_t		i, n = 0;
	uint64_t	x, next = 0;

	for (i = 0; i < c->npoints; i++) {
		x = x_of(c, c->point[i].at_ns);
		if (x < next || x > (RIGHT - 70) * 10)
			continue;
		put_label(o, c, i, n++ % 2 == 1);
		next = x + (RIGHT - LEFT) * 10 / LABELS;
	}
}

/* Where smaller lines are left out, the legend says so, as its last name. */
static void
put_smaller(struct out *o, const struct chart_time *c)
{
	char	text[40];

	if (c->nsmaller == 0)
		return;
	(void)snprintf(text, sizeof(text), "and %zu smaller", c->nsmaller);
	put_text(o, LEGEND_X(c->nseries) * 10,
	    (LEGEND_Y(c->nseries) + 11) * 10, "fill=\"#57606a\"", text);
}

static void
put_legend(struct out *o, const struct chart_time *c)
{
	uint64_t	x, y;
	size_t		s;

	if (c->nseries < 2 && !c->lines)
		return;
	for (s = 0; s < c->nseries; s++) {
		x = c->lines ? LEGEND_X(s) : LEFT + s * 150;
		y = c->lines ? LEGEND_Y(s) : 4;
		out_str(o, "<rect");
		put_attribute(o, "y", y * 10);
		out_str(o, " width=\"12\" height=\"12\"");
		put_attribute(o, "x", x * 10);
		put_class(o, s, false);
		out_str(o, "/>\n");
		put_text(o, (x + 18) * 10, (y + 11) * 10,
		    "class=\"label\" fill=\"#1f2328\"", c->name[s]);
	}
	put_smaller(o, c);
}

void
chart_time(struct out *o, const struct chart_time *c, bool alone)
{
	struct plot	p;
	size_t		s;

	measure(&p, c);
	open_svg(o, c->title, c->lines ? LEGEND_Y(c->nseries +
	    (c->nsmaller > 0) + 1) : HEIGHT, alone);
	put_axis(o, &p);
	for (s = c->nseries; s > 0; s--)
		put_series(o, &p, s - 1);
	put_labels(o, c);
	put_legend(o, c);
	out_str(o, "</svg>\n");
}

/* ---- bars ---- */

/* So many characters leave space for the value on a phone, too. */
#define BAR_LABEL	44

/* Cut the middle of a long label: its beginning and its end tell most. */
static const char *
fit_label(const char *label, char buf[BAR_LABEL + 1])
{
	size_t	len = strlen(label), half = (BAR_LABEL - 3) / 2;

	/* What is not ASCII is replaced anyway: octets are characters. */
	if (len <= BAR_LABEL)
		return (label);
	(void)snprintf(buf, BAR_LABEL + 1, "%.*s...%s", (int)half, label,
	    label + len - half);
	return (buf);
}

static void
put_bar(struct out *o, const struct chart_bars *c, size_t i, uint64_t most)
{
	const struct chart_bar	*b = &c->bar[i];
	char			 text[AMOUNT_LEN], cut[BAR_LABEL + 1];
	uint64_t		 y = i * BAR_HEIGHT * 10;
	uint64_t		 width = scale(b->value, WIDTH * 10, most);

	put_text(o, 0, y + 180, "class=\"label\" fill=\"#1f2328\"",
	    fit_label(b->label, cut));
	put_text(o, WIDTH * 10, y + 180,
	    "text-anchor=\"end\" fill=\"#57606a\"",
	    units_short(c->type, c->units, b->value, text));
	out_str(o, "<rect height=\"10\"");
	put_attribute(o, "y", y + 240);
	put_attribute(o, "width", b->value > 0 && width < 10 ? 10 : width);
	put_class(o, 0, false);
	out_str(o, "/>\n");
}

void
chart_bars(struct out *o, const struct chart_bars *c, bool alone)
{
	uint64_t	most = 1;
	size_t		i;

	for (i = 0; i < c->n; i++)
		if (c->bar[i].value > most)
			most = c->bar[i].value;
	open_svg(o, c->title, (c->n == 0 ? 1 : c->n) * BAR_HEIGHT, alone);
	for (i = 0; i < c->n; i++)
		put_bar(o, c, i, most);
	out_str(o, "</svg>\n");
}
