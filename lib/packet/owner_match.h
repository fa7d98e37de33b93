/*
 * Is an owner meant by a word of a user?  For conditions and budgets.  No
 * state; any thread.
 */
#ifndef OWNER_MATCH_H
#define OWNER_MATCH_H

#include <stdbool.h>

#include "owner.h"

enum owner_part {
	OWNER_PROGRAM,
	OWNER_USER,
	OWNER_UNIT,
	OWNER_CONTAINER,
	OWNER_PARTS
};

/* `program', ... */
extern const char *const owner_part_names[OWNER_PARTS];

/*
 * A program by its comm(5), of which a longer name has only the first 15
 * characters; a user by name or number, or `-' without one; a unit by its name,
 * or its path with or without the first parts, and all below it; a container
 * with its kind or without, with all digits of its id or the first 12.
 */
bool	owner_has(const struct owner *, enum owner_part, const char *word);

/*
 * The same; but a word that has *, ? or [ is a pattern of fnmatch(3), for all
 * of the program, of the user's name, of the unit's name or path, or of the
 * container with its kind or without.
 */
bool	owner_like(const struct owner *, enum owner_part, const char *word);

#endif
