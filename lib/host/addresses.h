/*
 * The addresses of this host's interfaces, by the index of the interface, and
 * news of them.
 *
 *	open -> [fd, heard, read]* -> close
 *
 * One thread at a time.  Open before entering a sandbox.
 */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include <stdbool.h>

#include "packet/nets.h"

struct addresses;
struct once;

/* NULL with errno. */
struct addresses	*addresses_open(void);
void			 addresses_close(struct addresses *);

/*
 * Readable when addresses or interfaces have changed; -1 if the system has no
 * notifications, so that the caller must poll.
 */
int			 addresses_fd(const struct addresses *);

/* Read the notifications.  True if there was one. */
bool			 addresses_heard(struct addresses *);

/* From now on addresses_read() sets *o, too; borrowed until closed. */
void			 addresses_mark(struct addresses *, struct once *o);

/* The index of an interface that is missing. */
#define ADDRESSES_NONE	((unsigned int)-1)

/*
 * Add the networks behind the interface, as hostmap_networks().  Returns 0, or
 * -1 with errno; then only some of them may have been added.  From then on only
 * news that may change these are heard, if the system can tell.
 */
int			 addresses_read(struct addresses *, unsigned int index,
			    struct nets *);

#endif
