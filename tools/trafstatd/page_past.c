/*
 * Figures of the page: now, this account, and from the history today, this
 * month, the last hours and budgets.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "hostview.h"
#include "page_impl.h"
#include "past.h"
#include "text.h"

/* ---- sums ---- */

uint64_t
web_account(const struct live_instance *in)
{
	const struct members	*set = in->dims[LIVE_PROTOCOLS];
	uint64_t		 sum = 0;
	size_t			 i;

	for (i = 0; i < members_count(set); i++)
		sum += members_get(set, i)->account_out +
		    members_get(set, i)->account_in;
	return (sum);
}

/* ---- tiles ---- */

static void
put_tile(struct page *p, const char *id, const char *label, const char *big,
    const char *small)
{
	(void)fprintf(p->f, "<div id=\"%s\"><span>%s</span><b>%s</b>"
	    "<span>%s</span></div>", id, label, big, small);
}

static void
put_rows_tile(struct page *p)
{
	const uint64_t	*v = p->v->in->stat.v;
	char		 text[TEXT_LEN], small[2 * TEXT_LEN];

	(void)snprintf(small, sizeof(small), "of %s",
	    text_count(v[CONTROL_MAX_ROWS], text));
	put_tile(p, "rows", "Rows in the table",
	    text_count(v[CONTROL_ROWS], text), small);
}

static void
put_seen_tile(struct page *p)
{
	const struct ledger	*l = &p->v->in->stat.ledger;
	char			 text[TEXT_LEN];

	(void)snprintf(text, sizeof(text), "%.1f %%",
	    (double)(int)(live_seen_percent(l) * 10) / 10);
	put_tile(p, "seen", "Packets seen", text, "of all on the interface");
}

static void
put_account_tile(struct page *p, uint64_t bytes)
{
	char	text[TEXT_LEN], small[2 * TEXT_LEN], when[WHEN_LEN];

	(void)snprintf(small, sizeof(small), "since %s",
	    when_local(p->v->in->stat.v[CONTROL_BEGIN], when));
	put_tile(p, "account", "This account",
	    text_bytes((double)bytes, text), small);
}

static void
put_rate_tile(struct page *p)
{
	char	text[TEXT_LEN], small[2 * TEXT_LEN];
	double	bytes, packets;

	live_rates(p->v->in, &bytes, &packets);
	(void)snprintf(small, sizeof(small), "%.0f packets/s", packets);
	put_tile(p, "rate", "Now", text_rate(bytes, text), small);
}

static void
put_host_rates(struct page *p, const struct member *m)
{
	char	text[TEXT_LEN], small[2 * TEXT_LEN];

	(void)snprintf(small, sizeof(small), "out %s",
	    text_rate(m != NULL ? m->rate_out : 0, text));
	put_tile(p, "rate", "Now, in",
	    text_rate(m != NULL ? m->rate_in : 0, text), small);
}

/* Also in page.js. */
static const char *
describe(bool unsaved)
{
	return (unsaved ? "unsaved included" : "saved only");
}

static void
put_sum_tile(struct page *p, const char *id, const char *label,
    const struct past_sum *s)
{
	char	a[TEXT_LEN], b[TEXT_LEN], small[3 * TEXT_LEN];

	if (p->v->host != NULL)
		(void)snprintf(small, sizeof(small), "in %s, out %s",
		    text_bytes((double)s->in, a),
		    text_bytes((double)s->out, b));
	else
		(void)strlcpy(small, describe(s->unsaved), sizeof(small));
	put_tile(p, id, label, text_bytes((double)s->all, a), small);
}

static void
put_past_tiles(struct page *p)
{
	const struct past	*past = p->v->past;

	if (past == NULL || past->state != PAST_THERE)
		return;
	put_sum_tile(p, "today", "Today", &past->today);
	put_sum_tile(p, "month", "This month", &past->month);
}

void
page_tiles(struct page *p)
{
	const struct member	*m;

	if (!page_is_up(p))
		return;
	if (p->v->host != NULL) {
		m = hostview_self(p->v->host);
		put_host_rates(p, m);
		put_account_tile(p, m != NULL ?
		    m->account_in + m->account_out : 0);
		put_past_tiles(p);
		return;
	}
	put_rate_tile(p);
	put_account_tile(p, web_account(p->v->in));
	put_past_tiles(p);
	put_seen_tile(p);
	put_rows_tile(p);
}

/* ---- the last hours ---- */

static const char *
clock_text(uint64_t ns, char text[WHEN_LEN])
{
	(void)when_local(ns, text);
	text[12] = '\0';	/* `Nov  1 13:00' */
	return (text + 7);
}

static double
most_of(const struct past *past)
{
	double	most = 1;
	int	i;

	for (i = 0; i < PAST_HOURS; i++)
		if ((double)past->hours[i] > most)
			most = (double)past->hours[i];
	return (page_axis_top(most));
}

static void
put_hour_bars(struct page *p, const struct past *past, double top)
{
	char		when[WHEN_LEN], text[TEXT_LEN];
	uint64_t	ns;
	double		height;
	int		i;

	for (i = 0; i < PAST_HOURS; i++) {
		ns = past->hour_ns + (uint64_t)i * 3600 * NS_PER_S;
		height = (double)past->hours[i] * 100 / top;
		(void)fprintf(p->f, "<rect x=\"%d\" y=\"%.1f\" width=\"8\" "
		    "height=\"%.1f\"><title>%s: %s</title></rect>",
		    i * 10 + 1, 100 - height, height, clock_text(ns, when),
		    text_bytes((double)past->hours[i], text));
	}
}

static void
put_hours(struct page *p, const struct past *past)
{
	double	top = most_of(past);
	char	when[WHEN_LEN];
	int	i;

	(void)fputs("<figure class=\"chart\"><div class=\"plot\">"
	    "<div class=\"y\"><span>", p->f);
	page_axis_text(p->f, top, "B");
	(void)fputs("</span><span>", p->f);
	page_axis_text(p->f, top / 2, "B");
	(void)fputs("</span><span>0</span></div><svg viewBox=\"0 0 240 100\" "
	    "preserveAspectRatio=\"none\" role=\"img\" "
	    "aria-label=\"Bytes of each hour\">"
	    "<path class=\"grid\" d=\"M0 0H240M0 50H240\"/>", p->f);
	put_hour_bars(p, past, top);
	(void)fputs("</svg><div class=\"x\">", p->f);
	for (i = 0; i <= PAST_HOURS; i += 6)
		(void)fprintf(p->f, "<span>%s</span>", clock_text(
		    past->hour_ns + (uint64_t)i * 3600 * NS_PER_S, when));
	(void)fputs("</div></div></figure>", p->f);
}

void
page_hours(struct page *p)
{
	const struct past	*past = p->v->past;

	if (past == NULL || !page_is_up(p))
		return;
	(void)fputs("<h2>Last 24 hours <small>", p->f);
	if (past->state == PAST_THERE)
		(void)fprintf(p->f, "bytes an hour, %s",
		    describe(past->hours_unsaved));
	(void)fputs("</small></h2>", p->f);
	if (past->state == PAST_THERE)
		put_hours(p, past);
	else if (past->state == PAST_WAITING)
		(void)fputs("<p class=\"soft\">Reading the history&hellip;"
		    "</p>", p->f);
	else {
		(void)fputs("<p class=\"soft\">", p->f);
		text_html(p->f, past->why);
		(void)fputs("</p>", p->f);
	}
}

/* ---- budgets ---- */

static void
put_budget(struct page *p, const struct past_budget *b)
{
	char	used[TEXT_LEN], most[TEXT_LEN], when[WHEN_LEN];
	double	share = b->most > 0 ? (double)b->used * 100 /
	    (double)b->most : 0;

	(void)when_local(b->since_ns, when);
	when[6] = '\0';		/* the day */

	(void)fputs("<tr><td>", p->f);
	text_html(p->f, b->name);
	(void)fputs(" <small>", p->f);
	text_html(p->f, b->what);
	(void)fprintf(p->f, " since %s</small>"
	    "<svg class=\"bar%s\" viewBox=\"0 0 100 1\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<rect width=\"%.1f\" height=\"1\"/></svg></td>"
	    "<td>%s</td><td>of %s</td><td>%.1f %%</td></tr>",
	    when, share >= 100 ? " over" : "",
	    share < 100 ? share : 100, text_bytes((double)b->used, used),
	    text_bytes((double)b->most, most), share);
}

/* A budget that never alarms looks like one that is kept. */
static void
put_guesses(struct page *p, const struct past *past)
{
	const char	*before = "<p>";
	size_t		 i;

	for (i = 0; i < past->nbudgets; i++)
		if (past->budgets[i].guessed) {
			(void)fputs(before, p->f);
			text_html(p->f, past->budgets[i].name);
			before = ", ";
		}
	if (before[0] == ',')
		(void)fputs(": in and out are those of the private networks, "
		    "because the interface had no address; set the budget "
		    "again with trafdb limit --local.</p>", p->f);
}

void
page_budgets(struct page *p)
{
	const struct past	*past = p->v->past;
	bool			 unsaved = false;
	size_t			 i;

	if (past == NULL || !page_is_up(p) || past->nbudgets == 0)
		return;
	for (i = 0; i < past->nbudgets; i++)
		unsaved = unsaved || past->budgets[i].unsaved;
	(void)fprintf(p->f, "<section><h2>Budgets <small>%s</small></h2>"
	    "<table class=\"three\"><tbody>", describe(unsaved));
	for (i = 0; i < past->nbudgets; i++)
		put_budget(p, &past->budgets[i]);
	(void)fputs("</tbody></table>", p->f);
	put_guesses(p, past);
	if (past->more_budgets)
		(void)fprintf(p->f, "<p>These are the first %zu; "
		    "trafdb check --all prints all.</p>", past->nbudgets);
	(void)fputs("</section>", p->f);
}
