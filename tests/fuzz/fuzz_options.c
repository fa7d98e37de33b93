/*
 * Command lines, one argument per line of the input, parsed by a table with
 * every kind of option.  Accepted values must be within the table's limits and
 * operands at the end; a refused line must have a message of one line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "fuzz.h"

#define ARGS_MOST	64
#define COUNT_MOST	1000

struct taken {
	bool		 flag;
	int		 times;
	const char	*text;
	uint32_t	 number;
	uint64_t	 wide;
	uint64_t	 size;
	int		 choice;
	size_t		 called;
};

static const char *const	choices[] = { "red", "green", "blue" };

static const char *
note(void *into, const char *arg)
{
	struct taken	*t = into;

	t->called++;
	return (arg != NULL && arg[0] == 'x' ? "no x" : NULL);
}

static const struct option_row rows[] = {
	{ OPTION_FLAG, 'a', "all", NULL, "all", OPTION_AT(struct taken, flag),
	    .commands = "add" },
	{ OPTION_TIMES, 's', NULL, NULL, "s", OPTION_AT(struct taken, times) },
	{ OPTION_TEXT, 'i', "iface", "X", "i", OPTION_AT(struct taken, text) },
	{ OPTION_NUMBER, 'c', "count", "N", "c",
	    OPTION_AT(struct taken, number), .least = 1, .most = COUNT_MOST },
	{ OPTION_NUMBER, 'w', "wide", "N", "w",
	    OPTION_AT(struct taken, wide) },
	{ OPTION_AMOUNT, 0, "size", "B", "b", OPTION_AT(struct taken, size),
	    .most = COUNT_MOST },
	{ OPTION_CHOICE, 0, "colour", NULL, "c",
	    OPTION_AT(struct taken, choice), OPTION_CHOICES(choices),
	    .optional = true },
	{ OPTION_CALL, 0, "call", "X", "c", .call = note },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "-s --size", "-w", NULL },
	{ OPTION_NEEDS, "--call", "-i -c", NULL },
};

static const struct option_command commands[] = {
	{ "add", "add", { "add" }, 1, -1 },
	{ "check", "check", { "check" }, 0, 2 },
};

static const struct option_table plain = {
	.program = "fuzz", .brief = "", .rows = rows,
	.nrows = sizeof(rows) / sizeof(rows[0]), .rules = rules, .nrules = 2,
	.operands = 3,
};
static const struct option_table by_command = {
	.program = "fuzz", .brief = "", .rows = rows,
	.nrows = sizeof(rows) / sizeof(rows[0]), .rules = rules, .nrules = 2,
	.commands = commands, .ncommands = 2, .in_order = true,
};

/* Lines of text become words; how many. */
static int
divide(char *text, char **argv)
{
	static char	name[] = "fuzz";
	char		*word;
	int		 argc = 0;

	argv[argc++] = name;
	while ((word = strsep(&text, "\n")) != NULL && argc < ARGS_MOST)
		argv[argc++] = word;
	argv[argc] = NULL;
	return (argc);
}

static void
look_at(const struct option_table *t, const char *in, size_t size)
{
	struct taken		 to = { .number = 1 };
	struct options_found	 found;
	enum options_outcome	 rc;
	char			*text = malloc(size + 1);
	char			*argv[ARGS_MOST + 1], err[OPTIONS_ERROR] = "";
	int			 argc;

	check(text != NULL);
	memcpy(text, in, size);
	text[size] = '\0';
	argc = divide(text, argv);
	rc = options_scan(t, &to, argc, argv, &found, err);
	check((rc == OPTIONS_WRONG) == (err[0] != '\0'));
	check(to.number >= 1 && to.number <= COUNT_MOST);
	check(to.size <= COUNT_MOST && to.choice >= 0 && to.choice < 3);
	if (rc == OPTIONS_FINE) {
		check(found.operand >= 1 && found.operand <= argc);
		check(t->ncommands > 0 ? found.command >= 0 &&
		    found.command < 2 : argc - found.operand <= t->operands);
		check(!(to.times > 0 && options_is_given(&found, "--wide")));
		check(to.called == 0 || options_is_given(&found, "-i") ||
		    options_is_given(&found, "-c"));
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	look_at(&plain, (const char *)in, size);
	look_at(&by_command, (const char *)in, size);
	return (0);
}
