/*
 * What of a budget was used in a period so far: what its account has counted
 * (counted.h), saved or not.
 */
#ifndef TRAFDB_USE_H
#define TRAFDB_USE_H

#include "control/unsaved.h"
#include "history/history.h"
#include "packet/pace.h"
#include "limit.h"

struct options;

/*
 * Several budgets may be of one account: what it has not saved is fetched once.
 *
 *	begin -> [of]* -> end
 */
struct use_cache {
	char		account[64];	/* "": none */
	struct unsaved	unsaved;
	bool		failed;
};

void	use_begin(struct use_cache *);
void	use_end(struct use_cache *);

/* Set what was used of the range so far.  Returns 0, or -1 after a message. */
int	use_of(struct use_cache *, const struct options *, struct history *,
	    const struct limit *, struct history_range, struct pace *);

#endif
