/*
 * A token bucket, for limits per second: `rate' tokens come in each second, up
 * to `most' are kept for later.  A bucket is used by one thread at a time.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	int64_t		most;		/* most tokens, > 0 */
	int64_t		rate;		/* tokens per second, > 0 */
	int64_t		level;		/* tokens now; < 0: used in advance */
	uint64_t	at;		/* time of the level, monotonic ns */
};

/* Is there a token at the monotonic time now_ns?  If `at' is 0, fills up. */
bool	bucket_has(struct bucket *, uint64_t now_ns);

/* Remove tokens, also more than there are. */
void	bucket_take(struct bucket *, int64_t tokens);

#endif
