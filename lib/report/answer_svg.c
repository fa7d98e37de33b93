/*
 * An answer as one chart: traffic over time if the answer has times, with a
 * line for each of its other keys; else bars of its rows, for example of hosts;
 * without keys, all traffic over time.
 */
#include <stdlib.h>

#include "answer_points.h"

static int
write_time(struct out *o, const struct result *r,
    const struct result_table *t, const struct answer_view *v)
{
	struct points_time	p;

	if (points_time(&p, r, t, v) == -1)
		return (-1);
	chart_time(o, &p.chart, true);
	free(p.point);
	return (0);
}

static int
write_bars(struct out *o, const struct result_table *t,
    const struct answer_view *v)
{
	struct points_bars	*b;

	if ((b = malloc(sizeof(*b))) == NULL)
		return (-1);
	points_bars(b, t, v);
	chart_bars(o, &b->chart, true);
	free(b);
	return (0);
}

static int
svg_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct result_table	*t = r->table, *series;

	if (t == NULL)
		return (0);
	if (t->ncolumns > 0 && t->column[0].key && !points_has_time(t))
		return (write_bars(o, t, v));
	if ((series = points_table(r)) == NULL)
		return (write_bars(o, t, v));
	return (write_time(o, r, series, v));
}

const struct answer_ops	answer_svg = {
	"svg", ANSWER_WANTS_SERIES | ANSWER_WANTS_LINES, svg_write
};
