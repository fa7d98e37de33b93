/*
 * Checks a command line as a whole: does the command exist, do the options
 * apply to it, do they exclude or lack each other, is the number of operands
 * right?
 */
#include <stdlib.h>
#include <string.h>

#include "options_impl.h"

/* ---- rules between options ---- */

/* Of the options of the list that were given, the n-th; NULL: none. */
static const char *
given_of(const struct options_found *f, const char *list, size_t n,
    char name[OPTIONS_NAME])
{
	while (option_next_word(&list, name, OPTIONS_NAME))
		if (options_is_given(f, name) && n-- == 0)
			return (name);
	return (NULL);
}

const char *
options_which(const struct options_found *f, const char *names,
    char buf[OPTIONS_NAME])
{
	return (given_of(f, names, 0, buf));
}

static enum options_outcome
check_excludes(const struct option_scan *s, const struct option_rule *rule)
{
	char	a[OPTIONS_NAME], b[OPTIONS_NAME];

	if (given_of(s->found, rule->these, 0, a) == NULL)
		return (OPTIONS_FINE);
	if (rule->those == NULL ?
	    given_of(s->found, rule->these, 1, b) == NULL :
	    given_of(s->found, rule->those, 0, b) == NULL)
		return (OPTIONS_FINE);
	return (option_wrong(s, "%s and %s exclude each other%s%s", a, b,
	    rule->hint != NULL ? "; " : "",
	    rule->hint != NULL ? rule->hint : ""));
}

static enum options_outcome
check_needs(const struct option_scan *s, const struct option_rule *rule)
{
	const char	*list = rule->those, *names[OPTIONS_MOST];
	char		 a[OPTIONS_NAME], b[OPTIONS_NAME];
	char		 text[8][OPTIONS_NAME], all[OPTIONS_ERROR / 2];
	size_t		 n = 0;

	if (given_of(s->found, rule->those, 0, b) != NULL ||
	    (rule->these != NULL &&
	    given_of(s->found, rule->these, 0, a) == NULL))
		return (OPTIONS_FINE);
	for (; n < 8 && option_next_word(&list, text[n], OPTIONS_NAME); n++)
		names[n] = text[n];
	(void)options_list(names, n, all, sizeof(all));
	return (option_wrong(s, "%s%s%s%s%s", rule->these == NULL ? all : a,
	    rule->these == NULL ? " is needed" : " needs ",
	    rule->these == NULL ? "" : all, rule->hint != NULL ? "; " : "",
	    rule->hint != NULL ? rule->hint : ""));
}

static enum options_outcome
check_rules(const struct option_scan *s)
{
	enum options_outcome		 rc = OPTIONS_FINE;
	const struct option_rule	*rule = s->table->rules;
	size_t				 i;

	for (i = 0; i < s->table->nrules && rc == OPTIONS_FINE; i++, rule++)
		rc = rule->kind == OPTION_NEEDS ? check_needs(s, rule) :
		    check_excludes(s, rule);
	return (rc);
}

/* ---- commands and operands ---- */

static enum options_outcome
find_command(const struct option_scan *s, const char *name)
{
	const struct option_table	*t = s->table;
	const char			*names[OPTIONS_MOST], *meant;
	char				 list[OPTIONS_ERROR / 2];
	size_t				 i;

	for (i = 0; i < t->ncommands; i++) {
		names[i] = t->commands[i].name;
		if (name != NULL && strcmp(name, names[i]) == 0) {
			s->found->command = (int)i;
			return (OPTIONS_FINE);
		}
	}
	if (name == NULL)
		return (option_wrong(s, "a command is needed: %s",
		    options_list(names, i, list, sizeof(list))));
	meant = options_nearest(name, names, i);
	if (meant != NULL)
		return (option_wrong(s, "no such command: %s; did you mean "
		    "%s?", name, meant));
	return (option_wrong(s, "no such command: %s; %s is needed", name,
	    options_list(names, i, list, sizeof(list))));
}

/* Does the option apply to this command? */
static bool
is_for(const struct option_row *r, const char *command)
{
	const char	*list = r->commands;
	char		 word[OPTIONS_NAME];

	if (list == NULL)
		return (true);
	while (option_next_word(&list, word, sizeof(word)))
		if (strcmp(word, command) == 0)
			return (true);
	return (false);
}

static enum options_outcome
check_command(const struct option_scan *s, const struct option_command *c,
    int operands)
{
	const struct option_table	*t = s->table;
	char				 name[OPTIONS_NAME];
	size_t				 i;

	for (i = 0; i < t->nrows; i++)
		if (s->found->given[i] > 0 && !is_for(&t->rows[i], c->name))
			return (option_wrong(s, "%s cannot be used with %s",
			    option_name(&t->rows[i], name), c->name));
	return (operands >= c->least ? OPTIONS_FINE :
	    option_wrong(s, "%s needs more arguments", c->name));
}

/* Find the command and check the number of operands. */
static enum options_outcome
check_operands(const struct option_scan *s, int argc, char *const *argv)
{
	const struct option_table	*t = s->table;
	struct options_found		*f = s->found;
	int				 most = t->operands;
	enum options_outcome		 rc = OPTIONS_FINE;

	if (t->ncommands > 0) {
		if ((rc = find_command(s, argv[f->operand])) != OPTIONS_FINE)
			return (rc);
		f->operand++;
		most = t->commands[f->command].most;
		rc = check_command(s, &t->commands[f->command],
		    argc - f->operand);
	}
	if (rc == OPTIONS_FINE && most != -1 && argc - f->operand > most)
		return (option_wrong(s, "unexpected argument: %s",
		    argv[f->operand + most]));
	return (rc);
}

enum options_outcome
option_check_whole(const struct option_scan *s, int argc, char *const *argv)
{
	enum options_outcome	rc = check_operands(s, argc, argv);

	return (rc == OPTIONS_FINE ? check_rules(s) : rc);
}
