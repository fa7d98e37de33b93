/*
 * Hosts and their names: what is known, what was remembered from an earlier
 * run, and the resolver for the rest, within a budget of time.  Private to
 * lib/names/names.c.  Names are as printable_word() leaves them.
 */
#ifndef HOSTS_H
#define HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct hosts;

/* NULL with errno. */
struct hosts	*hosts_new(void);
void		 hosts_free(struct hosts *);

/* How long all questions together may wait, in seconds. */
void		 hosts_set_time(struct hosts *, unsigned int seconds);
void		 hosts_set_memory(struct hosts *, const struct names_memory *);

/*
 * Get to know all of these hosts, so far as time allows; the first ones are
 * asked for first.
 */
void		 hosts_resolve(struct hosts *, const struct names_host *,
		    size_t n);

/* The name of a host that is known, "" if it has none; NULL if unknown. */
const char	*hosts_find(const struct hosts *, const struct names_host *);

/*
 * Would a reader, or a program, take the name for an address, a network or
 * the `other' row?
 */
bool		 looks_like_address(const char *name);

/* How many could not be asked for in time. */
size_t		 hosts_late(const struct hosts *);

#endif
