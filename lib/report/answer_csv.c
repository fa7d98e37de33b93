/*
 * Answers as comma separated values (RFC 4180, but lines end as Unix lines
 * do) and as tab separated values: a header row and the rows of the answer.
 */
#include "answer.h"
#include "csv.h"

static void
put_row(struct csv *c, const struct result_table *t,
    const union result_value *row)
{
	char	buf[CALENDAR_LEN];
	size_t	i;

	for (i = 0; i < t->ncolumns; i++)
		csv_text(c, result_format(&t->column[i], &row[i], buf));
	csv_end_row(c);
}

static int
write_table(struct out *o, const struct result *r, char separator)
{
	const struct result_table	*t = r->table;
	struct csv			 c = { o, separator, false };
	size_t				 i;

	if (t == NULL)
		return (0);
	for (i = 0; i < t->ncolumns; i++)
		csv_text(&c, t->column[i].name);
	csv_end_row(&c);
	for (i = 0; i < t->nrows && out_error(o) == 0; i++)
		put_row(&c, t, result_row(t, i));
	return (0);
}

static int
csv_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	(void)v;
	return (write_table(o, r, ','));
}

static int
tsv_write(struct out *o, const struct result *r, const struct answer_view *v)
{
	(void)v;
	return (write_table(o, r, '\t'));
}

const struct answer_ops	answer_csv = { "csv", 0, csv_write };
const struct answer_ops	answer_tsv = { "tsv", 0, tsv_write };
