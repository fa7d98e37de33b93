/*
 * Numbers of a command line: digits and nothing else, within bounds that the
 * message tells.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "log.h"
#include "number.h"

uint64_t
number_option(const char *what, const char *text, uint64_t least,
    uint64_t most, void (*usage)(void))
{
	unsigned long long	 v;
	char			*end;

	errno = 0;
	v = strtoull(text, &end, 10);
	/* It would take blanks and a sign too. */
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
