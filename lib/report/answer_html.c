/*
 * An answer as a page that can be mailed: one file without scripts or external
 * resources.  Charts are SVG; below each is a table with its numbers, because
 * many mail readers remove the charts and some the styles.
 */
#include <stdlib.h>
#include <string.h>

#include "packet/coverage.h"
#include "answer_points.h"
#include "as_of.h"
#include "at_pace.h"
#include "units.h"

static const char	style[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;"
    "margin:0 auto;padding:1rem;background:#fff;color:#1f2328}"
    "h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}"
    "h2{font-size:1.15rem;margin:2rem 0 .5rem}"
    "p{margin:.25rem 0}"
    ".note{color:#57606a}"
    ".warn{border-left:4px solid #bc4c00;padding-left:.75rem}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem;"
    "font-variant-numeric:tabular-nums;margin-top:.5rem}"
    "th,td{padding:.3rem .35rem;text-align:left;"
    "border-bottom:1px solid #d0d7de}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    "td.k{overflow-wrap:anywhere;min-width:5.9rem}"
    "@media(min-width:640px){td.k{min-width:7.4rem}}"
    ".wide .m{display:none}"
    "tfoot td{border-bottom:0}"
    /* On a phone a row wraps: its keys, then its numbers below them. */
    "@media(max-width:480px){.m{display:none}"
    "table,thead,tbody,tfoot{display:block}"
    "tr{display:grid;grid-template-columns:repeat(60,minmax(0,1fr));"
    "padding:.3rem 0;border-bottom:1px solid #d0d7de}"
    "th,td{padding:0 .1rem;border:0}"
    "td.k,th.k{grid-column:span var(--k);min-width:0}"
    "td.n,th.n{grid-column:span var(--n)}"
    ".k+.n:not(.i),.i+.n:not(.i){grid-column:1/span var(--n)}"
    "td.i,th.i{grid-column:span var(--k);text-align:left}}"
    ".sum td{font-weight:600}"
    "@media(prefers-color-scheme:dark){"
    "body{background:#0d1117;color:#f0f6fc}"
    ".note{color:#9198a1}"
    ".warn{border-color:#f0883e}"
    "tr,th,td{border-color:#3d444d}}";

/* With so many keys there is no room for minor columns. */
#define WIDE		3

/* On a phone a row is this wide, and has so many keys or numbers in a line. */
#define PHONE_WIDTH	60
#define PHONE_KEYS	3
#define PHONE_NUMBERS	5

/* A chart with more points has no table: it would be too long for a mail. */
#define ROWS_MOST	48

struct page {
	struct out			*out;
	const struct result		*result;
	const struct answer_view	*view;
};

/* <tag>text</tag> */
static void
put_element(struct out *o, const char *tag, const char *attributes,
    const char *text)
{
	out_char(o, '<');
	out_str(o, tag);
	out_str(o, attributes);
	out_char(o, '>');
	chart_escape(o, text);
	out_str(o, "</");
	out_str(o, tag);
	out_str(o, ">\n");
}

/* ---- the head of the page ---- */

static void
put_title(const struct page *p)
{
	const struct result	*r = p->result;

	out_str(p->out, "Traffic of ");
	chart_escape(p->out, r->account);
	if (r->host[0] != '\0') {
		out_str(p->out, " on ");
		chart_escape(p->out, r->host);
	}
}

static void
put_head(const struct page *p)
{
	struct out	*o = p->out;

	out_str(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	put_title(p);
	out_str(o, "</title>\n<style>");
	out_str(o, style);
	chart_style(o);
	out_str(o, "</style>\n</head>\n<body>\n<h1>");
	put_title(p);
	out_str(o, "</h1>\n");
}

static void
put_period(const struct page *p)
{
	const struct result	*r = p->result;
	struct out		*o = p->out;
	char			 text[CALENDAR_LEN];

	if (r->question[0] != '\0')
		put_element(o, "p", "", r->question);
	if (r->blocks == 0) {
		put_element(o, "p", "", "Nothing was counted.");
		return;
	}
	out_str(o, "<p>");
	out_str(o, points_time_text(CALENDAR_INSTANT, r->begin_ns, text));
	out_str(o, " &ndash; ");
	out_str(o, points_time_text(CALENDAR_INSTANT, r->end_ns, text));
	out_char(o, ' ');
	chart_escape(o, r->zone);
	out_str(o, "</p>\n");
}

/* Answers come from files unless another source is named. */
static void
put_source(struct out *o, const struct result *r)
{
	if (strcmp(r->source, RESULT_FILES) == 0)
		return;
	out_str(o, "<p class=\"note\">Source: ");
	chart_escape(o, r->source);
	out_str(o, ", by ");
	chart_escape(o, r->grain);
	out_str(o, "</p>\n");
}

static void
put_as_of(struct out *o, const struct result *r)
{
	char	text[AS_OF_LEN];

	if (as_of(r, text))
		put_element(o, "p", " class=\"note\"", text);
}

static void
put_estimate(const struct page *p)
{
	char	text[AT_PACE_LEN];

	if (at_pace(p->result, p->view, text))
		put_element(p->out, "p", "", text);
}

/* What is missing from the numbers must be shown before them. */
static void
put_coverage(const struct page *p)
{
	const struct result	*r = p->result;
	const struct result_note *n;
	char			 text[COVERAGE_LEN];
	bool			 whole = ledger_dropped(&r->ledger) == 0 &&
				    r->ledger.v[LEDGER_GAPS] == 0 &&
				    r->ledger.v[LEDGER_GAP_NS] == 0;

	/* The sentence of the other formats: it knows blocks without counts. */
	if (r->blocks > 0)
		put_element(p->out, "p", whole ? " class=\"note\"" :
		    " class=\"warn\"", r->coverage[0] != '\0' ?
		    r->coverage : coverage_format(&r->ledger, text));
	if (r->damaged > 0)
		put_element(p->out, "p", " class=\"warn\"",
		    "Parts of the file are damaged and missing here.");
	put_source(p->out, r);
	put_as_of(p->out, r);
	for (n = r->note; n != NULL; n = n->next)
		put_element(p->out, "p", " class=\"note\"", n->text);
	if (r->interrupted)
		put_element(p->out, "p", " class=\"warn\"",
		    "Interrupted: only part of the data was read.");
}

/* ---- tables ---- */

static bool
is_number(const struct result_column *c)
{
	return (c->type != RESULT_TEXT && c->type != RESULT_TIME);
}

/*
 * Keys, numbers, numbers that are keys (i for identifier).  Minor columns are
 * hidden on narrow screens.
 */
static void
open_cell(const struct page *p, const char *tag, const struct result_column *c)
{
	out_char(p->out, '<');
	out_str(p->out, tag);
	out_str(p->out, !is_number(c) ? " class=\"k" : c->key ?
	    " class=\"n i" : " class=\"n");
	out_str(p->out, c->minor ? " m\"" : "\"");
}

static void
put_tenths(struct out *o, uint64_t millionths)
{
	uint64_t	tenths = (millionths + 500) / 1000;

	out_u64(o, tenths / 10);
	out_char(o, '.');
	out_u64(o, tenths % 10);
	out_str(o, " %");
}

/* The exact number is shown when the pointer is on the cell. */
static void
put_number(const struct page *p, const struct result_column *c, uint64_t v)
{
	char	text[AMOUNT_LEN];

	out_str(p->out, " title=\"");
	out_u64(p->out, v);
	out_str(p->out, "\">");
	out_str(p->out, units_short(c->type, p->view->units, v, text));
}

static void
put_value(const struct page *p, const struct result_column *c,
    const union result_value *v)
{
	char	text[CALENDAR_LEN];

	open_cell(p, "td", c);
	if (is_number(c) && c->type != RESULT_SHARE &&
	    v->number != RESULT_UNKNOWN)
		put_number(p, c, v->number);
	else
		out_char(p->out, '>');
	if (c->type == RESULT_TEXT)
		chart_escape(p->out, v->text);
	else if (v->number == RESULT_UNKNOWN)
		out_str(p->out, "&ndash;");
	else if (c->type == RESULT_TIME)
		out_str(p->out, points_time_text(c->grain, v->number, text));
	else if (c->type == RESULT_SHARE)
		put_tenths(p->out, v->number);
	out_str(p->out, "</td>");
}

/* A row of sums, with its name in place of the keys. */
static void
put_sums(const struct page *p, const struct result_table *t,
    const union result_value *row, const char *name)
{
	size_t	i;

	if (row == NULL)
		return;
	out_str(p->out, "<tr class=\"sum\">");
	for (i = 0; i < t->ncolumns; i++) {
		if (!t->column[i].key && is_number(&t->column[i])) {
			put_value(p, &t->column[i], &row[i]);
			continue;
		}
		open_cell(p, "td", &t->column[i]);
		out_char(p->out, '>');
		out_str(p->out, i == 0 ? name : "");
		out_str(p->out, "</td>");
	}
	out_str(p->out, "</tr>\n");
}

static void
put_part(const struct page *p, const struct result_table *t,
    const struct result_part *part, const char *name)
{
	put_sums(p, t, part->rest, "others");
	put_sums(p, t, part->sum, name);
}

/*
 * The width of one of n cells on a phone: all in one line, or in lines of
 * nearly the same length.
 */
static size_t
phone_width(size_t n, size_t most)
{
	size_t	lines = (n + most - 1) / most;

	return (n == 0 ? PHONE_WIDTH : PHONE_WIDTH / ((n + lines - 1) / lines));
}

static void
put_phone(const struct page *p, const struct result_table *t)
{
	size_t	i, keys = 0, numbers = 0;

	for (i = 0; i < t->ncolumns; i++)
		if (!t->column[i].minor && is_number(&t->column[i]) &&
		    !t->column[i].key)
			numbers++;
		else if (!t->column[i].minor)
			keys++;
	out_str(p->out, " style=\"--k:");
	out_u64(p->out, phone_width(keys, PHONE_KEYS));
	out_str(p->out, ";--n:");
	/* Rates, which are long, come only with many other numbers. */
	out_u64(p->out, phone_width(numbers, numbers > PHONE_NUMBERS ?
	    PHONE_NUMBERS - 1 : PHONE_NUMBERS));
	out_char(p->out, '"');
}

static void
put_header(const struct page *p, const struct result_table *t)
{
	size_t	i, keys = 0;

	while (keys < t->ncolumns && t->column[keys].key)
		keys++;
	out_str(p->out, "<div class=\"scroll\"><table");
	if (keys >= WIDE)
		out_str(p->out, " class=\"wide\"");
	put_phone(p, t);
	out_str(p->out, ">\n<thead><tr>");
	for (i = 0; i < t->ncolumns; i++) {
		open_cell(p, "th", &t->column[i]);
		out_char(p->out, '>');
		chart_escape(p->out, t->column[i].title);
		out_str(p->out, "</th>");
	}
	out_str(p->out, "</tr></thead>\n<tbody>\n");
}

static void
put_table(const struct page *p, const struct result_table *t)
{
	size_t	i, c;

	put_header(p, t);
	for (i = 0; i < t->nrows && out_error(p->out) == 0; i++) {
		if (t->divided && i == t->nlocal)
			put_part(p, t, &t->part[0], "local hosts");
		out_str(p->out, "<tr>");
		for (c = 0; c < t->ncolumns; c++)
			put_value(p, &t->column[c], &result_row(t, i)[c]);
		out_str(p->out, "</tr>\n");
	}
	if (t->divided && t->nrows <= t->nlocal)
		put_part(p, t, &t->part[0], "local hosts");
	if (t->divided)
		put_part(p, t, &t->part[1], "remote hosts");
	out_str(p->out, "</tbody>\n<tfoot>\n");
	put_sums(p, t, t->cut > 0 ? t->rest : NULL, "others");
	put_sums(p, t, t->total, "total");
	out_str(p->out, "</tfoot>\n</table></div>\n");
}

/* ---- sections ---- */

static int
put_time(const struct page *p, const struct result_table *t)
{
	struct points_time	points;

	if (points_time(&points, p->result, t, p->view) == -1)
		return (-1);
	chart_time(p->out, &points.chart, false);
	free(points.point);
	return (0);
}

static int
put_bars(const struct page *p, const struct result_table *t)
{
	struct points_bars	*b;

	if ((b = malloc(sizeof(*b))) == NULL)
		return (-1);
	points_bars(b, t, p->view);
	if (b->chart.n > 0)
		chart_bars(p->out, &b->chart, false);
	free(b);
	return (0);
}

/* Bars compare rows: a table of sums or with one row has none. */
static bool
has_bars(const struct result_table *t)
{
	return (t->ncolumns > 0 && t->column[0].key && t->nrows > 1);
}

static int
put_section(const struct page *p, const struct result_table *t, bool missing)
{
	int	rc = 0;

	put_element(p->out, "h2", "", t->title);
	if (!missing && points_has_time(t))
		rc = put_time(p, t);
	else if (!missing && has_bars(t))
		rc = put_bars(p, t);
	if (rc == 0 && (t == p->result->table || t->nrows <= ROWS_MOST ||
	    missing))
		put_table(p, t);
	return (rc);
}

/* Skip an overview that has the same columns as the answer and no more rows. */
static bool
is_repeated(const struct result *r, const struct result_table *t)
{
	const struct result_table	*a = r->table;
	size_t				 i;

	if (t == a || t->ncolumns != a->ncolumns || a->cut + a->nrows <
	    t->nrows)
		return (false);
	for (i = 0; i < t->ncolumns; i++)
		if (strcmp(t->column[i].name, a->column[i].name) != 0)
			return (false);
	return (true);
}

/* Traffic over time comes first, then the answer, then the other tables. */
static int
put_tables(const struct page *p)
{
	const struct result		*r = p->result;
	const struct result_table	*missing, *series, *t;
	int				 rc = 0;

	missing = result_find(r, RESULT_MISSING);
	series = result_find(r, RESULT_SERIES);
	if (series == r->table)
		series = NULL;
	if (series != NULL && series->nrows > 0 &&
	    !points_has_time(r->table))
		rc = put_section(p, series, false);
	for (t = r->table; t != NULL && rc == 0; t = t->next)
		if (t->nrows > 0 && t != series && !is_repeated(r, t))
			rc = put_section(p, t, t == missing);
	return (rc);
}

static int
html_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct page	p = { o, r, v };
	int			rc = 0;

	put_head(&p);
	put_period(&p);
	put_estimate(&p);
	put_coverage(&p);
	if (r->table != NULL)
		rc = put_tables(&p);
	out_str(o, "</body>\n</html>\n");
	return (rc);
}

const struct answer_ops	answer_html = {
	"html", ANSWER_WANTS_SERIES | ANSWER_WANTS_OVERVIEW |
	    ANSWER_WANTS_PARTS, html_write
};
