/*
 * Adds up what an account has counted.  The history has rows of services for
 * all traffic, of hosts, and of pairs of hosts for networks; blocks that it
 * does not have yet have flows.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "packet/nets.h"
#include "packet/pace.h"
#include "counted.h"
#include "newer.h"
#include "trafdb.h"

/* What is added up, and the local networks of the block at hand. */
struct adding {
	struct counted	*list;
	size_t		 n;
	struct nets	*local;
	char		 networks[BLOCK_TEXT_MAX];	/* ... as text */
};

uint64_t
counted_direction(const struct counted_sum *s, enum limit_direction d)
{
	return (d == LIMIT_BOTH ? s->all : d == LIMIT_IN ? s->in : s->out);
}

/* ---- flows ---- */

static bool
is_source(const struct counted *c, const struct flow_key *k)
{
	return (!(k->flags & FLOW_NO_SRC) && k->family != 0 &&
	    nets_contains(c->nets, k->family, k->src));
}

static bool
is_destination(const struct counted *c, const struct flow_key *k)
{
	return (!(k->flags & FLOW_NO_DST) && k->family != 0 &&
	    nets_contains(c->nets, k->family, k->dst));
}

/*
 * Count traffic from and to these networks.  What stays within them is neither
 * in nor out; but one host, which may have several addresses, sends and
 * receives what it sends to itself.  In all it counts once.
 */
static void
add_flow(struct counted *c, const struct flow *f)
{
	bool	from = is_source(c, &f->key), to = is_destination(c, &f->key);
	bool	within = from && to && !c->what->one_host;

	if (from || to || c->what->whole)
		c->sum.all += f->count.ip;
	if (to && !within)
		c->sum.in += f->count.ip;
	if (from && !within)
		c->sum.out += f->count.ip;
}

/* All traffic: in and out are what they are for the interface. */
static void
add_any(struct counted *c, const struct nets *local, const struct flow *f)
{
	enum flow_direction	d = nets_direction(local, &f->key);

	c->sum.all += f->count.ip;
	if (d == FLOW_IN)
		c->sum.in += f->count.ip;
	else if (d == FLOW_OUT)
		c->sum.out += f->count.ip;
}

/* ---- owners ---- */

static bool
is_owner(const struct counted *c, const struct owners *all, const uint8_t *id)
{
	const struct owner	*o;

	return (all != NULL && owner_is(id) &&
	    (o = owners_find(all, id)) != NULL &&
	    limit_owner_matches(&c->what->owner, o));
}

/* The owner is on one side: what it has sent, or received. */
static void
add_owned(struct counted *c, const struct owners *all, const struct flow *f)
{
	bool	from = is_owner(c, all, f->key.src);
	bool	to = is_owner(c, all, f->key.dst);

	if (from || to)
		c->sum.all += f->count.ip;
	if (to)
		c->sum.in += f->count.ip;
	if (from)
		c->sum.out += f->count.ip;
}

/* ---- the history ---- */

static int
add_pair(void *arg, const struct history_row *row)
{
	struct flow	f[2];
	unsigned	i, n = history_flows(HISTORY_PAIR, row, f);

	for (i = 0; i < n; i++)
		add_flow(arg, &f[i]);
	return (0);
}

static int
add_host(void *arg, const struct history_row *row)
{
	struct counted_sum	*s = &((struct counted *)arg)->sum;

	s->in += row->count[HISTORY_IN].ip;
	s->out += row->count[HISTORY_OUT].ip;
	s->all += row->count[HISTORY_IN].ip + row->count[HISTORY_OUT].ip -
	    row->count[HISTORY_SELF].ip;
	return (0);
}

static int
add_service(void *arg, const struct history_row *row)
{
	struct counted_sum	*s = &((struct counted *)arg)->sum;

	s->all += row->count[0].ip;
	s->in += row->in;
	s->out += row->out;
	return (0);
}

/* Rows of hosts, of which owners are some, and the names of these. */
struct owned {
	struct counted	*c;
	struct owners	*all;
};

static int
add_if_owner(void *arg, const struct history_row *row)
{
	const struct owned	*w = arg;
	struct flow		 f[2];

	(void)history_flows(HISTORY_HOST, row, f);
	return (is_owner(w->c, w->all, f[0].key.src) ?
	    add_host(w->c, row) : 0);
}

static int
ask_owners(struct history *h, const struct history_account *a,
    struct history_range r, struct counted *c)
{
	struct owned	w = { c, NULL };
	int		rc;

	if ((rc = history_owners(h, a, &w.all)) != 1)
		return (rc);
	rc = history_each(h, a, HISTORY_HOST, r, NULL, add_if_owner, &w);
	owners_free(w.all);
	return (rc);
}

/* Count the rows of the host.  Its subject is made as in a feed. */
static int
ask_host(struct history *h, const struct history_account *a,
    struct history_range r, struct counted *c)
{
	struct history_row	row = { .len = 0 };
	struct flow_key		k = { .sport = 0 };

	k.family = FLOW_FAMILY_IP4;
	if (inet_pton(AF_INET, c->what->nets, k.src + 12) != 1) {
		k.family = FLOW_FAMILY_IP6;
		if (inet_pton(AF_INET6, c->what->nets, k.src) != 1)
			return (-1);
	}
	history_subject_src(&row, &k);
	return (history_each(h, a, HISTORY_HOST, r, &row, add_host, c));
}

/* Pairs say whether a host has talked to another address of its own. */
static bool
has_one_address(const struct limit *l)
{
	return (l->one_host && strchr(l->nets, ',') == NULL);
}

static uint64_t
span_of(uint64_t begin_ns, uint64_t end_ns)
{
	return (end_ns > begin_ns ? end_ns - begin_ns : 0);
}

static void
note_end(struct counted *c, uint64_t ns)
{
	if (ns > c->saved_ns)
		c->saved_ns = ns;
}

/* Of networks and hosts, in and out are what the budget says. */
static bool
is_guess(const struct counted *c, const struct block_info *b)
{
	return (c->nets == NULL && !limit_has_owner(&c->what->owner) &&
	    block_is_guess(b));
}

struct guessing {
	struct history	*h;
	struct counted	*c;
	uint64_t	 texts;		/* of the block before */
};

static int
look_at_texts(void *arg, const struct history_totals *t)
{
	struct guessing		*g = arg;
	struct block_info	 b;

	if (t->texts == g->texts)
		return (0);
	memset(&b, 0, sizeof(b));
	b.total = t->total;
	b.ledger = t->ledger;
	if (history_texts(g->h, t->texts, &b) == -1)
		return (-1);
	g->c->guessed |= is_guess(g->c, &b);
	if (b.total.packets > 0)
		g->texts = t->texts;
	return (0);
}

/*
 * If the blocks have several networks, each is looked at that the history still
 * has: of a renumbered line all have some.
 */
static int
note_guess(struct history *h, const struct history_account *a,
    struct history_range r, const struct history_totals *t, struct counted *c)
{
	struct guessing	g = { h, c, HISTORY_MANY_TEXTS };

	if (c->nets != NULL || limit_has_owner(&c->what->owner) ||
	    t->blocks == 0)
		return (0);
	return (t->texts == HISTORY_MANY_TEXTS ?
	    history_blocks(h, a, r, look_at_texts, &g) :
	    look_at_texts(&g, t));
}

static int
ask_history(struct history *h, const struct history_account *a,
    struct counted *c)
{
	struct history_range	r = c->range;
	struct history_totals	t;

	c->rounded = !history_answers(a, &r);
	if (history_total(h, a, r, &t) == -1 ||
	    note_guess(h, a, r, &t, c) == -1)
		return (-1);
	c->accounted_ns += pace_accounted(span_of(t.begin_ns, t.end_ns),
	    t.duration_ns, &t.ledger);
	note_end(c, t.end_ns);
	if (limit_has_owner(&c->what->owner))
		return (ask_owners(h, a, r, c));
	if (c->nets == NULL)
		return (history_each(h, a, HISTORY_SERVICE, r, NULL,
		    add_service, c));
	return (has_one_address(c->what) ? ask_host(h, a, r, c) :
	    history_each(h, a, HISTORY_PAIR, r, NULL, add_pair, c));
}

/* ---- what the history does not have ---- */

static bool
is_in_range(const struct counted *c, const struct block_info *b)
{
	uint32_t	hour = history_hour(b);

	return (hour >= c->range.from && hour < c->range.until);
}

static bool
touches(const struct counted *c, const struct block_info *b)
{
	return (b->begin_ns / HISTORY_HOUR_NS < c->range.until &&
	    b->end_ns / HISTORY_HOUR_NS >= c->range.from);
}

static bool
wants(void *arg, const struct block_info *b, bool is_unsaved)
{
	struct adding	*w = arg;
	struct counted	*c;
	bool		 any = false;

	for (c = w->list; c < w->list + w->n; c++) {
		if (is_in_range(c, b))
			any = true;
		else if (is_unsaved && touches(c, b))
			c->undivided = true;
	}
	return (any);
}

static int
set_local(struct adding *w, const struct block_info *b)
{
	if (w->local != NULL && strcmp(w->networks, b->networks) == 0)
		return (0);
	nets_free(w->local);
	(void)strlcpy(w->networks, b->networks, sizeof(w->networks));
	if ((w->local = nets_recorded(b->networks)) != NULL)
		return (0);
	log_error("memory");
	return (-1);
}

static void
add_block(struct counted *c, const struct block_info *b, bool is_unsaved)
{
	c->accounted_ns += pace_accounted(span_of(b->begin_ns, b->end_ns),
	    b->duration_ns, &b->ledger);
	c->guessed |= is_guess(c, b);
	if (is_unsaved)
		c->unsaved = true;
	else
		note_end(c, b->end_ns);
}

static void
add_row(struct adding *w, struct counted *c, const struct block_info *b,
    const struct flow *f)
{
	if (limit_has_owner(&c->what->owner))
		add_owned(c, b->owners, f);
	else if (c->nets == NULL)
		add_any(c, w->local, f);
	else
		add_flow(c, f);
}

static int
add_newer(void *arg, const struct block_info *b, bool is_unsaved,
    const struct flow *rows, size_t n)
{
	struct adding	*w = arg;
	struct counted	*c;
	size_t		 i;

	if (set_local(w, b) == -1)
		return (-1);
	for (c = w->list; c < w->list + w->n; c++) {
		if (!is_in_range(c, b))
			continue;
		if (n == 0)
			add_block(c, b, is_unsaved);
		for (i = 0; i < n; i++)
			add_row(w, c, b, &rows[i]);
	}
	return (0);
}

/* ---- all of it ---- */

static int
set_nets(struct counted *list, size_t n)
{
	struct counted	*c;
	const char	*bad;

	for (c = list; c < list + n; c++)
		if (c->what->nets[0] != '\0' && ((c->nets = nets_new()) ==
		    NULL || nets_add(c->nets, c->what->nets, &bad) == -1)) {
			log_error("budget %s", c->what->name);
			return (-1);
		}
	return (0);
}

static void
free_nets(struct counted *list, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++) {
		nets_free(list[i].nets);
		list[i].nets = NULL;
	}
}

/* Is there anything of an account that the history does not have? */
static int
check_exists(const struct counted_account *at)
{
	char	path[PATH_MAX];

	if (at->unsaved->from != UNSAVED_NOTHING)
		return (0);
	if (save_path(at->statedir, at->name, path) == -1)
		return (-1);
	return (access(path, F_OK) == 0 ? 0 : COUNTED_NO_ACCOUNT);
}

static int
add_up(const struct counted_account *at, struct history *h, struct adding *w)
{
	const struct newer	to = { at->statedir, at->unsaved, wants,
				    add_newer, w };
	struct history_account	a;
	size_t			i;
	int			rc;

	if ((rc = history_account(h, at->name, &a)) == -1)
		return (db_fail(h));
	for (i = 0; rc == 1 && i < w->n; i++)
		if (ask_history(h, &a, &w->list[i]) == -1)
			return (db_fail(h));
	if (rc == 0) {
		if ((rc = check_exists(at)) != 0)
			return (rc);
		memset(&a, 0, sizeof(a));
		(void)strlcpy(a.name, at->name, sizeof(a.name));
	}
	return (newer_each(&to, h, &a));
}

int
counted_add(const struct counted_account *at, struct history *h,
    struct counted *list, size_t n)
{
	struct adding	w = { .list = list, .n = n };
	int		rc = set_nets(list, n);

	if (rc == 0)
		rc = add_up(at, h, &w);
	free_nets(list, n);
	nets_free(w.local);
	return (rc);
}
