/*
 * The tables of a host are those of live.c, of the rows with its address.
 * Together they cost the daemon as much as any other table, whoever looks at
 * however many hosts.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "packet/addr.h"
#include "hostview.h"
#include "web.h"

#define VIEWS_MOST	32
#define WATCHED_MS	20000	/* somebody still looks at it */

struct hostviews {
	size_t		 n;
	struct hostview	*list[VIEWS_MOST];
	uint64_t	 next_ms;	/* no query before */
};

static const enum control_by by[HOST_DIMS] = {
	[HOST_SELF] = CONTROL_BY_HOST,
	[HOST_SERVICES] = CONTROL_BY_SERVICE,
	[HOST_PEERS] = CONTROL_BY_PAIR,
};

struct hostviews *
hostviews_new(void)
{
	return (calloc(1, sizeof(struct hostviews)));
}

/* ---- the hosts ---- */

static void
view_free(struct hostview *v)
{
	int	d;

	for (d = 0; d < HOST_DIMS; d++)
		members_free(v->dims[d]);
	free(v);
}

void
hostviews_free(struct hostviews *all)
{
	size_t	i;

	if (all == NULL)
		return;
	for (i = 0; i < all->n; i++)
		view_free(all->list[i]);
	free(all);
}

static struct hostview *
view_new(const char *ext, const struct names_host *host)
{
	struct hostview	*v;
	int		 d;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		return (NULL);
	(void)strlcpy(v->ext, ext, sizeof(v->ext));
	v->host = *host;
	for (d = 0; d < HOST_DIMS; d++)
		if ((v->dims[d] = members_new(d == HOST_SELF ? 1 : WEB_ROWS,
		    false)) == NULL) {
			view_free(v);
			return (NULL);
		}
	return (v);
}

static bool
is_host(const struct names_host *a, uint8_t family, const uint8_t addr[16])
{
	return (a->family == family &&
	    memcmp(a->addr, addr, sizeof(a->addr)) == 0);
}

static struct hostview *
find(struct hostviews *all, const char *ext, const struct names_host *host)
{
	size_t	i;

	for (i = 0; i < all->n; i++)
		if (is_host(host, all->list[i]->host.family,
		    all->list[i]->host.addr) &&
		    strcmp(all->list[i]->ext, ext) == 0)
			return (all->list[i]);
	return (NULL);
}

static struct hostview *
add(struct hostviews *all, const char *ext, const struct names_host *host)
{
	struct hostview	*v = view_new(ext, host);
	size_t		 i, oldest = 0;

	if (v == NULL)
		return (NULL);
	if (all->n < VIEWS_MOST)
		return (all->list[all->n++] = v);
	for (i = 1; i < all->n; i++)
		if (all->list[i]->used_ms < all->list[oldest]->used_ms)
			oldest = i;
	view_free(all->list[oldest]);
	return (all->list[oldest] = v);
}

/* ---- queries ---- */

/*
 * The row of the host among those of its traffic: it is the largest, but its
 * only peer is as large.
 */
static void
keep_self(const struct hostview *v, struct members_answer *a)
{
	size_t	i;

	for (i = 0; i < a->n; i++)
		if (is_host(&v->host, a->rows[i].key.family,
		    a->rows[i].key.src)) {
			a->rows += i;
			a->n = 1;
			return;
		}
	a->n = 0;
}

static bool
ask_dim(struct live *l, struct live_instance *in, struct hostview *v,
    enum host_dim d)
{
	struct control_query	q = { 0 };
	struct control_table	t;
	struct members_answer	a;

	q.by = by[d];
	q.order = CONTROL_ORDER_IP;
	q.top = (uint32_t)members_wanted(v->dims[d]);
	q.nrules = 1;
	live_rule(&q.rules[0], v->host.addr, 128);
	if (!live_ask(l, in, &q, &t))
		return (false);
	live_answer(in, &t, &a);
	a.complete = d == HOST_SELF || t.n < q.top;
	if (d == HOST_SELF)
		keep_self(v, &a);
	members_update(v->dims[d], &a);
	control_table_free(&t);
	return (true);
}

/* A restarted daemon counts from 0: the old points go. */
static void
add_point(struct hostview *v, uint64_t started)
{
	const struct member	*m = hostview_self(v);
	struct host_point	*p;

	if (v->started != started)
		v->npoints = 0;
	v->started = started;
	if (m == NULL)
		return;
	p = &v->points[v->npoints++ % LIVE_POINTS];
	p->ms = v->asked_ms;
	p->out = m->out;
	p->in = m->in;
}

static void
ask(struct hostviews *all, struct live *l, struct live_instance *in,
    struct hostview *v)
{
	uint64_t	begin = live_now_ms(), took;
	int		d;

	for (d = 0; d < HOST_DIMS; d++)
		if (!ask_dim(l, in, v, (enum host_dim)d))
			return;
	v->asked_ms = live_now_ms();
	took = v->asked_ms - begin;
	all->next_ms = v->asked_ms + live_pause(took);
	v->wait_ms = live_wait(in, took);
	v->begin = in->stat.v[CONTROL_BEGIN];
	add_point(v, control_first_started(&in->stat));
}

static size_t
watched(const struct hostviews *all, uint64_t now)
{
	size_t	i, n = 0;

	for (i = 0; i < all->n; i++)
		n += now - all->list[i]->used_ms < WATCHED_MS;
	return (n);
}

static bool
is_due(const struct hostviews *all, const struct live_instance *in,
    const struct hostview *v, uint64_t now)
{
	if (!in->up || now < all->next_ms)
		return (false);
	return (v->asked_ms == 0 || v->begin != in->stat.v[CONTROL_BEGIN] ||
	    now - v->asked_ms >= v->wait_ms * watched(all, now));
}

struct hostview *
hostview_look(struct hostviews *all, struct live *l,
    struct live_instance *in, const struct names_host *host)
{
	struct hostview	*v = find(all, in->ext, host);
	uint64_t	 now = live_now_ms();

	if (v == NULL && (v = add(all, in->ext, host)) == NULL)
		return (NULL);
	v->used_ms = now;
	if (is_due(all, in, v, now))
		ask(all, l, in, v);
	return (v);
}

/* ---- results ---- */

const struct member *
hostview_self(const struct hostview *v)
{
	const struct members	*s = v->dims[HOST_SELF];

	return (members_count(s) > 0 ? members_get(s, 0) : NULL);
}

static void
exchange_u64(uint64_t *a, uint64_t *b)
{
	uint64_t	c = *a;

	*a = *b;
	*b = c;
}

/*
 * In an answer by pairs, `out' is what the first, lower address has sent.  A
 * peer whose address the table has lost is all 0.
 */
void
hostview_peer(const struct hostview *v, const struct member *m,
    struct member *seen)
{
	static const uint8_t	lost[16];

	*seen = *m;
	if (is_host(&v->host, m->key.family, m->key.src))
		memcpy(seen->key.src, m->key.dst, sizeof(seen->key.src));
	else {
		exchange_u64(&seen->out, &seen->in);
		exchange_u64(&seen->account_out, &seen->account_in);
		seen->rate_out = m->rate_in;
		seen->rate_in = m->rate_out;
	}
	if (memcmp(seen->key.src, lost, sizeof(lost)) == 0)
		seen->key.family = FLOW_FAMILY_NONE;
}

size_t
hostview_points(const struct hostview *v)
{
	return (v->npoints < LIVE_POINTS ? v->npoints : LIVE_POINTS);
}

const struct host_point *
hostview_point(const struct hostview *v, size_t i)
{
	size_t	oldest = v->npoints < LIVE_POINTS ? 0 : v->npoints;

	return (&v->points[(oldest + i) % LIVE_POINTS]);
}

int
hostview_parse(const char *text, struct names_host *h)
{
	memset(h, 0, sizeof(*h));
	return (addr_parse(text, &h->family, h->addr));
}
