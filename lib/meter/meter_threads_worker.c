/*
 * A thread of --threads: it drains its source into its table.  It reports to
 * the collecting thread that the table has flows, or that it must collect now.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "host/networks.h"
#include "table/table.h"
#include "meter_threads_impl.h"

/* Milliseconds until a TROUBLED source is read again. */
#define RETRY		100

uint64_t
fanout_add_flows(void *arg, const struct flow *flows, size_t n)
{
	struct worker	*w = arg;

	return (table_add(w->table, flows, n));
}

/* Uses the networks that the interface has now. */
struct table *
fanout_table(const struct fanout *f)
{
	struct table	*t;

	t = table_new(f->share, networks_set(f->opts.networks));
	if (t != NULL && f->opts.ports == FLOW_PORTS_SERVICE)
		table_without_clients(t);
	return (t);
}

/* Each source reports the drops of the interface: count those of the first. */
void
fanout_take_ledger(struct fanout *f, struct worker *w, struct ledger *to)
{
	struct ledger	l = { { 0 } };

	meter_take_ledger(w->source, &l);
	if (w != f->workers)
		l.v[LEDGER_DROP_IFACE] = 0;
	ledger_add(to, &l);
}

void
fanout_lock(struct worker *w)
{
	atomic_store(&w->asked, true);
	(void)pthread_mutex_lock(&w->lock);
	atomic_store(&w->asked, false);
}

/* ---- a split ---- */

/* Without memory for a spare table there is no split here. */
static void
on_split(void *arg)
{
	struct worker	*w = arg;

	if (w->spare == NULL || w->before != NULL)
		return;
	fanout_take_ledger(w->owner, w, &w->ledger);
	w->before = w->table;
	w->table = w->spare;
	w->spare = NULL;
	w->beyond = true;
}

bool
fanout_split(struct meter *base, uint64_t at_ns, meter_split_fn *fn, void *arg)
{
	struct fanout	*f = (struct fanout *)base;
	struct worker	*w;

	(void)fn;
	(void)arg;
	for (w = f->workers; w < f->workers + f->n; w++) {
		fanout_lock(w);
		w->beyond = false;
		table_free(w->spare);
		w->spare = at_ns != 0 ? fanout_table(f) : NULL;
		(void)meter_split(w->source, at_ns, on_split, w);
		(void)pthread_mutex_unlock(&w->lock);
	}
	return (true);
}

/* ---- the thread ---- */

/* If the pipe is full, the collecting thread will wake up anyway. */
static void
tell(const struct worker *w, enum fanout_news news)
{
	char	octet = (char)news;
	ssize_t	n = write(w->owner->events[1], &octet, 1);

	(void)n;
}

/* woken: the source is readable, so there are frames, perhaps without flows. */
static enum meter_state
work(struct worker *w, bool woken)
{
	enum meter_state	state;
	bool			now, first;

	while (atomic_load(&w->asked))
		(void)sched_yield();
	(void)pthread_mutex_lock(&w->lock);
	state = meter_drain(w->source, fanout_add_flows, w);
	now = state >= METER_TROUBLED || w->state >= METER_TROUBLED ||
	    table_rows(w->table) > w->owner->share / 2;
	first = !w->told && (woken || state == METER_MORE ||
	    table_rows(w->table) > 0);
	w->told = w->told || first;
	w->state = state;
	(void)pthread_mutex_unlock(&w->lock);
	if (now)
		tell(w, FANOUT_NOW);
	else if (first)
		tell(w, FANOUT_SOMETHING);
	return (state);
}

static void *
run(void *arg)
{
	struct worker		*w = arg;
	struct pollfd		 p[2] = { { .fd = w->owner->quit[0],
	    .events = POLLIN }, { .fd = meter_fd(w->source),
	    .events = POLLIN } };
	enum meter_state	 state;

	do {
		state = work(w, p[1].revents != 0);
		p[1].revents = 0;
		(void)poll(p, state == METER_TROUBLED ? 1 : 2,
		    state == METER_MORE ? 0 : state == METER_TROUBLED ?
		    RETRY : meter_wait(w->source));
	} while (state != METER_FAILED && p[0].revents == 0);
	return (NULL);
}

int
fanout_start(struct fanout *f)
{
	unsigned int	i;

	for (i = 0; i < f->n; i++) {
		if (f->workers[i].started)
			continue;
		if (pthread_create(&f->workers[i].thread, NULL, run,
		    &f->workers[i]) != 0) {
			(void)snprintf(f->error, sizeof(f->error),
			    "cannot start a thread");
			return (-1);
		}
		f->workers[i].started = true;
	}
	return (0);
}

void
fanout_stop(struct fanout *f)
{
	unsigned int	i;
	char		octet;

	while (write(f->quit[1], "", 1) == -1 && errno == EINTR)
		continue;
	for (i = 0; i < f->n; i++) {
		if (f->workers[i].started)
			(void)pthread_join(f->workers[i].thread, NULL);
		f->workers[i].started = false;
		f->workers[i].state = METER_IDLE;
	}
	while (read(f->quit[0], &octet, 1) > 0)
		continue;
	f->state = METER_IDLE;
}
