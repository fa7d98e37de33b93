/*
 * Types shared by the files of this room: a host's address, the length of its
 * name, and the interface to a cache of names.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

/* Longest name of a host, with the terminating NUL. */
#define NAMES_HOST_LEN	256

/* Time limit for all hosts of a report together, in seconds. */
#define NAMES_TIME_DEFAULT	3
#define NAMES_TIME_MAX		3600

/* family and addr as in addr_format(). */
struct names_host {
	uint8_t	family;
	uint8_t	addr[16];
};

/*
 * A cache of names that outlives the process.  get() fills in the name ("" if
 * the host has none) and returns whether the cache has an answer.  put()
 * stores the resolver's answer; `failed': the resolver got none.
 */
struct names_memory {
	bool	(*get)(void *arg, const struct names_host *,
		    char name[NAMES_HOST_LEN]);
	void	(*put)(void *arg, const struct names_host *, const char *name,
		    bool failed);
	void	*arg;
};

#endif
