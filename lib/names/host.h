/*
 * A host to the names of hosts: its address, the length of its name, and
 * where names are remembered.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

/* Longest name of a host, with the terminating NUL. */
#define NAMES_HOST_LEN	256

/* How long all hosts of a report together may take, in seconds. */
#define NAMES_TIME_DEFAULT	3
#define NAMES_TIME_MAX		3600

/* An address as in addr_format(). */
struct names_host {
	uint8_t	family;
	uint8_t	addr[16];
};

/*
 * Where names are remembered from one run to the next.  get() fills in what
 * it knows, "" of a host without a name, and returns whether it does; put()
 * gets what the resolver said, `failed' if nobody could tell.
 */
struct names_memory {
	bool	(*get)(void *arg, const struct names_host *,
		    char name[NAMES_HOST_LEN]);
	void	(*put)(void *arg, const struct names_host *, const char *name,
		    bool failed);
	void	*arg;
};

#endif
