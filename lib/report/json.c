/*
 * JSON by jansson, the same for rows, answers, ledgers and live numbers.
 */
#include <errno.h>

#include "json.h"

/* Shares are millionths: with 17 digits 0.1 would be 0.10000000000000001. */
#define FLAGS	(JSON_COMPACT | JSON_REAL_PRECISION(15))

json_t *
json_u64(uint64_t v)
{
	return (v <= INT64_MAX ? json_integer((json_int_t)v) :
	    json_real((double)v));
}

int
json_put(const json_t *j, json_dump_callback_t put, void *arg)
{
	return (json_dump_callback(j, put, arg, FLAGS));
}

static int
put_out(const char *text, size_t len, void *out)
{
	out_mem(out, text, len);
	return (0);
}

int
json_put_line(const json_t *j, struct out *o)
{
	if (j == NULL || json_put(j, put_out, o) == -1)
		return (-1);
	out_char(o, '\n');
	return (0);
}

/* ---- rows ---- */

int
json_rows_begin(struct json_rows *j, struct out *o)
{
	j->out = o;
	if ((j->row = json_object()) != NULL)
		return (0);
	errno = ENOMEM;
	return (-1);
}

void
json_rows_free(struct json_rows *j)
{
	json_decref(j->row);
}

/* Setting a key again keeps its place.  A row must not keep old values. */
void
json_rows_set(struct json_rows *j, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(j->row, key, value) == -1)
		out_fail(j->out, ENOMEM);
}

void
json_rows_text(struct json_rows *j, const char *key, const char *text)
{
	json_rows_set(j, key, json_string(text));
}

void
json_rows_u64(struct json_rows *j, const char *key, uint64_t v)
{
	json_rows_set(j, key, json_u64(v));
}

void
json_rows_end_row(struct json_rows *j)
{
	if (json_put_line(j->row, j->out) == -1)
		out_fail(j->out, ENOMEM);
}
