/*
 * Private to the files of the page: page.c fills in the template, the others
 * write parts of it.
 */
#ifndef TRAFSTATD_PAGE_IMPL_H
#define TRAFSTATD_PAGE_IMPL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "web.h"

/* Bytes per second between two points: of all, or of a host in and out. */
struct plot_point {
	uint64_t	ms;
	double		rate[2];
};

struct page {
	FILE			*f;
	const struct web_view	*v;
	struct plot_point	 plot[LIVE_POINTS];
	size_t			 nplot;
};

typedef void	place_fn(struct page *);

static inline bool
page_is_up(const struct page *p)
{
	return (p->v->in != NULL && p->v->in->up);
}

/* Set the points of the chart. */
void	page_plot(struct page *);

/* The link to a host's page, with its address or name as text. */
void	page_host_link(struct page *, const struct flow_key *);

/* page_chart.c */
place_fn	page_chart, page_yaxis, page_xaxis, page_span, page_peak;
/* page_tables.c */
place_fn	page_hosts, page_services, page_protocols, page_peers,
		page_found, page_host_name;
/* page_past.c */
place_fn	page_tiles, page_hours, page_budgets;

/* A round number of bits/s or bytes that is at least `most'. */
double	page_axis_top(double most);

/* A number of an axis: `10 Mbit/s', `2.5 GB'. */
void	page_axis_text(FILE *, double, const char *unit);

#endif
