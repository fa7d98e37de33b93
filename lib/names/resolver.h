/*
 * Resolves many addresses, or names, at once with the system's resolver (hosts
 * file, nsswitch.conf), by a bounded number of threads and within a time limit.
 * Names for reports are in names.h.
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
	RESOLVER_NONE,		/* there is no name, or no such host */
	RESOLVER_FAILED		/* the resolver got no answer */
};

/*
 * The name of an address; or, if host is not NULL, the addresses of that host
 * as a list: `192.0.2.1,2001:db8::1'.
 */
struct resolver_query {
	const char		*host;
	uint8_t			 family;	/* as in addr_format() */
	uint8_t			 addr[16];
	enum resolver_verdict	 verdict;
	char			*name;		/* the answer, raw; the caller
						   frees it */
};

/*
 * Answer n queries in that order and wait at most *ms milliseconds, which
 * is reduced by the time taken.  Threads that still wait for an answer then
 * end by themselves.
 */
void	resolver_run(struct resolver_query *, size_t n, unsigned int *ms);

#endif
