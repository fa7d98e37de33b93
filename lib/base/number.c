/*
 * Decimal numbers from users: digits only, no sign, no space.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"

int
number_upto(const char *text, int most)
{
	size_t	digits = strspn(text, "0123456789");
	long	v;

	if (digits == 0 || digits > 5 || text[digits] != '\0')
		return (-1);
	v = strtol(text, NULL, 10);
	return (v <= most ? (int)v : -1);
}
