/*
 * Hosts and their names: those resolved in this run, those of the cache, and
 * the resolver for the others, within a time limit.  Names have passed
 * printable_word().  Private to lib/names/names.c.  One thread at a time.
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

/* How long all calls of the resolver together may take, in seconds. */
void		 hosts_set_time(struct hosts *, unsigned int seconds);
void		 hosts_set_memory(struct hosts *, const struct names_memory *);

/*
 * Resolve all of these hosts, as far as time allows, in that order.
 */
void		 hosts_resolve(struct hosts *, const struct names_host *,
		    size_t n);

/* The name, "" if the host has none; NULL if the table lacks the host. */
const char	*hosts_find(const struct hosts *, const struct names_host *);

/*
 * Could a person or a program mistake the name for an address, a network or
 * the `other' row?
 */
bool		 looks_like_address(const char *name);

/* How many hosts were not resolved in time. */
size_t		 hosts_late(const struct hosts *);

#endif
