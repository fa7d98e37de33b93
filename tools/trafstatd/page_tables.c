/*
 * The tables of the page: the largest hosts, services and protocols, those of
 * one host, and what a search has found.
 */
#include "config.h"

#include <string.h>

#include "base/plural.h"
#include "packet/addr.h"
#include "packet/owner.h"
#include "hostview.h"
#include "page_impl.h"
#include "search.h"
#include "text.h"

/* ---- cells ---- */

static void
put_address(struct page *p, const struct flow_key *k)
{
	char	addr[ADDR_STRLEN];

	text_html(p->f, addr_format(k->family, k->src, addr));
}

void
page_host_link(struct page *p, const struct flow_key *k)
{
	const char	*title = live_title(p->v->live, LIVE_HOSTS, k);
	char		 addr[ADDR_STRLEN], owner[LIVE_NAME_LEN];

	if (k->family != FLOW_FAMILY_NONE && owner_is(k->src)) {
		text_html(p->f, live_name(p->v->live, LIVE_HOSTS, k, owner));
		return;
	}
	if (k->family == FLOW_FAMILY_NONE) {
		put_address(p, k);
		return;
	}
	(void)fputs("<a href=\"/host?i=", p->f);
	text_url(p->f, p->v->in->ext);
	(void)fputs("&amp;host=", p->f);
	text_url(p->f, addr_format(k->family, k->src, addr));
	(void)fputs("\">", p->f);
	text_html(p->f, title[0] != '\0' ? title : addr);
	(void)fputs("</a>", p->f);
	if (title[0] != '\0')
		(void)fprintf(p->f, " <small>%s</small>", addr);
}

void
page_host_name(struct page *p)
{
	struct flow_key	 k = { .family = p->v->host->host.family &
			    FLOW_FAMILY_MASK };
	const char	*title;

	memcpy(k.src, p->v->host->host.addr, sizeof(k.src));
	title = live_title(p->v->live, LIVE_HOSTS, &k);
	if (title[0] != '\0')
		text_html(p->f, title);
	else
		put_address(p, &k);
}

static void
put_name(struct page *p, enum live_dim d, const struct flow_key *k)
{
	char		 name[LIVE_NAME_LEN];
	const char	*title;

	if (d == LIVE_HOSTS) {
		page_host_link(p, k);
		return;
	}
	text_html(p->f, live_name(p->v->live, d, k, name));
	title = live_title(p->v->live, d, k);
	if (title[0] == '\0')
		return;
	(void)fputs(" <small>", p->f);
	text_html(p->f, title);
	(void)fputs("</small>", p->f);
}

/* A rate, or a dash if it is 0. */
static void
put_rate(struct page *p, double rate)
{
	char	text[TEXT_LEN];

	(void)fprintf(p->f, "<td>%s</td>",
	    rate > 0 ? text_rate(rate, text) : "&ndash;");
}

static void
put_bytes(struct page *p, uint64_t bytes)
{
	char	text[TEXT_LEN];

	(void)fprintf(p->f, "<td>%s</td>", text_bytes((double)bytes, text));
}

static void
put_bar(struct page *p, double share)
{
	(void)fprintf(p->f, "<svg class=\"bar\" viewBox=\"0 0 100 1\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<rect width=\"%.1f\" height=\"1\"/></svg></td>", share);
}

/*
 * Percent; the tables of a host are asked for one after the other, so its only
 * peer may be larger for a moment.
 */
static double
share_of(uint64_t bytes, uint64_t total)
{
	return (bytes >= total ? (total > 0 ? 100 : 0) :
	    (double)bytes * 100 / (double)total);
}

/* ---- the largest ---- */

static void
put_row(struct page *p, enum live_dim d, const struct member *m,
    uint64_t total)
{
	uint64_t	bytes = m->account_out + m->account_in;
	double		share = share_of(bytes, total);

	(void)fputs("<tr><td>", p->f);
	put_name(p, d, &m->key);
	put_bar(p, share);
	if (d == LIVE_PROTOCOLS)
		put_rate(p, m->rate_out + m->rate_in);
	else {
		put_rate(p, m->rate_in);
		put_rate(p, m->rate_out);
	}
	put_bytes(p, bytes);
	(void)fprintf(p->f, "<td class=\"soft\">%.1f %%</td></tr>", share);
}

static void
put_heads(struct page *p, const char *heads)
{
	(void)fprintf(p->f, "<thead><tr>%s</tr></thead><tbody>", heads);
}

static void
put_table(struct page *p, enum live_dim d, const char *heads)
{
	const struct members	*set;
	uint64_t		 total;
	size_t			 i;

	put_heads(p, heads);
	if (page_is_up(p)) {
		set = p->v->in->dims[d];
		total = web_account(p->v->in);
		for (i = 0; i < members_count(set) && i < WEB_ROWS; i++)
			put_row(p, d, members_get(set, i), total);
	}
	(void)fputs("</tbody>", p->f);
}

/* Local hosts, or the others, under a title if there are any. */
static void
put_hosts(struct page *p, bool local, const char *title)
{
	const struct live_instance	*in = p->v->in;
	const struct members		*set = in->dims[LIVE_HOSTS];
	const struct member		*m;
	bool				 any = false;
	size_t				 i;

	for (i = 0; i < members_count(set) && i < WEB_ROWS; i++) {
		m = members_get(set, i);
		if (live_is_local(in, &m->key) != local)
			continue;
		if (!any)
			(void)fprintf(p->f, "<tr class=\"part\">"
			    "<th colspan=\"5\">%s</th></tr>", title);
		any = true;
		put_row(p, LIVE_HOSTS, m, web_account(in));
	}
}

/* Each byte counts for both of its ends, so each part has all of it. */
void
page_hosts(struct page *p)
{
	put_heads(p, "<th>host</th><th>in</th><th>out</th>"
	    "<th>account</th><th>share</th>");
	if (page_is_up(p)) {
		put_hosts(p, true, WEB_LOCAL);
		put_hosts(p, false, WEB_REMOTE);
	}
	(void)fputs("</tbody>", p->f);
}

void
page_protocols(struct page *p)
{
	put_table(p, LIVE_PROTOCOLS, "<th>protocol</th><th>now</th>"
	    "<th>account</th><th>share</th>");
}

/* ---- of one host ---- */

static uint64_t
host_bytes(const struct page *p)
{
	const struct member	*m = hostview_self(p->v->host);

	return (m != NULL ? m->account_in + m->account_out : 0);
}

static void
put_part(struct page *p, enum host_dim d, const char *heads)
{
	const struct members	*set = p->v->host->dims[d];
	struct member		 m;
	size_t			 i;

	put_heads(p, heads);
	for (i = 0; page_is_up(p) && i < members_count(set) && i < WEB_ROWS;
	    i++) {
		m = *members_get(set, i);
		if (d == HOST_PEERS)
			hostview_peer(p->v->host, members_get(set, i), &m);
		put_row(p, d == HOST_PEERS ? LIVE_HOSTS : LIVE_SERVICES, &m,
		    host_bytes(p));
	}
	(void)fputs("</tbody>", p->f);
}

void
page_services(struct page *p)
{
	static const char	heads[] = "<th>service</th><th>to</th>"
	    "<th>from</th><th>account</th><th>share</th>";

	if (p->v->host != NULL)
		put_part(p, HOST_SERVICES, heads);
	else
		put_table(p, LIVE_SERVICES, heads);
}

void
page_peers(struct page *p)
{
	put_part(p, HOST_PEERS, "<th>host</th><th>from there</th>"
	    "<th>to there</th><th>account</th><th>share</th>");
}

/* ---- a search ---- */

static void
put_found(struct page *p, const struct flow *rows, size_t n)
{
	size_t	i;

	(void)fputs("<table class=\"three\">", p->f);
	put_heads(p, "<th>host</th><th>in</th><th>out</th><th>account</th>");
	for (i = 0; i < n; i++) {
		(void)fputs("<tr><td>", p->f);
		page_host_link(p, &rows[i].key);
		(void)fputs("</td>", p->f);
		put_bytes(p, rows[i].count.ip - rows[i].count.data);
		put_bytes(p, rows[i].count.data);
		put_bytes(p, rows[i].count.ip);
		(void)fputs("</tr>", p->f);
	}
	(void)fputs("</tbody></table>", p->f);
}

static void
put_users(struct page *p, const struct found *f)
{
	char	name[LIVE_NAME_LEN];

	if (!f->is_service)
		return;
	(void)fputs("<h3>Bytes with ", p->f);
	if (f->service.proto == 0)
		(void)fprintf(p->f, "port %u", f->service.sport);
	else
		text_html(p->f, live_name(p->v->live, LIVE_SERVICES,
		    &f->service, name));
	(void)fputs("</h3>", p->f);
	if (f->nusers > 0)
		put_found(p, f->users, f->nusers);
	else
		(void)fputs("<p class=\"soft\">No host has any.</p>", p->f);
}

/* What the answer does not cover. */
static void
put_limits(struct page *p, const struct found *f)
{
	(void)fputs("<p class=\"soft\">", p->f);
	if (f->later)
		(void)fputs("The daemon is busy; reload in a moment. ", p->f);
	if (f->matches > f->nhosts)
		(void)fprintf(p->f, "%zu hosts match; the largest %zu %s "
		    "shown. ", f->matches, f->nhosts,
		    plural_of(f->nhosts, "is", "are"));
	if (!f->later && !f->all)
		(void)fprintf(p->f, "Only the largest %zu host%s %s "
		    "searched; a whole address finds any host. ",
		    f->compared, plural(f->compared),
		    plural_of(f->compared, "was", "were"));
	if (f->unnamed > 0)
		(void)fprintf(p->f, "%zu name%s %s not known yet. ",
		    f->unnamed, plural(f->unnamed),
		    plural_of(f->unnamed, "is", "are"));
	(void)fputs("</p>", p->f);
}

void
page_found(struct page *p)
{
	const struct found	*f = p->v->found;

	if (f == NULL || f->text[0] == '\0')
		return;
	(void)fputs("<section class=\"wide\"><h2>Hosts that match "
	    "<q>", p->f);
	text_html(p->f, f->text);
	(void)fputs("</q> <small><a href=\"/?i=", p->f);
	text_url(p->f, p->v->in != NULL ? p->v->in->ext : "");
	(void)fputs("\">show all</a></small></h2>", p->f);
	if (f->nhosts > 0)
		put_found(p, f->hosts, f->nhosts);
	else if (!f->later)
		(void)fputs("<p class=\"soft\">No host does.</p>", p->f);
	put_users(p, f);
	put_limits(p, f);
	(void)fputs("</section>", p->f);
}
