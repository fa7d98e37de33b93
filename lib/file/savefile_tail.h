/*
 * What stands at the end of a save file: private to the modules that read
 * and write save files.
 */
#ifndef SAVEFILE_TAIL_H
#define SAVEFILE_TAIL_H

#include <sys/types.h>
#include <stdint.h>

#include "savefile.h"

/* A whole block; instance and epoch are 0 when its version is unknown. */
struct tail {
	off_t		offset;
	off_t		end;
	uint64_t	instance;
	uint64_t	epoch;
	uint32_t	checksum;	/* of its header */
};

/* The whole block that ends at `end' exactly: 1, 0 if none, -1 with errno. */
int		 tail_before(int fd, off_t end, struct tail *);

/*
 * The last whole block of a file of `size' octets, of *instance if that is
 * not NULL: 1, 0 if there is none (*t is 0 throughout), -1 with errno.
 */
int		 tail_find(int fd, off_t size, const uint64_t *instance,
		    struct tail *t);

/* A reader of an open file; fd is duplicated. */
struct savefile	*savefile_of_fd(int fd);

/*
 * Open a regular file and nothing else, without waiting for anybody; flags
 * as openat(2).  A file that root creates goes to the owner of the directory.
 * -1 with errno.
 */
int		 open_regular(int dirfd, const char *name, int flags);

#endif
