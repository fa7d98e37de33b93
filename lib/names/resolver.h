/*
 * Resolves many addresses at once with the system's resolver (hosts file,
 * nsswitch.conf), by a bounded number of threads and within a time limit.
 * Private to hosts.c.
 */
#ifndef RESOLVER_H
#define RESOLVER_H

#include <stddef.h>
#include <stdint.h>

/* The most threads: a query to a dead server blocks its thread for seconds. */
#define RESOLVER_THREADS	256

enum resolver_verdict {
	RESOLVER_LATE,		/* no answer in time */
	RESOLVER_NAMED,
	RESOLVER_NONE,		/* there is no name */
	RESOLVER_FAILED		/* the resolver got no answer */
};

struct resolver_query {
	uint8_t			 family;	/* as in addr_format() */
	uint8_t			 addr[16];
	enum resolver_verdict	 verdict;
	char			*name;		/* raw; the caller frees it */
};

/*
 * Resolve n addresses in that order and wait at most *ms milliseconds, which
 * is reduced by the time taken.  Threads that still wait for an answer then
 * end by themselves.
 */
void	resolver_run(struct resolver_query *, size_t n, unsigned int *ms);

#endif
