/*
 * The data of the page as JSON.  Described in trafstatd(8); within a version
 * of the path members may be added, but none changes its meaning.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "packet/addr.h"
#include "report/json.h"
#include "hostview.h"
#include "past.h"
#include "search.h"
#include "web.h"

#define RATE_EXACT	1e12	/* from here on rates are not rounded */

/* Bytes or packets per second, rounded to three decimal places. */
static json_t *
rate(double v)
{
	return (json_real(v < RATE_EXACT ?
	    (double)(uint64_t)(v * 1000 + 0.5) / 1000 : v));
}

static json_t *
instant(uint64_t ns)
{
	char	text[WHEN_LEN];

	return (json_string(when_iso(ns, text)));
}

static void
set(json_t *object, const char *key, json_t *value)
{
	/* Ownership of value passes; NULL (no memory) adds no member. */
	(void)json_object_set_new_nocheck(object, key, value);
}

static json_t *
instances(struct live *l)
{
	json_t			*list = json_array(), *one;
	const struct live_instance *in;
	double			 bytes, packets;
	size_t			 i;

	for (i = 0; i < live_count(l); i++) {
		in = live_get(l, i);
		live_rates(in, &bytes, &packets);
		one = json_object();
		set(one, "name", json_string(in->ext));
		set(one, "up", json_boolean(in->up));
		set(one, "bytes_per_second", rate(bytes));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

static json_t *
points(const struct live_instance *in, uint64_t since_ms)
{
	json_t				*list = json_array(), *one;
	const struct live_point		*p;
	size_t				 i;

	for (i = 0; i < live_points(in); i++) {
		p = live_point(in, i);
		if (p->ms <= since_ms)
			continue;
		one = json_object();
		set(one, "ms", json_u64(p->ms));
		set(one, "packets", json_u64(p->packets));
		set(one, "bytes", json_u64(p->bytes));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

/* A row: its name, the name of the host or service if known, and bytes. */
static json_t *
row(struct live *l, enum live_dim d, const struct flow_key *k, uint64_t in,
    uint64_t out)
{
	json_t		*one = json_object();
	const char	*title;
	char		 name[LIVE_NAME_LEN];

	set(one, "name", json_string(live_name(l, d, k, name)));
	title = live_title(l, d, k);
	if (title[0] != '\0')
		set(one, "title", json_string(title));
	set(one, "in", json_u64(in));
	set(one, "out", json_u64(out));
	return (one);
}

static json_t *
member(struct live *l, enum live_dim d, const struct member *m)
{
	json_t	*one = row(l, d, &m->key, m->account_in, m->account_out);

	set(one, "in_per_second", rate(m->rate_in));
	set(one, "out_per_second", rate(m->rate_out));
	return (one);
}

static json_t *
largest(struct live *l, const struct members *s, enum live_dim d)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < members_count(s) && i < WEB_ROWS; i++)
		(void)json_array_append_new(list,
		    member(l, d, members_get(s, i)));
	return (list);
}

static json_t *
hosts(struct live *l, const struct live_instance *in)
{
	json_t	*list = largest(l, in->dims[LIVE_HOSTS], LIVE_HOSTS);
	size_t	 i;

	for (i = 0; i < json_array_size(list); i++)
		set(json_array_get(list, i), "local", json_boolean(
		    live_is_local(in, &members_get(in->dims[LIVE_HOSTS],
		    i)->key)));
	return (list);
}

static json_t *
ledger(const struct ledger *l)
{
	json_t	*all = json_object();
	int	 i;

	for (i = 0; i < LEDGER_ENTRIES; i++)
		set(all, ledger_name((enum ledger_entry)i), json_u64(l->v[i]));
	return (all);
}

static json_t *
coverage(const struct ledger *l)
{
	const struct web_loss	*loss;
	json_t			*list = json_array(), *one;

	for (loss = web_losses; loss->label != NULL; loss++) {
		one = json_object();
		set(one, "name", json_string(loss->label));
		set(one, "value", json_u64(web_loss_sum(loss, l)));
		set(one, "bad", json_boolean(loss->bad &&
		    web_loss_sum(loss, l) > 0));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

static void
set_stat(json_t *to, const struct control_stat *s)
{
	char	text[CLOSURE_LEN];

	set(to, "device", json_string(s->text[CONTROL_TEXT_IFACE]));
	set(to, "host", json_string(s->text[CONTROL_TEXT_HOST]));
	set(to, "link", json_string(s->text[CONTROL_TEXT_LINK]));
	set(to, "source", json_string(s->text[CONTROL_TEXT_SOURCE]));
	set(to, "started", instant(s->v[CONTROL_STARTED]));
	set(to, "begin", instant(s->v[CONTROL_BEGIN]));
	set(to, "source_state", json_u64(s->v[CONTROL_SOURCE_STATE]));
	set(to, "rows", json_u64(s->v[CONTROL_ROWS]));
	set(to, "rows_limit", json_u64(s->v[CONTROL_MAX_ROWS]));
	set(to, "packets", json_u64(s->v[CONTROL_SEEN_PACKETS]));
	set(to, "bytes", json_u64(s->v[CONTROL_SEEN_BYTES]));
	set(to, "seen_percent", json_real(live_seen_percent(&s->ledger)));
	set(to, "ledger", ledger(&s->ledger));
	set(to, "coverage", coverage(&s->ledger));
	set(to, "closure", json_string(web_closure(s, text) != NULL ? text :
	    ""));
}

/* ---- the history ---- */

static json_t *
period(const struct web_view *v, uint64_t begin_ns,
    const struct past_sum *s)
{
	json_t	*one = json_object();

	set(one, "begin", instant(begin_ns));
	set(one, "bytes", json_u64(s->all));
	set(one, "unsaved", json_boolean(s->unsaved));
	if (v->host != NULL) {
		set(one, "in", json_u64(s->in));
		set(one, "out", json_u64(s->out));
	}
	return (one);
}

static json_t *
hours(const struct past *p)
{
	json_t	*list = json_array(), *one;
	int	 i;

	for (i = 0; i < PAST_HOURS; i++) {
		one = json_object();
		set(one, "begin", instant(p->hour_ns +
		    (uint64_t)i * 3600 * NS_PER_S));
		set(one, "bytes", json_u64(p->hours[i]));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

static json_t *
budgets(const struct past *p)
{
	json_t				*list = json_array(), *one;
	const struct past_budget	*b;

	for (b = p->budgets; b < p->budgets + p->nbudgets; b++) {
		one = json_object();
		set(one, "name", json_string(b->name));
		set(one, "what", json_string(b->what));
		set(one, "used", json_u64(b->used));
		set(one, "limit", json_u64(b->most));
		set(one, "since", instant(b->since_ns));
		set(one, "unsaved", json_boolean(b->unsaved));
		set(one, "guessed", json_boolean(b->guessed));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

static json_t *
history(const struct web_view *v)
{
	static const char *const	states[] = { "waiting", "there",
	    "missing" };
	const struct past		*p = v->past;
	json_t				*o = json_object();

	set(o, "state", json_string(states[p->state]));
	if (p->state == PAST_MISSING)
		set(o, "why", json_string(p->why));
	if (p->state != PAST_THERE)
		return (o);
	set(o, "until", instant(p->end_ns));
	set(o, "today", period(v, p->today_ns, &p->today));
	set(o, "month", period(v, p->month_ns, &p->month));
	set(o, "hours", hours(p));
	set(o, "budgets", budgets(p));
	set(o, "more_budgets", json_boolean(p->more_budgets));
	return (o);
}

/* ---- a host, a search ---- */

static json_t *
host_points(const struct hostview *h, uint64_t since_ms)
{
	json_t				*list = json_array(), *one;
	const struct host_point		*p;
	size_t				 i;

	for (i = 0; i < hostview_points(h); i++) {
		p = hostview_point(h, i);
		if (p->ms <= since_ms)
			continue;
		one = json_object();
		set(one, "ms", json_u64(p->ms));
		set(one, "in", json_u64(p->in));
		set(one, "out", json_u64(p->out));
		(void)json_array_append_new(list, one);
	}
	return (list);
}

static json_t *
peers(struct live *l, const struct hostview *h)
{
	const struct members	*s = h->dims[HOST_PEERS];
	struct member		 m;
	json_t			*list = json_array();
	size_t			 i;

	for (i = 0; i < members_count(s) && i < WEB_ROWS; i++) {
		hostview_peer(h, members_get(s, i), &m);
		(void)json_array_append_new(list, member(l, LIVE_HOSTS, &m));
	}
	return (list);
}

static json_t *
host(const struct web_view *v, uint64_t since_ms)
{
	const struct member	*self = hostview_self(v->host);
	struct member		 none = { .key = {
	    .family = v->host->host.family & FLOW_FAMILY_MASK } };
	json_t			*o;

	memcpy(none.key.src, v->host->host.addr, sizeof(none.key.src));
	o = member(v->live, LIVE_HOSTS, self != NULL ? self : &none);
	set(o, "known", json_boolean(v->host->asked_ms != 0));
	set(o, "points", host_points(v->host, since_ms));
	set(o, "services", largest(v->live, v->host->dims[HOST_SERVICES],
	    LIVE_SERVICES));
	set(o, "peers", peers(v->live, v->host));
	return (o);
}

static json_t *
rows_found(struct live *l, const struct flow *f, size_t n)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < n; i++)
		(void)json_array_append_new(list, row(l, LIVE_HOSTS,
		    &f[i].key, f[i].count.ip - f[i].count.data,
		    f[i].count.data));
	return (list);
}

static json_t *
found(struct live *l, const struct found *f)
{
	json_t	*o = json_object();

	set(o, "query", json_string(f->text));
	set(o, "hosts", rows_found(l, f->hosts, f->nhosts));
	set(o, "matches", json_u64(f->matches));
	set(o, "complete", json_boolean(f->all && !f->later));
	set(o, "names_waiting", json_u64(f->unnamed));
	if (f->is_service)
		set(o, "service_hosts", rows_found(l, f->users, f->nusers));
	return (o);
}

static json_t *
instance(const struct web_view *v, uint64_t since_ms)
{
	const struct live_instance	*in = v->in;
	json_t				*o = json_object();

	set(o, "name", json_string(in->ext));
	set(o, "up", json_boolean(in->up));
	if (!in->up) {
		set(o, "why", json_string(in->why));
		return (o);
	}
	set_stat(o, &in->stat);
	if (v->past != NULL)
		set(o, "history", history(v));
	if (v->host != NULL) {
		set(o, "host_view", host(v, since_ms));
		return (o);
	}
	set(o, "points", points(in, since_ms));
	set(o, "hosts", hosts(v->live, in));
	set(o, "services", largest(v->live, in->dims[LIVE_SERVICES],
	    LIVE_SERVICES));
	set(o, "protocols", largest(v->live, in->dims[LIVE_PROTOCOLS],
	    LIVE_PROTOCOLS));
	if (v->found != NULL && v->found->text[0] != '\0')
		set(o, "found", found(v->live, v->found));
	return (o);
}

static int
put(const char *text, size_t len, void *f)
{
	return (fwrite(text, 1, len, f) == len ? 0 : -1);
}

int
api_write(FILE *f, const struct web_view *v, uint64_t since_ms)
{
	json_t	*o = json_object();
	int	 rc;

	set(o, "version", json_integer(1));
	set(o, "now", instant(now_wall()));
	set(o, "instances", instances(v->live));
	if (v->in != NULL)
		set(o, "instance", instance(v, since_ms));
	rc = json_put(o, put, f);
	json_decref(o);
	return (rc);
}
