/*
 * Names of many addresses at once: the system's resolver (with its hosts
 * file and whatever nsswitch.conf says) asked by a bounded number of threads,
 * for no longer than the caller is ready to wait.  Private to hosts.c.
 */
#ifndef RESOLVER_H
#define RESOLVER_H

#include <stddef.h>
#include <stdint.h>

/* Threads at most: a dead server holds one for seconds. */
#define RESOLVER_THREADS	256

enum resolver_verdict {
	RESOLVER_LATE,		/* no answer in time */
	RESOLVER_NAMED,
	RESOLVER_NONE,		/* there is no name */
	RESOLVER_FAILED		/* nobody could tell */
};

struct resolver_query {
	uint8_t			 family;	/* as in addr_format() */
	uint8_t			 addr[16];
	enum resolver_verdict	 verdict;
	char			*name;		/* raw; the caller frees it */
};

/*
 * Ask for all n, the first ones first, and wait at most *ms milliseconds,
 * which becomes what is left of them.  Threads that are still waiting for an
 * answer then end by themselves.
 */
void	resolver_run(struct resolver_query *, size_t n, unsigned int *ms);

#endif
