/*
 * What the daemons of this machine are doing: asked through their control
 * sockets, never more often than it is worth, and kept for all who look.
 */
#ifndef TRAFSTATD_LIVE_H
#define TRAFSTATD_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_client.h"
#include "traffic.h"
#include "members.h"

/* What the account is summed up by. */
enum live_dim {
	LIVE_HOSTS,
	LIVE_SERVICES,
	LIVE_PROTOCOLS,
	LIVE_DIMS
};

#define LIVE_POINTS	600	/* of the history */

/* Totals since the daemon's start, at an instant. */
struct live_point {
	uint64_t	ms;		/* monotonic */
	uint64_t	packets;
	uint64_t	bytes;		/* of IP */
};

struct live_instance {
	char			 ext[TRAFD_EXT_MAX + 1];
	bool			 here;		/* has a socket */
	bool			 up;		/* answered last time */
	char			 why[CONTROL_ERRLEN]; /* it did not */
	struct control_stat	 stat;
	struct members		*dims[LIVE_DIMS];
	uint64_t		 dim_ms[LIVE_DIMS];	/* when asked; 0 */
	uint64_t		 dim_wait[LIVE_DIMS];	/* ms till the next */
	uint64_t		 dim_begin[LIVE_DIMS];	/* of its account */
	uint64_t		 stat_ms;		/* when asked */
	uint64_t		 retry_ms;		/* not before */
	struct live_point	 points[LIVE_POINTS];	/* a ring */
	size_t			 npoints;		/* ever */
};

struct live;

/* run_dir is borrowed; `top' rows of each kind.  NULL with errno. */
struct live	*live_new(const char *run_dir, size_t top);
void		 live_free(struct live *);

/*
 * Look which instances there are and ask each how it is, unless that was
 * done within the last `age_ms'.
 */
void		 live_look(struct live *, uint64_t age_ms);

/*
 * Ask the instance for its largest hosts, services and protocols, each
 * unless it was asked so shortly before that answering would cost it more
 * than 1/400 of its time, and no save has begun the account anew since.
 */
void		 live_look_into(struct live *, struct live_instance *);

/* Instance i < live_count(), in alphabetical order. */
struct live_instance *live_get(struct live *, size_t i);
size_t		 live_count(const struct live *);

/* The one of that name, or NULL. */
struct live_instance *live_find(struct live *, const char *ext);

/* Point i < live_points(), the oldest first. */
const struct live_point *live_point(const struct live_instance *, size_t i);
size_t		 live_points(const struct live_instance *);

/* Bytes/s and packets/s between the last two points. */
void		 live_rates(const struct live_instance *, double *bytes,
		    double *packets);

/* now_mono_ms(), but never 0, which means never. */
uint64_t	 live_now_ms(void);

/* Text of a row's key: an address, `443/tcp', `tcp'.  Returns buf. */
#define LIVE_NAME_LEN	72
char		*live_name(struct live *, enum live_dim,
		    const struct flow_key *, char buf[LIVE_NAME_LEN]);

/* Packets that were seen, of all that were there to be seen. */
double		 live_seen_percent(const struct ledger *);

#endif
