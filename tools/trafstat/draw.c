/*
 * Draws the screen of trafstat --top: a title, the sum, a header, and one
 * line per row, as many as fit.
 */
#include "config.h"

#include <curses.h>
#include <string.h>
#include <time.h>

#include "base/amount.h"
#include "base/plural.h"
#include "screen.h"

/* Widths in columns; the label gets the rest of a line. */
#define RATE_WIDTH	8
#define TOTAL_WIDTH	9
#define BAR_WIDTH	8
#define BAR_WIDE	20
#define WIDE		100	/* columns from which bars are wide */
#define PAIRS_WIDE	80	/* and from which pairs have all rates */
#define LABEL_LEAST	12

static const char *const	view_names[TOP_KINDS] = {
	[CONTROL_BY_HOST] = "hosts", [CONTROL_BY_PAIR] = "pairs",
	[CONTROL_BY_SERVICE] = "services",
	[CONTROL_BY_PROTOCOL] = "protocols",
	[TOP_OWNERS] = "owners", [TOP_PROGRAMS] = "programs",
	[TOP_USERS] = "users", [TOP_UNITS] = "units",
	[TOP_CONTAINERS] = "containers",
};

/* At most 7 columns: "12.3M", "999", "1.02G".  Returns buf. */
static char *
short_number(double v, char buf[AMOUNT_LEN])
{
	return (amount_scaled(v, "", "", buf));
}

static char *
scaled(const struct screen *s, double bytes, char buf[AMOUNT_LEN])
{
	return (short_number(s->bits ? 8 * bytes : bytes, buf));
}

static void
put_title(const struct screen *s)
{
	char		clock[16] = "";
	time_t		t = time(NULL);
	struct tm	tm;

	if (localtime_r(&t, &tm) != NULL)
		(void)strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	attron(A_BOLD);
	mvprintw(0, 0, "%s: %s", s->only == -1 ? rates_sources(s->rates) == 1 ?
	    rates_source(s->rates, 0) : "all interfaces" :
	    rates_source(s->rates, (size_t)s->only), view_names[s->by]);
	attroff(A_BOLD);
	if (s->filter[0] != '\0' || s->typing)
		printw("  /%s%s", s->filter, s->typing ? "_" : "");
	if (s->paused)
		printw("  [paused]");
	if (COLS > 40)
		mvprintw(0, COLS - 17, "%s  ? help", clock);
}

static void
put_sum(const struct screen *s)
{
	char	a[AMOUNT_LEN], b[AMOUNT_LEN], c[AMOUNT_LEN], d[AMOUNT_LEN];

	if (s->sum.alive == 0)
		mvprintw(1, 0, "%.*s", COLS - 1, rates_error(s->rates));
	else
		mvprintw(1, 0, "all %s  %s  %s %s  %s packets/s  %llu row%s",
		    scaled(s, s->sum.bytes[TOP_SPAN_2], a),
		    scaled(s, s->sum.bytes[TOP_SPAN_10], b),
		    scaled(s, s->sum.bytes[TOP_SPAN_40], c),
		    s->bits ? "bit/s" : "B/s", short_number(s->sum.packets, d),
		    (unsigned long long)s->sum.rows, plural(s->sum.rows));
}

/*
 * On a narrow screen the two addresses of a pair need the columns of two rates
 * and of the bar: only the rate that orders the rows is shown.
 */
static bool
is_narrow(const struct screen *s)
{
	return (s->by == CONTROL_BY_PAIR && COLS < PAIRS_WIDE);
}

static bool
is_shown(const struct screen *s, int span)
{
	int	chosen = s->order == TOP_BY_TOTAL ? TOP_SPAN_10 :
		    (int)s->order;

	return (!is_narrow(s) || span == chosen);
}

static int
rates_width(const struct screen *s)
{
	return ((is_narrow(s) ? 1 : TOP_SPANS) * RATE_WIDTH);
}

/* Is there room for a column with the bytes that a host has sent? */
static bool
has_sent(const struct screen *s)
{
	return ((s->by == CONTROL_BY_HOST || owned_is(s->by)) && COLS >= WIDE);
}

static int
totals_width(const struct screen *s)
{
	return (has_sent(s) ? 2 * TOTAL_WIDTH : TOTAL_WIDTH);
}

static int
bar_width(const struct screen *s)
{
	int	left = COLS - rates_width(s) - totals_width(s) - LABEL_LEAST -
		    1;

	if (COLS >= WIDE)
		return (BAR_WIDE);
	return (left < BAR_WIDTH || is_narrow(s) ? 0 : BAR_WIDTH);
}

static int
label_width(const struct screen *s)
{
	int	w = COLS - rates_width(s) - totals_width(s) - bar_width(s) - 1;

	return (w < LABEL_LEAST ? LABEL_LEAST : w);
}

static void
put_header(const struct screen *s)
{
	static const char *const	titles[TOP_ORDERS] = { "2s", "10s",
	    "40s", "Total" };
	int				i, x = label_width(s);

	attron(A_REVERSE);
	mvhline(2, 0, ' ', COLS);
	mvprintw(2, 0, "%s", s->bits ? "bit/s" : "bytes/s");
	for (i = 0; i < TOP_ORDERS; i++) {
		if (i != TOP_BY_TOTAL && !is_shown(s, i))
			continue;
		x += i == TOP_BY_TOTAL ? TOTAL_WIDTH : RATE_WIDTH;
		mvprintw(2, x - (int)strlen(titles[i]) - 1, "%c%s",
		    (int)s->order == i ? '*' : ' ', titles[i]);
	}
	if (has_sent(s))
		mvprintw(2, x, "%*s", TOTAL_WIDTH, "Sent");
	attroff(A_REVERSE);
}

static double
weight(const struct screen *s, const struct top_row *row)
{
	return (s->order == TOP_BY_TOTAL ? (double)row->total :
	    row->rate[s->order]);
}

static void
put_bar(const struct screen *s, int y, const struct top_row *row)
{
	double	most = s->rows.n > 0 ? weight(s, &s->rows.row[0]) : 0;
	int	i, width = bar_width(s) - 1;
	int	n = most > 0 ? (int)(weight(s, row) / most * width + 0.5) : 0;

	if (width < 1)
		return;
	move(y, COLS - width);
	for (i = 0; i < n && i < width; i++)
		addstr(s->utf8 ? "\xe2\x96\x88" : "#");
}

static void
put_row(const struct screen *s, int y, const struct top_row *row)
{
	char	label[TOP_LABEL_LEN], text[AMOUNT_LEN];
	int	i, w = label_width(s);

	(void)top_label(s->names, rates_owners(s->rates), s->by, &row->key,
	    label);
	if ((int)strlen(label) > w - 1)
		(void)strlcpy(label + w - 2, "~", 2);
	mvaddstr(y, 0, label);
	for (i = 0; i < TOP_SPANS; i++)
		if (is_shown(s, i)) {
			mvprintw(y, w, "%*s", RATE_WIDTH, scaled(s,
			    row->rate[i], text));
			w += RATE_WIDTH;
		}
	mvprintw(y, w, "%*s", TOTAL_WIDTH, short_number((double)row->total,
	    text));
	if (has_sent(s))
		printw("%*s", TOTAL_WIDTH, short_number((double)row->sent,
		    text));
	put_bar(s, y, row);
}

static void
put_help(void)
{
	static const char *const	text[] = {
		"h hosts   p pairs   s services   r protocols",
		"o owners  g programs   u users   U units   c containers",
		"2 1 4     order by the rate over 2, 10, 40 seconds",
		"t         order by the total since the last save",
		"i         the next interface, or all",
		"/         show rows with this text or name; Escape ends it",
		"b         bits or bytes per second",
		"n         names or numbers",
		"space     pause",
		"arrows, Page Up, Page Down, Home",
		"q         quit; here, back",
	};
	size_t				i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		mvaddstr(FIRST_ROW + 1 + (int)i, 2, text[i]);
}

void
screen_draw(const struct screen *s)
{
	size_t	i;

	erase();
	put_title(s);
	put_sum(s);
	put_header(s);
	if (s->help)
		put_help();
	for (i = s->scroll; !s->help && i < s->rows.n &&
	    FIRST_ROW + (int)(i - s->scroll) < LINES; i++)
		put_row(s, FIRST_ROW + (int)(i - s->scroll),
		    &s->rows.row[i]);
	refresh();
}
