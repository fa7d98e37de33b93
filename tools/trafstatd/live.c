/*
 * Queries the daemons.  Owns their last answers, the sets of their largest
 * hosts, services and protocols, and points for a chart.  One thread: a query
 * blocks, so a daemon that does not answer is not queried again for a while.
 */
#include "config.h"

#include <netinet/in.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "names/later.h"
#include "names/names.h"
#include "packet/addr.h"
#include "packet/nets.h"
#include "packet/owner_text.h"
#include "live.h"

#define INSTANCES_MOST	64
#define PROTOCOLS	256	/* all that can exist are queried */
#define TIMEOUT_MS	2000	/* of a query */
#define REST_MS		10000	/* after one without an answer */
#define SHARE		400	/* a daemon may spend 1/SHARE on a table */
#define COST_LEAST_MS	2	/* assumed cost of a table, at most: this */
#define COST_ROWS	2000	/* plus 1 ms per so many rows */
#define PAUSE		3	/* times what it took: a quarter of the time */
#define PAUSE_FROM_MS	20	/* a shorter query costs nothing */
#define WAIT_LEAST_MS	900	/* between two queries of a table */
#define WAIT_MOST_MS	300000

struct live {
	const char		*run_dir;
	size_t			 top;
	size_t			 n;
	struct live_instance	*list[INSTANCES_MOST];
	uint64_t		 looked_ms;
	struct owners		*owners;	/* NULL: none was seen */
	struct names		*names;		/* of protocols */
	struct names		*services;
	struct later		*later;		/* or NULL */
	char			 title[NAMES_PORT_LEN];
};

static const enum control_by dim_by[LIVE_DIMS] = {
	[LIVE_HOSTS] = CONTROL_BY_HOST,
	[LIVE_SERVICES] = CONTROL_BY_SERVICE,
	[LIVE_PROTOCOLS] = CONTROL_BY_PROTOCOL,
};

uint64_t
live_now_ms(void)
{
	return ((uint64_t)now_mono_ms() + 1);
}

struct live *
live_new(const char *run_dir, size_t top, struct later *later)
{
	static const struct names_opts	 numbers = { .numeric = true };
	static const struct names_opts	 words = { .numeric = false };
	struct live			*l;
	char				 buf[NAMES_PORT_LEN];

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return (NULL);
	l->run_dir = run_dir;
	l->top = top;
	l->later = later;
	l->names = names_new(&numbers);
	l->services = names_new(later != NULL ? &words : &numbers);
	if (l->names == NULL || l->services == NULL) {
		live_free(l);
		return (NULL);
	}
	/* Reads services(5) now: the sandbox forbids it. */
	(void)names_port(l->services, IPPROTO_TCP, 0, buf);
	return (l);
}

/* ---- instances ---- */

static void
instance_free(struct live_instance *in)
{
	int	d;

	for (d = 0; d < LIVE_DIMS; d++)
		members_free(in->dims[d]);
	nets_free(in->local);
	live_drop_table(in);
	free(in);
}

static struct live_instance *
instance_new(const struct live *l, const char *ext)
{
	struct live_instance	*in;
	int			 d;

	if ((in = calloc(1, sizeof(*in))) == NULL)
		return (NULL);
	(void)strlcpy(in->ext, ext, sizeof(in->ext));
	in->table_fd = -1;
	for (d = 0; d < LIVE_DIMS; d++)
		if ((in->dims[d] = members_new(d == LIVE_PROTOCOLS ?
		    PROTOCOLS / 2 : l->top, d == LIVE_HOSTS)) == NULL) {
			instance_free(in);
			return (NULL);
		}
	return (in);
}

void
live_free(struct live *l)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		instance_free(l->list[i]);
	owners_free(l->owners);
	names_free(l->names);
	names_free(l->services);
	free(l);
}

struct live_instance *
live_find(struct live *l, const char *ext)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->list[i]->ext, ext) == 0)
			return (l->list[i]);
	return (NULL);
}

static bool
note_instance(void *arg, const char *ext)
{
	struct live		*l = arg;
	struct live_instance	*in;

	if (strlen(ext) > TRAFD_EXT_MAX)
		return (true);
	if ((in = live_find(l, ext)) == NULL) {
		if (l->n == INSTANCES_MOST ||
		    (in = instance_new(l, ext)) == NULL)
			return (false);
		l->list[l->n++] = in;
	}
	in->here = true;
	return (true);
}

static int
by_ext(const void *a, const void *b)
{
	const struct live_instance	*const *x = a, *const *y = b;

	return (strcmp((*x)->ext, (*y)->ext));
}

/* Update the list of instances; those without a socket are dropped. */
static void
find_instances(struct live *l)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		l->list[i]->here = false;
	(void)control_instances(l->run_dir, note_instance, l);
	for (i = 0; i < l->n; )
		if (l->list[i]->here)
			i++;
		else {
			instance_free(l->list[i]);
			l->list[i] = l->list[--l->n];
		}
	qsort(l->list, l->n, sizeof(l->list[0]), by_ext);
}

/* ---- queries ---- */

static void
client_init(const struct live *l, const struct live_instance *in,
    struct control_client *c)
{
	memset(c, 0, sizeof(*c));
	c->run_dir = l->run_dir;
	c->ext = in->ext;
	c->timeout_ms = TIMEOUT_MS;
}

static bool
is_answer(struct live_instance *in, const struct control_client *c,
    enum control_outcome outcome)
{
	in->up = outcome == CONTROL_DONE;
	if (in->up)
		return (true);
	(void)strlcpy(in->why, c->err, sizeof(in->why));
	if (outcome == CONTROL_BROKEN)
		in->retry_ms = live_now_ms() + REST_MS;
	return (false);
}

/* Add a point; a restarted daemon counts from 0, so its old points go. */
static void
add_point(struct live_instance *in, uint64_t started_before)
{
	struct live_point	*p;

	if (control_first_started(&in->stat) != started_before)
		in->npoints = 0;
	p = &in->points[in->npoints++ % LIVE_POINTS];
	p->ms = in->stat_ms;
	p->packets = in->stat.v[CONTROL_SEEN_PACKETS];
	p->bytes = in->stat.v[CONTROL_SEEN_BYTES];
}

static void
set_local(struct live_instance *in)
{
	const char	*text = in->stat.text[CONTROL_TEXT_NETWORKS];

	if (in->local != NULL && strcmp(in->networks, text) == 0)
		return;
	(void)strlcpy(in->networks, text, sizeof(in->networks));
	nets_free(in->local);
	in->local = nets_recorded(text);
}

bool
live_is_local(const struct live_instance *in, const struct flow_key *k)
{
	return (in->local != NULL && k->family != FLOW_FAMILY_NONE &&
	    nets_contains(in->local, k->family, k->src));
}

static void
ask_stat(struct live *l, struct live_instance *in)
{
	struct control_client	c;
	uint64_t		started = control_first_started(&in->stat);

	if (live_now_ms() < in->retry_ms)
		return;
	client_init(l, in, &c);
	if (!is_answer(in, &c, control_stat(&c, &in->stat)))
		return;
	in->stat_ms = live_now_ms();
	set_local(in);
	add_point(in, started);
}

void
live_look(struct live *l, uint64_t age_ms)
{
	uint64_t	now = live_now_ms();
	size_t		i;

	if (l->looked_ms != 0 && now - l->looked_ms < age_ms)
		return;
	l->looked_ms = now;
	find_instances(l);
	for (i = 0; i < l->n; i++) {
		ask_stat(l, l->list[i]);
		/* Nobody looks any more: a large one fills the disk. */
		if (now - l->list[i]->table_ms > WAIT_MOST_MS)
			live_drop_table(l->list[i]);
	}
}

/*
 * Remove rows without an address: they sum up traffic whose address the table
 * has lost, which must count as `other'.
 */
static size_t
named_rows(enum live_dim d, struct flow *rows, size_t n)
{
	size_t	i, kept = 0;

	for (i = 0; i < n; i++)
		if (d != LIVE_HOSTS || rows[i].key.family != FLOW_FAMILY_NONE)
			rows[kept++] = rows[i];
	return (kept);
}

void
live_answer(const struct live_instance *in, const struct control_table *t,
    struct members_answer *a)
{
	memset(a, 0, sizeof(*a));
	a->rows = t->rows;
	a->n = t->n;
	a->started_ns = control_first_started(&in->stat);
	a->epoch_first = t->info.epoch_first;
	a->total = in->stat.v[CONTROL_SEEN_BYTES];
	a->now_ns = now_wall();
	a->now_ms = live_now_ms();
}

static void
take_table(struct live_instance *in, enum live_dim d,
    struct control_table *t, size_t wanted)
{
	struct members_answer	a;

	live_answer(in, t, &a);
	a.complete = t->n < wanted;
	a.n = named_rows(d, t->rows, t->n);
	members_update(in->dims[d], &a);
}

uint64_t
live_wait(const struct live_instance *in, uint64_t took_ms)
{
	uint64_t	most = COST_LEAST_MS +
			    in->stat.v[CONTROL_ROWS] / COST_ROWS;
	uint64_t	wait = (took_ms < most ? took_ms : most) * SHARE;

	if (wait < WAIT_LEAST_MS)
		return (WAIT_LEAST_MS);
	return (wait < WAIT_MOST_MS ? wait : WAIT_MOST_MS);
}

uint64_t
live_pause(uint64_t took_ms)
{
	return (took_ms > PAUSE_FROM_MS ? PAUSE * took_ms : 0);
}

bool
live_ask(struct live *l, struct live_instance *in,
    const struct control_query *q, struct control_table *t)
{
	struct control_client	c;

	if (live_now_ms() < in->retry_ms)
		return (false);
	client_init(l, in, &c);
	return (is_answer(in, &c, control_table(&c, q, t)));
}

bool
live_ask_file(const struct live *l, const struct live_instance *in, int *fd)
{
	const struct control_query	q = { 0 };
	struct control_client		c;

	if (live_now_ms() < in->retry_ms)
		return (false);
	client_init(l, in, &c);
	/* A table too large to get in time does not mean a silent daemon. */
	return (control_table_file(&c, &q, fd) == CONTROL_DONE);
}

void
live_rule(struct control_rule *r, const uint8_t addr[16], unsigned int bits)
{
	memcpy(r->src, addr, sizeof(r->src));
	r->src_bits = (uint8_t)bits;
	r->flags |= CONTROL_RULE_EITHER;
}

static void
ask_table(struct live *l, struct live_instance *in, enum live_dim d)
{
	struct control_query	q = { 0 };
	struct control_table	t;
	uint64_t		begin = live_now_ms();

	q.by = dim_by[d];
	q.order = CONTROL_ORDER_IP;
	q.top = (uint32_t)members_wanted(in->dims[d]);
	if (!live_ask(l, in, &q, &t))
		return;
	in->dim_ms[d] = live_now_ms();
	in->dim_begin[d] = in->stat.v[CONTROL_BEGIN];
	in->dim_wait[d] = live_wait(in, in->dim_ms[d] - begin);
	if (t.owners != NULL && (l->owners != NULL ||
	    (l->owners = owners_new()) != NULL))
		(void)owners_add_all(l->owners, t.owners);
	take_table(in, d, &t, q.top);
	control_table_free(&t);
}

void
live_look_into(struct live *l, struct live_instance *in)
{
	uint64_t	now = live_now_ms();
	int		d;

	for (d = 0; d < LIVE_DIMS && in->up; d++)
		if (in->dim_ms[d] == 0 ||
		    in->dim_begin[d] != in->stat.v[CONTROL_BEGIN] ||
		    now - in->dim_ms[d] >= in->dim_wait[d])
			ask_table(l, in, (enum live_dim)d);
}

/* ---- results ---- */

struct live_instance *
live_get(struct live *l, size_t i)
{
	return (l->list[i]);
}

size_t
live_count(const struct live *l)
{
	return (l->n);
}

size_t
live_points(const struct live_instance *in)
{
	return (in->npoints < LIVE_POINTS ? in->npoints : LIVE_POINTS);
}

const struct live_point *
live_point(const struct live_instance *in, size_t i)
{
	size_t	oldest = in->npoints < LIVE_POINTS ? 0 : in->npoints;

	return (&in->points[(oldest + i) % LIVE_POINTS]);
}

void
live_rates(const struct live_instance *in, double *bytes, double *packets)
{
	size_t			 n = live_points(in);
	const struct live_point	*a, *b;
	double			 seconds;

	*bytes = *packets = 0;
	if (n < 2)
		return;
	a = live_point(in, n - 2);
	b = live_point(in, n - 1);
	seconds = (double)(b->ms - a->ms) / 1000;
	if (seconds <= 0)
		return;
	*bytes = (double)(b->bytes - a->bytes) / seconds;
	*packets = (double)(b->packets - a->packets) / seconds;
}

char *
live_name(struct live *l, enum live_dim d, const struct flow_key *key,
    char buf[LIVE_NAME_LEN])
{
	const char	*proto;

	if (d == LIVE_HOSTS && owner_is(key->src) &&
	    key->family != FLOW_FAMILY_NONE)
		return (owner_text(l->owners, key->src, false, buf,
		    LIVE_NAME_LEN));
	if (d == LIVE_HOSTS)
		return (addr_format(key->family, key->src, buf));
	proto = names_proto(l->names, key->proto);
	if (d == LIVE_PROTOCOLS || (key->sport == 0 && key->dport == 0))
		(void)strlcpy(buf, proto, LIVE_NAME_LEN);
	else
		(void)snprintf(buf, LIVE_NAME_LEN, "%d/%s",
		    key->sport != 0 ? key->sport : key->dport, proto);
	return (buf);
}

const char *
live_title(struct live *l, enum live_dim d, const struct flow_key *key)
{
	uint16_t	port = key->sport != 0 ? key->sport : key->dport;

	if (d == LIVE_HOSTS && l->later != NULL && !owner_is(key->src))
		return (later_name(l->later, key->family, key->src));
	if (d != LIVE_SERVICES || l->later == NULL || port == 0)
		return ("");
	(void)names_port(l->services, key->proto, port, l->title);
	return (isdigit((unsigned char)l->title[0]) ? "" : l->title);
}

struct later *
live_later(struct live *l)
{
	return (l->later);
}

struct names *
live_services(struct live *l)
{
	return (l->services);
}
