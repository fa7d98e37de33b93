/*
 * Rows as a template of the user's wants them: no header, nothing before or
 * behind but what the template says.
 */
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "out.h"
#include "template.h"

struct rows {
	struct out		*out;
	const struct template	*template;
	struct cells_style	 style;
	struct cells		 cells;
	struct template_values	 values;
};

static void *
rows_begin(struct out *o, const struct out_view *v)
{
	struct rows	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->out = o;
	r->template = v->template;
	r->style.names = v->names;
	r->style.client = "client";
	r->style.blank_ports = v->blank_ports;
	r->values.cells = &r->cells;
	return (r);
}

static void
rows_block(void *state, const struct block_info *b)
{
	struct rows	*r = state;

	r->values.begin_ns = b->begin_ns;
	r->values.end_ns = b->end_ns;
}

static void
rows_row(void *state, const struct flow *f)
{
	struct rows	*r = state;

	cells_fill(&r->cells, &r->style, &f->key);
	/* As in the text. */
	if (flow_is_other(&f->key))
		strlcpy(r->cells.proto, "ip", sizeof(r->cells.proto));
	r->values.data = f->count.data;
	r->values.all = f->count.ip;
	template_print(r->template, &r->values, r->out);
}

static void
rows_end(void *state)
{
	free(state);
}

const struct out_ops fmt_template = {
	"template", rows_begin, rows_block, rows_row, rows_end
};
