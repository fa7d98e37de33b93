/*
 * Reads the history for the page: opens it, asks, and closes it again at once,
 * so that a writer does not wait.  Periods are local ones, as far as whole
 * hours of UTC can be, like those of budgets.  Sums are those of trafdb check
 * (trafdb/counted.h), for today, this month and each hour too.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "history/history.h"
#include "packet/addr.h"
#include "packet/flow.h"
#include "packet/nets.h"
#include "trafdb/counted.h"
#include "trafdb/limit.h"
#include "past.h"
#include "traffic.h"

/* Seconds to wait for a writer. */
#define WAIT	5

/* Places of the sums in the list; the hours and the budgets follow. */
enum { TODAY, MONTH, HOURS };

#define SUMS_MAX	(HOURS + PAST_HOURS + PAST_BUDGETS)

struct asking {
	const char			*statedir;
	struct history			*h;
	struct history_account		 account;	/* zeros: none */
	const struct past_question	*q;
	const struct unsaved		*unsaved;
	struct past			*past;
	struct limit			 all;	/* all that is asked about */
	struct limit			 budgets[PAST_BUDGETS];
	struct counted			 sums[SUMS_MAX];
	size_t				 n;
};

static bool
is_one(const struct past_question *q)
{
	return (q->host.family != FLOW_FAMILY_NONE);
}

/* ---- what to add up ---- */

static void
add(struct asking *a, const struct limit *what, struct history_range r)
{
	struct counted	*c = &a->sums[a->n++];

	memset(c, 0, sizeof(*c));
	c->what = what;
	c->range = r;
}

/* The first whole hour at or after ns. */
static uint32_t
hour_of(uint64_t ns)
{
	return ((uint32_t)((ns + HISTORY_HOUR_NS - 1) / HISTORY_HOUR_NS));
}

static void
add_since(struct asking *a, enum calendar_grain grain, uint64_t now,
    uint64_t *begin_ns)
{
	struct calendar_period	p;
	struct history_range	r;

	calendar_period(grain, now, &p);
	*begin_ns = p.begin_ns;
	r.from = hour_of(p.begin_ns);
	r.until = hour_of(p.end_ns);
	add(a, &a->all, r);
}

static void
add_hours(struct asking *a, uint64_t now)
{
	uint32_t		first = (uint32_t)(now / HISTORY_HOUR_NS) + 1 -
	    PAST_HOURS;
	struct history_range	r;

	a->past->hour_ns = first * HISTORY_HOUR_NS;
	for (r.from = first; r.from < first + PAST_HOURS; r.from++) {
		r.until = r.from + 1;
		/* Pruned hours are unknown, their days are in the sums. */
		if (r.from >= a->account.kept[HISTORY_HOUR])
			add(a, &a->all, r);
	}
}

/* ---- budgets ---- */

/* On the page of a host: what holds for it. */
static bool
is_shown(const struct asking *a, const struct limit *l,
    const struct nets *nets)
{
	return (strcmp(l->iface, a->q->ext) == 0 && (!is_one(a->q) ||
	    (l->nets[0] != '\0' && !l->whole && nets_contains(nets,
	    a->q->host.family, a->q->host.addr))));
}

static void
add_budget(struct asking *a, const struct limit *l)
{
	struct past_budget	*b = &a->past->budgets[a->past->nbudgets];
	struct limit		*copy = &a->budgets[a->past->nbudgets++];
	struct history_range	 r;

	*copy = *l;
	limit_period(l, now_wall() / NS_PER_S, &r);
	(void)strlcpy(b->name, l->name, sizeof(b->name));
	(void)snprintf(b->what, sizeof(b->what), "%.40s, %s, a %s",
	    limit_has_owner(&l->owner) ? l->owner.text :
	    l->nets[0] != '\0' && !l->whole ? l->nets : "all",
	    l->direction == LIMIT_BOTH ? "in and out" :
	    limit_directions[l->direction], limit_periods[l->period]);
	b->most = l->octets;
	b->since_ns = r.from * HISTORY_HOUR_NS;
	add(a, copy, r);
}

static void
take_budget(struct asking *a, const struct limit *l)
{
	if (a->past->nbudgets < PAST_BUDGETS)
		add_budget(a, l);
	else
		a->past->more_budgets = 1;
}

static int
add_budgets(struct asking *a)
{
	struct limit	 l = { .name = "" };
	struct nets	*nets;
	const char	*bad;
	int		 more;

	while (!a->past->more_budgets &&
	    (more = limit_next(a->h, l.name, &l)) > 0) {
		if (more == LIMIT_UNKNOWN)
			continue;
		if ((nets = nets_new()) == NULL)
			return (-1);
		if (nets_add(nets, l.nets, &bad) == 0 &&
		    is_shown(a, &l, nets))
			take_budget(a, &l);
		nets_free(nets);
	}
	return (0);
}

/* ---- an answer ---- */

/* Of an interface as a whole, in and out are not shown. */
static bool
is_whole(const struct counted *c)
{
	return (c->what->nets[0] == '\0');
}

static void
put_sum(const struct counted *c, struct past_sum *s)
{
	s->all = c->sum.all;
	s->in = is_whole(c) ? 0 : c->sum.in;
	s->out = is_whole(c) ? 0 : c->sum.out;
	s->unsaved = c->unsaved;
}

static void
put_hours(struct past *p, const struct counted *c, const struct counted *end)
{
	uint32_t	first = (uint32_t)(p->hour_ns / HISTORY_HOUR_NS);

	for (; c < end; c++) {
		p->hours[c->range.from - first] = c->sum.all;
		p->hours_unsaved |= c->unsaved;
	}
}

static void
put_all(const struct asking *a)
{
	struct past		*p = a->past;
	const struct counted	*budgets = a->sums + a->n - p->nbudgets;
	size_t			 i;

	put_sum(&a->sums[TODAY], &p->today);
	put_sum(&a->sums[MONTH], &p->month);
	put_hours(p, a->sums + HOURS, budgets);
	for (i = 0; i < p->nbudgets; i++) {
		p->budgets[i].used = counted_direction(&budgets[i].sum,
		    a->budgets[i].direction);
		p->budgets[i].unsaved = budgets[i].unsaved;
		p->budgets[i].guessed = budgets[i].guessed &&
		    a->budgets[i].direction != LIMIT_BOTH;
	}
	for (i = 0; i < a->n; i++)
		if (a->sums[i].saved_ns > p->end_ns)
			p->end_ns = a->sums[i].saved_ns;
}

/* Of one host, too, the end is that of the account's last block. */
static int
find_end(const struct asking *a)
{
	struct history_range	r = { a->account.last,
	    a->account.last + 1 };
	struct history_totals	t;

	if (!a->account.any)
		return (0);
	(void)history_answers(&a->account, &r);
	if (history_total(a->h, &a->account, r, &t) == -1)
		return (-1);
	a->past->end_ns = t.end_ns;
	return (0);
}

static int
ask_all(struct asking *a)
{
	const struct counted_account	at = { a->statedir, a->q->ext,
					    a->unsaved };
	struct past			*p = a->past;
	uint64_t			 now = now_wall();

	if (is_one(a->q)) {
		a->all.one_host = true;
		(void)addr_format(a->q->host.family, a->q->host.addr,
		    a->all.nets);
	}
	add_since(a, CALENDAR_DAY, now, &p->today_ns);
	add_since(a, CALENDAR_MONTH, now, &p->month_ns);
	add_hours(a, now);
	if (find_end(a) == -1 || add_budgets(a) == -1 ||
	    counted_add(&at, a->h, a->sums, a->n) != 0)
		return (-1);
	put_all(a);
	return (0);
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

/* Reading all of a large file again and again would take too long. */
static bool
has_file(const char *statedir, const char *ext)
{
	char	path[PATH_MAX];

	return (snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s",
	    statedir, ext) >= (int)sizeof(path) || access(path, F_OK) == 0);
}

static void
ask(struct asking *a)
{
	struct past		*p = a->past;
	char			next[100];
	int			rc;

	p->state = PAST_THERE;
	if ((rc = history_account(a->h, a->q->ext, &a->account)) == 0)
		memset(&a->account, 0, sizeof(a->account));
	if (rc != -1 && !a->account.any && has_file(a->statedir, a->q->ext)) {
		(void)snprintf(next, sizeof(next), "add it with trafdb update "
		    "%.60s", a->q->ext);
		miss(p, "it does not have this interface yet", next);
	} else if (rc == -1 || ask_all(a) == -1) {
		if (history_error(a->h)[0] != '\0')
			miss(p, history_error(a->h), "run trafdb verify");
		else
			miss(p, "what was saved since cannot be read",
			    "trafdb check --all says why");
	}
}

void
past_answer(const char *statedir, const struct past_question *q,
    const struct unsaved *u, struct past *p)
{
	static struct asking	a;
	char			err[HISTORY_ERROR_LEN];

	memset(&a, 0, sizeof(a));
	a.statedir = statedir;
	a.q = q;
	a.unsaved = u;
	a.past = p;
	if ((a.h = history_open(statedir, HISTORY_READ, WAIT, err)) == NULL) {
		miss_open(p, q->ext, err);
		return;
	}
	ask(&a);
	(void)history_close(a.h);
}
