/*
 * Charts as SVG elements, fit to stand in a page or in a file of their own:
 * traffic over time, and bars beside each other.  They scale to any width,
 * name no other resource and hold no script; colours are those of the style
 * below, dark and light, with plain ones for readers without styles.
 */
#ifndef CHART_H
#define CHART_H

#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "base/calendar.h"
#include "base/out.h"
#include "tally/result.h"

#define CHART_SERIES_MAX	2

/* What was counted in a period that begins at at_ns. */
struct chart_point {
	uint64_t	at_ns;
	uint64_t	value[CHART_SERIES_MAX];
};

/* Points are in order of time, no two at the same instant; all borrowed. */
struct chart_time {
	const char			*title;
	size_t				 nseries;
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

/* One <svg> element each; `alone': a document of its own. */
void	chart_time(struct out *, const struct chart_time *, bool alone);
void	chart_bars(struct out *, const struct chart_bars *, bool alone);

/* The rules for both, for a <style> element of the page they stand in. */
void	chart_style(struct out *);

/*
 * Text as XML and HTML have it.  What is no printable ASCII becomes `?': a
 * text that somebody sent may not even be UTF-8.
 */
void	chart_escape(struct out *, const char *);

#endif
