/*
 * Threads share a pool of queries.  Its last user frees it, because the caller
 * may return before the threads do.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "packet/flow.h"
#include "resolver.h"

/* Enough for the modules of nsswitch.conf, which run on it. */
#define STACK	((size_t)256 * 1024)

struct pool {
	pthread_mutex_t		 lock;
	pthread_cond_t		 done;		/* all are answered */
	struct resolver_query	*query;
	size_t			 n;
	size_t			 next;		/* index of the next query */
	size_t			 answered;
	unsigned int		 users;		/* threads, plus the caller */
	bool			 closed;	/* the caller no longer waits */
};

static void
free_pool(struct pool *p)
{
	size_t	i;

	for (i = 0; i < p->n; i++) {
		free((char *)(uintptr_t)p->query[i].host);
		free(p->query[i].name);
	}
	free(p->query);
	free(p);
}

/* Call with the lock held; releases it. */
static void
leave(struct pool *p)
{
	bool	last = --p->users == 0;

	(void)pthread_mutex_unlock(&p->lock);
	if (!last)
		return;
	(void)pthread_cond_destroy(&p->done);
	(void)pthread_mutex_destroy(&p->lock);
	free_pool(p);
}

/* Append the address to the list.  Returns 0, or -1 if memory is short. */
static int
append(char **list, const struct addrinfo *ai)
{
	char	 addr[NI_MAXHOST], *longer;
	size_t	 used = *list == NULL ? 0 : strlen(*list), len;

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, addr, sizeof(addr), NULL,
	    0, NI_NUMERICHOST) != 0)
		return (0);
	addr[strcspn(addr, "%")] = '\0';
	len = used + strlen(addr) + 2;
	if ((longer = realloc(*list, len)) == NULL)
		return (-1);
	*list = longer;
	(void)snprintf(longer + used, len - used, "%s%s", used == 0 ? "" : ",",
	    addr);
	return (0);
}

static void
ask_addresses(struct resolver_query *q)
{
	struct addrinfo	 hints, *list, *ai;
	int		 rc;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	rc = getaddrinfo(q->host, NULL, &hints, &list);
	q->verdict = rc == EAI_NONAME ? RESOLVER_NONE : RESOLVER_FAILED;
	if (rc != 0)
		return;
	for (rc = 0, ai = list; ai != NULL && rc == 0; ai = ai->ai_next)
		rc = append(&q->name, ai);
	freeaddrinfo(list);
	/* Half of the addresses would be half of the traffic. */
	if (rc == 0 && q->name != NULL) {
		q->verdict = RESOLVER_NAMED;
		return;
	}
	free(q->name);
	q->name = NULL;
}

static void
ask_name(struct resolver_query *q)
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
		if (q.host != NULL)
			ask_addresses(&q);
		else
			ask_name(&q);
		(void)pthread_mutex_lock(&p->lock);
		p->query[i] = q;
		if (++p->answered == p->n)
			(void)pthread_cond_signal(&p->done);
	}
	leave(p);
	return (NULL);
}

/* A late thread may need the names of hosts after the caller has left. */
static int
copy_queries(struct pool *p, const struct resolver_query *q, size_t n)
{
	for (; p->n < n; p->n++) {
		p->query[p->n] = q[p->n];
		if (q[p->n].host == NULL)
			continue;
		p->query[p->n].host = strdup(q[p->n].host);
		if (p->query[p->n].host == NULL)
			return (-1);
	}
	return (0);
}

static struct pool *
new_pool(const struct resolver_query *q, size_t n)
{
	struct pool		*p;
	pthread_condattr_t	 attr;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	if ((p->query = reallocarray(NULL, n, sizeof(*q))) == NULL ||
	    copy_queries(p, q, n) == -1) {
		free_pool(p);
		return (NULL);
	}
	p->users = 1;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->done, &attr);
	(void)pthread_condattr_destroy(&attr);
	return (p);
}

/* One thread per query, up to the limits of this file and of the system. */
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

/* Move the answers to the caller; later ones are discarded. */
static void
collect(struct pool *p, struct resolver_query *q)
{
	size_t	i;

	p->closed = true;
	for (i = 0; i < p->n; i++) {
		q[i].verdict = p->query[i].verdict;
		q[i].name = p->query[i].name;
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
	/* Held so that no thread leaves the pool before all are counted. */
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
