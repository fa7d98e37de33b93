/*
 * Words for owners, in conditions and budgets.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "owner_match.h"

/* comm(5) has no more characters: longer names are cut there. */
#define COMM_LEN	15

const char *const	owner_part_names[OWNER_PARTS] = {
	[OWNER_PROGRAM] = "program", [OWNER_USER] = "user",
	[OWNER_UNIT] = "unit", [OWNER_CONTAINER] = "container"
};

static bool
is_user(const char *user, const struct owner *o)
{
	char	number[16];

	if (o->uid == OWNER_NO_UID)
		return (strcmp(user, "-") == 0);
	(void)snprintf(number, sizeof(number), "%lu", (unsigned long)o->uid);
	return (strcmp(user, number) == 0 || (o->user[0] != '\0' &&
	    strcmp(user, o->user) == 0));
}

/* Does the path have these parts, one after the other?  "/a" is its start. */
static bool
is_in_unit(const char *unit, const char *path)
{
	const char	*at = path;
	size_t		 len = strlen(unit);

	if (strcmp(unit, path) == 0)
		return (true);
	if (len == 0)
		return (false);
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
		return (strcmp(container, "-") == 0);
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
owner_has(const struct owner *o, enum owner_part part, const char *word)
{
	switch (part) {
	case OWNER_PROGRAM:
		return (is_program(word, o));
	case OWNER_USER:
		return (is_user(word, o));
	case OWNER_UNIT:
		return (is_in_unit(word, o->unit));
	default:
		return (is_container(word, o));
	}
}

bool
owner_like(const struct owner *o, enum owner_part part, const char *word)
{
	char		 buf[OWNER_CONTAINER_MAX];
	const char	*name;

	if (owner_has(o, part, word))
		return (true);
	if (strpbrk(word, "*?[") == NULL)
		return (false);
	switch (part) {
	case OWNER_PROGRAM:
		return (fnmatch(word, o->program, 0) == 0);
	case OWNER_USER:
		return (o->user[0] != '\0' && fnmatch(word, o->user, 0) == 0);
	case OWNER_UNIT:
		return (fnmatch(word, owner_unit_name(o->unit), 0) == 0 ||
		    fnmatch(word, o->unit, 0) == 0);
	default:
		name = owner_container(o->unit, buf, sizeof(buf));
		return (name[0] != '\0' && (fnmatch(word, name, 0) == 0 ||
		    fnmatch(word, strchr(name, '/') + 1, 0) == 0));
	}
}
