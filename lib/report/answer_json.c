/*
 * Answers as JSON Lines: one object per row, with the names of the columns as
 * keys.  Times and texts are strings, shares are fractions of 1, other values
 * are integers.  `source' and `grain' say which data the answer is based on.
 */
#include "base/when.h"
#include "answer.h"
#include "json.h"

static json_t *
value(const struct result_column *c, const union result_value *v)
{
	char	buf[CALENDAR_LEN];

	if (c->type != RESULT_TEXT && v->number == RESULT_UNKNOWN)
		return (json_null());
	if (c->type == RESULT_SHARE)
		return (json_real((double)v->number / 1e6));
	if (c->type == RESULT_TEXT || c->type == RESULT_TIME)
		return (json_string(result_format(c, v, buf)));
	return (json_u64(v->number));
}

/* Each row has the source: programs may read rows alone. */
static void
put_row(struct json_rows *j, const struct result *r,
    const struct result_table *t, const union result_value *row)
{
	char	when[WHEN_LEN];
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		json_rows_set(j, t->column[i].name,
		    value(&t->column[i], &row[i]));
	json_rows_text(j, "source", r->source);
	json_rows_text(j, "grain", r->grain);
	if (r->unsaved[0] != '\0') {
		json_rows_text(j, "unsaved", r->unsaved);
		json_rows_text(j, "as_of", when_iso(r->end_ns, when));
	}
	if (r->pace.end_ns != 0)
		json_rows_text(j, "estimate_until", when_iso(r->pace.end_ns,
		    when));
	json_rows_end_row(j);
}

static int
json_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct result_table	*t = r->table;
	struct json_rows		 j;
	size_t				 i;

	(void)v;
	if (json_rows_begin(&j, o) == -1)
		return (-1);
	for (i = 0; t != NULL && i < t->nrows && out_error(o) == 0; i++)
		put_row(&j, r, t, result_row(t, i));
	json_rows_free(&j);
	return (0);
}

const struct answer_ops	answer_json = { "json", 0, json_write };
