/*
 * The file that a block is appended to: private to the modules that append,
 * whatever the layout.
 */
#ifndef SAVEFILE_TARGET_H
#define SAVEFILE_TARGET_H

#include <sys/types.h>
#include <stdbool.h>

#include "savefile.h"

struct target {
	int			 dirfd;
	const char		*name;
	int			 fd;
	bool			 created;
	struct savefile_result	*result;
};

/* Set result->step; returns -1. */
int	target_failed(struct savefile_result *, const char *step);

/*
 * Open what t->name stands for, made if need be, and lock it.  Returns 0, or
 * -1 with errno and the step.
 */
int	target_open(struct target *);

/* errno survives. */
void	target_close(struct target *);

/*
 * Move a file that is not to be appended to out of the way: 1, open another;
 * -1 with errno and the step.
 */
int	target_keep_alien(struct target *);

/*
 * Copy the octets from `at' to the end to name.torn.N, durably; holes stay
 * holes.  1 if the disk cannot take them a second time: the whole file has
 * been moved there, so open another.  0, or -1 with errno and the step.
 */
int	target_keep_torn(struct target *, off_t at, off_t end);

/*
 * Make what was written behind `end' durable; if that fails, or the write had,
 * take it away again.  0, or -1 with errno and the step.
 */
int	target_commit(struct target *, bool written, off_t end);

/*
 * Have `confirm' look at the save file, if there is one, and make its name
 * durable.  As savefile_confirm_append().
 */
int	target_confirm(struct target *, uint64_t instance,
	    uint64_t epoch_first, int (*confirm)(struct target *,
	    uint64_t instance, uint64_t epoch_first));

/* Wait for the lock, but not for ever.  0, or -1 with errno. */
int	lock_file(int fd);

/* Copy the octets from `at' to `end' to another file or place, durably. */
int	copy_octets(int from, off_t at, off_t end, int to, off_t out);

#endif
