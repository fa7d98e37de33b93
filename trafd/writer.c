/*
 * The writer's thread, and the one job that is passed to it under a lock.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/memfile.h"
#include "table_query.h"
#include "writer.h"

struct writer {
	pthread_t		 thread;
	pthread_mutex_t		 lock;
	pthread_cond_t		 changed;
	struct keeper		*keeper;
	int			 events[2];
	/* Guarded by lock. */
	const struct generation	*work;		/* NULL: idle */
	enum writer_job		 job;
	bool			 stop;
	struct control_query	 what;		/* of a query */
	struct writer_result	 result;
	/* The thread's own. */
	char			 error[256];
};

/* The answer is a block in an unnamed file, so the thread never blocks on the
 * client. */
static void
do_query(struct writer *w, const struct generation *g,
    struct writer_result *r)
{
	struct block_info	info;

	keeper_describe(w->keeper, g, BLOCK_DUMP, &info);
	if ((r->fd = memfile_open("trafd")) != -1)
		r->length = query_run(&w->what, g->table, &info, r->fd);
	if (r->fd != -1 && r->length != -1) {
		r->rc = 0;
		return;
	}
	(void)snprintf(w->error, sizeof(w->error), "the query failed: %s",
	    strerror(errno));
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = -1;
}

static void
do_job(struct writer *w, enum writer_job job, const struct generation *g)
{
	struct writer_result	r = { .rc = -1, .fd = -1 };

	/* Before the result: a client then looks for the devices. */
	if (job != WRITER_QUERY || (w->what.flags & CONTROL_SETTLED))
		keeper_learn(w->keeper, g);
	if (job == WRITER_QUERY) {
		do_query(w, g, &r);
		r.error = w->error;
	} else {
		r.rc = job == WRITER_DUMP ? keeper_dump(w->keeper, g) :
		    keeper_save(w->keeper, g);
		r.probe = table_worst_probe(g->table);
		r.wrote = keeper_wrote(w->keeper);
		r.error = keeper_error(w->keeper);
	}
	(void)pthread_mutex_lock(&w->lock);
	w->result = r;
	w->work = NULL;
	(void)pthread_mutex_unlock(&w->lock);
	while (write(w->events[1], "", 1) == -1 && errno == EINTR)
		continue;
}

static void *
run(void *arg)
{
	const struct generation	*work;
	struct writer		*w = arg;
	enum writer_job		 job;

	for (;;) {
		(void)pthread_mutex_lock(&w->lock);
		while (w->work == NULL && !w->stop)
			(void)pthread_cond_wait(&w->changed, &w->lock);
		work = w->work;
		job = w->job;
		(void)pthread_mutex_unlock(&w->lock);
		if (work == NULL)
			return (NULL);
		do_job(w, job, work);
	}
}

struct writer *
writer_new(struct keeper *k)
{
	struct writer	*w;
	sigset_t	 all, before;
	int		 rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return (NULL);
	w->keeper = k;
	if (pipe2(w->events, O_CLOEXEC | O_NONBLOCK) == -1) {
		free(w);
		return (NULL);
	}
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->changed, NULL);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, run, w);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		(void)close(w->events[0]);
		(void)close(w->events[1]);
		free(w);
		errno = rc;
		return (NULL);
	}
	return (w);
}

int
writer_fd(const struct writer *w)
{
	return (w->events[0]);
}

void
writer_start(struct writer *w, enum writer_job job,
    const struct generation *g)
{
	(void)pthread_mutex_lock(&w->lock);
	w->job = job;
	w->work = g;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
}

void
writer_query(struct writer *w, const struct control_query *what,
    const struct generation *g)
{
	w->what = *what;	/* no lock: the thread is idle */
	writer_start(w, WRITER_QUERY, g);
}

struct writer_result
writer_result(struct writer *w)
{
	struct writer_result	r;

	(void)pthread_mutex_lock(&w->lock);
	r = w->result;
	(void)pthread_mutex_unlock(&w->lock);
	return (r);
}

void
writer_free(struct writer *w)
{
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	(void)pthread_cond_destroy(&w->changed);
	(void)pthread_mutex_destroy(&w->lock);
	(void)close(w->events[0]);
	(void)close(w->events[1]);
	free(w);
}
