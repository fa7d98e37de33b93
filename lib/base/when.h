/*
 * Times by which users select blocks, and times in reports.  Works on a
 * block's number and its two times only.  No state; any thread.
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

/* A closed interval: both ends belong to it. */
struct when_range {
	struct when	begin;
	struct when	end;
};

/*
 * Parse `#N' or a local time [[[[yy]mm]dd]HH]MM[.ss].  Fields left out are
 * taken from `now', except seconds, which are 0; a yy below 70 is 20yy.
 * Returns 0, or -1 if the text has neither form or the time does not exist.
 */
int	when_parse(const char *text, time_t now, struct when *);

/*
 * Does the block lie in the range?  It must begin and end within it.  Whole
 * seconds are compared, because listings show those.  begin_ns and end_ns are
 * nanoseconds since 1970 UTC.
 */
bool	when_in_range(const struct when_range *, uint64_t number,
	    uint64_t begin_ns, uint64_t end_ns);

/* Longest text below, with the NUL; times are nanoseconds since 1970 UTC. */
#define WHEN_LEN	24

/* Local time as `Nov  1 00:00:00', whatever the locale.  Returns buf. */
char	*when_local(uint64_t ns, char buf[WHEN_LEN]);

/* ISO 8601, UTC, whole seconds: `2026-11-21T19:00:00Z'.  Returns buf. */
char	*when_iso(uint64_t ns, char buf[WHEN_LEN]);

#endif
