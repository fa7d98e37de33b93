/*
 * trafstat --top: a full-screen view for people, or JSON for programs.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "common/finish.h"
#include "report/json.h"
#include "top.h"
#include "traffic.h"

/* Default of --rows in JSON. */
#define JSON_ROWS	20

/* ---- for programs ---- */

static json_t *
row_json(struct names *names, const struct owners *owners, int by,
    const struct top_row *row)
{
	char	label[TOP_LABEL_LEN];

	return (json_pack("{s:s,s:o,s:o,s:f,s:f,s:f}",
	    "label", top_label(names, owners, by, &row->key, label),
	    "bytes", json_u64(row->total), "sent", json_u64(row->sent),
	    "rate_2s", row->rate[TOP_SPAN_2],
	    "rate_10s", row->rate[TOP_SPAN_10],
	    "rate_40s", row->rate[TOP_SPAN_40]));
}

static json_t *
rows_json(const struct options *opt, const struct rates *r,
    struct names *names)
{
	struct top_rows	 rows;
	json_t		*list = json_array();
	size_t		 i, most = opt->top != 0 ? (size_t)opt->top :
			    JSON_ROWS;

	if (rates_rows(r, -1, TOP_BY_2, &rows) == -1)
		return (list);
	for (i = 0; i < rows.n && i < most; i++)
		(void)json_array_append_new(list, row_json(names,
		    rates_owners(r), opt->by, &rows.row[i]));
	free(rows.row);
	return (list);
}

static int
print_json(const struct options *opt, const struct rates *r,
    struct names *names, struct out *o)
{
	struct top_sum	 sum;
	json_t		*rows = rows_json(opt, r, names);

	rates_sum(r, -1, &sum);
	return (json_line(json_pack("{s:o,s:f,s:f,s:f,s:f,s:o,s:o}",
	    "daemons", json_u64(sum.alive),
	    "rate_2s", sum.bytes[TOP_SPAN_2],
	    "rate_10s", sum.bytes[TOP_SPAN_10],
	    "rate_40s", sum.bytes[TOP_SPAN_40],
	    "packet_rate_2s", sum.packets, "rows", json_u64(sum.rows),
	    "top", rows), o));
}

/* The first line has totals only: rates need two queries. */
static int
repeat_json(const struct options *opt, struct rates *r, struct names *names,
    struct out *o)
{
	int	n = 0, rc;

	do {
		if (n++ > 0) {
			(void)sleep((unsigned int)opt->interval);
			rates_update(r, opt->by);
		}
		rc = print_json(opt, r, names, o);
		if (rc == TRAFD_EXIT_OK)
			rc = out_finish(o);
	} while (rc == TRAFD_EXIT_OK && out_error(o) == 0 &&
	    opt->interval > 0 && (opt->count == 0 || n < opt->count));
	return (rc);
}

static int
run_json(const struct options *opt, struct rates *r)
{
	struct names	*names = names_new(&opt->naming);
	struct out	*o = out_new(STDOUT_FILENO);
	int		 rc = TRAFD_EXIT_ERROR;

	if (names == NULL || o == NULL)
		log_error("rows");
	else
		rc = repeat_json(opt, r, names, o);
	if (o != NULL)
		out_free(o);
	names_free(names);
	return (rc);
}

int
top_run(const struct options *opt)
{
	struct rates	*r;
	int		 rc;

	if ((r = rates_new(opt)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = opt->json ? run_json(opt, r) : screen_run(opt, r);
	rates_free(r);
	return (rc);
}
