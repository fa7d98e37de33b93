/*
 * The queue of lines in front of a log, and its thread.  The lines are stored
 * one after the other in one array, which is used from its start again
 * whenever it is empty: a daemon that logs little touches one page of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "log_queue.h"

/* Precedes the text of each line in the queue. */
struct head {
	uint64_t	refused;	/* lines dropped before it */
	char		when[WHEN_LEN];
	int		level;
	uint16_t	length;		/* of the text, with its NUL */
};

/* Timed waits must not depend on a clock that can be set. */
static void
init_changed(struct log_queue *q)
{
	pthread_condattr_t	attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
}

void
log_queue_init(struct log_queue *q, log_take_fn *take)
{
	q->take = take;
	(void)pthread_mutex_init(&q->lock, NULL);
	init_changed(q);
}

/* Make room for a line, by moving the others to the front; false if full. */
static bool
make_room(struct log_queue *q, size_t need)
{
	if (sizeof(q->bytes) - q->used >= need)
		return (true);
	if (sizeof(q->bytes) - (q->used - q->first) < need)
		return (false);
	memmove(q->bytes, q->bytes + q->first, q->used - q->first);
	q->used -= q->first;
	q->first = 0;
	return (true);
}

void
log_queue_put(struct log_queue *q, const struct log_line *l)
{
	struct head	h = { .level = l->level };

	memcpy(h.when, l->when, sizeof(h.when));
	h.length = (uint16_t)(strlen(l->text) + 1);
	(void)pthread_mutex_lock(&q->lock);
	memcpy(q->when, l->when, sizeof(q->when));
	if (make_room(q, sizeof(h) + h.length)) {
		h.refused = q->refused;
		q->refused = 0;
		memcpy(q->bytes + q->used, &h, sizeof(h));
		memcpy(q->bytes + q->used + sizeof(h), l->text, h.length);
		q->used += sizeof(h) + h.length;
	} else
		q->refused++;
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
}

static void
get(struct log_queue *q, struct log_line *l)
{
	struct head	h;

	memcpy(&h, q->bytes + q->first, sizeof(h));
	memcpy(l->text, q->bytes + q->first + sizeof(h), h.length);
	memcpy(l->when, h.when, sizeof(l->when));
	l->level = h.level;
	q->lost += h.refused;
	q->first += sizeof(h) + h.length;
	if (q->first == q->used)
		q->first = q->used = 0;
}

/*
 * Called without the lock: lost is used by the writing thread only.  l has the
 * time of the newest line, for localtime(3) allocates.
 */
static bool
tell_lost(struct log_queue *q, struct log_line *l)
{
	l->level = LOG_WARNING;
	(void)snprintf(l->text, sizeof(l->text), "log lines lost: %" PRIu64
	    ": the log accepted none in the meantime", q->lost);
	return (q->take(l) == 0);
}

/*
 * Write the oldest line, after the number of lost ones if there are any.
 * Releases the lock meanwhile.  False: the queue was empty.
 */
static bool
write_one(struct log_queue *q)
{
	struct log_line	l, notice;
	bool		line = q->first != q->used;

	if (line)
		get(q, &l);
	else {
		q->lost += q->refused;
		q->refused = 0;
	}
	if (!line && q->lost == 0)
		return (false);
	memcpy(notice.when, q->when, sizeof(notice.when));
	q->busy = true;
	(void)pthread_mutex_unlock(&q->lock);
	if (q->lost > 0 && tell_lost(q, &notice))
		q->lost = 0;
	if (line && q->take(&l) == -1)
		q->lost++;
	(void)pthread_mutex_lock(&q->lock);
	q->busy = false;
	return (line);
}

void
log_queue_write(struct log_queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	while (!q->busy && write_one(q))
		continue;
	(void)pthread_mutex_unlock(&q->lock);
}

static void *
run(void *arg)
{
	struct log_queue	*q = arg;

	(void)pthread_mutex_lock(&q->lock);
	q->running = true;
	(void)pthread_cond_broadcast(&q->changed);
	for (;;) {
		while (write_one(q))
			continue;
		(void)pthread_cond_broadcast(&q->changed);
		if (q->first == q->used)
			(void)pthread_cond_wait(&q->changed, &q->lock);
	}
	return (NULL);
}

int
log_queue_start(struct log_queue *q)
{
	sigset_t	all, before;
	pthread_t	thread;
	int		rc = 0;

	(void)sigfillset(&all);
	(void)pthread_mutex_lock(&q->lock);
	if (!q->started) {
		(void)pthread_sigmask(SIG_SETMASK, &all, &before);
		rc = pthread_create(&thread, NULL, run, q);
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
		if ((q->started = rc == 0))
			(void)pthread_detach(thread);
		while (q->started && !q->running)
			(void)pthread_cond_wait(&q->changed, &q->lock);
	}
	(void)pthread_mutex_unlock(&q->lock);
	errno = rc;
	return (rc == 0 ? 0 : -1);
}

bool
log_queue_is_empty(struct log_queue *q)
{
	bool	empty;

	(void)pthread_mutex_lock(&q->lock);
	empty = !q->busy && q->first == q->used;
	(void)pthread_mutex_unlock(&q->lock);
	return (empty);
}

void
log_queue_drain(struct log_queue *q, const struct timespec *until)
{
	int	rc = 0;

	(void)pthread_mutex_lock(&q->lock);
	while (rc == 0 && (q->busy || q->first != q->used))
		rc = pthread_cond_timedwait(&q->changed, &q->lock, until);
	(void)pthread_mutex_unlock(&q->lock);
}

void
log_queue_before_fork(struct log_queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
}

void
log_queue_in_parent(struct log_queue *q)
{
	(void)pthread_mutex_unlock(&q->lock);
}

void
log_queue_in_child(struct log_queue *q)
{
	q->started = q->running = q->busy = false;
	q->first = q->used = 0;
	q->refused = q->lost = 0;
	init_changed(q);	/* threads of the parent may wait on it */
	(void)pthread_mutex_unlock(&q->lock);
}
