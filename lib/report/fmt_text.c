/*
 * The text of BPFT's reports: seven fields separated by spaces.  Scripts
 * recognize header lines by their first column, which is a space or missing
 * there and never so in a row.
 */
#include <stdlib.h>

#include "base/printable.h"
#include "base/when.h"
#include "cells.h"
#include "fmt.h"

struct text {
	struct out		*out;
	struct cells_style	 style;
	struct cells		 cells;
};

static void *
text_begin(struct out *o, const struct fmt_view *v)
{
	struct text	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return (NULL);
	t->out = o;
	t->style.names = v->names;
	t->style.client = "client";
	t->style.blank_ports = v->blank_ports;
	return (t);
}

/* A file may contain any octets. */
static void
put_clean(struct out *o, const char *text)
{
	char	buf[BLOCK_HOST_MAX];

	printable_word(text, buf, sizeof(buf));
	out_str(o, buf[0] == '\0' ? "-" : buf);
}

static void
text_block(void *state, const struct block_info *b)
{
	struct text	*t = state;
	struct out	*o = t->out;
	char		 when[WHEN_LEN];

	out_str(o, "\n (");
	put_clean(o, b->ifname);
	out_str(o, ") ");
	put_clean(o, b->host);
	out_str(o, " at ");
	out_str(o, when_local(b->begin_ns, when));
	out_str(o, " - ");
	out_str(o, when_local(b->end_ns, when));
	out_str(o, "\n Summary: ");
	out_u64(o, b->total.data);
	out_str(o, " data bytes, ");
	out_u64(o, b->total.ip);
	out_str(o, " all bytes, ");
	out_u64(o, b->rows);
	out_str(o, " records\n     From           Port         To            "
	    "Port  Proto     Data       All\n");
}

static void
text_row(void *state, const struct flow *f)
{
	struct text	*t = state;
	struct out	*o = t->out;
	struct cells	*c = &t->cells;

	cells_fill(c, &t->style, &f->key);
	out_left(o, c->src, 18);
	out_char(o, ' ');
	out_left(o, c->sport, 6);
	out_str(o, "  ");
	out_left(o, c->dst, 18);
	out_char(o, ' ');
	out_left(o, c->dport, 6);
	out_str(o, "  ");
	/* The protocol's name would look like a row of that protocol alone. */
	out_left(o, flow_is_other(&f->key) ? "ip" : c->proto, 4);
	out_char(o, ' ');
	out_right(o, f->count.data, 9);
	out_char(o, ' ');
	out_right(o, f->count.ip, 10);
	out_char(o, '\n');
}

static void
text_end(void *state)
{
	free(state);
}

const struct fmt_ops fmt_text = {
	"text", text_begin, text_block, text_row, text_end
};
