/*
 * The hosts of budgets: addresses, and names, which are resolved when a budget
 * is set and at each check.
 *
 *	begin -> [add]* -> resolve -> [apply]* -> end
 */
#ifndef TRAFDB_LIMIT_HOST_H
#define TRAFDB_LIMIT_HOST_H

#include <stddef.h>

#include "limit.h"

struct resolver_query;

struct limit_names {
	struct resolver_query	*query;
	size_t			 n;
};

/*
 * Set the hosts of the budget from a list of names and addresses; apply() sets
 * the addresses.  Returns NULL, or the word that is neither, which is valid
 * until the next call.
 */
const char	*limit_host_set(struct limit *, const char *list);

void		 limit_names_begin(struct limit_names *);

/* Add the names of a budget, if it has any.  Returns 0, or -1 with errno. */
int		 limit_names_add(struct limit_names *, const struct limit *);

/* Resolve all of them.  Takes a few seconds at most. */
void		 limit_names_resolve(struct limit_names *);

enum limit_applied {
	LIMIT_SAME,		/* also if it has no names */
	LIMIT_CHANGED,		/* it has other addresses now */
	LIMIT_UNRESOLVED,	/* a name has no address, or nobody answers */
	LIMIT_TOO_MANY		/* addresses */
};

/*
 * Set the addresses of the budget.  If that fails, they remain as they were,
 * and *bad is the name that cannot be resolved.
 */
enum limit_applied limit_names_apply(const struct limit_names *,
		    struct limit *, const char **bad);

void		 limit_names_end(struct limit_names *);

#endif
