/*
 * What the web server shows: a text for each path, made of what is known of
 * the daemons.  Nothing here knows a connection.
 */
#ifndef TRAFSTATD_WEB_H
#define TRAFSTATD_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "live.h"

/* The web server about itself. */
struct web_self {
	uint64_t	started_ns;
	uint64_t	requests[6];	/* by the first digit of the status */
	size_t		connections;
};

/*
 * Metrics for Prometheus, as OpenMetrics 1.0 or in the text format before
 * it.  Errors stay in the stream.
 */
void	metrics_write(FILE *, struct live *, const struct web_self *,
	    bool openmetrics);

/*
 * The page about one instance (NULL: there is none) with the names of all;
 * complete without a script.
 */
void	page_write(FILE *, struct live *, const struct live_instance *);

/*
 * The same as JSON, for the script of the page, with the points of the
 * history after since_ms (of the `ms' of a point).  0, or -1 out of memory.
 */
int	api_write(FILE *, struct live *, const struct live_instance *,
	    uint64_t since_ms);

/* Rows of a table on the page. */
#define WEB_ROWS	20

/* What the page says of the ledger; the last one has no label. */
#define WEB_LOSS_ENTRIES	5
struct web_loss {
	enum ledger_entry	 entries[WEB_LOSS_ENTRIES];	/* added up */
	const char		*label;
	bool			 bad;	/* if it is not 0 */
};

extern const struct web_loss	web_losses[];

uint64_t	web_loss_sum(const struct web_loss *, const struct ledger *);

/* A file that was built in. */
struct asset {
	const char		*path;	/* "/page.css" */
	const unsigned char	*data;
	size_t			 len;
};

/* In no order; the last one has no path.  Generated from tools/web. */
extern const struct asset	assets[];

/* By its path, or NULL. */
const struct asset	*asset_find(const char *path);

#endif
