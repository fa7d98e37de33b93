/*
 * Reads the history for the page: opens it, asks, and closes it again at once,
 * so that a writer does not wait.  Periods are local ones, as far as whole
 * hours of UTC can be, like those of budgets.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "history/history.h"
#include "packet/flow.h"
#include "packet/nets.h"
#include "trafdb/limit.h"
#include "past.h"

/* Seconds to wait for a writer. */
#define WAIT	5

struct asking {
	struct history			*h;
	const struct history_account	*account;
	const struct past_question	*q;
	struct past			*past;
};

static bool
is_one(const struct past_question *q)
{
	return (q->host.family != FLOW_FAMILY_NONE);
}

/* ---- sums ---- */

static int
add_host(void *arg, const struct history_row *row)
{
	struct past_sum	*s = arg;

	s->in += row->count[HISTORY_IN].ip;
	s->out += row->count[HISTORY_OUT].ip;
	s->all += row->count[HISTORY_IN].ip + row->count[HISTORY_OUT].ip -
	    row->count[HISTORY_SELF].ip;
	return (0);
}

static int
sum_host(const struct asking *a, const struct names_host *host,
    struct history_range r, struct past_sum *s)
{
	struct history_row	row = { .len = 0 };
	struct flow_key		k = {
	    .family = host->family & FLOW_FAMILY_MASK };

	memcpy(k.src, host->addr, sizeof(k.src));
	history_subject_src(&row, &k);
	return (history_each(a->h, a->account, HISTORY_HOST, r, &row,
	    add_host, s));
}

/* A range whose hours were pruned is widened to whole days or months. */
static int
sum(const struct asking *a, struct history_range r, struct past_sum *s)
{
	struct history_totals	t;

	memset(s, 0, sizeof(*s));
	(void)history_answers(a->account, &r);
	if (is_one(a->q))
		return (sum_host(a, &a->q->host, r, s));
	if (history_total(a->h, a->account, r, &t) == -1)
		return (-1);
	s->all = t.total.ip;
	if (t.end_ns > a->past->end_ns)
		a->past->end_ns = t.end_ns;
	return (0);
}

/* The first whole hour at or after ns. */
static uint32_t
hour_of(uint64_t ns)
{
	return ((uint32_t)((ns + HISTORY_HOUR_NS - 1) / HISTORY_HOUR_NS));
}

static int
sum_since(const struct asking *a, enum calendar_grain grain, uint64_t now,
    uint64_t *begin_ns, struct past_sum *s)
{
	struct calendar_period	p;
	struct history_range	r;

	calendar_period(grain, now, &p);
	*begin_ns = p.begin_ns;
	r.from = hour_of(p.begin_ns);
	r.until = hour_of(p.end_ns);
	return (sum(a, r, s));
}

static int
sum_hours(const struct asking *a, uint64_t now)
{
	uint32_t		first = (uint32_t)(now / HISTORY_HOUR_NS) + 1 -
	    PAST_HOURS;
	struct history_range	r;
	struct past_sum		s;
	int			i;

	a->past->hour_ns = first * HISTORY_HOUR_NS;
	for (i = 0; i < PAST_HOURS; i++) {
		r.from = first + (uint32_t)i;
		r.until = r.from + 1;
		/* Pruned hours are unknown, their days are in the sums. */
		if (r.from < a->account->kept[HISTORY_HOUR])
			continue;
		if (sum(a, r, &s) == -1)
			return (-1);
		a->past->hours[i] = s.all;
	}
	return (0);
}

/* Of one host, too, the end is that of the account's last block. */
static int
find_end(const struct asking *a)
{
	struct history_range	r = { a->account->last,
	    a->account->last + 1 };
	struct history_totals	t;

	(void)history_answers(a->account, &r);
	if (history_total(a->h, a->account, r, &t) == -1)
		return (-1);
	if (t.end_ns > a->past->end_ns)
		a->past->end_ns = t.end_ns;
	return (0);
}

/* ---- budgets ---- */

struct use {
	const struct nets	*nets;
	struct past_sum		 sum;
	uint64_t		 inside;	/* between the networks */
};

/*
 * As trafdb check counts: what stays within networks is neither in nor out,
 * but what a host sends to another address of its own is both.
 */
static int
add_pair(void *arg, const struct history_row *row)
{
	struct use	*u = arg;
	struct flow	 f[2];
	unsigned	 i, n = history_flows(HISTORY_PAIR, row, f);
	bool		 from, to;

	for (i = 0; i < n; i++) {
		const struct flow_key	*k = &f[i].key;

		from = !(k->flags & FLOW_NO_SRC) && k->family != 0 &&
		    nets_contains(u->nets, k->family, k->src);
		to = !(k->flags & FLOW_NO_DST) && k->family != 0 &&
		    nets_contains(u->nets, k->family, k->dst);
		if (from && to)
			u->inside += f[i].count.ip;
		else if (from)
			u->sum.out += f[i].count.ip;
		else if (to)
			u->sum.in += f[i].count.ip;
	}
	return (0);
}

static int
add_service(void *arg, const struct history_row *row)
{
	struct past_sum	*s = arg;

	s->all += row->count[0].ip;
	s->in += row->in;
	s->out += row->out;
	return (0);
}

static int
sum_nets(const struct asking *a, const struct nets *nets, bool one_host,
    struct history_range r, struct past_sum *s)
{
	struct use	u = { .nets = nets };

	if (history_each(a->h, a->account, HISTORY_PAIR, r, NULL, add_pair,
	    &u) == -1)
		return (-1);
	*s = u.sum;
	s->all = u.sum.in + u.sum.out + u.inside;
	if (one_host) {
		s->in += u.inside;
		s->out += u.inside;
	}
	return (0);
}

static int
sum_budget(const struct asking *a, const struct limit *l,
    const struct nets *nets, struct history_range r, struct past_sum *s)
{
	struct names_host	host = { .family = 0 };

	memset(s, 0, sizeof(*s));
	(void)history_answers(a->account, &r);
	if (l->nets[0] == '\0')
		return (history_each(a->h, a->account, HISTORY_SERVICE, r,
		    NULL, add_service, s));
	if (l->one_host && nets_is_host(nets, &host.family, host.addr))
		return (sum_host(a, &host, r, s));
	return (sum_nets(a, nets, l->one_host, r, s));
}

/* On the page of a host: what holds for it. */
static bool
is_shown(const struct asking *a, const struct limit *l,
    const struct nets *nets)
{
	return (strcmp(l->iface, a->q->ext) == 0 && (!is_one(a->q) ||
	    (l->nets[0] != '\0' && nets_contains(nets, a->q->host.family,
	    a->q->host.addr))));
}

static int
put_budget(const struct asking *a, const struct limit *l,
    const struct nets *nets)
{
	struct past		*p = a->past;
	struct past_budget	*b = &p->budgets[p->nbudgets];
	struct history_range	 r;
	struct past_sum		 s;

	limit_period(l, now_wall() / NS_PER_S, &r);
	if (sum_budget(a, l, nets, r, &s) == -1)
		return (-1);
	(void)strlcpy(b->name, l->name, sizeof(b->name));
	(void)snprintf(b->what, sizeof(b->what), "%.40s, %s, a %s",
	    l->nets[0] != '\0' ? l->nets : "all",
	    l->direction == LIMIT_BOTH ? "in and out" :
	    limit_directions[l->direction], limit_periods[l->period]);
	b->used = l->direction == LIMIT_BOTH ? s.all :
	    l->direction == LIMIT_IN ? s.in : s.out;
	b->most = l->octets;
	b->since_ns = r.from * HISTORY_HOUR_NS;
	p->nbudgets++;
	return (0);
}

static int
ask_budgets(const struct asking *a)
{
	struct limit	 l = { .name = "" };
	struct nets	*nets;
	const char	*bad;
	int		 rc = 0, more;

	while (rc == 0 && a->past->nbudgets < PAST_BUDGETS &&
	    (more = limit_next(a->h, l.name, &l)) > 0) {
		if (more == LIMIT_UNKNOWN)
			continue;
		if ((nets = nets_new()) == NULL)
			return (-1);
		if (nets_add(nets, l.nets, &bad) == 0 &&
		    is_shown(a, &l, nets))
			rc = put_budget(a, &l, nets);
		nets_free(nets);
	}
	return (rc);
}

/* ---- an answer ---- */

static int
ask_all(const struct asking *a)
{
	struct past	*p = a->past;
	uint64_t	 now = now_wall();

	return (find_end(a) == -1 ||
	    sum_since(a, CALENDAR_DAY, now, &p->today_ns, &p->today) == -1 ||
	    sum_since(a, CALENDAR_MONTH, now, &p->month_ns,
	    &p->month) == -1 || sum_hours(a, now) == -1 ||
	    ask_budgets(a) == -1 ? -1 : 0);
}

static void
miss(struct past *p, const char *why, const char *next)
{
	p->state = PAST_MISSING;
	p->nbudgets = 0;
	(void)snprintf(p->why, sizeof(p->why), "No history: %.150s; %s.", why,
	    next);
}

static void
miss_open(struct past *p, const char *ext, const char *err)
{
	char	next[100];
	int	why = errno;

	(void)snprintf(next, sizeof(next), "make it with trafdb update %.60s",
	    ext);
	if (why == ENOENT)
		miss(p, "there is none yet", next);
	else if (why == EACCES || why == EPERM)
		miss(p, err, "let the group trafd read it");
	else if (history_error_is_damage(why))
		miss(p, err, "run trafdb verify");
	else
		miss(p, err, "the page tries again");
}

void
past_answer(const char *statedir, const struct past_question *q,
    struct past *p)
{
	struct history_account	account;
	char			err[HISTORY_ERROR_LEN], next[100];
	struct asking		a = { .account = &account, .q = q, .past = p };
	int			rc;

	a.h = history_open(statedir, HISTORY_READ, WAIT, err);
	if (a.h == NULL) {
		miss_open(p, q->ext, err);
		return;
	}
	(void)snprintf(next, sizeof(next), "add it with trafdb update %.60s",
	    q->ext);
	p->state = PAST_THERE;
	if ((rc = history_account(a.h, q->ext, &account)) == 1 && account.any)
		rc = ask_all(&a);
	else if (rc != -1)
		miss(p, "it does not have this interface yet", next);
	if (rc == -1)
		miss(p, history_error(a.h), "run trafdb verify");
	(void)history_close(a.h);
}
