/*
 * Network interfaces by name: does it exist, and is it still the same one?
 * On Linux an interface has further names: labels of addresses (eth0:1) and
 * alternative names (ip link property add).  All functions take each of them.
 * No state; any thread.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

/* The longest name, with the NUL: alternative ones have up to 127 letters. */
#define INTERFACE_NAME_MAX	128

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

/* Get the IFF_ flags: 1, 0 if there is no such interface, or -1. */
int			interface_flags(const char *name, int *flags);

/* Does the interface exist, and is down?  False if that is unknown. */
bool			interface_is_down(const char *name);

/*
 * Is there no such interface now, or is it down, so that it may come later?
 * False for a name that no interface can have.
 */
bool			interface_may_come(const char *name);

/*
 * The name by which the system itself calls the interface, `eth0' for `eth0:1'.
 * Without such an interface (`any', or one that is missing) the name itself.
 * Returns to.
 */
char			*interface_real(const char *name,
			    char to[INTERFACE_NAME_MAX]);

/* The names of all interfaces, "lo, eth0", as many as fit into len bytes. */
void			interface_names(char *buf, size_t len);

#endif
