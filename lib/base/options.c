/*
 * Parses command lines with getopt_long(3) by the rows of a table and stores
 * the values.  No state except getopt's; prints nothing.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "amount.h"
#include "options_impl.h"

/* getopt_long() returns this plus the row's index for a long name. */
#define LONG_NAMES	256

/* How many of the options that match an ambiguous abbreviation are named. */
#define ABBREVIATED	8

/* ---- values ---- */

/* An argument as messages show it: an empty one must be visible. */
static const char *
shown(const char *arg)
{
	return (arg[0] != '\0' ? arg : "\"\"");
}

char *
option_choice_error(const struct option_row *r, const char *name,
    const char *arg, char err[OPTIONS_ERROR])
{
	char		 list[OPTIONS_ERROR / 2];
	const char	*meant = options_nearest(arg, r->choices, r->nchoices);

	(void)options_list(r->choices, r->nchoices, list, sizeof(list));
	(void)snprintf(err, OPTIONS_ERROR, "%s %s: %s is needed%s%s%s", name,
	    shown(arg), list, meant != NULL ? "; did you mean " : "",
	    meant != NULL ? meant : "", meant != NULL ? "?" : "");
	return (err);
}

/* Store an integer in the member of the row, which has 4 or 8 octets. */
static void
store(const struct option_scan *s, const struct option_row *r, uint64_t v)
{
	uint32_t	narrow = (uint32_t)v;

	if (r->size == sizeof(v))
		memcpy(s->into + r->at, &v, sizeof(v));
	else if (r->size == sizeof(narrow))
		memcpy(s->into + r->at, &narrow, sizeof(narrow));
	else
		abort();	/* the member has neither 4 nor 8 octets */
}

static uint64_t
most_of(const struct option_row *r)
{
	uint64_t	room = r->size < sizeof(room) ? UINT32_MAX : UINT64_MAX;

	return (r->most != 0 ? r->most : room);
}

static bool
is_within(const struct option_row *r, uint64_t v)
{
	return (v >= r->least && v <= most_of(r));
}

/* "a number of seconds from 1 to 60", with the unit and bounds of the row. */
static void
describe(const struct option_row *r, const char *what, char *buf, size_t len)
{
	size_t	used = (size_t)snprintf(buf, len, "%s%s%s", what,
		    r->unit != NULL ? " of " : "",
		    r->unit != NULL ? r->unit : "");

	if (most_of(r) != UINT64_MAX)
		(void)snprintf(buf + used, len - used, " from %" PRIu64
		    " to %" PRIu64, r->least, most_of(r));
	else if (r->least != 0)
		(void)snprintf(buf + used, len - used, " from %" PRIu64 " up",
		    r->least);
}

/* Digits only: strtoull(3) would also accept leading space and a sign. */
static int
read_number(const char *text, uint64_t *v)
{
	char	*end;

	errno = 0;
	*v = strtoull(text, &end, 10);
	return (text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	    errno == 0 ? 0 : -1);
}

static enum options_outcome
set_number(const struct option_scan *s, const struct option_row *r,
    const char *name, const char *arg)
{
	char		needed[128];
	uint64_t	v;

	if (read_number(arg, &v) == -1 || !is_within(r, v)) {
		describe(r, "a number", needed, sizeof(needed));
		return (option_wrong(s, "%s %s: %s is needed", name,
		    shown(arg), needed));
	}
	store(s, r, v);
	return (OPTIONS_FINE);
}

static enum options_outcome
set_amount(const struct option_scan *s, const struct option_row *r,
    const char *name, const char *arg)
{
	char		needed[128];
	uint64_t	v;

	if (amount_parse(arg, &v) == -1 || !is_within(r, v)) {
		describe(r, "a number of bytes", needed, sizeof(needed));
		return (option_wrong(s, "%s %s: %s is needed, such as 500M "
		    "or 20Gi", name, shown(arg), needed));
	}
	store(s, r, v);
	return (OPTIONS_FINE);
}

static enum options_outcome
set_choice(const struct option_scan *s, const struct option_row *r,
    const char *name, const char *arg)
{
	size_t	i;

	for (i = 0; arg != NULL && i < r->nchoices; i++)
		if (strcmp(r->choices[i], arg) == 0)
			break;
	if (i == r->nchoices) {
		(void)option_choice_error(r, name, arg, s->err);
		return (OPTIONS_WRONG);
	}
	store(s, r, r->least + i);
	return (OPTIONS_FINE);
}

static enum options_outcome
call(const struct option_scan *s, const struct option_row *r, const char *name,
    const char *arg)
{
	const char	*why = r->call(s->into, arg);

	if (why == NULL)
		return (OPTIONS_FINE);
	return (option_wrong(s, "%s%s%s: %s", name, arg != NULL ? " " : "",
	    arg != NULL ? shown(arg) : "", why));
}

enum options_outcome
option_set(const struct option_scan *s, const struct option_row *r,
    const char *name, const char *arg)
{
	char	*to = s->into + r->at;

	switch (r->kind) {
	case OPTION_HEADING:
		break;
	case OPTION_FLAG:
	case OPTION_OFF:
		if (r->size > 0)
			*(bool *)(void *)to = r->kind == OPTION_FLAG;
		break;
	case OPTION_TIMES:
		++*(int *)(void *)to;
		break;
	case OPTION_TEXT:
		*(const char **)(void *)to = arg;
		break;
	case OPTION_NUMBER:
		return (set_number(s, r, name, arg));
	case OPTION_AMOUNT:
		return (set_amount(s, r, name, arg));
	case OPTION_CHOICE:
		return (set_choice(s, r, name, arg));
	case OPTION_CALL:
		return (call(s, r, name, arg));
	case OPTION_VERSION:
		return (OPTIONS_ASKED_VERSION);
	case OPTION_HELP:
		return (OPTIONS_ASKED_HELP);
	}
	return (OPTIONS_FINE);
}

/* ---- errors of getopt_long(3) ---- */

/* A value that was written as an option: --json for --format=json. */
static const struct option_row *
find_choice(const struct option_table *t, const char *name)
{
	size_t	i, k;

	for (i = 0; i < t->nrows; i++)
		for (k = 0; t->rows[i].name != NULL &&
		    k < t->rows[i].nchoices; k++)
			if (strcmp(t->rows[i].choices[k], name) == 0)
				return (&t->rows[i]);
	return (NULL);
}

static const char *
find_hint(const struct option_table *t, const char *name)
{
	size_t	i;

	for (i = 0; i < t->nhints; i++)
		if (strcmp(t->hints[i].typed, name) == 0)
			return (t->hints[i].meant);
	return (NULL);
}

static enum options_outcome
unknown(const struct option_scan *s, const char *option, const char *name)
{
	const struct option_row		*r = find_choice(s->table, name);
	const struct option_table	*t = s->table;
	const char			*names[OPTIONS_MOST] = { NULL };
	const char			*meant;
	size_t				 i, n = 0;

	if ((meant = find_hint(t, name)) != NULL)
		return (option_wrong(s, "unknown option: %s; did you mean %s?",
		    option, meant));
	/* A table that counts rows has them, which clang cannot see. */
	for (i = 0; i < t->nrows; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		if (t->rows[i].name != NULL)
			names[n++] = t->rows[i].name;
	meant = options_nearest(name, names, n);
	if (meant == NULL && r != NULL)
		return (option_wrong(s, "unknown option: %s; did you mean "
		    "--%s=%s?", option, r->name, name));
	return (option_wrong(s, "unknown option: %s%s%s%s", option,
	    meant != NULL ? "; did you mean --" : "",
	    meant != NULL ? meant : "", meant != NULL ? "?" : ""));
}

/* The options whose names begin with `option': the first few.  How many. */
static size_t
beginning_with(const struct option_table *t, const char *option,
    char names[ABBREVIATED][OPTIONS_NAME])
{
	size_t	i, found = 0, len = strlen(option);

	for (i = 0; i < t->nrows && found < ABBREVIATED; i++)
		if (t->rows[i].name != NULL && strncmp(option,
		    option_name(&t->rows[i], names[found]), len) == 0)
			found++;
	return (found);
}

/* A long name that is unknown, or that abbreviates several options. */
static enum options_outcome
unknown_name(const struct option_scan *s, const char *word)
{
	char		 names[ABBREVIATED][OPTIONS_NAME];
	const char	*list[ABBREVIATED];
	char		 option[OPTIONS_NAME], text[OPTIONS_ERROR / 2];
	size_t		 i, n;

	(void)snprintf(option, sizeof(option), "%.*s", (int)strcspn(word,
	    "="), word);
	n = beginning_with(s->table, option, names);
	if (n < 2 || strcmp(option, "--") == 0)
		return (unknown(s, option, option + 2));
	for (i = 0; i < n; i++)
		list[i] = names[i];
	return (option_wrong(s, "%s is short for several options: %s", option,
	    options_list(list, n, text, sizeof(text))));
}

/* An unknown letter; "-help" was probably meant as "--help". */
static enum options_outcome
unknown_letter(const struct option_scan *s, int letter, char *const *argv)
{
	const char	*word = argv[optind - 1], *next = argv[optind];
	char		 option[3] = { '-', (char)letter, '\0' };

	if (next != NULL && next[0] == '-' && strchr(next, letter) != NULL)
		word = next;	/* getopt has not finished this word */
	return (unknown(s, option, word[0] == '-' && word[1] != '-' ?
	    word + 1 : ""));
}

/* optopt identifies the option, or is 0 for an unknown long name. */
static enum options_outcome
refused(const struct option_scan *s, int c, char *const *argv)
{
	const struct option_row	*r = optopt >= LONG_NAMES ?
				    &s->table->rows[optopt - LONG_NAMES] :
				    option_row_of_letter(s->table, optopt);
	char			 name[OPTIONS_NAME], arg[128];

	if (r == NULL)
		return (optopt != 0 ? unknown_letter(s, optopt, argv) :
		    unknown_name(s, argv[optind - 1]));
	(void)option_name(r, name);
	if (optopt < LONG_NAMES)
		(void)snprintf(name, sizeof(name), "-%c", optopt);
	if (c == '?' || !option_has_arg(r))
		return (option_wrong(s, "%s takes no argument", name));
	return (option_wrong(s, "%s needs an argument: %s", name,
	    option_argument(r, arg, sizeof(arg))));
}

/* ---- the command line ---- */

/* Make the arguments of getopt_long(3) from the table. */
static void
build(const struct option_table *t, char *letters, struct option *longs)
{
	const struct option_row	*r;

	if (t->nrows > OPTIONS_MOST)
		abort();
	if (t->in_order)
		*letters++ = '+';
	*letters++ = ':';	/* getopt must print no messages */
	for (r = t->rows; r < t->rows + t->nrows; r++) {
		if (r->letter != 0) {
			*letters++ = (char)r->letter;
			if (option_has_arg(r))
				*letters++ = ':';
		}
		if (r->name != NULL) {
			longs->name = r->name;
			longs->has_arg = !option_has_arg(r) ? no_argument :
			    r->optional ? optional_argument :
			    required_argument;
			longs->val = LONG_NAMES + (int)(r - t->rows);
			longs++;
		}
	}
	*letters = '\0';
}

static enum options_outcome
take(const struct option_scan *s, int c, char *const *argv)
{
	const struct option_row	*r;
	uint8_t			*given;
	char			 name[OPTIONS_NAME];

	if (c == '?' || c == ':')
		return (refused(s, c, argv));
	r = c >= LONG_NAMES ? &s->table->rows[c - LONG_NAMES] :
	    option_row_of_letter(s->table, c);
	given = &s->found->given[r - s->table->rows];
	if (*given < UINT8_MAX)
		++*given;
	(void)option_name(r, name);
	if (c < LONG_NAMES)
		(void)snprintf(name, sizeof(name), "-%c", c);
	return (option_set(s, r, name, optarg));
}

enum options_outcome
options_scan(const struct option_table *t, void *into, int argc, char **argv,
    struct options_found *f, char err[OPTIONS_ERROR])
{
	const struct option_scan	 s = { t, into, f, err };
	char			 letters[2 * OPTIONS_MOST + 3];
	struct option		 longs[OPTIONS_MOST + 1] = { { 0 } };
	enum options_outcome	 rc = OPTIONS_FINE;
	int			 c;

	*f = (struct options_found){ .table = t, .command = -1 };
	build(t, letters, longs);
	opterr = 0;
	optind = 0;	/* restart getopt for a new command line */
	while (rc == OPTIONS_FINE && (c = getopt_long(argc, argv, letters,
	    longs, NULL)) != -1)
		rc = take(&s, c, argv);
	f->operand = optind;
	return (rc == OPTIONS_FINE ? option_check_whole(&s, argc, argv) : rc);
}
