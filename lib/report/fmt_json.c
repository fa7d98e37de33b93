/*
 * JSON Lines: one object a row with the columns of the csv format as keys.
 * With -n ports and protocols are numbers, without they are strings, always.
 * One object is made and filled anew for each row.
 */
#include <errno.h>
#include <stdlib.h>
#include <jansson.h>

#include "cells.h"
#include "out.h"
#include "base/when.h"

struct json {
	struct out		*out;
	struct cells_style	 style;
	struct cells		 cells;
	bool			 numeric;
	json_t			*row;
};

static void *
json_begin(struct out *o, const struct out_view *v)
{
	struct json	*j;

	if ((j = calloc(1, sizeof(*j))) == NULL)
		return (NULL);
	if ((j->row = json_object()) == NULL) {
		free(j);
		errno = ENOMEM;
		return (NULL);
	}
	j->out = o;
	j->style.names = v->names;
	j->style.client = "client";
	j->numeric = v->numeric;
	return (j);
}

/* Setting a key again keeps its place.  A row must not keep old values. */
static void
set_value(struct json *j, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(j->row, key, value) == -1)
		out_fail(j->out, ENOMEM);
}

static void
set_text(struct json *j, const char *key, const char *text)
{
	set_value(j, key, json_string(text));
}

/* Beyond what jansson's integers hold, the nearest that JSON readers have. */
static void
set_number(struct json *j, const char *key, uint64_t v)
{
	set_value(j, key, v <= INT64_MAX ? json_integer((json_int_t)v) :
	    json_real((double)v));
}

static void
set_key(struct json *j, const char *key, const char *text, uint64_t v)
{
	if (j->numeric)
		set_number(j, key, v);
	else
		set_text(j, key, text);
}

static void
json_block(void *state, const struct block_info *b)
{
	struct json	*j = state;
	char		 when[WHEN_LEN];

	set_text(j, "begin", when_iso(b->begin_ns, when));
	set_text(j, "end", when_iso(b->end_ns, when));
}

static int
put(const char *text, size_t len, void *out)
{
	out_mem(out, text, len);
	return (0);
}

static void
json_row(void *state, const struct flow *f)
{
	struct json	*j = state;

	cells_fill(&j->cells, &j->style, &f->key);
	set_text(j, "src", j->cells.src);
	set_key(j, "sport", j->cells.sport, f->key.sport);
	set_text(j, "dst", j->cells.dst);
	set_key(j, "dport", j->cells.dport, f->key.dport);
	set_key(j, "proto", j->cells.proto, f->key.proto);
	set_number(j, "packets", f->count.packets);
	set_number(j, "data", f->count.data);
	set_number(j, "bytes", f->count.ip);
	(void)json_dump_callback(j->row, put, j->out, JSON_COMPACT);
	out_char(j->out, '\n');
}

static void
json_end(void *state)
{
	struct json	*j = state;

	json_decref(j->row);
	free(j);
}

const struct out_ops fmt_json = {
	"json", json_begin, json_block, json_row, json_end
};
