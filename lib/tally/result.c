/*
 * Builds and reads results.  Texts and values are in a pool of chunks that
 * grows only and is freed as a whole.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "result.h"

#define CHUNK	65536

struct result_pool {
	struct result_pool	*next;
	size_t			 used;
	size_t			 room;
	_Alignas(16) char	 mem[];
};

static struct result_pool *
pool_new(size_t room, struct result_pool *next)
{
	struct result_pool	*p;

	if ((p = malloc(sizeof(*p) + room)) == NULL)
		return (NULL);
	p->next = next;
	p->used = 0;
	p->room = room;
	return (p);
}

/* Zeroed memory, aligned for any type. */
static void *
pool_take(struct result *r, size_t len)
{
	struct result_pool	*p = r->pool;
	void			*mem;

	len = (len + 15) & ~(size_t)15;
	if (p == NULL || len > p->room - p->used) {
		if ((p = pool_new(len > CHUNK ? len : CHUNK, p)) == NULL)
			return (NULL);
		r->pool = p;
	}
	mem = memset(p->mem + p->used, 0, len);
	p->used += len;
	return (mem);
}

struct result *
result_new(void)
{
	struct result	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->account = r->host = r->question = r->zone = r->coverage =
	    r->unsaved = "";
	r->source = RESULT_FILES;
	r->grain = "block";
	return (r);
}

void
result_free(struct result *r)
{
	struct result_pool	*p;
	struct result_table	*t;

	if (r == NULL)
		return;
	for (t = r->table; t != NULL; t = t->next)
		free(t->value);
	while ((p = r->pool) != NULL) {
		r->pool = p->next;
		free(p);
	}
	free(r);
}

const char *
result_text(struct result *r, const char *text)
{
	size_t	 len = strlen(text) + 1;
	char	*copy = pool_take(r, len);

	return (copy == NULL ? NULL : memcpy(copy, text, len));
}

int
result_note_add(struct result *r, const char *format, ...)
{
	struct result_note	*n = pool_take(r, sizeof(*n)), **last;
	char			 text[512];
	va_list			 ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n == NULL || (n->text = result_text(r, text)) == NULL)
		return (-1);
	for (last = &r->note; *last != NULL; last = &(*last)->next)
		continue;
	*last = n;
	return (0);
}

static int
copy_columns(struct result *r, struct result_table *t,
    const struct result_column *columns)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++) {
		t->column[i] = columns[i];
		t->column[i].name = result_text(r, columns[i].name);
		t->column[i].title = result_text(r, columns[i].title);
		if (t->column[i].name == NULL || t->column[i].title == NULL)
			return (-1);
	}
	return (0);
}

struct result_table *
result_table_add(struct result *r, const char *name, const char *title,
    const struct result_column *columns, size_t ncolumns)
{
	struct result_table	*t = pool_take(r, sizeof(*t)), **last;

	if (t == NULL)
		return (NULL);
	t->name = result_text(r, name);
	t->title = result_text(r, title);
	t->ncolumns = ncolumns;
	t->column = pool_take(r, ncolumns * sizeof(*t->column));
	if (t->name == NULL || t->title == NULL || t->column == NULL ||
	    copy_columns(r, t, columns) == -1)
		return (NULL);
	for (last = &r->table; *last != NULL; last = &(*last)->next)
		continue;
	*last = t;
	return (t);
}

static void
clear_row(const struct result_table *t, union result_value *row)
{
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		if (t->column[i].type == RESULT_TEXT)
			row[i].text = "";
		else
			row[i].number = 0;
}

static int
grow(struct result_table *t)
{
	size_t			 room = t->room == 0 ? 64 : t->room * 2;
	union result_value	*value;

	if (room > SIZE_MAX / sizeof(*value) / (t->ncolumns + 1)) {
		errno = ENOMEM;
		return (-1);
	}
	value = reallocarray(t->value, room * t->ncolumns, sizeof(*value));
	if (value == NULL)
		return (-1);
	t->value = value;
	t->room = room;
	return (0);
}

union result_value *
result_row_add(struct result_table *t)
{
	union result_value	*row;

	if (t->nrows == t->room && grow(t) == -1)
		return (NULL);
	row = t->value + t->nrows++ * t->ncolumns;
	clear_row(t, row);
	return (row);
}

union result_value *
result_row_sum(struct result *r, const struct result_table *t)
{
	union result_value	*row;

	if ((row = pool_take(r, t->ncolumns * sizeof(*row))) != NULL)
		clear_row(t, row);
	return (row);
}

const struct result_table *
result_find(const struct result *r, const char *name)
{
	const struct result_table	*t;

	for (t = r->table; t != NULL; t = t->next)
		if (strcmp(t->name, name) == 0)
			return (t);
	return (NULL);
}

const union result_value *
result_row(const struct result_table *t, size_t i)
{
	return (t->value + i * t->ncolumns);
}

const char *
result_format(const struct result_column *c, const union result_value *v,
    char buf[CALENDAR_LEN])
{
	_Static_assert(CALENDAR_LEN >= DIGITS_LEN, "room for a number");

	if (c->type != RESULT_TEXT && v->number == RESULT_UNKNOWN)
		return ("");
	switch (c->type) {
	case RESULT_TEXT:
		return (v->text);
	case RESULT_TIME:
		return (calendar_format(c->grain, v->number, buf));
	case RESULT_SHARE:
		(void)snprintf(buf, CALENDAR_LEN, "%llu.%06u",
		    (unsigned long long)(v->number / 1000000),
		    (unsigned int)(v->number % 1000000));
		return (buf);
	default:
		return (digits_format(v->number, buf));
	}
}
