/*
 * The functions that the event loop calls: they start the thread, pass it
 * requests and fetch the results.  capturer_thread.c serves the requests.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "capturer_impl.h"

static int
make_pipe(int fds[2])
{
	return (pipe2(fds, O_CLOEXEC | O_NONBLOCK));
}

static void
close_pipes(struct capturer *c)
{
	size_t	i;

	for (i = 0; i < 2; i++) {
		(void)close(c->wake[i]);
		(void)close(c->events[i]);
	}
}

struct capturer *
capturer_new(struct meter *source, const char *ifname, struct ifwatch *st,
    struct generation *live, bool reopen)
{
	struct capturer	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->wake[0] = c->wake[1] = c->events[0] = c->events[1] = -1;
	if (make_pipe(c->wake) == -1 || make_pipe(c->events) == -1 ||
	    pthread_mutex_init(&c->lock, NULL) != 0) {
		close_pipes(c);
		free(c);
		return (NULL);
	}
	c->source = source;
	c->ifname = ifname;
	c->stat = st;
	c->live = live;
	c->reopen = reopen;
	if (meter_is_file(source) || meter_owners(source) != NULL)
		c->look_at = UINT64_MAX;	/* no interface to look at */
	if (meter_owners_adopt(source, live->owners) == -1) {
		close_pipes(c);
		free(c);
		return (NULL);
	}
	generation_begin(live);
	ifstat_begin(st, &live->ledger);
	if (meter_is_absent(source))
		capturer_begin_absent(c);
	return (c);
}

int
capturer_fd(const struct capturer *c)
{
	return (c->events[0]);
}

int
capturer_start(struct capturer *c)
{
	sigset_t	all, before;
	int		rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&c->thread, NULL, capturer_run, c);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		errno = rc;
	c->started = rc == 0;
	return (rc == 0 ? 0 : -1);
}

static void
wake(struct capturer *c)
{
	while (write(c->wake[1], "", 1) == -1 && errno == EINTR)
		continue;
}

static void
ask_at(struct capturer *c, enum request request, struct generation *g,
    uint64_t at_ns)
{
	(void)pthread_mutex_lock(&c->lock);
	c->slot = g;
	c->split_ns = at_ns;
	(void)pthread_mutex_unlock(&c->lock);
	atomic_store(&c->request, request);
	wake(c);
}

static void
ask(struct capturer *c, enum request request, struct generation *g)
{
	ask_at(c, request, g, 0);
}

void
capturer_freeze(struct capturer *c, struct generation *fresh)
{
	ask(c, REQ_FREEZE, fresh);
}

void
capturer_freeze_now(struct capturer *c, struct generation *fresh)
{
	ask(c, REQ_FREEZE_NOW, fresh);
}

void
capturer_freeze_at(struct capturer *c, struct generation *fresh,
    uint64_t at_ns)
{
	ask_at(c, REQ_FREEZE_AT, fresh, at_ns);
}

void
capturer_ask_sums(struct capturer *c)
{
	atomic_store(&c->sums_wanted, true);
	wake(c);
}

void
capturer_sums(struct capturer *c, struct live_sums *g)
{
	(void)pthread_mutex_lock(&c->lock);
	*g = c->shown;
	(void)pthread_mutex_unlock(&c->lock);
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
	meter_close(c->source);
	(void)pthread_mutex_destroy(&c->lock);
	close_pipes(c);
	free(c);
}
