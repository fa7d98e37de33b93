/*
 * Tests only: make the answer of a question from a description and print it in
 * a format, so that the tests of answer formats are data.
 *
 *	mkanswer FORMAT [WIDTH [utf8|ascii [plain|iec|si|bits]]]
 *
 * Reads lines of words separated by tabs:
 *
 *	account IFNAME HOST
 *	question TEXT
 *	period BEGIN END		seconds since 1970, of the blocks
 *	span SINCE UNTIL		likewise, of --since and --until
 *	ledger ENTRY NUMBER
 *	damaged NUMBER
 *	zone NAME
 *	table NAME TITLE
 *	column NAME TYPE GRAIN TITLE	of the table before; TYPE and GRAIN by
 *	key NAME TYPE GRAIN TITLE	number as in result.h, calendar.h
 *	row VALUE ...			after all columns
 *	total VALUE ...
 *	rest CUT VALUE ...
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/answer.h"

#define WORDS_MAX	32
#define COLUMNS_MAX	16

static struct result		*r;
static struct result_table	*t;
static struct result_column	 columns[COLUMNS_MAX];
static size_t			 ncolumns;
static char			 name[64], title[256];

static uint64_t
number(const char *text)
{
	return (strtoull(text, NULL, 10));
}

/* Seconds, perhaps with a fraction of up to 9 digits. */
static uint64_t
instant(const char *text)
{
	const char	*dot = strchr(text, '.');
	uint64_t	 ns = number(text) * NS_PER_S, digit = NS_PER_S / 10;

	for (; dot != NULL && *++dot != '\0'; digit /= 10)
		ns += (uint64_t)(*dot - '0') * digit;
	return (ns);
}

/* The columns are complete when the first row comes. */
static void
make_table(void)
{
	if (t == NULL && ncolumns > 0)
		t = result_table_add(r, name, title, columns, ncolumns);
	if (t == NULL)
		errx(1, "no table");
}

static void
fill(union result_value *row, char **word, size_t n)
{
	size_t	i;

	if (row == NULL || n != ncolumns)
		errx(1, "%zu values for %zu columns", n, ncolumns);
	for (i = 0; i < n; i++)
		if (columns[i].type == RESULT_TEXT)
			row[i].text = result_text(r, word[i]);
		else
			row[i].number = columns[i].type == RESULT_TIME ?
			    instant(word[i]) : number(word[i]);
}

static void
add_column(char **word, bool key)
{
	struct result_column	*c = &columns[ncolumns++];

	c->name = result_text(r, word[1]);
	c->type = (enum result_type)number(word[2]);
	c->grain = (enum calendar_grain)number(word[3]);
	c->title = result_text(r, word[4]);
	c->key = key;
}

static void
do_table(char **word, size_t n)
{
	if (strcmp(word[0], "table") == 0) {
		t = NULL;
		ncolumns = 0;
		(void)snprintf(name, sizeof(name), "%s", word[1]);
		(void)snprintf(title, sizeof(title), "%s", word[2]);
	} else if (strcmp(word[0], "column") == 0)
		add_column(word, false);
	else if (strcmp(word[0], "key") == 0)
		add_column(word, true);
	else if (strcmp(word[0], "row") == 0) {
		make_table();
		fill(result_row_add(t), word + 1, n - 1);
	} else if (strcmp(word[0], "total") == 0) {
		make_table();
		fill(t->total = result_row_sum(r, t), word + 1, n - 1);
	} else if (strcmp(word[0], "rest") == 0) {
		make_table();
		t->cut = number(word[1]);
		fill(t->rest = result_row_sum(r, t), word + 2, n - 2);
	} else
		errx(1, "what is %s?", word[0]);
}

static void
set_entry(const char *entry, uint64_t v)
{
	int	i;

	for (i = 0; i < LEDGER_ENTRIES; i++)
		if (strcmp(ledger_name((enum ledger_entry)i), entry) == 0)
			r->ledger.v[i] = v;
}

static void
do_line(char **word, size_t n)
{
	if (strcmp(word[0], "account") == 0) {
		r->account = result_text(r, word[1]);
		r->host = result_text(r, word[2]);
	} else if (strcmp(word[0], "question") == 0)
		r->question = result_text(r, word[1]);
	else if (strcmp(word[0], "period") == 0) {
		r->blocks = 1;
		r->begin_ns = number(word[1]) * NS_PER_S;
		r->end_ns = number(word[2]) * NS_PER_S;
	} else if (strcmp(word[0], "span") == 0) {
		r->since_ns = number(word[1]) * NS_PER_S;
		r->until_ns = number(word[2]) * NS_PER_S;
	} else if (strcmp(word[0], "ledger") == 0)
		set_entry(word[1], number(word[2]));
	else if (strcmp(word[0], "zone") == 0)
		r->zone = result_text(r, word[1]);
	else if (strcmp(word[0], "damaged") == 0)
		r->damaged = number(word[1]);
	else
		do_table(word, n);
}

static void
read_lines(void)
{
	char	line[4096], *word[WORDS_MAX], *next;
	size_t	n;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0')
			continue;
		memset(word, 0, sizeof(word));
		for (n = 0, next = line; n < WORDS_MAX && next != NULL; n++)
			word[n] = strsep(&next, "\t");
		do_line(word, n);
	}
}

int
main(int argc, char **argv)
{
	static const char *const	units[] = {
		"plain", "iec", "si", "bits"
	};
	struct answer_view		 v = { 0 };
	const struct answer_ops		*format;
	struct out			*o = out_new(STDOUT_FILENO);
	size_t				 i;

	if (argc < 2 || (format = answer_format(argv[1])) == NULL)
		errx(1, "no such format");
	if (argc > 2)
		v.width = (size_t)number(argv[2]);
	if (argc > 3)
		v.utf8 = strcmp(argv[3], "utf8") == 0;
	for (i = 0; argc > 4 && i < 4; i++)
		if (strcmp(units[i], argv[4]) == 0)
			v.units = (enum answer_units)i;
	if (o == NULL || (r = result_new()) == NULL)
		err(1, "memory");
	read_lines();
	if (format->write(o, r, &v) == -1 || out_flush(o) == -1)
		err(1, "%s", argv[1]);
	out_free(o);
	result_free(r);
	return (0);
}
