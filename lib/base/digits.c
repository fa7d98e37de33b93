/*
 * Numbers as decimal text, in the caller's buffer.
 */
#include "digits.h"

char *
digits_format(uint64_t v, char buf[DIGITS_LEN])
{
	char	*p = &buf[DIGITS_LEN - 1];

	*p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	return (p);
}
