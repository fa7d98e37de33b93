/*
 * The state of the full-screen view of trafstat --top: screen.c queries the
 * daemons and handles keys, draw.c draws.
 */
#ifndef TRAFSTAT_SCREEN_H
#define TRAFSTAT_SCREEN_H

#include "names/later.h"
#include "top.h"

#define FIRST_ROW	3
#define FILTER_LEN	64

struct screen {
	const struct options	*opt;
	struct rates		*rates;
	struct names		*names;
	struct names		*plain;		/* numeric, for the filter */
	struct later		*later;		/* names for it, or NULL: -n */
	int			 by;
	enum top_order		 order;
	int			 only;		/* source, or -1: all */
	size_t			 scroll;
	bool			 bits;
	bool			 numeric;
	bool			 paused;
	bool			 help;
	bool			 typing;	/* a filter is being entered */
	bool			 utf8;
	bool			 quit;
	char			 filter[FILTER_LEN];
	struct top_rows		 rows;
	struct top_sum		 sum;
	int64_t			 next;		/* query, monotonic ms */
};

/* Redraw the whole screen. */
void	screen_draw(const struct screen *);

#endif
