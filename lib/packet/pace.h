/*
 * What a period will have at its end if it goes on as so far: the traffic so
 * far, divided by the time that was really accounted, times the length of the
 * whole period.  Times in which nothing could be counted are not silence, and
 * neither is the time before the account began.  No state; any thread.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

#define PACE_UNKNOWN	UINT64_MAX

/* An estimate needs this part of its period: less says too little. */
#define PACE_LEAST_PERCENT	1

/* The traffic of a running period [begin, end), in ns since 1970 UTC. */
struct pace {
	uint64_t	octets;		/* so far */
	uint64_t	accounted_ns;	/* in all */
	uint64_t	begin_ns;
	uint64_t	end_ns;
};

/*
 * How much of blocks was accounted.  span_ns: from their begin to their end;
 * duration_ns: as they record it, or 0 if they do not.
 */
uint64_t	 pace_accounted(uint64_t span_ns, uint64_t duration_ns,
		    const struct ledger *);

/* Was enough of the period accounted? */
bool		 pace_is_enough(const struct pace *);

/* The bytes at the end of the period; PACE_UNKNOWN if it is not enough. */
uint64_t	 pace_estimate(const struct pace *);

/* Longest text below, with the terminating NUL. */
#define PACE_LEN	64

/*
 * The last day of the period in local time, `Nov 30'; with the time if it does
 * not end with a day, and with the year if that is not the year of now_ns.
 * Returns buf.
 */
char		*pace_end(const struct pace *, uint64_t now_ns,
		    char buf[PACE_LEN]);

/* `1.7 of 30.0 days accounted'.  Returns buf. */
char		*pace_share(const struct pace *, char buf[PACE_LEN]);

#endif
