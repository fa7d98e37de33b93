/*
 * SQL for three databases at once.  What they disagree about is left out:
 * identifiers are never quoted, a backslash, which only MariaDB takes for an
 * escape, never stands in a text, and times are texts that all of them can
 * compare and convert.
 */
#include <time.h>

#include "base/clock.h"
#include "base/out.h"
#include "sql.h"

/* Rows of one INSERT: far below every limit of a statement's length. */
#define ROWS_MAX	500

static void
put_definition(struct out *o, const struct sql_column *c)
{
	out_char(o, '\t');
	out_str(o, c->name);
	out_char(o, ' ');
	out_str(o, c->type);
	if (!c->null)
		out_str(o, " NOT NULL");
}

/* MariaDB commits at CREATE TABLE: so it stands before the transaction. */
void
sql_begin(struct sql *s)
{
	size_t	i;

	s->nrows = s->at = 0;
	out_str(s->out, "CREATE TABLE IF NOT EXISTS ");
	out_str(s->out, s->table);
	out_str(s->out, " (\n");
	for (i = 0; i < s->ncolumns; i++) {
		put_definition(s->out, &s->columns[i]);
		out_str(s->out, i + 1 < s->ncolumns ? ",\n" : "\n");
	}
	out_str(s->out, ");\nBEGIN;\n");
}

void
sql_end(struct sql *s)
{
	if (s->nrows > 0)
		out_str(s->out, ";\n");
	if (out_error(s->out) == 0)
		out_str(s->out, "COMMIT;\n");
}

/* Columns are named: the user's table may have more of them. */
static void
put_insert(struct sql *s)
{
	size_t	i;

	out_str(s->out, "INSERT INTO ");
	out_str(s->out, s->table);
	for (i = 0; i < s->ncolumns; i++) {
		out_str(s->out, i == 0 ? " (" : ", ");
		out_str(s->out, s->columns[i].name);
	}
	out_str(s->out, ") VALUES\n");
}

static void
begin_value(struct sql *s)
{
	if (s->at > 0) {
		out_char(s->out, ',');
		return;
	}
	if (s->nrows == ROWS_MAX) {
		out_str(s->out, ";\n");
		s->nrows = 0;
	}
	if (s->nrows == 0)
		put_insert(s);
	out_str(s->out, s->nrows == 0 ? "(" : ",\n(");
}

static void
end_value(struct sql *s)
{
	if (++s->at < s->ncolumns)
		return;
	out_char(s->out, ')');
	s->at = 0;
	s->nrows++;
}

void
sql_text(struct sql *s, const char *text)
{
	begin_value(s);
	out_char(s->out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			out_char(s->out, '\'');
		out_char(s->out, *text < ' ' || *text == '\\' ||
		    *text == 0x7f ? '?' : *text);
	}
	out_char(s->out, '\'');
	end_value(s);
}

void
sql_u64(struct sql *s, uint64_t v)
{
	begin_value(s);
	out_u64(s->out, v);
	end_value(s);
}

void
sql_literal(struct sql *s, const char *literal)
{
	begin_value(s);
	out_str(s->out, literal);
	end_value(s);
}

void
sql_null(struct sql *s)
{
	sql_literal(s, "NULL");
}

void
sql_time(struct sql *s, uint64_t ns)
{
	time_t		seconds = (time_t)(ns / NS_PER_S);
	struct tm	tm;
	char		text[32] = "";

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	sql_text(s, text);
}
