/*
 * The hosts that rows have, as keys of a table by host.  They tell
 * history_answer() which hosts grow later.  One thread at a time.
 */
#ifndef HISTORY_HOSTS_H
#define HISTORY_HOSTS_H

#include "packet/flow.h"
#include "table/groups.h"

/* NULL with errno.  The caller frees it with groups_free(). */
struct groups	*history_hosts_new(void);

/* Returns 0, or -1 with errno. */
int		 history_hosts_add(struct groups *, const struct flow *rows,
		    size_t n);

#endif
