/*
 * Decimal numbers from users: digits only, no sign, no space.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
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

uint64_t
number_option(const char *what, const char *text, uint64_t least,
    uint64_t most, void (*usage)(void))
{
	unsigned long long	 v;
	char			*end;

	errno = 0;
	v = strtoull(text, &end, 10);
	/* strtoull(3) would also accept leading space and a sign. */
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
	    v >= least && v <= most)
		return (v);
	if (most == UINT64_MAX)
		log_errorx("%s: \"%s\" is not a number from %" PRIu64 " up",
		    what, text, least);
	else
		log_errorx("%s: \"%s\" is not a number from %" PRIu64 " to %"
		    PRIu64, what, text, least, most);
	usage();
	abort();
}
