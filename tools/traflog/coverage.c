/*
 * How complete an account is: the ledgers of its blocks, in one line for
 * people or in full for programs.  Works on block headers; reads no rows.
 */
#include <stdlib.h>

#include "base/log.h"
#include "packet/closure.h"
#include "packet/coverage.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/sql.h"
#include "traflog.h"

struct coverage {
	struct out		*out;
	const struct fmt_ops	*format;
	bool			 merge;		/* the sum only */
	uint64_t		 blocks;
	struct block_info	 sum;
	struct csv		 csv;
	struct json_rows	 json;
	struct sql		 sql;
	struct sql_column	 columns[3 + LEDGER_ENTRIES];
};

void
coverage_tell(const struct ledger *l)
{
	char	text[COVERAGE_LEN];

	if (!coverage_is_whole(l))
		log_warnx("%s", coverage_format(l, text));
	if (coverage_joined(l, text) != NULL)
		log_warnx("%s", text);
	if (coverage_clock(l, text) != NULL)
		log_warnx("%s", text);
	if (coverage_data(l, text) != NULL)
		log_notice("%s", text);
}

/* ---- in full ---- */

static void
put_sentence(struct out *o, const char *text)
{
	if (text == NULL)
		return;
	out_str(o, text);
	out_char(o, '\n');
}

static void
put_text(struct out *o, const struct block_info *b)
{
	char	text[COVERAGE_LEN + CLOSURE_LEN], when[WHEN_LEN];
	int	i;

	out_str(o, when_local(b->begin_ns, when));
	out_str(o, " - ");
	out_str(o, when_local(b->end_ns, when));
	out_str(o, ": ");
	out_str(o, coverage_format(&b->ledger, text));
	out_char(o, '\n');
	put_sentence(o, coverage_joined(&b->ledger, text));
	put_sentence(o, coverage_clock(&b->ledger, text));
	put_sentence(o, coverage_data(&b->ledger, text));
	put_sentence(o, closure_format(&b->ledger, b->filter[0] != '\0',
	    text));
	out_right(o, b->duration_ns, 20);
	out_str(o, " duration_ns\n");
	for (i = 0; i < LEDGER_ENTRIES; i++) {
		out_right(o, b->ledger.v[i], 20);
		out_char(o, ' ');
		out_str(o, ledger_name((enum ledger_entry)i));
		out_char(o, '\n');
	}
}

static void
put_columns(struct csv *c)
{
	int	i;

	csv_text(c, "begin");
	csv_text(c, "end");
	csv_text(c, "duration_ns");
	for (i = 0; i < LEDGER_ENTRIES; i++)
		csv_text(c, ledger_name((enum ledger_entry)i));
	csv_end_row(c);
}

static void
put_csv(struct csv *c, const struct block_info *b)
{
	char	when[WHEN_LEN];
	int	i;

	csv_text(c, when_iso(b->begin_ns, when));
	csv_text(c, when_iso(b->end_ns, when));
	csv_u64(c, b->duration_ns);
	for (i = 0; i < LEDGER_ENTRIES; i++)
		csv_u64(c, b->ledger.v[i]);
	csv_end_row(c);
}

static void
put_json(struct json_rows *j, const struct block_info *b)
{
	char	when[WHEN_LEN];
	int	i;

	json_rows_text(j, "begin", when_iso(b->begin_ns, when));
	json_rows_text(j, "end", when_iso(b->end_ns, when));
	json_rows_u64(j, "duration_ns", b->duration_ns);
	for (i = 0; i < LEDGER_ENTRIES; i++)
		json_rows_u64(j, ledger_name((enum ledger_entry)i),
		    b->ledger.v[i]);
	json_rows_end_row(j);
}

static void
begin_sql(struct coverage *c)
{
	size_t	i;

	c->columns[0] = (struct sql_column){ "begin_at", SQL_TIME, false };
	c->columns[1] = (struct sql_column){ "end_at", SQL_TIME, false };
	c->columns[2] = (struct sql_column){ "duration_ns", SQL_COUNT, false };
	for (i = 0; i < LEDGER_ENTRIES; i++)
		c->columns[3 + i] = (struct sql_column){
		    ledger_name((enum ledger_entry)i), SQL_COUNT, false };
	c->sql.out = c->out;
	c->sql.table = "coverage";
	c->sql.columns = c->columns;
	c->sql.ncolumns = 3 + LEDGER_ENTRIES;
	sql_begin(&c->sql);
}

static void
put_sql(struct coverage *c, const struct block_info *b)
{
	int	i;

	sql_time(&c->sql, b->begin_ns);
	sql_time(&c->sql, b->end_ns);
	sql_u64(&c->sql, b->duration_ns);
	for (i = 0; i < LEDGER_ENTRIES; i++)
		sql_u64(&c->sql, b->ledger.v[i]);
}

static void
put(struct coverage *c, const struct block_info *b)
{
	if (c->format == &fmt_csv || c->format == &fmt_tsv)
		put_csv(&c->csv, b);
	else if (c->format == &fmt_json)
		put_json(&c->json, b);
	else if (c->format == &fmt_sql)
		put_sql(c, b);
	else
		put_text(c->out, b);
}

struct coverage *
coverage_begin(struct out *o, const struct fmt_ops *format, bool merge)
{
	struct coverage	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->out = o;
	c->format = format;
	c->merge = merge;
	c->csv.out = o;
	c->csv.separator = format == &fmt_csv ? ',' : '\t';
	if (format == &fmt_json && json_rows_begin(&c->json, o) == -1) {
		free(c);
		return (NULL);
	}
	if (format == &fmt_csv || format == &fmt_tsv)
		put_columns(&c->csv);
	else if (format == &fmt_sql)
		begin_sql(c);
	return (c);
}

void
coverage_block(struct coverage *c, const struct block_info *b)
{
	if (!c->merge)
		put(c, b);
	if (c->blocks++ == 0) {
		c->sum = *b;
		return;
	}
	ledger_add(&c->sum.ledger, &b->ledger);
	c->sum.duration_ns += b->duration_ns;
	if (b->begin_ns < c->sum.begin_ns)
		c->sum.begin_ns = b->begin_ns;
	if (b->end_ns > c->sum.end_ns)
		c->sum.end_ns = b->end_ns;
}

void
coverage_end(struct coverage *c)
{
	if (c == NULL)
		return;
	/* No sum in formats for programs: it would look like a block. */
	if (c->blocks > 0 &&
	    (c->merge || (c->format == &fmt_text && c->blocks > 1)))
		put(c, &c->sum);
	if (c->format == &fmt_sql)
		sql_end(&c->sql);
	if (c->format == &fmt_json)
		json_rows_free(&c->json);
	free(c);
}
