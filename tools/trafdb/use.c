/*
 * Adds up what of a budget was used.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "packet/nets.h"
#include "trafdb.h"
#include "use.h"

struct use {
	const struct limit	*limit;
	struct nets		*nets;		/* of the budget; NULL: all */
	struct nets		*local;		/* of the block at hand */
	char			 networks[BLOCK_TEXT_MAX]; /* ... as text */
	uint64_t		 octets;
	uint64_t		 accounted_ns;
};

static void
add(struct use *u, bool in, bool out, uint64_t octets)
{
	if ((in && u->limit->direction != LIMIT_OUT) ||
	    (out && u->limit->direction != LIMIT_IN))
		u->octets += octets;
}

static bool
is_source(const struct use *u, const struct flow_key *k)
{
	return (!(k->flags & FLOW_NO_SRC) && k->family != 0 &&
	    nets_contains(u->nets, k->family, k->src));
}

static bool
is_destination(const struct use *u, const struct flow_key *k)
{
	return (!(k->flags & FLOW_NO_DST) && k->family != 0 &&
	    nets_contains(u->nets, k->family, k->dst));
}

/*
 * Count traffic from and to these networks.  What stays within them is neither
 * in nor out, and counts in both directions together only.
 */
static void
add_flow(struct use *u, const struct flow *f)
{
	bool	from = is_source(u, &f->key), to = is_destination(u, &f->key);

	if (from && to && u->limit->direction == LIMIT_BOTH)
		u->octets += f->count.ip;
	else if (from != to)
		add(u, to, from, f->count.ip);
}

/*
 * The same for one host, which may have several addresses: what it sends to
 * itself counts in each direction, and once if both count.
 */
static void
add_own(struct use *u, const struct flow *f)
{
	bool	from = is_source(u, &f->key), to = is_destination(u, &f->key);

	if ((from && u->limit->direction != LIMIT_IN) ||
	    (to && u->limit->direction != LIMIT_OUT))
		u->octets += f->count.ip;
}

static void
add_row(struct use *u, const struct flow *f)
{
	if (u->limit->one_host)
		add_own(u, f);
	else
		add_flow(u, f);
}

static int
add_pair(void *arg, const struct history_row *row)
{
	struct flow	f[2];
	unsigned	i, n = history_flows(HISTORY_PAIR, row, f);

	for (i = 0; i < n; i++)
		add_row(arg, &f[i]);
	return (0);
}

static int
add_host(void *arg, const struct history_row *row)
{
	struct use	*u = arg;

	if (u->limit->direction != LIMIT_OUT)
		u->octets += row->count[HISTORY_IN].ip;
	if (u->limit->direction != LIMIT_IN)
		u->octets += row->count[HISTORY_OUT].ip;
	if (u->limit->direction == LIMIT_BOTH)
		u->octets -= row->count[HISTORY_SELF].ip;
	return (0);
}

static int
add_service(void *arg, const struct history_row *row)
{
	struct use	*u = arg;

	if (u->limit->direction == LIMIT_BOTH)
		u->octets += row->count[0].ip;
	else
		u->octets += u->limit->direction == LIMIT_IN ? row->in :
		    row->out;
	return (0);
}

/* Count the rows of the host.  Its subject is made as in a feed. */
static int
ask_host(struct history *h, const struct history_account *a,
    struct history_range r, struct use *u)
{
	struct history_row	row = { .len = 0 };
	struct flow_key		k = { .sport = 0 };

	k.family = FLOW_FAMILY_IP4;
	if (inet_pton(AF_INET, u->limit->nets, k.src + 12) != 1) {
		k.family = FLOW_FAMILY_IP6;
		if (inet_pton(AF_INET6, u->limit->nets, k.src) != 1)
			return (-1);
	}
	history_subject_src(&row, &k);
	return (history_each(h, a, HISTORY_HOST, r, &row, add_host, u));
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

static int
ask_history(struct history *h, const struct history_account *a,
    struct history_range r, struct use *u)
{
	const struct limit	*l = u->limit;
	struct history_totals	 t;

	if (!history_answers(a, &r))
		log_warnx("period rounded to whole days: %s: its hours were "
		    "pruned", l->name);
	if (history_total(h, a, r, &t) == -1)
		return (-1);
	u->accounted_ns += pace_accounted(span_of(t.begin_ns, t.end_ns),
	    t.duration_ns, &t.ledger);
	if (l->nets[0] == '\0')
		return (history_each(h, a, HISTORY_SERVICE, r, NULL,
		    add_service, u));
	return (has_one_address(l) ? ask_host(h, a, r, u) :
	    history_each(h, a, HISTORY_PAIR, r, NULL, add_pair, u));
}

/* ---- what the history does not have ---- */

static int
set_local(struct use *u, const struct block_info *b)
{
	if (u->local != NULL && strcmp(u->networks, b->networks) == 0)
		return (0);
	nets_free(u->local);
	(void)strlcpy(u->networks, b->networks, sizeof(u->networks));
	if ((u->local = nets_recorded(b->networks)) != NULL)
		return (0);
	log_error("budget %s", u->limit->name);
	return (-1);
}

/* All traffic: in and out are what they are for the interface. */
static void
add_any(struct use *u, const struct flow *f)
{
	enum flow_direction	d = nets_direction(u->local, &f->key);

	if (u->limit->direction == LIMIT_BOTH)
		u->octets += f->count.ip;
	else
		add(u, d == FLOW_IN, d == FLOW_OUT, f->count.ip);
}

static int
add_newer(void *arg, const struct block_info *b, const struct flow *rows,
    size_t n)
{
	struct use	*u = arg;
	size_t		 i;

	if (set_local(u, b) == -1)
		return (-1);
	if (n == 0)
		u->accounted_ns += pace_accounted(span_of(b->begin_ns,
		    b->end_ns), b->duration_ns, &b->ledger);
	for (i = 0; i < n; i++)
		if (u->nets == NULL)
			add_any(u, &rows[i]);
		else
			add_row(u, &rows[i]);
	return (0);
}

/* ---- all of it ---- */

void
use_begin(struct use_cache *c)
{
	c->account[0] = '\0';
	c->unsaved.fd = -1;
}

void
use_end(struct use_cache *c)
{
	unsaved_close(&c->unsaved);
}

static int
fetch(struct use_cache *c, const struct options *opt, const char *account)
{
	if (strcmp(c->account, account) != 0) {
		unsaved_close(&c->unsaved);
		(void)strlcpy(c->account, account, sizeof(c->account));
		c->failed = newer_unsaved(opt, account, &c->unsaved) == -1;
	}
	return (c->failed ? -1 : 0);
}

/* Is there anything of an account that the history does not have? */
static int
check_exists(const struct options *opt, const struct use_cache *c,
    const struct limit *l)
{
	char	path[PATH_MAX];

	if (c->unsaved.from != UNSAVED_NOTHING)
		return (0);
	if (save_path(opt, l->iface, path) == -1)
		return (-1);
	if (access(path, F_OK) == 0)
		return (0);
	log_errorx("no account: %s, which the budget %s needs", l->iface,
	    l->name);
	return (-1);
}

static int
ask_all(const struct use_cache *c, const struct options *opt,
    struct history *h, struct history_range r, struct use *u)
{
	struct history_account	a;
	int			rc;

	if ((rc = history_account(h, u->limit->iface, &a)) == 0) {
		if (check_exists(opt, c, u->limit) == -1)
			return (-1);
		memset(&a, 0, sizeof(a));
		(void)strlcpy(a.name, u->limit->iface, sizeof(a.name));
	}
	if (rc == -1 || (rc == 1 && ask_history(h, &a, r, u) == -1))
		return (db_fail(h));
	return (newer_each(opt, h, &a, &c->unsaved, r, add_newer, u));
}

int
use_of(struct use_cache *c, const struct options *opt, struct history *h,
    const struct limit *l, struct history_range r, struct pace *p)
{
	struct use	 u = { .limit = l };
	const char	*bad;
	int		 rc = -1;

	memset(p, 0, sizeof(*p));
	p->begin_ns = r.from * HISTORY_HOUR_NS;
	p->end_ns = r.until * HISTORY_HOUR_NS;
	if (fetch(c, opt, l->iface) == -1)
		return (-1);
	if (l->nets[0] == '\0' || ((u.nets = nets_new()) != NULL &&
	    nets_add(u.nets, l->nets, &bad) == 0))
		rc = ask_all(c, opt, h, r, &u);
	else
		log_error("budget %s", l->name);
	p->octets = u.octets;
	p->accounted_ns = u.accounted_ns;
	nets_free(u.nets);
	nets_free(u.local);
	return (rc);
}
