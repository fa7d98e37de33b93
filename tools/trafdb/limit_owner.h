/*
 * Whose traffic a budget counts in an account of owners: that of a user, a
 * unit, a program or a container, or what all that are given have in common.
 */
#ifndef TRAFDB_LIMIT_OWNER_H
#define TRAFDB_LIMIT_OWNER_H

#include <stdbool.h>

#include "packet/owner.h"

struct limit_owner {
	char	user[OWNER_USER_MAX];		/* name or number */
	char	unit[OWNER_UNIT_MAX];		/* path, or parts of one */
	char	program[OWNER_PROGRAM_MAX];
	char	container[OWNER_CONTAINER_MAX];	/* with its kind or without */
	char	text[768];			/* all of it in words, or "" */
};

/* The four words, NULL or "" where there is none, in this order. */
enum {
	LIMIT_USER,
	LIMIT_UNIT,
	LIMIT_PROGRAM,
	LIMIT_CONTAINER,
	LIMIT_OWNER_WORDS
};

/* Their names in options, notes and messages. */
extern const char *const limit_owner_names[LIMIT_OWNER_WORDS];

/* Returns -1, or the number of the word that is too long or not printable. */
int		 limit_owner_set(struct limit_owner *,
		    const char *const words[LIMIT_OWNER_WORDS]);

/* The word, or "". */
const char	*limit_owner_word(const struct limit_owner *, int word);

static inline bool
limit_has_owner(const struct limit_owner *l)
{
	return (l->text[0] != '\0');
}

bool		 limit_owner_matches(const struct limit_owner *,
		    const struct owner *);

#endif
