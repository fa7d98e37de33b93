/*
 * Converts the tables of an answer to the input of charts, for the formats
 * that draw.  Borrows the texts of the result.
 */
#ifndef ANSWER_POINTS_H
#define ANSWER_POINTS_H

#include "chart.h"

/* The table to draw over time: the series, or the answer if it has times. */
const struct result_table *points_table(const struct result *);

#define POINTS_LABEL	256

struct points_time {
	struct chart_time	 chart;
	struct chart_point	*point;	/* the caller frees it */
	char			 name[CHART_SERIES_MAX][POINTS_LABEL];
};

/*
 * Fill in the chart of a table with times.  Other keys, such as the host, make
 * a line for each of the largest groups.  Returns 0, or -1 with errno.
 */
int	points_time(struct points_time *, const struct result *,
	    const struct result_table *, const struct answer_view *);

/* How many rows of a table are drawn as bars: the first ones. */
#define POINTS_BARS	10

struct points_bars {
	struct chart_bars	chart;
	struct chart_bar	bar[POINTS_BARS];
	char			label[POINTS_BARS][POINTS_LABEL];
};

void	points_bars(struct points_bars *, const struct result_table *,
	    const struct answer_view *);

/* A time for people, without the offset from UTC, which all times share. */
char	*points_time_text(enum calendar_grain, uint64_t ns,
	    char buf[CALENDAR_LEN]);

/* Is a time among the keys of the table?  Are there others? */
bool	points_has_time(const struct result_table *);
bool	points_has_groups(const struct result_table *);

#endif
