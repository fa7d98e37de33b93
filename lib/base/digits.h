/*
 * Numbers as decimal text, faster than printf(3): reports are made of them.
 */
#ifndef DIGITS_H
#define DIGITS_H

#include <stdint.h>

/* Enough for any uint64_t, with the terminating NUL. */
#define DIGITS_LEN	21

/*
 * Write the digits at the end of buf, the NUL in its last octet.  Returns
 * the first digit.
 */
char	*digits_format(uint64_t, char buf[DIGITS_LEN]);

/* Enough for any uint64_t with commas, with the terminating NUL. */
#define DIGITS_GROUPED_LEN	27

/* `1,234,567': the digits from the begin of buf.  Returns buf. */
char	*digits_grouped(uint64_t, char buf[DIGITS_GROUPED_LEN]);

#endif
