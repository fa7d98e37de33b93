/*
 * Comma separated values (RFC 4180, except that lines end with LF) and tab
 * separated values: one header row, then the rows of all blocks.
 */
#include <stdlib.h>

#include "base/when.h"
#include "cells.h"
#include "csv.h"
#include "fmt.h"

static const char *const columns[] = {
	"begin", "end", "src", "sport", "dst", "dport", "proto",
	"packets", "data", "bytes"
};

#define NCOLUMNS	(sizeof(columns) / sizeof(columns[0]))

struct rows {
	struct csv		 csv;
	struct cells_style	 style;
	struct cells		 cells;
	char			 begin[WHEN_LEN];
	char			 end[WHEN_LEN];
};

static struct rows *
new_rows(struct out *o, const struct fmt_view *v, char separator)
{
	struct rows	*r;
	size_t		 i;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->csv.out = o;
	r->csv.separator = separator;
	r->style.names = v->names;
	r->style.client = v->numeric ? "0" : "client";
	r->style.proto_number = v->numeric;
	for (i = 0; i < NCOLUMNS; i++)
		csv_text(&r->csv, columns[i]);
	csv_end_row(&r->csv);
	return (r);
}

static void *
csv_begin(struct out *o, const struct fmt_view *v)
{
	return (new_rows(o, v, ','));
}

static void *
tsv_begin(struct out *o, const struct fmt_view *v)
{
	return (new_rows(o, v, '\t'));
}

static void
csv_block(void *state, const struct block_info *b)
{
	struct rows	*r = state;

	when_iso(b->begin_ns, r->begin);
	when_iso(b->end_ns, r->end);
}

static void
csv_row(void *state, const struct flow *f)
{
	struct rows	*r = state;
	struct cells	*c = &r->cells;

	cells_fill(c, &r->style, &f->key);
	csv_text(&r->csv, r->begin);
	csv_text(&r->csv, r->end);
	csv_text(&r->csv, c->src);
	csv_text(&r->csv, c->sport);
	csv_text(&r->csv, c->dst);
	csv_text(&r->csv, c->dport);
	csv_text(&r->csv, c->proto);
	csv_u64(&r->csv, f->count.packets);
	csv_u64(&r->csv, f->count.data);
	csv_u64(&r->csv, f->count.ip);
	csv_end_row(&r->csv);
}

static void
csv_end(void *state)
{
	free(state);
}

const struct fmt_ops fmt_csv = {
	"csv", csv_begin, csv_block, csv_row, csv_end
};

const struct fmt_ops fmt_tsv = {
	"tsv", tsv_begin, csv_block, csv_row, csv_end
};
