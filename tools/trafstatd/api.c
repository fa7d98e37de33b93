/*
 * The data of the page as JSON.  Described in trafstatd(8); within a version
 * of the path members may be added, but none changes its meaning.
 */
#include "config.h"


#include "base/clock.h"
#include "base/when.h"
#include "report/json.h"
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

static json_t *
largest(struct live *l, const struct live_instance *in, enum live_dim d)
{
	const struct members	*s = in->dims[d];
	const struct member	*m;
	json_t			*list = json_array(), *one;
	char			 name[LIVE_NAME_LEN];
	size_t			 i;

	for (i = 0; i < members_count(s) && i < WEB_ROWS; i++) {
		m = members_get(s, i);
		one = json_object();
		set(one, "name", json_string(live_name(l, d, &m->key, name)));
		set(one, "in", json_u64(m->account_in));
		set(one, "out", json_u64(m->account_out));
		set(one, "in_per_second", rate(m->rate_in));
		set(one, "out_per_second", rate(m->rate_out));
		(void)json_array_append_new(list, one);
	}
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
}

static json_t *
instance(struct live *l, const struct live_instance *in, uint64_t since_ms)
{
	json_t	*o = json_object();

	set(o, "name", json_string(in->ext));
	set(o, "up", json_boolean(in->up));
	if (!in->up) {
		set(o, "why", json_string(in->why));
		return (o);
	}
	set_stat(o, &in->stat);
	set(o, "points", points(in, since_ms));
	set(o, "hosts", largest(l, in, LIVE_HOSTS));
	set(o, "services", largest(l, in, LIVE_SERVICES));
	set(o, "protocols", largest(l, in, LIVE_PROTOCOLS));
	return (o);
}

static int
put(const char *text, size_t len, void *f)
{
	return (fwrite(text, 1, len, f) == len ? 0 : -1);
}

int
api_write(FILE *f, struct live *l, const struct live_instance *in,
    uint64_t since_ms)
{
	json_t	*o = json_object();
	int	 rc;

	set(o, "version", json_integer(1));
	set(o, "now", instant(now_wall()));
	set(o, "instances", instances(l));
	if (in != NULL)
		set(o, "instance", instance(l, in, since_ms));
	rc = json_put(o, put, f);
	json_decref(o);
	return (rc);
}
