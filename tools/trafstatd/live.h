/*
 * The state of the daemons of this host, queried through their control
 * sockets.  Answers are kept and serve all viewers; how often a daemon is
 * queried does not depend on their number.
 *
 *	live_new → [live_look → live_look_into → live_...]* → live_free
 */
#ifndef TRAFSTATD_LIVE_H
#define TRAFSTATD_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "control/control_client.h"
#include "names/names.h"
#include "members.h"
#include "traffic.h"

struct later;

/* The kinds of groups whose largest are kept. */
enum live_dim {
	LIVE_HOSTS,
	LIVE_SERVICES,
	LIVE_PROTOCOLS,
	LIVE_DIMS
};

#define LIVE_POINTS	600	/* kept for the chart */

/* Totals since the daemon's start, at one time. */
struct live_point {
	uint64_t	ms;		/* monotonic */
	uint64_t	packets;
	uint64_t	bytes;		/* of IP */
};

struct live_instance {
	char			 ext[TRAFD_EXT_MAX + 1];
	bool			 here;		/* has a socket */
	bool			 up;		/* answered last time */
	char			 why[CONTROL_ERRLEN]; /* if not up */
	struct control_stat	 stat;
	struct members		*dims[LIVE_DIMS];
	struct nets		*local;		/* of stat; NULL: not known */
	char			 networks[CONTROL_TEXT_LEN]; /* ... as text */
	/* Times of live_now_ms(); 0: never. */
	uint64_t		 dim_ms[LIVE_DIMS];	/* of the answer */
	uint64_t		 dim_wait[LIVE_DIMS];	/* until the next */
	uint64_t		 dim_begin[LIVE_DIMS];	/* CONTROL_BEGIN */
	/* The whole table, for the history (past.c): a file, or -1. */
	int			 table_fd;
	uint64_t		 table_ms, table_wait, table_begin;
	uint64_t		 stat_ms;		/* of the answer */
	uint64_t		 retry_ms;		/* not before */
	struct live_point	 points[LIVE_POINTS];	/* a ring */
	size_t			 npoints;		/* ever added */
};

struct live;

/*
 * run_dir is borrowed, and so is `later', which has the names of hosts; NULL:
 * no names.  Keep the `top' largest hosts and services.  NULL with errno.
 */
struct live	*live_new(const char *run_dir, size_t top, struct later *later);
void		 live_free(struct live *);

/*
 * Update the list of instances and query `stat' of each, unless that was done
 * within the last `age_ms' milliseconds.
 */
void		 live_look(struct live *, uint64_t age_ms);

/*
 * Query the largest hosts, services and protocols of the instance.  A table is
 * not queried again so soon that answering would take the daemon more than
 * 1/400 of its time, except after a save, which starts the sums from 0.
 */
void		 live_look_into(struct live *, struct live_instance *);

/* Instance i < live_count(), in alphabetical order. */
struct live_instance *live_get(struct live *, size_t i);
size_t		 live_count(const struct live *);

/* The instance of this name, or NULL. */
struct live_instance *live_find(struct live *, const char *ext);

/* Point i < live_points(), the oldest first. */
const struct live_point *live_point(const struct live_instance *, size_t i);
size_t		 live_points(const struct live_instance *);

/* Bytes/s and packets/s between the last two points. */
void		 live_rates(const struct live_instance *, double *bytes,
		    double *packets);

/* now_mono_ms() + 1: monotonic and not 0, which stands for `never'. */
uint64_t	 live_now_ms(void);

/* Text of a row's key, such as an address, `443/tcp' or `tcp'.  Returns buf. */
#define LIVE_NAME_LEN	72
char		*live_name(struct live *, enum live_dim,
		    const struct flow_key *, char buf[LIVE_NAME_LEN]);

/* Is the host of the row in the networks of the interface? */
bool		live_is_local(const struct live_instance *,
		    const struct flow_key *);

/*
 * The name of the row's host or service, such as `mail.example' or `https',
 * or "" if it has none or none is known yet.  Valid until the next call.
 */
const char	*live_title(struct live *, enum live_dim,
		    const struct flow_key *);
struct later	*live_later(struct live *);	/* or NULL */
struct names	*live_services(struct live *);

/* Share of packets that were captured: 100 if none was dropped. */
double		 live_seen_percent(const struct ledger *);

/* ---- for hostview.c, past.c and search.c ---- */

/*
 * Query rows of the instance; after true the caller frees the table.  False:
 * there was no answer, or the instance is given a rest.
 */
bool		 live_ask(struct live *, struct live_instance *,
		    const struct control_query *, struct control_table *);

/*
 * The whole table as a file of one block; the caller closes it.  False: there
 * is none now.
 */
bool		 live_ask_file(const struct live *,
		    const struct live_instance *, int *fd);

static inline void
live_drop_table(struct live_instance *in)
{
	if (in->table_fd != -1)
		(void)close(in->table_fd);
	in->table_fd = -1;
}

/* The table as an answer for members_update(). */
void		 live_answer(const struct live_instance *,
		    const struct control_table *, struct members_answer *);

/*
 * Milliseconds until the same may be queried again, from the time that the
 * answer took.  That time is limited by what the table's size can explain: on
 * a busy host a daemon may answer late for other reasons.
 */
uint64_t	 live_wait(const struct live_instance *, uint64_t took_ms);

/*
 * Milliseconds that a daemon rests after a question that only one viewer has,
 * whoever has the next: none if its table is small.
 */
uint64_t	 live_pause(uint64_t took_ms);

/* Either end is in the network. */
void		 live_rule(struct control_rule *, const uint8_t addr[16],
		    unsigned int bits);

#endif
