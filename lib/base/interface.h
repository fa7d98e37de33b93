/*
 * Network interfaces by name: is it there, and is it still the same one?
 * Any thread.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

enum interface_state {
	INTERFACE_THERE,
	INTERFACE_GONE,		/* the system says that there is none */
	INTERFACE_UNKNOWN	/* it could not be asked, e.g. EMFILE */
};

/* The index of the interface, or 0 if the answer is not THERE. */
enum interface_state	interface_find(const char *name, unsigned int *index);

/*
 * Is it still the interface of this index?  Also if the system cannot be
 * asked now: a process without a free descriptor must not take its interface
 * for lost.
 */
bool			interface_is(const char *name, unsigned int index);

/* All names, "lo, eth0", as many as fit into len bytes. */
void			interface_names(char *buf, size_t len);

#endif
