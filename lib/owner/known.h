/*
 * Owners that the programs have told: from the fingerprint in a row to the id
 * and the names that a file has.  Owners of which nothing was told become
 * OWNER_OTHER.  One thread at a time.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"
#include "packet/owner.h"
#include "cgroups.h"
#include "sock_layout.h"

struct owner_known;

/* The tree is borrowed.  NULL with errno. */
struct owner_known *owner_known_new(struct cgroups *);
void		 owner_known_free(struct owner_known *); /* NULL is allowed */

/* False if there is no memory for it. */
bool		 owner_known_learn(struct owner_known *,
		    const struct owner_news *);

/*
 * Have so many been learned that old ones should be forgotten?  Forgetting
 * keeps those learned since the last time.
 */
bool		 owner_known_is_full(const struct owner_known *);
void		 owner_known_forget(struct owner_known *);

/*
 * Replace a fingerprint by the owner's id, and note the owner in the set of
 * those used.  Returns false if the key has no fingerprint.
 */
bool		 owner_known_translate(struct owner_known *,
		    struct flow_key *);

/*
 * The owners used since owner_known_reset(), and all interfaces.  The second
 * function adopts the numbers of another set's interfaces; only before the
 * first is added.
 */
struct owners	*owner_known_used(struct owner_known *);
int		 owner_known_adopt(struct owner_known *,
		    const struct owners *);
void		 owner_known_reset(struct owner_known *);

#endif
