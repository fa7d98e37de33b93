/*
 * Is a number within limits?  For assert_true(): cmocka 2 calls its own
 * assert_in_range() deprecated, and what it has instead is not in cmocka 1.
 */
#ifndef WITHIN_H
#define WITHIN_H

#include <stdbool.h>
#include <stdint.h>

#define within(n, least, most)	within_range((uintmax_t)(n), \
	(uintmax_t)(least), (uintmax_t)(most))

static inline bool
within_range(uintmax_t n, uintmax_t least, uintmax_t most)
{
	return (n >= least && n <= most);
}

#endif
