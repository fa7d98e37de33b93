/*
 * The page: the template web/page.html, with placeholders such as {{rate}}
 * replaced.  The page is complete as it is served; page.js then replaces the
 * same elements every second, so both must use the same ids.
 */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "packet/addr.h"
#include "hostview.h"
#include "page_impl.h"
#include "past.h"
#include "search.h"
#include "text.h"
#include "web.h"

/* ---- the head ---- */

static void
put_instance(struct page *p)
{
	if (p->v->in != NULL)
		text_html(p->f, p->v->in->ext);
}

static void
put_url(struct page *p)
{
	if (p->v->in != NULL)
		text_url(p->f, p->v->in->ext);
}

/* The host's address, or nothing. */
static void
put_host(struct page *p)
{
	char	addr[ADDR_STRLEN];

	if (p->v->host != NULL)
		(void)fputs(addr_format(p->v->host->host.family,
		    p->v->host->host.addr, addr), p->f);
}

static void
put_title(struct page *p)
{
	put_host(p);
	if (p->v->host != NULL)
		(void)fputs(" - ", p->f);
	put_instance(p);
	(void)fputs(p->v->in != NULL ? " - trafd" : "trafd", p->f);
}

static void
put_query(struct page *p)
{
	if (p->v->found != NULL)
		text_html(p->f, p->v->found->text);
}

static void
put_tabs(struct page *p)
{
	const struct live_instance	*in;
	size_t				 i;

	for (i = 0; i < live_count(p->v->live); i++) {
		in = live_get(p->v->live, i);
		(void)fputs("<a href=\"/?i=", p->f);
		text_url(p->f, in->ext);
		(void)fputs(in == p->v->in ?
		    "\" aria-current=\"page\">" : "\">", p->f);
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

	if (p->v->in == NULL)
		(void)fputs("No trafd is running here. Start one with "
		    "trafstart(8).", p->f);
	else if (!p->v->in->up)
		text_html(p->f, p->v->in->why);
	else if ((state = p->v->in->stat.v[CONTROL_SOURCE_STATE]) == 1 ||
	    state == 2)
		(void)fputs(states[state], p->f);
	else if (p->v->host != NULL && p->v->host->asked_ms == 0)
		(void)fputs(WEB_BUSY, p->f);
}

/* ---- coverage and foot ---- */

const struct web_loss	web_losses[] = {
	{ { LEDGER_FRAMES }, "frames seen", false },
	{ { LEDGER_IP, LEDGER_SEGMENTS }, "IP packets counted", false },
	{ { LEDGER_NONIP }, "not IP", false },
	{ { LEDGER_L2_CUT, LEDGER_IP_CUT, LEDGER_IP_VERSION, LEDGER_IP_IHL,
	    LEDGER_IP_LEN }, "malformed", false },
	{ { LEDGER_UNSUPPORTED }, "of an unsupported link type", true },
	{ { LEDGER_DROP_KERNEL }, "dropped by the capture buffer", true },
	{ { LEDGER_DROP_IFACE }, "dropped by the interface", true },
	{ { LEDGER_FOLD_PACKETS }, "counted with less detail", true },
	{ { LEDGER_JOINED }, "longer than the MTU", true },
	{ { LEDGER_CLOCK_JUMPS }, "times the clock was set", true },
	{ { LEDGER_GAPS }, "times nothing was counted", true },
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

char *
web_closure(const struct control_stat *s, char text[CLOSURE_LEN])
{
	char	*said;

	said = closure_format(&s->ledger,
	    s->text[CONTROL_TEXT_FILTER][0] != '\0', text);
	if (said != NULL)
		said[0] = (char)toupper((unsigned char)said[0]);
	return (said);
}

static void
put_coverage(struct page *p)
{
	const struct web_loss	*l;
	char			 text[TEXT_LEN];
	uint64_t		 n;

	if (!page_is_up(p))
		return;
	for (l = web_losses; l->label != NULL; l++) {
		n = web_loss_sum(l, &p->v->in->stat.ledger);
		(void)fprintf(p->f, "<dt>%s</dt><dd%s>%s</dd>", l->label,
		    l->bad && n > 0 ? " class=\"bad\"" : "",
		    text_count(n, text));
	}
}

static void
put_closure(struct page *p)
{
	char	text[CLOSURE_LEN];

	if (page_is_up(p) && web_closure(&p->v->in->stat, text) != NULL)
		text_html(p->f, text);
}

static void
put_foot(struct page *p)
{
	char	when[WHEN_LEN];

	if (page_is_up(p)) {
		(void)fputs("<span>", p->f);
		text_html(p->f, p->v->in->stat.text[CONTROL_TEXT_IFACE]);
		(void)fputs(" on ", p->f);
		text_html(p->f, p->v->in->stat.text[CONTROL_TEXT_HOST]);
		(void)fputs(", ", p->f);
		text_html(p->f, p->v->in->stat.text[CONTROL_TEXT_LINK]);
		(void)fputs(", source ", p->f);
		text_html(p->f, p->v->in->stat.text[CONTROL_TEXT_SOURCE]);
		(void)fprintf(p->f, "</span><span>daemon since %s</span>",
		    when_local(p->v->in->stat.v[CONTROL_STARTED], when));
	}
	(void)fputs("<span><a href=\"/metrics\">metrics</a></span>"
	    "<span>trafstatd " PACKAGE_VERSION "</span>", p->f);
}

/* ---- the template ---- */

static const struct place {
	const char	*name;
	place_fn	*put;
} places[] = {
	{ "budgets", page_budgets },
	{ "chart", page_chart },
	{ "closure", put_closure },
	{ "coverage", put_coverage },
	{ "foot", put_foot },
	{ "found", page_found },
	{ "host", put_host },
	{ "hostname", page_host_name },
	{ "hosts", page_hosts },
	{ "hours", page_hours },
	{ "instance", put_instance },
	{ "notice", put_notice },
	{ "peak", page_peak },
	{ "peers", page_peers },
	{ "protocols", page_protocols },
	{ "query", put_query },
	{ "services", page_services },
	{ "span", page_span },
	{ "state", put_state },
	{ "tabs", put_tabs },
	{ "tiles", page_tiles },
	{ "title", put_title },
	{ "url", put_url },
	{ "xaxis", page_xaxis },
	{ "yaxis", page_yaxis },
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
page_write(FILE *f, const struct web_view *v)
{
	const struct asset	*a = asset_find(v->host != NULL ?
	    "/host.html" : "/page.html");
	struct page		 p = { f, v, { { 0, { 0, 0 } } }, 0 };
	const char		*at = (const char *)a->data, *open, *close;

	page_plot(&p);
	/* Assets have a NUL after their end: strstr(3) is safe. */
	while ((open = strstr(at, "{{")) != NULL &&
	    (close = strstr(open, "}}")) != NULL) {
		(void)fwrite(at, 1, (size_t)(open - at), f);
		put_place(&p, open + 2, (size_t)(close - open) - 2);
		at = close + 2;
	}
	(void)fputs(at, f);
}
