/*
 * Budgets: so many octets in a period for an interface, a host or networks.
 */
#ifndef TRAFDB_LIMIT_H
#define TRAFDB_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "history/history.h"
#include "limit_kinds.h"

#define LIMIT_NETS_MAX		512
#define LIMIT_THRESHOLDS	8

struct limit {
	char			name[HISTORY_NAME_MAX];
	char			iface[64];
	char			nets[LIMIT_NETS_MAX];	/* "": all of it */
	bool			one_host;		/* nets is one */
	enum limit_direction	direction;
	enum limit_period	period;
	uint32_t		day;		/* it begins on, from 1 */
	uint64_t		octets;
	uint32_t		percent[LIMIT_THRESHOLDS]; /* 0: no more */

	uint64_t		told_since;	/* the period told of last */
	uint32_t		told;		/* and what was told: percent */
};

/* 0, or -1 after a message. */
int		 limit_put(struct history *, const struct limit *);

/* The one behind `after' (""): 1, 0, -1 after a message. */
int		 limit_next(struct history *, const char *after,
		    struct limit *);

/*
 * The local period that `now' lies in, in whole hours of UTC: where the
 * offset of the zone is no whole hour, from the next one on.
 */
void		 limit_period(const struct limit *, uint64_t now,
		    struct history_range *);

#endif
