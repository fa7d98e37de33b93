/*
 * What the parts of trafstat --top share: what the daemons counted in the
 * last forty seconds, and how it is to be seen.
 */
#ifndef TRAFSTAT_TOP_H
#define TRAFSTAT_TOP_H

#include "trafstat.h"

/* Who looks asks so often; what came in so many ticks is kept. */
#define TOP_TICK_MS	2000
#define TOP_FIRST_MS	500
#define TOP_TICKS	20

enum top_span { TOP_SPAN_2, TOP_SPAN_10, TOP_SPAN_40, TOP_SPANS };

/* What the rows are ordered by: a rate, or the total. */
enum top_order { TOP_BY_2, TOP_BY_10, TOP_BY_40, TOP_BY_TOTAL, TOP_ORDERS };

/* One row as it is shown. */
struct top_row {
	struct flow_key	key;
	uint64_t	total;			/* IP bytes, not saved yet */
	uint64_t	sent;			/* part of it */
	double		rate[TOP_SPANS];	/* bytes a second */
};

struct top_rows {
	struct top_row	*row;
	size_t		 n;
};

/* Of all packets, however they are summed up. */
struct top_sum {
	double		bytes[TOP_SPANS];	/* a second */
	double		packets;		/* a second, last tick */
	uint64_t	rows, max_rows;		/* of the tables */
	size_t		alive;			/* daemons that answered */
};

/* ---- the numbers: rates.c ---- */

struct rates;

/*
 * Of one daemon, or of all that run, which are asked for the first time: there
 * are totals, and no rates yet.  NULL after a message.
 */
struct rates	*rates_new(const struct options *);
void		 rates_free(struct rates *);

/* How many daemons, and the name of one. */
size_t		 rates_sources(const struct rates *);
const char	*rates_source(const struct rates *, size_t i);

/* Ask what is summed up in this way; what was kept of another is forgotten. */
void		 rates_update(struct rates *, enum control_by);

/*
 * The rows of source i, or of all (-1), in this order.  The caller frees
 * rows->row.  0, or -1 with errno.
 */
int		 rates_rows(const struct rates *, int i, enum top_order,
		    struct top_rows *);
void		 rates_sum(const struct rates *, int i, struct top_sum *);

/* The message of the last daemon that did not answer, or "". */
const char	*rates_error(const struct rates *);

/* ---- labels and numbers as text: top_text.c ---- */

#define TOP_LABEL_LEN	(2 * NAMES_HOST_LEN + 8)

/* "10.0.0.1", "10.0.0.1 <> 10.0.0.2", "tcp 443", "udp".  Returns buf. */
char	*top_label(struct names *, enum control_by, const struct flow_key *,
	    char buf[TOP_LABEL_LEN]);

/* The full-screen view: screen.c, or that it is not built in. */
int	screen_run(const struct options *, struct rates *);

#endif
