/*
 * A bucket of tokens: what may be used of something beyond what comes in
 * again each second.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	int64_t		most;		/* that it holds, > 0 */
	int64_t		rate;		/* tokens a second, > 0 */
	int64_t		level;		/* below 0: in debt */
	uint64_t	at;		/* when that was, monotonic ns */
};

/* Is there any token left at that time?  A bucket of zeros fills up first. */
bool	bucket_has(struct bucket *, uint64_t now_ns);
void	bucket_take(struct bucket *, int64_t tokens);

#endif
