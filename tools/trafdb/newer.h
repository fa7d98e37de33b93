/*
 * What an account has counted that the history has not: blocks of its save
 * file that were not added yet, and what is not saved at all.
 */
#ifndef TRAFDB_NEWER_H
#define TRAFDB_NEWER_H

#include <stdbool.h>
#include <stddef.h>

#include "control/unsaved.h"
#include "history/history.h"

/*
 * Get this before the rows below: from the daemon, or from its dump.  Returns
 * 0, or -1 after a message.
 */
int	newer_unsaved(const char *run_dir, const char *statedir,
	    const char *account, struct unsaved *);

/* Is a block wanted?  is_unsaved: it is what is not saved. */
typedef bool	newer_wants(void *arg, const struct block_info *,
		    bool is_unsaved);

/*
 * A block that is wanted: first with n 0 for its header, then with its rows,
 * in any number of parts.  Returns 0, or -1.
 */
typedef int	newer_rows(void *arg, const struct block_info *,
		    bool is_unsaved, const struct flow *, size_t n);

struct newer {
	const char		*statedir;
	const struct unsaved	*unsaved;	/* from UNSAVED_NOTHING: none */
	newer_wants		*wants;
	newer_rows		*rows;
	void			*arg;
};

/*
 * Pass all such blocks on.  account->any is false if the history does not
 * have the account.  Returns 0, or -1 after a message.
 */
int	newer_each(const struct newer *, struct history *,
	    const struct history_account *);

#endif
