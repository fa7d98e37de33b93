/*
 * The page: the template web/page.html, with placeholders such as {{rate}}
 * replaced.  The page is complete as it is served; page.js then replaces the
 * same elements every second, so both must use the same ids.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "text.h"
#include "web.h"

#define CHART_WIDTH	600
#define CHART_HEIGHT	150
#define CHART_MOST_MS	600000	/* ten minutes */
#define CHART_LEAST_MS	60000

struct page {
	FILE				*f;
	struct live			*live;
	const struct live_instance	*in;	/* or NULL */
};

typedef void	place_fn(struct page *);

static bool
is_up(const struct page *p)
{
	return (p->in != NULL && p->in->up);
}

/* ---- the head ---- */

static void
put_instance(struct page *p)
{
	if (p->in != NULL)
		text_html(p->f, p->in->ext);
}

static void
put_title(struct page *p)
{
	put_instance(p);
	(void)fputs(p->in != NULL ? " - trafd" : "trafd", p->f);
}

static void
put_tabs(struct page *p)
{
	const struct live_instance	*in;
	size_t				 i;

	for (i = 0; i < live_count(p->live); i++) {
		in = live_get(p->live, i);
		(void)fputs("<a href=\"/?i=", p->f);
		text_url(p->f, in->ext);
		(void)fputs(in == p->in ? "\" aria-current=\"page\">" : "\">",
		    p->f);
		text_html(p->f, in->ext);
		(void)fputs("</a>", p->f);
	}
}

static void
put_state(struct page *p)
{
	char	when[WHEN_LEN];

	(void)fputs(when_local(now_wall(), when), p->f);
}

static void
put_notice(struct page *p)
{
	static const char *const	states[] = {
		NULL, "The interface is down.", "The interface is missing."
	};
	uint64_t			state;

	if (p->in == NULL)
		(void)fputs("No trafd is running here. Start one with "
		    "trafstart(8).", p->f);
	else if (!p->in->up)
		text_html(p->f, p->in->why);
	else if ((state = p->in->stat.v[CONTROL_SOURCE_STATE]) == 1 ||
	    state == 2)
		(void)fputs(states[state], p->f);
}

/* ---- figures ---- */

/* IP bytes of the account: the sum over its protocols. */
static uint64_t
account_bytes(const struct live_instance *in)
{
	const struct members	*set = in->dims[LIVE_PROTOCOLS];
	uint64_t		 sum = 0;
	size_t			 i;

	for (i = 0; i < members_count(set); i++)
		sum += members_get(set, i)->account_out +
		    members_get(set, i)->account_in;
	return (sum);
}

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
	const uint64_t	*v = p->in->stat.v;
	char		 text[TEXT_LEN], small[2 * TEXT_LEN];

	(void)snprintf(small, sizeof(small), "of %s",
	    text_count(v[CONTROL_MAX_ROWS], text));
	put_tile(p, "rows", "Rows in the table",
	    text_count(v[CONTROL_ROWS], text), small);
}

static void
put_tiles(struct page *p)
{
	char	text[TEXT_LEN], small[2 * TEXT_LEN], when[WHEN_LEN];
	double	bytes, packets;

	if (!is_up(p))
		return;
	live_rates(p->in, &bytes, &packets);
	(void)snprintf(small, sizeof(small), "%.0f packets/s", packets);
	put_tile(p, "rate", "Now", text_rate(bytes, text), small);
	(void)snprintf(small, sizeof(small), "since %s",
	    when_local(p->in->stat.v[CONTROL_BEGIN], when));
	put_tile(p, "account", "This account",
	    text_bytes((double)account_bytes(p->in), text), small);
	(void)snprintf(text, sizeof(text), "%.1f %%",
	    (double)(int)(live_seen_percent(&p->in->stat.ledger) * 10) / 10);
	put_tile(p, "seen", "Packets seen", text, "of all on the interface");
	put_rows_tile(p);
}

/* ---- the chart ---- */

/* Bytes/s between point i - 1 and i; 0 for the first. */
static double
rate_at(const struct live_instance *in, size_t i)
{
	const struct live_point	*a, *b;

	if (i == 0)
		return (0);
	a = live_point(in, i - 1);
	b = live_point(in, i);
	return (b->ms > a->ms ? (double)(b->bytes - a->bytes) * 1000 /
	    (double)(b->ms - a->ms) : 0);
}

static double
highest(const struct live_instance *in)
{
	double	rate, most = 0;
	size_t	i;

	for (i = 1; i < live_points(in); i++)
		if ((rate = rate_at(in, i)) > most)
			most = rate;
	return (most);
}

/* The time that the chart covers: that of all points, within limits. */
static uint64_t
span_ms(const struct live_instance *in)
{
	size_t		n = live_points(in);
	uint64_t	ms = 0;

	if (n > 0)
		ms = live_point(in, n - 1)->ms - live_point(in, 0)->ms;
	return (ms < CHART_LEAST_MS ? CHART_LEAST_MS :
	    ms > CHART_MOST_MS ? CHART_MOST_MS : ms);
}

static void
put_points(struct page *p, double most)
{
	const struct live_instance	*in = p->in;
	uint64_t			 last, age, span = span_ms(in);
	size_t				 i, n = live_points(in);

	last = live_point(in, n - 1)->ms;
	for (i = 1; i < n; i++) {
		age = last - live_point(in, i)->ms;
		if (age <= span)
			(void)fprintf(p->f, "%.1f,%.1f ", CHART_WIDTH -
			    (double)age * CHART_WIDTH / (double)span,
			    CHART_HEIGHT - rate_at(in, i) / most *
			    (CHART_HEIGHT - 8));
	}
}

static void
put_chart(struct page *p)
{
	double	most = is_up(p) ? highest(p->in) : 0;

	(void)fputs("<path class=\"grid\" d=\"M0 8H600M0 79H600\"/>", p->f);
	if (most <= 0)
		return;
	(void)fputs("<polyline class=\"curve\" points=\"", p->f);
	put_points(p, most);
	(void)fputs("\"/>", p->f);
}

static void
put_span(struct page *p)
{
	uint64_t	seconds;

	if (!is_up(p))
		return;
	seconds = span_ms(p->in) / 1000;
	(void)fprintf(p->f, "last %" PRIu64 " min %" PRIu64 " s",
	    seconds / 60, seconds % 60);
}

static void
put_peak(struct page *p)
{
	char	text[TEXT_LEN];

	if (is_up(p))
		(void)fprintf(p->f, "highest %s",
		    text_rate(highest(p->in), text));
}

/* ---- tables ---- */

/* A rate, or a dash if it is 0. */
static void
put_rate(struct page *p, double rate)
{
	char	text[TEXT_LEN];

	(void)fprintf(p->f, "<td>%s</td>",
	    rate > 0 ? text_rate(rate, text) : "&ndash;");
}

static void
put_row(struct page *p, enum live_dim d, const struct member *m,
    uint64_t total)
{
	uint64_t	bytes = m->account_out + m->account_in;
	double		share = total > 0 ?
	    (double)bytes * 100 / (double)total : 0;
	char		name[LIVE_NAME_LEN], text[TEXT_LEN];

	(void)fputs("<tr><td>", p->f);
	text_html(p->f, live_name(p->live, d, &m->key, name));
	(void)fprintf(p->f, "<svg class=\"bar\" viewBox=\"0 0 100 1\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<rect width=\"%.1f\" height=\"1\"/></svg></td>", share);
	if (d == LIVE_PROTOCOLS)
		put_rate(p, m->rate_out + m->rate_in);
	else {
		put_rate(p, m->rate_in);
		put_rate(p, m->rate_out);
	}
	(void)fprintf(p->f, "<td>%s</td><td class=\"soft\">%.1f %%</td></tr>",
	    text_bytes((double)bytes, text), share);
}

static void
put_table(struct page *p, enum live_dim d, const char *heads)
{
	const struct members	*set;
	uint64_t		 total;
	size_t			 i;

	(void)fprintf(p->f, "<thead><tr>%s</tr></thead><tbody>", heads);
	if (is_up(p)) {
		set = p->in->dims[d];
		total = account_bytes(p->in);
		for (i = 0; i < members_count(set) && i < WEB_ROWS; i++)
			put_row(p, d, members_get(set, i), total);
	}
	(void)fputs("</tbody>", p->f);
}

static void
put_hosts(struct page *p)
{
	put_table(p, LIVE_HOSTS, "<th>host</th><th>in</th><th>out</th>"
	    "<th>account</th><th>share</th>");
}

static void
put_services(struct page *p)
{
	put_table(p, LIVE_SERVICES, "<th>service</th><th>to</th><th>from</th>"
	    "<th>account</th><th>share</th>");
}

static void
put_protocols(struct page *p)
{
	put_table(p, LIVE_PROTOCOLS, "<th>protocol</th><th>now</th>"
	    "<th>account</th><th>share</th>");
}

/* ---- coverage and foot ---- */

const struct web_loss	web_losses[] = {
	{ { LEDGER_FRAMES }, "frames seen", false },
	{ { LEDGER_IP }, "IP packets counted", false },
	{ { LEDGER_NONIP }, "not IP", false },
	{ { LEDGER_L2_CUT, LEDGER_IP_CUT, LEDGER_IP_VERSION, LEDGER_IP_IHL,
	    LEDGER_IP_LEN }, "malformed", false },
	{ { LEDGER_UNSUPPORTED }, "of an unsupported link type", true },
	{ { LEDGER_DROP_KERNEL }, "dropped by the capture buffer", true },
	{ { LEDGER_DROP_IFACE }, "dropped by the interface", true },
	{ { LEDGER_FOLD_PACKETS }, "counted with less detail", true },
	{ { LEDGER_GAPS }, "times the interface was missing", true },
	{ { 0 }, NULL, false }
};

uint64_t
web_loss_sum(const struct web_loss *loss, const struct ledger *l)
{
	uint64_t	sum = l->v[loss->entries[0]];
	size_t		i;

	for (i = 1; i < WEB_LOSS_ENTRIES && loss->entries[i] != 0; i++)
		sum += l->v[loss->entries[i]];
	return (sum);
}

static void
put_coverage(struct page *p)
{
	const struct web_loss	*l;
	char			 text[TEXT_LEN];
	uint64_t		 n;

	if (!is_up(p))
		return;
	for (l = web_losses; l->label != NULL; l++) {
		n = web_loss_sum(l, &p->in->stat.ledger);
		(void)fprintf(p->f, "<dt>%s</dt><dd%s>%s</dd>", l->label,
		    l->bad && n > 0 ? " class=\"bad\"" : "",
		    text_count(n, text));
	}
}

static void
put_foot(struct page *p)
{
	char	when[WHEN_LEN];

	if (is_up(p)) {
		(void)fputs("<span>", p->f);
		text_html(p->f, p->in->stat.text[CONTROL_TEXT_IFACE]);
		(void)fputs(" on ", p->f);
		text_html(p->f, p->in->stat.text[CONTROL_TEXT_HOST]);
		(void)fputs(", ", p->f);
		text_html(p->f, p->in->stat.text[CONTROL_TEXT_LINK]);
		(void)fputs(", source ", p->f);
		text_html(p->f, p->in->stat.text[CONTROL_TEXT_SOURCE]);
		(void)fprintf(p->f, "</span><span>daemon since %s</span>",
		    when_local(p->in->stat.v[CONTROL_STARTED], when));
	}
	(void)fputs("<span><a href=\"/metrics\">metrics</a></span>"
	    "<span>trafstatd " PACKAGE_VERSION "</span>", p->f);
}

/* ---- the template ---- */

static const struct place {
	const char	*name;
	place_fn	*put;
} places[] = {
	{ "chart", put_chart },
	{ "coverage", put_coverage },
	{ "foot", put_foot },
	{ "hosts", put_hosts },
	{ "instance", put_instance },
	{ "notice", put_notice },
	{ "peak", put_peak },
	{ "protocols", put_protocols },
	{ "services", put_services },
	{ "span", put_span },
	{ "state", put_state },
	{ "tabs", put_tabs },
	{ "tiles", put_tiles },
	{ "title", put_title },
};

static void
put_place(struct page *p, const char *name, size_t len)
{
	size_t	i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strlen(places[i].name) == len &&
		    memcmp(places[i].name, name, len) == 0)
			places[i].put(p);
}

void
page_write(FILE *f, struct live *l, const struct live_instance *in)
{
	const struct asset	*a = asset_find("/page.html");
	struct page		 p = { f, l, in };
	const char		*at = (const char *)a->data, *open, *close;

	/* Assets have a NUL after their end: strstr(3) is safe. */
	while ((open = strstr(at, "{{")) != NULL &&
	    (close = strstr(open, "}}")) != NULL) {
		(void)fwrite(at, 1, (size_t)(open - at), f);
		put_place(&p, open + 2, (size_t)(close - open) - 2);
		at = close + 2;
	}
	(void)fputs(at, f);
}
