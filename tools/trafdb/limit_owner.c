/*
 * Owners of budgets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "packet/owner_match.h"
#include "limit_owner.h"

const char *const	limit_owner_names[LIMIT_OWNER_WORDS] = {
	[LIMIT_USER] = "user", [LIMIT_UNIT] = "unit",
	[LIMIT_PROGRAM] = "program", [LIMIT_CONTAINER] = "container"
};

const char *
limit_owner_word(const struct limit_owner *l, int word)
{
	switch (word) {
	case LIMIT_USER:
		return (l->user);
	case LIMIT_UNIT:
		return (l->unit);
	case LIMIT_PROGRAM:
		return (l->program);
	default:
		return (l->container);
	}
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (!is_printable(*text))
			return (false);
	return (true);
}

/* `user anna, unit nginx.service' */
static void
describe(struct limit_owner *l)
{
	const char	*word;
	int		 i;

	l->text[0] = '\0';
	for (i = 0; i < LIMIT_OWNER_WORDS; i++) {
		if ((word = limit_owner_word(l, i))[0] == '\0')
			continue;
		if (l->text[0] != '\0')
			(void)strlcat(l->text, ", ", sizeof(l->text));
		(void)strlcat(l->text, limit_owner_names[i], sizeof(l->text));
		(void)strlcat(l->text, " ", sizeof(l->text));
		(void)strlcat(l->text, word, sizeof(l->text));
	}
}

int
limit_owner_set(struct limit_owner *l,
    const char *const words[LIMIT_OWNER_WORDS])
{
	const size_t	room[LIMIT_OWNER_WORDS] = {
		sizeof(l->user), sizeof(l->unit), sizeof(l->program),
		sizeof(l->container)
	};
	int		i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < LIMIT_OWNER_WORDS; i++) {
		if (words[i] == NULL)
			continue;
		if (!is_plain(words[i]) || strlcpy((char *)(uintptr_t)
		    limit_owner_word(l, i), words[i], room[i]) >= room[i])
			return (i);
	}
	describe(l);
	return (-1);
}

/* ---- matching ---- */

bool
limit_owner_matches(const struct limit_owner *l, const struct owner *o)
{
	return ((l->user[0] == '\0' || owner_has(o, OWNER_USER, l->user)) &&
	    (l->unit[0] == '\0' || owner_has(o, OWNER_UNIT, l->unit)) &&
	    (l->program[0] == '\0' || owner_has(o, OWNER_PROGRAM,
	    l->program)) &&
	    (l->container[0] == '\0' || owner_has(o, OWNER_CONTAINER,
	    l->container)));
}
