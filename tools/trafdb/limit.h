/*
 * Budgets: how many bytes an interface, a host or networks may use in a
 * period.
 */
#ifndef TRAFDB_LIMIT_H
#define TRAFDB_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "history/history.h"
#include "limit_kinds.h"
#include "limit_owner.h"

#define LIMIT_NETS_MAX		512
#define LIMIT_HOSTS_MAX		192
#define LIMIT_THRESHOLDS	8

struct limit {
	char			name[HISTORY_NAME_MAX];
	char			iface[64];
	char			nets[LIMIT_NETS_MAX];	/* "": all traffic */
	/* All traffic counts; nets are what tells in from out. */
	bool			whole;
	/*
	 * nets are the addresses of one host.  hosts is the list of names and
	 * addresses that was given for it, or "" if it is one address.
	 */
	bool			one_host;
	char			hosts[LIMIT_HOSTS_MAX];
	/* Of an account of owners: whose traffic counts; nets are "" then. */
	struct limit_owner	owner;
	enum limit_direction	direction;
	enum limit_period	period;
	uint32_t		day;		/* first day of it, from 1 */
	uint64_t		octets;
	uint32_t		percent[LIMIT_THRESHOLDS]; /* 0: end of list */

	uint64_t		told_since;	/* period reported last: hour */
	uint32_t		told;		/* percent reported for it */
};

/* Write a budget to the history.  Returns 0, or -1 after a message. */
int		 limit_put(struct history *, const struct limit *);

/*
 * Get the first budget whose name is greater than `after'; "" gets the first
 * of all.  `after' may be the name in the budget.  Returns 1; 0 if there is
 * none; LIMIT_UNKNOWN after a message if only its name can be understood; or -1
 * after a message.
 */
#define LIMIT_UNKNOWN	2

int		 limit_next(struct history *, const char *after,
		    struct limit *);

/* What the budget counts, as it was given; or `all'. */
const char	*limit_subject(const struct limit *);

/*
 * The budget in words: `kid: 50.0 GB a month on eth0 for laptop (192.0.2.7),
 * in and out, reported at 80,100%'.  Returns buf.
 */
#define LIMIT_TEXT_LEN	1536

char		*limit_text(const struct limit *, char buf[LIMIT_TEXT_LEN]);

/* The percentages of its thresholds as a list.  Returns buf. */
#define LIMIT_PERCENTS_LEN	128

char		*limit_percents(const struct limit *,
		    char buf[LIMIT_PERCENTS_LEN]);

/* Parse such a list.  Returns 0, or -1. */
int		 limit_percents_parse(const char *,
		    uint32_t percent[LIMIT_THRESHOLDS]);

/*
 * Set the local period that contains `now', which is in seconds since 1970.
 * The period is in whole hours of UTC: if the offset of the zone is no whole
 * hour, it begins and ends at the next whole hour.
 */
void		 limit_period(const struct limit *, uint64_t now,
		    struct history_range *);

#endif
