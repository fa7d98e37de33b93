/*
 * Numbers as decimal text, in the caller's buffer.
 */
#include <string.h>

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

char *
digits_grouped(uint64_t v, char buf[DIGITS_GROUPED_LEN])
{
	char		 digits[DIGITS_LEN], *to = buf;
	const char	*from = digits_format(v, digits);

	while (*from != '\0') {
		*to++ = *from++;
		if (*from != '\0' && strlen(from) % 3 == 0)
			*to++ = ',';
	}
	*to = '\0';
	return (buf);
}
