/*
 * The share of a save file in each period of the history, and whether the
 * history still has it.
 *
 * shares_new → [shares_add]* → shares_held → shares_free
 */
#ifndef TRAFDB_SHARES_H
#define TRAFDB_SHARES_H

#include "history/history.h"

struct shares;

struct shares	*shares_new(void);		/* NULL with errno */
void		 shares_free(struct shares *);

/* Add a block of the file.  Returns 0, or -1 with errno. */
int		 shares_add(struct shares *, const struct history_account *,
		    const struct block_info *);

/*
 * Read the periods of these blocks from the database.  Are the totals of each
 * period those of the blocks, or more if it has other blocks, too?  Do its
 * rows add up to its totals?  Returns 1, 0, or -1 after a message.
 */
int		 shares_held(struct shares *, struct history *,
		    const struct history_account *);

#endif
