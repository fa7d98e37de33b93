/*
 * The threads share a pool of questions, which lives until the last of them
 * has let go of it: the caller may have gone long before.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "packet/flow.h"
#include "resolver.h"

/* Modules of nsswitch.conf run on it. */
#define STACK	((size_t)256 * 1024)

struct pool {
	pthread_mutex_t		 lock;
	pthread_cond_t		 done;		/* all are answered */
	struct resolver_query	*query;
	size_t			 n;
	size_t			 next;		/* to be asked */
	size_t			 answered;
	unsigned int		 users;		/* threads, and the caller */
	bool			 closed;	/* the caller has gone */
};

/* Called with the lock, which it releases. */
static void
leave(struct pool *p)
{
	bool	last = --p->users == 0;
	size_t	i;

	(void)pthread_mutex_unlock(&p->lock);
	if (!last)
		return;
	for (i = 0; i < p->n; i++)
		free(p->query[i].name);
	(void)pthread_cond_destroy(&p->done);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->query);
	free(p);
}

static void
ask(struct resolver_query *q)
{
	struct sockaddr_in	 in4;
	struct sockaddr_in6	 in6;
	struct sockaddr		*sa = (struct sockaddr *)&in4;
	socklen_t		 len = sizeof(in4);
	char			 name[NI_MAXHOST];
	int			 rc;

	memset(&in4, 0, sizeof(in4));
	memset(&in6, 0, sizeof(in6));
	in4.sin_family = AF_INET;
	memcpy(&in4.sin_addr, q->addr + 12, 4);
	if (q->family == FLOW_FAMILY_IP6) {
		in6.sin6_family = AF_INET6;
		memcpy(&in6.sin6_addr, q->addr, 16);
		sa = (struct sockaddr *)&in6;
		len = sizeof(in6);
	}
	rc = getnameinfo(sa, len, name, sizeof(name), NULL, 0, NI_NAMEREQD);
	q->verdict = rc == EAI_NONAME ? RESOLVER_NONE : RESOLVER_FAILED;
	if (rc == 0 && (q->name = strdup(name)) != NULL)
		q->verdict = RESOLVER_NAMED;
}

static void *
work(void *arg)
{
	struct pool		*p = arg;
	struct resolver_query	 q;
	size_t			 i;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->closed && p->next < p->n) {
		i = p->next++;
		q = p->query[i];
		(void)pthread_mutex_unlock(&p->lock);
		ask(&q);
		(void)pthread_mutex_lock(&p->lock);
		p->query[i] = q;
		if (++p->answered == p->n)
			(void)pthread_cond_signal(&p->done);
	}
	leave(p);
	return (NULL);
}

static struct pool *
new_pool(const struct resolver_query *q, size_t n)
{
	struct pool		*p;
	pthread_condattr_t	 attr;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	if ((p->query = reallocarray(NULL, n, sizeof(*q))) == NULL) {
		free(p);
		return (NULL);
	}
	memcpy(p->query, q, n * sizeof(*q));
	p->n = n;
	p->users = 1;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->done, &attr);
	(void)pthread_condattr_destroy(&attr);
	return (p);
}

/* As many threads as there are questions; fewer if the system says so. */
static void
start_threads(struct pool *p)
{
	pthread_attr_t	attr;
	pthread_t	thread;
	sigset_t	all, saved;
	size_t		i;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &saved);
	for (i = 0; i < p->n && i < RESOLVER_THREADS; i++) {
		p->users++;
		if (pthread_create(&thread, &attr, work, p) != 0) {
			p->users--;
			break;
		}
	}
	(void)pthread_sigmask(SIG_SETMASK, &saved, NULL);
	(void)pthread_attr_destroy(&attr);
}

/* Take the answers along; what comes later is for nobody. */
static void
collect(struct pool *p, struct resolver_query *q)
{
	size_t	i;

	p->closed = true;
	for (i = 0; i < p->n; i++) {
		q[i] = p->query[i];
		p->query[i].name = NULL;
	}
}

void
resolver_run(struct resolver_query *q, size_t n, unsigned int *ms)
{
	uint64_t	 end = now_mono() + *ms * NS_PER_MS, now;
	struct timespec	 until = mono_timespec(end);
	struct pool	*p;

	if (n == 0 || *ms == 0 || (p = new_pool(q, n)) == NULL)
		return;
	/* Locked, so that no thread is through before all are counted. */
	(void)pthread_mutex_lock(&p->lock);
	start_threads(p);
	while (p->users > 1 && p->answered < n &&
	    pthread_cond_timedwait(&p->done, &p->lock, &until) != ETIMEDOUT)
		continue;
	collect(p, q);
	leave(p);
	now = now_mono();
	*ms = now < end ? (unsigned int)((end - now) / NS_PER_MS) : 0;
}
