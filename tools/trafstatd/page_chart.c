/*
 * The chart of the last minutes, with its axes: rates as text beside it and
 * local times below, as HTML, so that the drawing can be stretched.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "hostview.h"
#include "page_impl.h"
#include "text.h"

#define CHART_WIDTH	600
#define CHART_HEIGHT	150
#define CHART_MOST_MS	600000	/* ten minutes */
#define CHART_LEAST_MS	60000
#define AXIS_LEAST	1000	/* bits/s; also of a chart without traffic */

/* ---- points ---- */

static double
rate_between(uint64_t a, uint64_t b, uint64_t ms)
{
	return (ms > 0 && b > a ? (double)(b - a) * 1000 / (double)ms : 0);
}

static void
plot_all(struct page *p)
{
	const struct live_point	*a, *b;
	size_t			 i;

	for (i = 0; i < live_points(p->v->in); i++) {
		b = live_point(p->v->in, i);
		a = i > 0 ? live_point(p->v->in, i - 1) : b;
		p->plot[i].ms = b->ms;
		p->plot[i].rate[0] = rate_between(a->bytes, b->bytes,
		    b->ms - a->ms);
	}
	p->nplot = i;
}

static void
plot_host(struct page *p)
{
	const struct host_point	*a, *b;
	size_t			 i;

	for (i = 0; i < hostview_points(p->v->host); i++) {
		b = hostview_point(p->v->host, i);
		a = i > 0 ? hostview_point(p->v->host, i - 1) : b;
		p->plot[i].ms = b->ms;
		p->plot[i].rate[0] = rate_between(a->in, b->in,
		    b->ms - a->ms);
		p->plot[i].rate[1] = rate_between(a->out, b->out,
		    b->ms - a->ms);
	}
	p->nplot = i;
}

/* Two points make one rate: it holds for the first of them as well. */
void
page_plot(struct page *p)
{
	if (!page_is_up(p))
		return;
	if (p->v->host != NULL)
		plot_host(p);
	else
		plot_all(p);
	if (p->nplot > 1)
		memcpy(p->plot[0].rate, p->plot[1].rate,
		    sizeof(p->plot[0].rate));
}

static double
highest(const struct page *p)
{
	double	most = 0;
	size_t	i;
	int	k;

	for (i = 0; i < p->nplot; i++)
		for (k = 0; k < 2; k++)
			if (p->plot[i].rate[k] > most)
				most = p->plot[i].rate[k];
	return (most);
}

/* The time that the chart covers: that of all points, within limits. */
static uint64_t
span_ms(const struct page *p)
{
	uint64_t	ms = 0;

	if (p->nplot > 0)
		ms = p->plot[p->nplot - 1].ms - p->plot[0].ms;
	return (ms < CHART_LEAST_MS ? CHART_LEAST_MS :
	    ms > CHART_MOST_MS ? CHART_MOST_MS : ms);
}

/* ---- axes ---- */

double
page_axis_top(double most)
{
	double	top = 1;

	while (top * 10 < most)
		top *= 10;
	return (most <= top ? top : most <= 2 * top ? 2 * top :
	    most <= 5 * top ? 5 * top : 10 * top);
}

void
page_axis_text(FILE *f, double v, const char *unit)
{
	static const char	prefixes[] = " kMGTPE";
	size_t			i = 0;

	for (; v >= 1000 && i + 2 < sizeof(prefixes); i++)
		v /= 1000;
	(void)fprintf(f, "%.3g %.*s%s", v, i > 0 ? 1 : 0, prefixes + i, unit);
}

static double
top_of(const struct page *p)
{
	double	most = highest(p) * 8;

	return (page_axis_top(most < AXIS_LEAST ? AXIS_LEAST : most));
}

void
page_yaxis(struct page *p)
{
	double	top = top_of(p);

	(void)fputs("<span>", p->f);
	page_axis_text(p->f, top, "bit/s");
	(void)fputs("</span><span>", p->f);
	page_axis_text(p->f, top / 2, "bit/s");
	(void)fputs("</span><span>0</span>", p->f);
}

/* The local time of a point `age' milliseconds ago. */
static void
put_time(struct page *p, uint64_t age)
{
	time_t		t = (time_t)(now_wall() / NS_PER_S - age / 1000);
	struct tm	tm;
	char		text[16] = "";

	if (localtime_r(&t, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	(void)fprintf(p->f, "<span>%s</span>", text);
}

void
page_xaxis(struct page *p)
{
	uint64_t	span = span_ms(p), since;

	if (p->nplot == 0)
		return;
	since = live_now_ms() - p->plot[p->nplot - 1].ms;
	put_time(p, since + span);
	put_time(p, since + span / 2);
	put_time(p, since);
}

/* ---- the drawing ---- */

static void
put_curve(struct page *p, int k, double top)
{
	uint64_t	last = p->plot[p->nplot - 1].ms, age;
	uint64_t	span = span_ms(p);
	size_t		i;

	(void)fprintf(p->f, "<polyline class=\"curve%s\" points=\"",
	    k > 0 ? " out" : "");
	for (i = 0; i < p->nplot; i++) {
		age = last - p->plot[i].ms;
		if (age <= span)
			(void)fprintf(p->f, "%.1f,%.1f ", CHART_WIDTH -
			    (double)age * CHART_WIDTH / (double)span,
			    CHART_HEIGHT - p->plot[i].rate[k] * 8 / top *
			    CHART_HEIGHT);
	}
	(void)fputs("\"/>", p->f);
}

void
page_chart(struct page *p)
{
	double	top = top_of(p);

	(void)fputs("<path class=\"grid\" d=\"M0 0H600M0 75H600\"/>", p->f);
	if (p->nplot < 2)
		return;
	put_curve(p, 0, top);
	if (p->v->host != NULL)
		put_curve(p, 1, top);
}

void
page_span(struct page *p)
{
	uint64_t	seconds;

	if (!page_is_up(p))
		return;
	seconds = span_ms(p) / 1000;
	(void)fprintf(p->f, "last %" PRIu64 " min", seconds / 60);
	if (seconds % 60 != 0)
		(void)fprintf(p->f, " %" PRIu64 " s", seconds % 60);
}

void
page_peak(struct page *p)
{
	char	text[TEXT_LEN];

	if (page_is_up(p) && p->nplot < 2)
		(void)fputs("measured from now on", p->f);
	else if (page_is_up(p))
		(void)fprintf(p->f, "highest %s",
		    text_rate(highest(p), text));
}
