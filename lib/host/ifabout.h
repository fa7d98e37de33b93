/*
 * What an interface is, found by its index: for what comes up while a daemon
 * captures on all of them.  It asks the system each time, by ioctl(2), which
 * needs no privilege, no file, and works in the sandbox.  No state; any thread.
 */
#ifndef IFABOUT_H
#define IFABOUT_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct ifabout {
	char		name[IF_NAMESIZE];
	int		link;		/* DLT_ number of frames that are as on
					 * their links; -1: only they tell */
	bool		has_mac;
	uint8_t		mac[6];
	uint64_t	speed;		/* bits a second; 0: unknown */
};

/*
 * The interface of that index.  Returns `about', or NULL: there is none (any
 * more), or with errno EMFILE, ENFILE or ENOMEM that could not be found out.
 */
const struct ifabout	*ifabout_find(unsigned int index,
			    struct ifabout *about);

#endif
