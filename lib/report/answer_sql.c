/*
 * Answers as SQL: a table named after the question, with interface and period
 * in each row, so that one database can contain many answers.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "sql.h"

/* Longest name of a table or column, with the NUL: the limit of PostgreSQL. */
#define NAME_LEN	64
/* The number of columns before those of the answer. */
#define LEADING		3

static const struct sql_column leading[LEADING] = {
	{ "iface", "VARCHAR(64)", false },
	{ "begin_at", SQL_TIME, false },
	{ "end_at", SQL_TIME, false },
};

/* Reserved words of at least one of the databases. */
static const char *const reserved[] = {
	"all", "as", "asc", "by", "check", "desc", "end", "from", "group",
	"in", "key", "left", "limit", "offset", "on", "order", "out", "range",
	"right", "rows", "table", "to", "user", "where"
};

static bool
is_reserved(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(reserved[i], name) == 0)
			return (true);
	return (false);
}

/* Append as much of name as fits, as an identifier. */
static void
add_name(char *to, const char *name)
{
	size_t	at = strlen(to);

	for (; *name != '\0' && at + 1 < NAME_LEN; name++)
		to[at++] = isalnum((unsigned char)*name) ?
		    (char)tolower((unsigned char)*name) : '_';
	to[at] = '\0';
}

static void
name_column(char to[NAME_LEN], const char *name)
{
	to[0] = '\0';
	add_name(to, name);
	if (is_reserved(to))
		add_name(to, "_");
}

static void
name_table(char to[NAME_LEN], const struct result_table *t)
{
	const char	*before = "_by_";
	size_t		 i;

	to[0] = '\0';
	add_name(to, "traffic");
	for (i = 0; i < t->ncolumns && t->column[i].key; i++) {
		add_name(to, before);
		add_name(to, t->column[i].name);
		before = "_";
	}
	if (i == 0)
		add_name(to, "_total");
}

/* Days and longer are texts; minutes, hours and moments are times in UTC. */
static bool
is_utc(const struct result_column *c)
{
	return (c->type == RESULT_TIME && calendar_has_clock(c->grain));
}

static const char *
type_of(const struct result_column *c)
{
	switch (c->type) {
	case RESULT_TEXT:
		return ("VARCHAR(255)");
	case RESULT_TIME:
		return (is_utc(c) ? SQL_TIME : "VARCHAR(10)");
	case RESULT_SHARE:
		return ("NUMERIC(7,6)");
	default:
		return (SQL_COUNT);
	}
}

static void
put_value(struct sql *s, const struct result_column *c,
    const union result_value *v)
{
	char	text[CALENDAR_LEN];

	if (c->type != RESULT_TEXT && v->number == RESULT_UNKNOWN)
		sql_null(s);
	else if (is_utc(c))
		sql_time(s, v->number);
	else if (c->type == RESULT_TEXT || c->type == RESULT_TIME)
		sql_text(s, result_format(c, v, text));
	else if (c->type == RESULT_SHARE)
		sql_literal(s, result_format(c, v, text));
	else
		sql_u64(s, v->number);
}

static void
put_row(struct sql *s, const struct result *r, const struct result_table *t,
    const union result_value *row)
{
	size_t	i;

	sql_text(s, r->account);
	sql_time(s, r->begin_ns);
	sql_time(s, r->end_ns);
	for (i = 0; i < t->ncolumns; i++)
		put_value(s, &t->column[i], &row[i]);
}

static void
put_table(struct out *o, const struct result *r, const struct result_table *t,
    struct sql_column *columns, char (*names)[NAME_LEN])
{
	char		name[NAME_LEN];
	struct sql	s = {
		.out = o, .table = name, .columns = columns,
		.ncolumns = LEADING + t->ncolumns
	};
	size_t		i;

	name_table(name, t);
	memcpy(columns, leading, sizeof(leading));
	for (i = 0; i < t->ncolumns; i++) {
		name_column(names[i], t->column[i].name);
		columns[LEADING + i] = (struct sql_column){
		    names[i], type_of(&t->column[i]), !t->column[i].key };
	}
	sql_begin(&s);
	for (i = 0; i < t->nrows && out_error(o) == 0; i++)
		put_row(&s, r, t, result_row(t, i));
	sql_end(&s);
}

static int
sql_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	const struct result_table	*t = r->table;
	struct sql_column		*columns;
	char				(*names)[NAME_LEN];
	int				 rc = -1;

	(void)v;
	if (t == NULL)
		return (0);
	columns = reallocarray(NULL, LEADING + t->ncolumns, sizeof(*columns));
	names = reallocarray(NULL, t->ncolumns + 1, sizeof(*names));
	if (columns != NULL && names != NULL) {
		put_table(o, r, t, columns, names);
		rc = 0;
	}
	free(columns);
	free(names);
	if (rc == -1)
		errno = ENOMEM;
	return (rc);
}

const struct answer_ops	answer_sql = { "sql", 0, sql_write };
