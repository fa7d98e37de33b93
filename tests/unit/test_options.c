/*
 * Command lines parsed by a table: every kind of option, the messages for
 * wrong ones, and the layout of --help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/options.h"

#define WORDS_MOST	16

enum colour { RED, GREEN, BLUE };
enum shape { ROUND = 7, SQUARE };

struct taken {
	bool		 all;
	bool		 quiet;
	bool		 checks;	/* true until -O */
	int		 times;
	const char	*iface;
	const char	*file;
	unsigned int	 threads;
	uint64_t	 count;
	uint32_t	 width;
	uint64_t	 size;
	enum colour	 colour;
	enum shape	 shape;
	char		 even[8];
};

static const char *const	colours[] = { "red", "green", "blue" };
static const char *const	shapes[] = { "round", "square" };

static const char *
take_even(void *into, const char *arg)
{
	struct taken	*t = into;

	if (strlen(arg) % 2 != 0)
		return ("an even number of letters is needed");
	(void)snprintf(t->even, sizeof(t->even), "%s", arg);
	return (NULL);
}

static const struct option_row rows[] = {
	{ OPTION_FLAG, 'a', "all", NULL, "take all",
	    OPTION_AT(struct taken, all) },
	{ OPTION_FLAG, 'q', NULL, NULL, "be quiet",
	    OPTION_AT(struct taken, quiet) },
	{ OPTION_FLAG, 'n', .help = "only noted that it was given" },
	{ OPTION_OFF, 'O', NULL, NULL, "do not check",
	    OPTION_AT(struct taken, checks) },
	{ OPTION_TIMES, 's', NULL, NULL, "may be repeated",
	    OPTION_AT(struct taken, times) },
	{ OPTION_TEXT, 'i', NULL, "iface|file", "read this", "$IFACE",
	    OPTION_AT(struct taken, iface) },
	{ OPTION_TEXT, 'f', "file", "FILE", "read this file",
	    OPTION_AT(struct taken, file) },
	{ OPTION_NUMBER, 0, "threads", "N", "use N threads", "1",
	    OPTION_AT(struct taken, threads), .least = 1, .most = 64 },
	{ OPTION_NUMBER, 'c', NULL, "count", "end after count packets",
	    OPTION_AT(struct taken, count), .least = 1, .unit = "packets" },
	{ OPTION_NUMBER, 0, "width", "N", "columns",
	    OPTION_AT(struct taken, width) },
	{ OPTION_AMOUNT, 0, "size", "BYTES", "keep it smaller than BYTES",
	    OPTION_AT(struct taken, size), .least = 1 },
	{ OPTION_CHOICE, 0, "colour", NULL, "which colour", "red",
	    OPTION_AT(struct taken, colour), OPTION_CHOICES(colours) },
	{ OPTION_CHOICE, 0, "shape", NULL, "which shape", "round",
	    OPTION_AT(struct taken, shape), .least = ROUND,
	    OPTION_CHOICES(shapes), .optional = true },
	{ OPTION_CALL, 0, "even", "WORD", "a word of even length",
	    .call = take_even },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "--all -q -n", NULL, NULL },
	{ OPTION_EXCLUDES, "-c", "--threads --width", "give one" },
	{ OPTION_NEEDS, "--even", "--colour --shape", NULL },
};

static const char *const	forms[] = {
	"[-aOqs] [-c count] [-i iface|file] [--threads N] [--width N] "
	    "[operand [other]]",
	NULL
};

static const struct option_table table = {
	.program = "prog", .brief = "[options] [operand]", .forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.operands = 2,
};

/* The same program, by commands. */
static const struct option_row command_rows[] = {
	{ OPTION_FLAG, 'a', "all", NULL, "take all",
	    OPTION_AT(struct taken, all), .commands = "check" },
	{ OPTION_TEXT, 0, "file", "FILE", "read this file",
	    OPTION_AT(struct taken, file), .commands = "add check" },
	{ OPTION_NUMBER, 0, "width", "N", "columns",
	    OPTION_AT(struct taken, width) },
	OPTION_ROW_HELP,
};

static const struct option_command commands[] = {
	{ "add", "add things", { "add [--file=FILE] thing ...",
	    "add --width=N" }, 1, -1 },
	{ "check", "check things", { "check [--all]" }, 0, 1 },
};

static const struct option_rule command_rules[] = {
	{ OPTION_NEEDS, NULL, "--file --width", "see the manual" },
};

static const struct option_table by_command = {
	.program = "prog", .brief = "command [options]",
	.rows = command_rows,
	.nrows = sizeof(command_rows) / sizeof(command_rows[0]),
	.rules = command_rules, .nrules = 1,
	.commands = commands, .ncommands = 2, .equals = true,
};

/* A line in words, "''" for one without letters. */
struct line {
	char	 text[512];
	char	*argv[WORDS_MOST + 1];
	int	 argc;
};

static void
divide(struct line *l, const char *text)
{
	char	*at = l->text, *word;

	(void)snprintf(l->text, sizeof(l->text), "prog %s", text);
	for (l->argc = 0; (word = strsep(&at, " ")) != NULL;)
		if (*word != '\0' && l->argc < WORDS_MOST)
			l->argv[l->argc++] = strcmp(word, "''") == 0 ?
			    word + 2 : word;
	l->argv[l->argc] = NULL;
}

struct scanned {
	struct taken		 t;
	struct options_found	 found;
	struct line		 line;
	char			 err[OPTIONS_ERROR];
};

static enum options_outcome
scan(const struct option_table *t, const char *text, struct scanned *s)
{
	memset(s, 0, sizeof(*s));
	s->t.checks = true;
	divide(&s->line, text);
	return (options_scan(t, &s->t, s->line.argc, s->line.argv,
	    &s->found, s->err));
}

/* ---- what is refused ---- */

static const struct {
	const char	*line;
	const char	*message;	/* NULL: all is well */
} cases[] = {
	{ "", NULL },
	{ "-a one two", NULL },
	{ "one -q two", NULL },
	{ "-- -q --nonsense", NULL },
	{ "-sssOiiface", NULL },
	{ "--thr 3", NULL },
	{ "one two three", "unexpected argument: three" },
	/* Names. */
	{ "--nonsense", "unknown option: --nonsense" },
	{ "--thread 0", "--threads 0: a number from 1 to 64 is needed" },
	{ "--treads 3", "unknown option: --treads; did you mean --threads?" },
	{ "--colours=red",
	    "unknown option: --colours; did you mean --colour?" },
	{ "--al", NULL },
	{ "--s=3", "--s is short for several options: --size or --shape" },
	{ "--=3", "unknown option: --" },
	{ "-z", "unknown option: -z" },
	{ "-az", "unknown option: -z" },
	{ "-za one", "unknown option: -z" },
	{ "-help", "unknown option: -h; did you mean --help?" },
	{ "-threads 3", "unknown option: -t; did you mean --threads?" },
	{ "one -zq", "unknown option: -z" },
	/* Arguments. */
	{ "-i", "-i needs an argument: iface|file" },
	{ "-ai", "-i needs an argument: iface|file" },
	{ "--file", "--file needs an argument: FILE" },
	{ "-f", "-f needs an argument: FILE" },
	{ "--colour", "--colour needs an argument: red|green|blue" },
	{ "--all=3", "--all takes no argument" },
	{ "--help=3", "--help takes no argument" },
	/* Numbers. */
	{ "--threads 0", "--threads 0: a number from 1 to 64 is needed" },
	{ "--threads=65", "--threads 65: a number from 1 to 64 is needed" },
	{ "--threads 1", NULL },
	{ "--threads 64", NULL },
	{ "--threads -1", "--threads -1: a number from 1 to 64 is needed" },
	{ "--threads +1", "--threads +1: a number from 1 to 64 is needed" },
	{ "--threads 1x", "--threads 1x: a number from 1 to 64 is needed" },
	{ "--threads 0x1", "--threads 0x1: a number from 1 to 64 is needed" },
	{ "--threads ''", "--threads \"\": a number from 1 to 64 is needed" },
	{ "--threads 18446744073709551617",
	    "--threads 18446744073709551617: a number from 1 to 64 is needed" },
	{ "-c 0", "-c 0: a number of packets from 1 up is needed" },
	{ "-c18446744073709551615", NULL },
	{ "-c 18446744073709551616", "-c 18446744073709551616: a number of "
	    "packets from 1 up is needed" },
	{ "--width 4294967295", NULL },
	{ "--width 4294967296",
	    "--width 4294967296: a number from 0 to 4294967295 is needed" },
	{ "--width x",
	    "--width x: a number from 0 to 4294967295 is needed" },
	/* Amounts. */
	{ "--size 1.5k", NULL },
	{ "--size 20GiB", NULL },
	{ "--size 0", "--size 0: a number of bytes from 1 up is needed, such "
	    "as 500M or 20Gi" },
	{ "--size lots", "--size lots: a number of bytes from 1 up is needed, "
	    "such as 500M or 20Gi" },
	{ "--size 99999E", "--size 99999E: a number of bytes from 1 up is "
	    "needed, such as 500M or 20Gi" },
	/* Choices. */
	{ "--colour blue", NULL },
	{ "--colour Blue", "--colour Blue: red, green or blue is needed; did "
	    "you mean blue?" },
	{ "--colour bleu", "--colour bleu: red, green or blue is needed; did "
	    "you mean blue?" },
	{ "--colour black", "--colour black: red, green or blue is needed" },
	{ "--colour gree", "--colour gree: red, green or blue is needed; did "
	    "you mean green?" },
	{ "--colour ''", "--colour \"\": red, green or blue is needed" },
	{ "--shape", NULL },
	{ "--shape=square", NULL },
	{ "--shape=flat", "--shape flat: round or square is needed" },
	/* What the program itself decides. */
	{ "--shape --even=abcd", NULL },
	{ "--shape --even=abc",
	    "--even abc: an even number of letters is needed" },
	/* What options mean to each other. */
	{ "-a -q", "--all and -q exclude each other" },
	{ "-n -q", "-q and -n exclude each other" },
	{ "-aa", NULL },
	{ "-c 1 --width 3", "-c and --width exclude each other; give one" },
	{ "--even=ab", "--even needs --colour or --shape" },
	{ "--even=ab --colour=red", NULL },
};

static void
mistakes_are_named(void **state)
{
	struct scanned		s;
	enum options_outcome	rc;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rc = scan(&table, cases[i].line, &s);
		if (rc != (cases[i].message == NULL ? OPTIONS_FINE :
		    OPTIONS_WRONG))
			fail_msg("\"%s\": %d %s", cases[i].line, rc, s.err);
		if (cases[i].message != NULL)
			assert_string_equal(s.err, cases[i].message);
	}
}

/* ---- what is taken ---- */

static void
values_arrive(void **state)
{
	struct scanned	s;

	(void)state;
	assert_int_equal(scan(&table, "-sOs one -f x --file=y --width 7 "
	    "--size 2Gi --colour=blue --shape=square --even abcd two", &s),
	    OPTIONS_FINE);
	assert_int_equal(s.t.times, 2);
	assert_false(s.t.checks);
	assert_string_equal(s.t.file, "y");
	assert_int_equal(s.t.width, 7);
	assert_int_equal(s.t.size, UINT64_C(2) << 30);
	assert_int_equal(s.t.colour, BLUE);
	assert_int_equal(s.t.shape, SQUARE);
	assert_string_equal(s.t.even, "abcd");
	assert_string_equal(s.line.argv[s.found.operand], "one");
	assert_string_equal(s.line.argv[s.found.operand + 1], "two");
	assert_int_equal(s.line.argc - s.found.operand, 2);
	assert_true(options_is_given(&s.found, "-f"));
	assert_true(options_is_given(&s.found, "--file"));
	assert_false(options_is_given(&s.found, "--threads"));
	/* What was not given stays as it was. */
	assert_int_equal(s.t.threads, 0);
	assert_null(s.t.iface);
}

/* A wide value does not touch the members beside it. */
static void
numbers_keep_to_their_place(void **state)
{
	struct scanned	s;

	(void)state;
	assert_int_equal(scan(&table, "--threads 64 -n", &s), OPTIONS_FINE);
	assert_int_equal(s.t.threads, 64);
	assert_true(options_is_given(&s.found, "-n"));
	assert_int_equal(s.t.count, 0);
	assert_int_equal(scan(&table, "-c 18446744073709551615", &s),
	    OPTIONS_FINE);
	assert_true(s.t.count == UINT64_MAX);
	assert_int_equal(s.t.threads, 0);
	assert_int_equal(s.t.width, 0);
	assert_int_equal(scan(&table, "--shape", &s), OPTIONS_FINE);
	assert_int_equal(s.t.shape, ROUND);
}

/* The first that ends the program does, whatever follows. */
static void
help_and_version_count_where_they_stand(void **state)
{
	struct scanned	s;

	(void)state;
	assert_int_equal(scan(&table, "-V --nonsense", &s),
	    OPTIONS_ASKED_VERSION);
	assert_int_equal(scan(&table, "--help --version", &s),
	    OPTIONS_ASKED_HELP);
	assert_int_equal(scan(&table, "-a -q x y z --help", &s),
	    OPTIONS_ASKED_HELP);
	assert_int_equal(scan(&table, "--nonsense -V", &s), OPTIONS_WRONG);
	assert_int_equal(scan(&by_command, "--help", &s),
	    OPTIONS_ASKED_HELP);
}

static void
operands_may_end_the_options(void **state)
{
	struct option_table	in_order = table;
	struct scanned		s;

	(void)state;
	in_order.in_order = true;
	in_order.operands = -1;
	assert_int_equal(scan(&in_order, "-q ip -a --nonsense", &s),
	    OPTIONS_FINE);
	assert_true(s.t.quiet);
	assert_false(s.t.all);
	assert_int_equal(s.line.argc - s.found.operand, 3);
}

static void
which_is_the_first_given(void **state)
{
	struct scanned	s;
	char		name[OPTIONS_NAME];

	(void)state;
	assert_int_equal(scan(&table, "-q --width 3", &s), OPTIONS_FINE);
	assert_string_equal(options_which(&s.found, "-a --width -q", name),
	    "--width");
	assert_null(options_which(&s.found, "-a --threads", name));
	assert_null(options_which(&s.found, "", name));
}

/* ---- commands ---- */

static const struct {
	const char	*line;
	int		 command;	/* -1: refused */
	const char	*message;
} command_cases[] = {
	{ "add --file=x a b c", 0, NULL },
	{ "--width 3 check", 1, NULL },
	{ "check --width 3 -a x", 1, NULL },
	{ "check --width 3 x y", -1, "unexpected argument: y" },
	{ "", -1, "a command is needed: add or check" },
	{ "--width 3", -1, "a command is needed: add or check" },
	{ "remove --width 3", -1, "no such command: remove; add or "
	    "check is needed" },
	{ "chekc", -1, "no such command: chekc; did you mean check?" },
	{ "add --file=x", -1, "add needs more arguments" },
	{ "add --file=x -a b", -1, "--all cannot be used with add" },
	{ "check", -1, "--file or --width is needed; see the manual" },
};

static void
commands_take_their_own(void **state)
{
	struct scanned		s;
	enum options_outcome	rc;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(command_cases) / sizeof(command_cases[0]);
	    i++) {
		rc = scan(&by_command, command_cases[i].line, &s);
		if ((rc == OPTIONS_FINE) != (command_cases[i].command != -1))
			fail_msg("\"%s\": %s", command_cases[i].line, s.err);
		if (rc == OPTIONS_FINE)
			assert_int_equal(s.found.command,
			    command_cases[i].command);
		else
			assert_string_equal(s.err, command_cases[i].message);
	}
}

/* ---- texts ---- */

static char *
text_of(const struct option_table *t, int command, bool help)
{
	char	*text = NULL;
	size_t	 len;
	FILE	*f = open_memstream(&text, &len);

	assert_non_null(f);
	if (help)
		options_help(t, f);
	else
		options_usage_line(t, command, f);
	assert_int_equal(fclose(f), 0);
	return (text);
}

static void
assert_text(const struct option_table *t, int command, bool help,
    const char *expected)
{
	char	*text = text_of(t, command, help);

	assert_string_equal(text, expected);
	free(text);
}

static const struct option_row help_rows[] = {
	{ OPTION_FLAG, 'a', "all", NULL, "take all",
	    OPTION_AT(struct taken, all) },
	{ OPTION_CHOICE, 0, "colour", NULL,
	    "which of the colours there are in this world to use for what "
	    "was said above", "red", OPTION_AT(struct taken, colour),
	    OPTION_CHOICES(colours) },
	{ OPTION_CHOICE, 0, "shape", NULL, "which shape", "round",
	    OPTION_AT(struct taken, shape), OPTION_CHOICES(shapes),
	    .optional = true },
	{ .kind = OPTION_HEADING, .help = "A heading.  It may be so long "
	    "that it does not fit into a line of eighty columns:" },
	{ OPTION_TEXT, 0, "what-is-it-that-you-want", "THING",
	    "a name with a line of its own", OPTION_AT(struct taken, file) },
	{ OPTION_NUMBER, 'c', NULL, "count", "end after count packets",
	    "no end", OPTION_AT(struct taken, count) },
};

static const struct option_table help_table = {
	.program = "prog", .brief = "[options]", .forms = forms,
	.rows = help_rows, .nrows = sizeof(help_rows) / sizeof(help_rows[0]),
	.closing = "See prog(1).", .equals = true,
};

static const char	help_text[] =
"usage: prog [-aOqs] [-c count] [-i iface|file] [--threads N] [--width N]\n"
"           [operand [other]]\n"
"\n"
"  -a, --all                take all\n"
"  --colour=red|green|blue  which of the colours there are in this world to use\n"
"                           for what was said above [red]\n"
"  --shape[=round|square]   which shape [round]\n"
"\n"
"A heading.  It may be so long that it does not fit into a line of eighty\n"
"columns:\n"
"  --what-is-it-that-you-want=THING\n"
"                           a name with a line of its own\n"
"  -c count                 end after count packets [no end]\n"
"\n"
"See prog(1).\n";

static const char	command_help[] =
"usage: prog add [--file=FILE] thing ...\n"
"       prog add --width=N\n"
"       prog check [--all]\n"
"\n"
"  add          add things\n"
"  check        check things\n"
"\n"
"  -a, --all    take all\n"
"  --file=FILE  read this file\n"
"  --width=N    columns\n"
"  --help       print this text and exit\n";

static void
help_is_laid_out(void **state)
{
	(void)state;
	assert_text(&help_table, -1, true, help_text);
	assert_text(&by_command, -1, true, command_help);
	assert_text(&table, -1, false,
	    "usage: prog [options] [operand]; prog --help lists all\n");
	assert_text(&by_command, 0, false,
	    "usage: prog add [--file=FILE] thing ...\n"
	    "       prog add --width=N\n");
}

/* Whatever a help text is made of, no line is longer than 80 columns. */
static void
lines_fit(void **state)
{
	char		 words[400] = "", *text, *line, *at;
	const char	*form[] = { words, NULL };
	struct option_row row = { OPTION_TEXT, 'x', "xx", "FILE", words,
			    "default", .size = 1 };
	struct option_table t = { .program = "prog", .brief = "",
			    .forms = form, .rows = &row, .nrows = 1 };
	size_t		 i, n = 0;

	(void)state;
	/* Words of 1 to 17 letters, with brackets that are longer than a line. */
	for (i = 0; n + 24 < sizeof(words); i++)
		n += (size_t)snprintf(words + n, sizeof(words) - n,
		    "%s%.*s%s ", i % 7 == 0 ? "[" : "", (int)(i % 17 + 1),
		    "abcdefghijklmnopq", i % 7 == 6 ? "]" : "");
	for (i = 0; i < n; i++) {
		at = text = text_of(&t, -1, true);
		while ((line = strsep(&at, "\n")) != NULL)
			if (strlen(line) > 80)
				fail_msg("%s", line);
		free(text);
		words[n - i - 1] = '\0';
	}
}

static void
lists_read_as_english(void **state)
{
	char	buf[32];

	(void)state;
	assert_string_equal(options_list(colours, 3, buf, sizeof(buf)),
	    "red, green or blue");
	assert_string_equal(options_list(colours, 2, buf, sizeof(buf)),
	    "red or green");
	assert_string_equal(options_list(colours, 1, buf, sizeof(buf)),
	    "red");
	assert_string_equal(options_list(colours, 0, buf, sizeof(buf)), "");
	assert_string_equal(options_list(colours, 3, buf, 8), "red, gr");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(numbers_keep_to_their_place),
		cmocka_unit_test(help_and_version_count_where_they_stand),
		cmocka_unit_test(operands_may_end_the_options),
		cmocka_unit_test(which_is_the_first_given),
		cmocka_unit_test(commands_take_their_own),
		cmocka_unit_test(help_is_laid_out),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(lists_read_as_english),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
