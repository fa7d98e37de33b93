/*
 * Charts as SVG elements, for a page or a file of their own: traffic over
 * time, and bars below each other.  They scale to any width and contain no
 * script and no external resource.  Colours come from the style below, light
 * and dark; readers that ignore styles get fixed ones.
 */
#ifndef CHART_H
#define CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "base/out.h"
#include "tally/result.h"
#include "answer.h"

#define CHART_SERIES_MAX	6

/* What was counted in the period that begins at at_ns. */
struct chart_point {
	uint64_t	at_ns;
	uint64_t	value[CHART_SERIES_MAX];
};

/*
 * Points are sorted by time, each time occurs once; everything is borrowed.
 * Series are parts of a whole, which are stacked, or `lines' of their own.
 */
struct chart_time {
	const char			*title;
	bool				 lines;
	size_t				 nseries;
	size_t				 nsmaller;	/* not drawn */
	const char			*name[CHART_SERIES_MAX];
	const struct chart_point	*point;
	size_t				 npoints;
	uint64_t			 begin_ns;	/* of the axis */
	uint64_t			 end_ns;
	uint64_t			 step_ns;	/* longest period */
	enum calendar_grain		 grain;
	enum result_type		 type;
	enum answer_units		 units;
};

struct chart_bar {
	const char	*label;
	uint64_t	 value;
};

struct chart_bars {
	const char		*title;
	const struct chart_bar	*bar;
	size_t			 n;
	enum result_type	 type;
	enum answer_units	 units;
};

/* Write one <svg> element; `alone': as a document of its own. */
void	chart_time(struct out *, const struct chart_time *, bool alone);
void	chart_bars(struct out *, const struct chart_bars *, bool alone);

/* Write the rules of both charts, for the <style> element of their page. */
void	chart_style(struct out *);

/*
 * Write text, escaped for XML and HTML.  Octets that are not printable ASCII
 * become `?': untrusted text may not be valid UTF-8.
 */
void	chart_escape(struct out *, const char *);

#endif
