/*
 * Times: those that a user gives to choose blocks, and those that reports
 * print.  Knows no block, only its number and its two instants.
 */
#ifndef WHEN_H
#define WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum when_kind {
	WHEN_ANY,		/* not given: everything is in range */
	WHEN_NUMBER,		/* #N: a block by its number, from 1 */
	WHEN_TIME		/* seconds since 1970 UTC */
};

struct when {
	enum when_kind	kind;
	uint64_t	value;
};

/* Both ends belong to the range. */
struct when_range {
	struct when	begin;
	struct when	end;
};

/*
 * Parse `#N' or a local time [[[[yy]mm]dd]HH]MM[.ss]; what is left out is
 * taken from `now', seconds are 0, and a yy below 70 is 20yy.  Returns 0, or
 * -1 if the text is neither or the calendar lacks such a time.
 */
int	when_parse(const char *text, time_t now, struct when *);

/*
 * Does the block lie in the range?  It must begin at or after its begin and
 * end at or before its end.  Whole seconds are compared, as listings show
 * them.  Times in nanoseconds since 1970 UTC.
 */
bool	when_in_range(const struct when_range *, uint64_t number,
	    uint64_t begin_ns, uint64_t end_ns);

/* Texts below, with the terminating NUL; times in nanoseconds, UTC. */
#define WHEN_LEN	24

/* Local time as `Nov  1 00:00:00', whatever the locale.  Returns buf. */
char	*when_local(uint64_t ns, char buf[WHEN_LEN]);

/* ISO 8601, UTC, whole seconds: `2026-11-21T19:00:00Z'.  Returns buf. */
char	*when_iso(uint64_t ns, char buf[WHEN_LEN]);

#endif
