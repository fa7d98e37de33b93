/*
 * Names of hosts for programs that must not wait: a process of its own queries
 * the resolver, and its answers are kept in a table of fixed size.  A name is
 * "" until its answer is there, and known names are queried again after a
 * while.  Names are clean as those of names.h.
 *
 *	new → [name, run]* → free
 *
 * One thread at a time; no call blocks.
 */
#ifndef LATER_H
#define LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct later;

/*
 * Start the process.  `prepare', if not NULL, is called in it first and may
 * give up rights; unless it returns 0, no name is ever known.  NULL with
 * errno.  Call before threads are started.
 */
struct later	*later_new(int (*prepare)(const void *), const void *arg);
void		 later_free(struct later *);	/* NULL is allowed */

/*
 * The name of the host, or "" if it has none or none is known yet; then it is
 * queried by the next runs.  Family and address as in addr_format().  Valid
 * until the next call.
 */
const char	*later_name(struct later *, uint8_t family,
		    const uint8_t addr[16]);

/* The same, but what is not known is not queried. */
const char	*later_known(struct later *, uint8_t family,
		    const uint8_t addr[16]);

/* Take answers that are there and send the next query. */
void		 later_run(struct later *);

/* How many hosts wait for an answer; 0 if the process has ended. */
size_t		 later_waiting(const struct later *);

#endif
