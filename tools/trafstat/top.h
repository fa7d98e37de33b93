/*
 * Shared by the files of trafstat --top: rates of the last 2, 10 and 40
 * seconds from the answers of the daemons, and how to show them.
 */
#ifndef TRAFSTAT_TOP_H
#define TRAFSTAT_TOP_H

#include "owned.h"
#include "trafstat.h"

/* Time between two queries, before the second one, and ticks kept. */
#define TOP_TICK_MS	2000
#define TOP_FIRST_MS	500
#define TOP_TICKS	20

enum top_span { TOP_SPAN_2, TOP_SPAN_10, TOP_SPAN_40, TOP_SPANS };

/* The order of the rows, largest first: by a rate or by the total. */
enum top_order { TOP_BY_2, TOP_BY_10, TOP_BY_40, TOP_BY_TOTAL, TOP_ORDERS };

/* One row as it is shown. */
struct top_row {
	struct flow_key	key;
	uint64_t	total;			/* IP bytes, not saved yet */
	uint64_t	sent;			/* of them, by hosts */
	double		rate[TOP_SPANS];	/* bytes per second */
};

struct top_rows {
	struct top_row	*row;
	size_t		 n;
};

/* Sums over all packets, independent of the groups. */
struct top_sum {
	double		bytes[TOP_SPANS];	/* per second */
	double		packets;		/* per second, last tick */
	uint64_t	rows, max_rows;		/* of the tables */
	size_t		alive;			/* daemons that answered */
};

/* ---- the numbers: rates.c ---- */

struct rates;

/*
 * For the daemon of -i, or all that run.  Sends the first query: the totals
 * are there, rates only after rates_update().  NULL after a message.
 */
struct rates	*rates_new(const struct options *);
void		 rates_free(struct rates *);

/* Number of daemons, and the name of daemon i. */
size_t		 rates_sources(const struct rates *);
const char	*rates_source(const struct rates *, size_t i);

/* Query all daemons for groups of this kind; a change of kind starts again. */
void		 rates_update(struct rates *, int);

/*
 * The rows of daemon i, or of all together (-1), in this order.  The caller
 * frees rows->row.  0, or -1 with errno.
 */
int		 rates_rows(const struct rates *, int i, enum top_order,
		    struct top_rows *);
void		 rates_sum(const struct rates *, int i, struct top_sum *);

/* Owners in the keys; valid until rates_free(). */
const struct owners *rates_owners(const struct rates *);

/* The message of the last daemon that did not answer, or "". */
const char	*rates_error(const struct rates *);

/* ---- labels and numbers as text: top_text.c ---- */

#define TOP_LABEL_LEN	(2 * NAMES_HOST_LEN + 8)

/*
 * "10.0.0.1", "10.0.0.1 <> 10.0.0.2", "tcp 443", "udp", "nginx".  Returns buf.
 */
char	*top_label(struct names *, const struct owners *, int by,
	    const struct flow_key *, char buf[TOP_LABEL_LEN]);

/* The full-screen view: screen.c, or screen_none.c.  The exit status. */
int	screen_run(const struct options *, struct rates *);

#endif
