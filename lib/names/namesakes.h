/*
 * Which names stand for more than one address: a host with IPv4 and IPv6, for
 * example, or hosts of two domains shown without them.  Private to
 * lib/names/names.c.  One thread at a time.
 */
#ifndef NAMESAKES_H
#define NAMESAKES_H

#include <stdbool.h>

#include "host.h"

struct namesakes;

/* NULL with errno. */
struct namesakes	*namesakes_new(void);
void			 namesakes_free(struct namesakes *); /* or NULL */

/*
 * Note that this address is shown by that name.  Was another address noted by
 * the same name, before or since?  If memory is exhausted, nothing is noted.
 */
bool			 namesakes_note(struct namesakes *, const char *name,
			    const struct names_host *);

#endif
