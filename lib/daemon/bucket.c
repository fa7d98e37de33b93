/*
 * A token bucket.
 */
#include "base/clock.h"
#include "bucket.h"

/* Time that is not enough for a token counts at the next call. */
bool
bucket_has(struct bucket *b, uint64_t now_ns)
{
	uint64_t	one = NS_PER_S / (uint64_t)b->rate;
	uint64_t	came = (now_ns - b->at) / one;

	if (b->at == 0 || came >= (uint64_t)(b->most - b->level)) {
		b->level = b->most;
		b->at = now_ns;
	} else {
		b->level += (int64_t)came;
		b->at += came * one;
	}
	return (b->level > 0);
}

void
bucket_take(struct bucket *b, int64_t tokens)
{
	b->level -= tokens;
}
