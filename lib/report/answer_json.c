/*
 * Answers as JSON Lines: one object a row, column names as keys.  Times and
 * texts are strings, shares are fractions of 1, all else whole numbers.
 * `source' and `grain' say who has answered from what.
 */
#include <errno.h>
#include <jansson.h>

#include "answer.h"

/* Beyond what jansson's integers hold, the nearest that JSON readers have. */
static json_t *
number(uint64_t v)
{
	return (v <= INT64_MAX ? json_integer((json_int_t)v) :
	    json_real((double)v));
}

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
	return (number(v->number));
}

static int
put(const char *text, size_t len, void *out)
{
	out_mem(out, text, len);
	return (0);
}

/* In each row, since a row is all that such a program looks at. */
static int
put_source(const struct result *r, json_t *object)
{
	if (json_object_set_new_nocheck(object, "source",
	    json_string(r->source)) == -1)
		return (-1);
	return (json_object_set_new_nocheck(object, "grain",
	    json_string(r->grain)));
}

/* Setting a key again keeps its place: one object serves all rows. */
static int
put_row(struct out *o, const struct result *r,
    const struct result_table *t, const union result_value *row,
    json_t *object)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		if (json_object_set_new_nocheck(object, t->column[i].name,
		    value(&t->column[i], &row[i])) == -1)
			return (-1);
	if (put_source(r, object) == -1 ||
	    json_dump_callback(object, put, o, JSON_COMPACT |
	    JSON_REAL_PRECISION(15)) == -1)
		return (-1);
	out_char(o, '\n');
	return (0);
}

static int
json_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct result_table	*t = r->table;
	json_t				*object = json_object();
	size_t				 i;
	int				 rc = object == NULL ? -1 : 0;

	(void)v;
	for (i = 0; t != NULL && rc == 0 && i < t->nrows &&
	    out_error(o) == 0; i++)
		rc = put_row(o, r, t, result_row(t, i), object);
	json_decref(object);
	if (rc == -1)
		errno = ENOMEM;
	return (rc);
}

const struct answer_ops	answer_json = { "json", 0, json_write };
