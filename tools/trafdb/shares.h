/*
 * What a save file has given to each period of the history, and whether the
 * history gives it back.
 *
 * shares_new → [shares_add]* → shares_held → shares_free
 */
#ifndef TRAFDB_SHARES_H
#define TRAFDB_SHARES_H

#include "history/history.h"

struct shares;

struct shares	*shares_new(void);		/* NULL with errno */
void		 shares_free(struct shares *);

/* A block of the file.  0, or -1 with errno. */
int		 shares_add(struct shares *, const struct history_account *,
		    const struct block_info *);

/*
 * Read back from the database: are the totals of each period that the blocks
 * belong to theirs, or more where it has others too; and do its rows come to
 * these totals?  1, 0, -1 after a message.
 */
int		 shares_held(struct shares *, struct history *,
		    const struct history_account *);

#endif
