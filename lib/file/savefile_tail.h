/*
 * What stands at the end of a save file: private to the modules that read
 * and write save files.
 */
#ifndef SAVEFILE_TAIL_H
#define SAVEFILE_TAIL_H

#include <sys/types.h>
#include <stdint.h>

#include "block_before.h"

/*
 * The last whole block of a file of `size' octets, of *instance if that is
 * not NULL: 1, 0 if there is none (*t is 0 throughout), -1 with errno.
 */
int		 tail_find(int fd, off_t size, const uint64_t *instance,
		    struct block_place *t);

#endif
