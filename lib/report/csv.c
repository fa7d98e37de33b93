/*
 * Cells of comma and tab separated values, the same for rows, answers and
 * ledgers.
 */
#include <string.h>

#include "csv.h"

static void
separate(struct csv *c)
{
	if (c->within)
		out_char(c->out, c->separator);
	c->within = true;
}

void
csv_text(struct csv *c, const char *text)
{
	separate(c);
	if (c->separator == '\t' || text[strcspn(text, ",\"")] == '\0') {
		out_str(c->out, text);
		return;
	}
	out_char(c->out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			out_char(c->out, '"');
		out_char(c->out, *text);
	}
	out_char(c->out, '"');
}

void
csv_u64(struct csv *c, uint64_t v)
{
	separate(c);
	out_u64(c->out, v);
}

void
csv_end_row(struct csv *c)
{
	out_char(c->out, '\n');
	c->within = false;
}
