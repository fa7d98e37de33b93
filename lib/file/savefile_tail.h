/*
 * Finds the last block of a save file.  Private to the modules that read and
 * write save files.
 */
#ifndef SAVEFILE_TAIL_H
#define SAVEFILE_TAIL_H

#include <sys/types.h>
#include <stdint.h>

#include "block_before.h"

/*
 * Find the last whole block of a file of `size' bytes; if instance is not
 * NULL, the last one of *instance.  Returns 1; 0 if there is none among the
 * last thousand blocks, with *t all 0; or -1 with errno.
 */
int		 tail_find(int fd, off_t size, const uint64_t *instance,
		    struct block_place *t);

#endif
