/*
 * The capturer's thread.  Owns the source, the live generation, and one slot
 * by which a generation comes in or goes out; a mutex guards the slot, an
 * atomic flag lets the thread look for a request without taking it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capturer.h"
#include "log.h"

/* Rows merged between two looks at the source. */
#define MERGE_ROWS	4096

#define NS_PER_MS	UINT64_C(1000000)

/* Milliseconds between attempts to open an interface that went away. */
#define REOPEN_LEAST	250
#define REOPEN_MOST	4000

/* How often the interface itself is looked at, milliseconds. */
#define LOOK_EVERY	1000

/* How long the last packets of a busy interface are waited for. */
#define FINISH_MOST	1000

/* How late the kernel may be with a buffer, beyond its own word. */
#define FREEZE_SLACK	20

enum request { REQ_NONE, REQ_FREEZE, REQ_MERGE, REQ_FINISH };

struct capturer {
	pthread_t		 thread;
	bool			 started;
	pthread_mutex_t		 lock;
	_Atomic int		 request;	/* enum request */
	struct generation	*slot;		/* guarded by lock */
	int			 wake[2];	/* to the thread */
	int			 events[2];	/* from the thread */
	/* Below: the thread's own. */
	struct capture		*source;
	const char		*ifname;
	struct ifwatch		*stat;
	struct generation	*live;
	struct generation	*merging;	/* smaller one, or NULL */
	size_t			 merge_next;
	bool			 away;		/* the source has failed */
	bool			 down;		/* there, but down */
	uint64_t		 away_since;	/* monotonic ns, as all below */
	uint64_t		 look_at;	/* next look at the interface */
	uint64_t		 freeze_at;	/* 0: no freeze is asked for */
	uint64_t		 reopen_at;
	uint64_t		 reopen_wait;
	bool			 ended;		/* count reached */
	char			 last_error[CAPTURE_ERRLEN];
};

static int
make_pipe(int fds[2])
{
	return (pipe2(fds, O_CLOEXEC | O_NONBLOCK));
}

struct capturer *
capturer_new(struct capture *source, const char *ifname, struct ifwatch *st,
    struct generation *live)
{
	struct capturer	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	if (make_pipe(c->wake) == -1 || make_pipe(c->events) == -1 ||
	    pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		return (NULL);
	}
	c->source = source;
	c->ifname = ifname;
	c->stat = st;
	c->live = live;
	generation_begin(live);
	ifstat_begin(st, &live->ledger);
	return (c);
}

int
capturer_fd(const struct capturer *c)
{
	return (c->events[0]);
}

/* ---- the thread ---- */

static void
post(struct capturer *c, enum capturer_event e)
{
	char	octet = (char)e;

	while (write(c->events[1], &octet, 1) == -1 && errno == EINTR)
		continue;
}

static void
add_flows(void *arg, const struct flow *flows, size_t n)
{
	struct capturer	*c = arg;

	table_add(c->live->table, flows, n);
}

/* The interface has gone: note the gap and when to look for it again. */
static void
lose_source(struct capturer *c)
{
	log_errorx("%s: %s: waiting for it to come back", c->ifname,
	    capture_error(c->source));
	capture_collect(c->source, add_flows, c);
	capture_take_ledger(c->source, &c->live->ledger);
	c->away = true;
	c->away_since = now_mono();
	c->reopen_wait = REOPEN_LEAST * NS_PER_MS;
	c->reopen_at = c->away_since + c->reopen_wait;
	c->live->ledger.v[LEDGER_GAPS]++;
	c->last_error[0] = '\0';
}

static void
note_gap(struct capturer *c)
{
	uint64_t	now = now_mono();

	c->live->ledger.v[LEDGER_GAP_NS] += now - c->away_since;
	c->away_since = now;
}

/* Try again, less and less often; each new reason is logged once. */
static void
reopen_source(struct capturer *c)
{
	char	error[CAPTURE_ERRLEN];

	if (now_mono() < c->reopen_at)
		return;
	if (capture_reopen(c->source, error) == 0) {
		note_gap(c);
		c->away = c->down = false;
		log_notice("%s: is back (%s): accounting goes on", c->ifname,
		    capture_link_name(c->source));
		if (!capture_link_supported(c->source))
			log_errorx("%s: frames of this link type are not "
			    "decoded", c->ifname);
		return;
	}
	if (strcmp(error, c->last_error) != 0)
		log_notice("%s: still away", error);
	(void)strlcpy(c->last_error, error, sizeof(c->last_error));
	c->reopen_wait *= 2;
	if (c->reopen_wait > REOPEN_MOST * NS_PER_MS)
		c->reopen_wait = REOPEN_MOST * NS_PER_MS;
	c->reopen_at = now_mono() + c->reopen_wait;
}

/*
 * Not all that happens to an interface shows in what is captured from it: one
 * that was renamed goes on under another name, one that is down is silent.
 */
static void
look_at_interface(struct capturer *c)
{
	uint64_t	now = now_mono();
	bool		down;

	if (now < c->look_at || c->ended)
		return;
	c->look_at = now + LOOK_EVERY * NS_PER_MS;
	ifstat_update(c->stat);
	if (!capture_present(c->source)) {
		lose_source(c);
		return;
	}
	down = !ifstat_up(c->stat);
	if (down != c->down)
		log_notice("%s: the interface is %s", c->ifname,
		    down ? "down" : "up again");
	c->down = down;
}

/* Handle what is ready; false when the thread may sleep. */
static bool
drain(struct capturer *c)
{
	if (c->away || c->ended)
		return (false);
	switch (capture_drain(c->source, add_flows, c)) {
	case CAPTURE_MORE:
		return (true);
	case CAPTURE_END:
		c->ended = true;
		post(c, CAPTURER_COUNT);
		return (false);
	case CAPTURE_FAILED:
		lose_source(c);
		return (false);
	default:
		return (false);
	}
}

/* Complete the ledger of the live generation and stop its clocks. */
static void
close_books(struct capturer *c)
{
	struct generation	*g = c->live;

	if (c->away)
		note_gap(c);
	else {
		capture_collect(c->source, add_flows, c);
		capture_take_ledger(c->source, &g->ledger);
	}
	ifstat_end(c->stat, &g->ledger);
	generation_end(g);
}

/* A freeze is answered at once, a merge is finished before it. */
static void
merge_some(struct capturer *c, size_t most)
{
	struct generation	*done = c->merging;

	table_merge(c->live->table, done->table, &c->merge_next, most);
	if (c->merge_next < table_rows(done->table))
		return;
	c->merging = NULL;
	(void)pthread_mutex_lock(&c->lock);
	c->slot = done;
	(void)pthread_mutex_unlock(&c->lock);
	post(c, CAPTURER_MERGED);
}

static void
freeze(struct capturer *c, struct generation *fresh)
{
	struct generation	*g = c->live;

	close_books(c);
	if (fresh != NULL) {
		generation_begin(fresh);
		ledger_follow(&fresh->ledger, &g->ledger);
	}
	c->live = fresh;
	(void)pthread_mutex_lock(&c->lock);
	c->slot = g;
	(void)pthread_mutex_unlock(&c->lock);
	post(c, CAPTURER_FROZEN);
}

/* Rows of one table move to the other, a few at a time. */
static void
begin_merge(struct capturer *c, struct generation *frozen)
{
	struct table	*later = c->live->table;

	generation_join(frozen, c->live);
	if (table_takes_earlier(later, frozen->table)) {
		c->live->table = frozen->table;
		frozen->table = later;
	}
	c->merging = c->live;
	c->live = frozen;
	c->merge_next = 0;
}

/*
 * Count what the kernel has not handed over yet: it may wait that long, and
 * if packets come in faster than they can be counted there is no end.
 */
static void
drain_rest(struct capturer *c)
{
	uint64_t	begin = now_mono(), now = begin, quiet;

	quiet = begin + 2 * (uint64_t)capture_latency(c->source) * NS_PER_MS;
	while (!c->away && !c->ended && now < begin + FINISH_MOST * NS_PER_MS) {
		if (!drain(c)) {
			if (now > quiet)
				return;
			(void)poll(NULL, 0, 5);
		}
		now = now_mono();
	}
}

/*
 * What the kernel holds back when a freeze is asked for is part of it: count
 * on for as long as that may take, so that a save has all that came before.
 */
static bool
freeze_is_due(struct capturer *c)
{
	uint64_t	now = now_mono();

	if (c->freeze_at == 0)
		c->freeze_at = now + NS_PER_MS * (FREEZE_SLACK +
		    (uint64_t)capture_latency(c->source));
	if (!c->away && !c->ended && now < c->freeze_at)
		return (false);
	c->freeze_at = 0;
	return (true);
}

/* Serve a request; false when the thread has to end. */
static bool
serve(struct capturer *c)
{
	struct generation	*given;
	int			 request;

	if ((request = atomic_load(&c->request)) == REQ_NONE ||
	    (request == REQ_FREEZE && !freeze_is_due(c)))
		return (true);
	(void)pthread_mutex_lock(&c->lock);
	given = c->slot;
	c->slot = NULL;
	(void)pthread_mutex_unlock(&c->lock);
	atomic_store(&c->request, REQ_NONE);
	switch (request) {
	case REQ_FREEZE:
		freeze(c, given);
		break;
	case REQ_MERGE:
		begin_merge(c, given);
		break;
	case REQ_FINISH:
		drain_rest(c);
		freeze(c, NULL);
		return (false);
	}
	return (true);
}

static void
wait_for_work(struct capturer *c)
{
	struct pollfd	p[2] = { { .fd = c->wake[0], .events = POLLIN },
	    { .fd = -1, .events = POLLIN } };
	int		timeout = c->away ? REOPEN_LEAST : LOOK_EVERY;
	char		octets[64];

	if (!c->away && !c->ended)
		p[1].fd = capture_fd(c->source);
	if (c->freeze_at != 0)
		timeout = FREEZE_SLACK / 2;
	(void)poll(p, 2, timeout);
	if (p[0].revents != 0)
		while (read(c->wake[0], octets, sizeof(octets)) > 0)
			continue;
}

static void *
run(void *arg)
{
	struct capturer	*c = arg;
	bool		 busy;

	while (serve(c)) {
		if (c->away)
			reopen_source(c);
		else
			look_at_interface(c);
		busy = drain(c);
		if (c->merging != NULL) {
			merge_some(c, MERGE_ROWS);
			busy = true;
		}
		if (!busy && (c->freeze_at != 0 ||
		    atomic_load(&c->request) == REQ_NONE))
			wait_for_work(c);
	}
	return (NULL);
}

/* ---- for everybody else ---- */

int
capturer_start(struct capturer *c)
{
	sigset_t	all, before;
	int		rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&c->thread, NULL, run, c);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		errno = rc;
	c->started = rc == 0;
	return (rc == 0 ? 0 : -1);
}

static void
ask(struct capturer *c, enum request request, struct generation *g)
{
	(void)pthread_mutex_lock(&c->lock);
	c->slot = g;
	(void)pthread_mutex_unlock(&c->lock);
	atomic_store(&c->request, request);
	while (write(c->wake[1], "", 1) == -1 && errno == EINTR)
		continue;
}

void
capturer_freeze(struct capturer *c, struct generation *fresh)
{
	ask(c, REQ_FREEZE, fresh);
}

void
capturer_merge(struct capturer *c, struct generation *frozen)
{
	ask(c, REQ_MERGE, frozen);
}

void
capturer_finish(struct capturer *c)
{
	ask(c, REQ_FINISH, NULL);
}

struct generation *
capturer_take(struct capturer *c)
{
	struct generation	*g;

	(void)pthread_mutex_lock(&c->lock);
	g = c->slot;
	c->slot = NULL;
	(void)pthread_mutex_unlock(&c->lock);
	return (g);
}

void
capturer_free(struct capturer *c)
{
	if (c->started)
		(void)pthread_join(c->thread, NULL);
	capture_close(c->source);
	(void)pthread_mutex_destroy(&c->lock);
	(void)close(c->wake[0]);
	(void)close(c->wake[1]);
	(void)close(c->events[0]);
	(void)close(c->events[1]);
	free(c);
}
