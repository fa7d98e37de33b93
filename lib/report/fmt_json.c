/*
 * JSON Lines: one object a row with the columns of the csv format as keys.
 * With -n ports and protocols are numbers, without they are strings, always.
 */
#include <stdlib.h>

#include "base/when.h"
#include "cells.h"
#include "fmt.h"
#include "json.h"

struct rows {
	struct json_rows	 json;
	struct cells_style	 style;
	struct cells		 cells;
	bool			 numeric;
};

static void *
json_begin(struct out *o, const struct fmt_view *v)
{
	struct rows	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	if (json_rows_begin(&r->json, o) == -1) {
		free(r);
		return (NULL);
	}
	r->style.names = v->names;
	r->style.client = "client";
	r->numeric = v->numeric;
	return (r);
}

static void
set_key(struct rows *r, const char *key, const char *text, uint64_t v)
{
	if (r->numeric)
		json_rows_u64(&r->json, key, v);
	else
		json_rows_text(&r->json, key, text);
}

static void
json_block(void *state, const struct block_info *b)
{
	struct rows	*r = state;
	char		 when[WHEN_LEN];

	json_rows_text(&r->json, "begin", when_iso(b->begin_ns, when));
	json_rows_text(&r->json, "end", when_iso(b->end_ns, when));
}

static void
json_row(void *state, const struct flow *f)
{
	struct rows	*r = state;
	struct cells	*c = &r->cells;

	cells_fill(c, &r->style, &f->key);
	json_rows_text(&r->json, "src", c->src);
	set_key(r, "sport", c->sport, f->key.sport);
	json_rows_text(&r->json, "dst", c->dst);
	set_key(r, "dport", c->dport, f->key.dport);
	set_key(r, "proto", c->proto, f->key.proto);
	json_rows_u64(&r->json, "packets", f->count.packets);
	json_rows_u64(&r->json, "data", f->count.data);
	json_rows_u64(&r->json, "bytes", f->count.ip);
	json_rows_end_row(&r->json);
}

static void
json_end(void *state)
{
	struct rows	*r = state;

	json_rows_free(&r->json);
	free(r);
}

const struct fmt_ops fmt_json = {
	"json", json_begin, json_block, json_row, json_end
};
