/*
 * When a trace ends and how its file is called then.  No state; any thread.
 */
#ifndef ROTATE_H
#define ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Parse `30s', `5m', `5min', `1h' or `1d', from a second to a year. */
int	rotate_parse_span(const char *text, uint32_t *seconds);

/*
 * The next boundary of so many seconds after `now', on the local clock:
 * spans up to a day count from midnight and begin again there, longer ones
 * end at midnights.
 */
time_t	rotate_next(time_t now, uint32_t seconds);

/* Longest stamp below, with the terminating NUL. */
#define ROTATE_STAMP	32

/* `20261130T224000Z', from the n-th of that second on `20261130T224000Z-n'. */
void	rotate_stamp(time_t begun, unsigned int n, char to[ROTATE_STAMP]);

/* A finished file by its name. */
struct rotated {
	char		stamp[17];	/* without a number; sorts by time */
	unsigned int	number;		/* 0: none */
	bool		zst;
};

/* Is it the name of a finished file of the trace `base'? */
bool	rotate_is_own(const char *base, const char *name, struct rotated *);

/* Orders by time, then number; as strcmp(3). */
int	rotate_compare(const struct rotated *, const struct rotated *);

#endif
