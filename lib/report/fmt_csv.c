/*
 * Comma separated values (RFC 4180, but lines end as Unix lines do) and tab
 * separated values: one header row, then rows of all blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "out.h"
#include "base/when.h"

static const char *const columns[] = {
	"begin", "end", "src", "sport", "dst", "dport", "proto",
	"packets", "data", "bytes"
};

#define NCOLUMNS	(sizeof(columns) / sizeof(columns[0]))

struct csv {
	struct out		*out;
	struct cells_style	 style;
	struct cells		 cells;
	char			 separator;
	char			 begin[WHEN_LEN];
	char			 end[WHEN_LEN];
};

static struct csv *
new_csv(struct out *o, const struct out_view *v, char separator)
{
	struct csv	*c;
	size_t		 i;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->out = o;
	c->separator = separator;
	c->style.names = v->names;
	c->style.client = v->numeric ? "0" : "client";
	c->style.proto_number = v->numeric;
	for (i = 0; i < NCOLUMNS; i++) {
		out_str(o, columns[i]);
		out_char(o, i + 1 < NCOLUMNS ? separator : '\n');
	}
	return (c);
}

static void *
csv_begin(struct out *o, const struct out_view *v)
{
	return (new_csv(o, v, ','));
}

static void *
tsv_begin(struct out *o, const struct out_view *v)
{
	return (new_csv(o, v, '\t'));
}

static void
csv_block(void *state, const struct block_info *b)
{
	struct csv	*c = state;

	when_iso(b->begin_ns, c->begin);
	when_iso(b->end_ns, c->end);
}

/* A text and the separator behind it. */
static void
put_text(struct csv *c, const char *text)
{
	out_cell(c->out, text, c->separator);
	out_char(c->out, c->separator);
}

static void
csv_row(void *state, const struct flow *f)
{
	struct csv	*c = state;

	cells_fill(&c->cells, &c->style, &f->key);
	put_text(c, c->begin);
	put_text(c, c->end);
	put_text(c, c->cells.src);
	put_text(c, c->cells.sport);
	put_text(c, c->cells.dst);
	put_text(c, c->cells.dport);
	put_text(c, c->cells.proto);
	out_u64(c->out, f->count.packets);
	out_char(c->out, c->separator);
	out_u64(c->out, f->count.data);
	out_char(c->out, c->separator);
	out_u64(c->out, f->count.ip);
	out_char(c->out, '\n');
}

static void
csv_end(void *state)
{
	free(state);
}

const struct out_ops fmt_csv = {
	"csv", csv_begin, csv_block, csv_row, csv_end
};

const struct out_ops fmt_tsv = {
	"tsv", tsv_begin, csv_block, csv_row, csv_end
};
