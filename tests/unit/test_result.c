/*
 * The answer of a question as a value, and its formats for programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "report/answer.h"

#define TEXT_MAX	8192
#define WINTER		(UINT64_C(1795266000) * NS_PER_S) /* 14:00 in Berlin */

static const struct result_column columns[] = {
	{ "host", "Host", RESULT_TEXT, CALENDAR_INSTANT, true, false },
	{ "hour", "Hour", RESULT_TIME, CALENDAR_HOUR, true, false },
	{ "bytes", "Bytes", RESULT_OCTETS, CALENDAR_INSTANT, false, false },
	{ "share", "Share", RESULT_SHARE, CALENDAR_INSTANT, false, false },
};

#define NCOLUMNS	(sizeof(columns) / sizeof(columns[0]))

static struct result *
sample(void)
{
	struct result		*r = result_new();
	struct result_table	*t;
	union result_value	*v;

	assert_non_null(r);
	t = result_table_add(r, RESULT_ANSWER, "Traffic", columns, NCOLUMNS);
	assert_non_null(t);
	v = result_row_add(t);
	v[0].text = result_text(r, "a,\"b");
	v[1].number = WINTER;
	v[2].number = UINT64_MAX - 1;
	v[3].number = 1000000;
	v = result_row_add(t);
	v[0].text = result_text(r, "192.0.2.1");
	v[1].number = WINTER + 1800 * NS_PER_S;
	v[3].number = 123456;
	v = result_row_add(t);
	v[0].text = "nothing known";
	v[1].number = v[2].number = v[3].number = RESULT_UNKNOWN;
	return (r);
}

static void
check(const struct answer_ops *format, const char *expected)
{
	struct result	*r = sample();
	FILE		*f = tmpfile();
	struct out	*o;
	char		 text[TEXT_MAX];
	ssize_t		 n;

	assert_non_null(f);
	o = out_new(fileno(f));
	assert_int_equal(format->write(o, r, NULL), 0);
	assert_int_equal(out_flush(o), 0);
	n = pread(fileno(f), text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, expected);
	out_free(o);
	result_free(r);
	fclose(f);
}

static void
formats(void **state)
{
	(void)state;
	check(&answer_csv,
	    "host,hour,bytes,share\n"
	    "\"a,\"\"b\",2026-11-21T14:00:00+01:00,18446744073709551614,"
	    "1.000000\n"
	    "192.0.2.1,2026-11-21T14:30:00+01:00,0,0.123456\n"
	    "nothing known,,,\n");
	check(&answer_tsv,
	    "host\thour\tbytes\tshare\n"
	    "a,\"b\t2026-11-21T14:00:00+01:00\t18446744073709551614\t"
	    "1.000000\n"
	    "192.0.2.1\t2026-11-21T14:30:00+01:00\t0\t0.123456\n"
	    "nothing known\t\t\t\n");
	check(&answer_json,
	    "{\"host\":\"a,\\\"b\",\"hour\":\"2026-11-21T14:00:00+01:00\","
	    "\"bytes\":1.84467440737096e19,\"share\":1.0,"
	    "\"source\":\"files\",\"grain\":\"block\"}\n"
	    "{\"host\":\"192.0.2.1\",\"hour\":\"2026-11-21T14:30:00+01:00\","
	    "\"bytes\":0,\"share\":0.123456,"
	    "\"source\":\"files\",\"grain\":\"block\"}\n"
	    "{\"host\":\"nothing known\",\"hour\":null,\"bytes\":null,"
	    "\"share\":null,\"source\":\"files\",\"grain\":\"block\"}\n");
}

static void
formats_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(answer_format("csv"), &answer_csv);
	assert_ptr_equal(answer_format("json"), &answer_json);
	assert_null(answer_format("CSV"));
	assert_null(answer_format(""));
}

/* Rows and texts stay while the table grows, and tables are found. */
static void
many_rows(void **state)
{
	struct result		*r = sample();
	struct result_table	*t;
	union result_value	*v;
	char			 text[32];
	uint64_t		 i;

	(void)state;
	t = result_table_add(r, RESULT_SERIES, "Over time", columns, NCOLUMNS);
	for (i = 0; i < 20000; i++) {
		(void)snprintf(text, sizeof(text), "text %u", (unsigned)i);
		v = result_row_add(t);
		assert_non_null(v);
		assert_string_equal(v[0].text, "");
		assert_int_equal(v[2].number, 0);
		v[0].text = result_text(r, text);
		v[2].number = i;
	}
	assert_ptr_equal(result_find(r, RESULT_SERIES), t);
	assert_ptr_equal(result_find(r, RESULT_ANSWER), r->table);
	assert_null(result_find(r, RESULT_MISSING));
	assert_int_equal(t->nrows, 20000);
	assert_string_equal(result_row(t, 19999)[0].text, "text 19999");
	assert_int_equal(result_row(t, 0)[2].number, 0);
	assert_string_equal(result_row(r->table, 0)[0].text, "a,\"b");
	v = result_row_sum(r, t);
	assert_string_equal(v[0].text, "");
	result_free(r);
	result_free(NULL);
}

static const struct {
	enum calendar_grain	 grain;
	uint64_t		 seconds;
	const char		*text;
} periods[] = {
	{ CALENDAR_INSTANT, 1795266001, "2026-11-21T14:00:01+01:00" },
	{ CALENDAR_MINUTE, 1784635260, "2026-07-21T14:01:00+02:00" },
	{ CALENDAR_HOUR, 1784635200, "2026-07-21T14:00:00+02:00" },
	{ CALENDAR_DAY, 1795266000, "2026-11-21" },
	{ CALENDAR_WEEK, 1795266000, "2026-W47" },
	{ CALENDAR_MONTH, 1795266000, "2026-11" },
	/* January 1, 2027 is a Friday: still the last week of 2026. */
	{ CALENDAR_WEEK, 1798801200, "2026-W53" },
	{ CALENDAR_DAY, 1798801200, "2027-01-01" },
};

static void
period_texts(void **state)
{
	char	buf[CALENDAR_LEN];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
		assert_string_equal(calendar_format(periods[i].grain,
		    periods[i].seconds * NS_PER_S, buf), periods[i].text);
	assert_string_equal(calendar_name(CALENDAR_WEEK), "week");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(formats_by_name),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(period_texts),
	};

	/* Berlin, without relying on the zones of the system. */
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
