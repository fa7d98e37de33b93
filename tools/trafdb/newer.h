/*
 * What an account has counted that the history has not: blocks of its save
 * file that were not added yet, and what is not saved at all.
 */
#ifndef TRAFDB_NEWER_H
#define TRAFDB_NEWER_H

#include <stddef.h>

#include "control/unsaved.h"
#include "history/history.h"

struct options;

/* Get this before the rows below.  Returns 0, or -1 after a message. */
int	newer_unsaved(const struct options *, const char *account,
	    struct unsaved *);

/*
 * A block whose hour is in the range: first with n 0 for its header, then with
 * its rows, in any number of parts.  Returns 0, or -1.
 */
typedef int	newer_fn(void *arg, const struct block_info *,
		    const struct flow *, size_t n);

/*
 * Pass all such blocks to fn.  account->any is false if the history does not
 * have the account.  Returns 0, or -1 after a message.
 */
int	newer_each(const struct options *, struct history *,
	    const struct history_account *, const struct unsaved *,
	    struct history_range, newer_fn *, void *arg);

#endif
