/*
 * Network interfaces by name: does it exist, and is it still the same one?
 * No state; any thread.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

enum interface_state {
	INTERFACE_THERE,
	INTERFACE_GONE,		/* there is no such interface */
	INTERFACE_UNKNOWN	/* cannot be determined, e.g. EMFILE */
};

/* Sets *index to the index of the interface, or to 0 if not THERE. */
enum interface_state	interface_find(const char *name, unsigned int *index);

/*
 * Does the interface still have this index?  Also true if that cannot be
 * determined now: a process that has no free descriptor must not treat its
 * interface as lost.
 */
bool			interface_is(const char *name, unsigned int index);

/*
 * Is there no such interface now, while one of this name may come later?  False
 * for a name that no interface can have.
 */
bool			interface_may_come(const char *name);

/* The names of all interfaces, "lo, eth0", as many as fit into len bytes. */
void			interface_names(char *buf, size_t len);

#endif
