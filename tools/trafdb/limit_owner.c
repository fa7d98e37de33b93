/*
 * Owners of budgets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "limit_owner.h"

/* comm(5) has no more characters: longer names are cut there. */
#define COMM_LEN	15

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

static bool
is_user(const char *user, const struct owner *o)
{
	char	number[16];

	if (o->uid == OWNER_NO_UID)
		return (strcmp(user, "-") == 0);
	(void)snprintf(number, sizeof(number), "%lu", (unsigned long)o->uid);
	return (strcmp(user, number) == 0 || strcmp(user, o->user) == 0);
}

/* Does the path have these parts, one after the other?  "/a" is its start. */
static bool
is_in_unit(const char *unit, const char *path)
{
	const char	*at = path;
	size_t		 len = strlen(unit);

	if (strcmp(unit, path) == 0)
		return (true);
	if (unit[0] == '/')
		return (strncmp(path, unit, len) == 0 && path[len] == '/');
	while ((at = strstr(at, unit)) != NULL) {
		if ((at == path || at[-1] == '/') &&
		    (at[len] == '\0' || at[len] == '/'))
			return (true);
		at++;
	}
	return (false);
}

static bool
is_program(const char *program, const struct owner *o)
{
	/* Names in parentheses, as (before trafd), are whole. */
	return (strcmp(program, o->program) == 0 ||
	    (strlen(program) > COMM_LEN && strlen(o->program) == COMM_LEN &&
	    strncmp(program, o->program, COMM_LEN) == 0));
}

/* With the kind or without; an id may have all its digits. */
static bool
is_container(const char *container, const struct owner *o)
{
	char		 buf[OWNER_CONTAINER_MAX];
	const char	*name, *slash = strchr(container, '/');
	size_t		 len;

	if (owner_container(o->unit, buf, sizeof(buf))[0] == '\0')
		return (false);
	if (strcmp(container, buf) == 0)
		return (true);
	name = strchr(buf, '/') + 1;
	if (slash != NULL) {
		len = (size_t)(slash + 1 - container);
		if ((size_t)(name - buf) != len ||
		    strncmp(container, buf, len) != 0)
			return (false);
		container = slash + 1;
	}
	if (strcmp(container, name) == 0)
		return (true);
	len = strlen(name);
	return (strlen(container) == 64 && strncmp(container, name, len) ==
	    0 && strspn(container, "0123456789abcdef") == 64);
}

bool
limit_owner_matches(const struct limit_owner *l, const struct owner *o)
{
	return ((l->user[0] == '\0' || is_user(l->user, o)) &&
	    (l->unit[0] == '\0' || is_in_unit(l->unit, o->unit)) &&
	    (l->program[0] == '\0' || is_program(l->program, o)) &&
	    (l->container[0] == '\0' || is_container(l->container, o)));
}
