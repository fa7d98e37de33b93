/*
 * Is a number within limits?  For assert_true(): assert_in_range() is
 * deprecated in cmocka 2, and its replacement is not in cmocka 1.
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
