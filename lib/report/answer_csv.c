/*
 * Answers as comma separated values (RFC 4180, but lines end as Unix lines
 * do) and as tab separated values: a header row and the rows of the answer.
 */
#include "answer.h"

static void
put_row(struct out *o, const struct result_table *t,
    const union result_value *row, char separator)
{
	char	buf[CALENDAR_LEN];
	size_t	i;

	for (i = 0; i < t->ncolumns; i++) {
		out_cell(o, result_format(&t->column[i], &row[i], buf),
		    separator);
		out_char(o, i + 1 < t->ncolumns ? separator : '\n');
	}
}

static int
write_table(struct out *o, const struct result *r, char separator)
{
	const struct result_table	*t = r->table;
	size_t				 i;

	if (t == NULL)
		return (0);
	for (i = 0; i < t->ncolumns; i++) {
		out_cell(o, t->column[i].name, separator);
		out_char(o, i + 1 < t->ncolumns ? separator : '\n');
	}
	for (i = 0; i < t->nrows && out_error(o) == 0; i++)
		put_row(o, t, result_row(t, i), separator);
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
