/*
 * The rows of a table of options: how messages name them, how they are found,
 * and whether they were given.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options_impl.h"

enum options_outcome
option_wrong(const struct option_scan *s, const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	(void)vsnprintf(s->err, OPTIONS_ERROR, fmt, ap);
	va_end(ap);
	return (OPTIONS_WRONG);
}

bool
option_has_arg(const struct option_row *r)
{
	switch (r->kind) {
	case OPTION_TEXT:
	case OPTION_NUMBER:
	case OPTION_AMOUNT:
	case OPTION_CHOICE:
		return (true);
	case OPTION_CALL:
		return (r->arg != NULL || r->nchoices > 0);
	default:
		return (false);
	}
}

char *
option_name(const struct option_row *r, char buf[OPTIONS_NAME])
{
	if (r->name != NULL)
		(void)snprintf(buf, OPTIONS_NAME, "--%s", r->name);
	else
		(void)snprintf(buf, OPTIONS_NAME, "-%c", r->letter);
	return (buf);
}

char *
option_argument(const struct option_row *r, char *buf, size_t len)
{
	size_t	i;

	(void)strlcpy(buf, r->arg != NULL ? r->arg : "", len);
	for (i = 0; r->arg == NULL && i < r->nchoices; i++) {
		(void)strlcat(buf, i > 0 ? "|" : "", len);
		(void)strlcat(buf, r->choices[i], len);
	}
	return (buf);
}

const struct option_row *
option_row_of_letter(const struct option_table *t, int letter)
{
	size_t	i;

	for (i = 0; i < t->nrows; i++)
		if (t->rows[i].letter == letter && letter != 0)
			return (&t->rows[i]);
	return (NULL);
}

const struct option_row *
option_row(const struct option_table *t, const char *name)
{
	size_t	i;

	if (strncmp(name, "--", 2) != 0)
		return (option_row_of_letter(t, (unsigned char)name[1]));
	for (i = 0; i < t->nrows; i++)
		if (t->rows[i].name != NULL &&
		    strcmp(t->rows[i].name, name + 2) == 0)
			return (&t->rows[i]);
	return (NULL);
}

bool
options_is_given(const struct options_found *f, const char *name)
{
	const struct option_row	*r = option_row(f->table, name);

	if (r == NULL)
		abort();	/* program asks for a name not in the table */
	return (f->given[r - f->table->rows] > 0);
}
