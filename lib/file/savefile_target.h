/*
 * The file that a block is appended to.  Private to the modules that append,
 * in any layout.
 *
 *	open -> [keep_alien, keep_torn -> open again if 1] -> commit -> close
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
 * Open the file t->name, create it if it does not exist, and lock it.  Returns
 * 0, or -1 with errno and the step.
 */
int	target_open(struct target *);

/* Close the file, which releases the lock.  Keeps errno. */
void	target_close(struct target *);

/*
 * Rename a file that must not be appended to to name.alien.N and close it.
 * Returns 1: call target_open() again; or -1 with errno and the step.
 */
int	target_keep_alien(struct target *);

/*
 * Copy the bytes from `at' to `end' to name.torn.N, durably; holes stay holes.
 * Returns 0, or -1 with errno and the step.  Returns 1 if the disk has no room
 * for the copy: the whole file was renamed to name.torn.N instead and is
 * closed, so call target_open() again.
 */
int	target_keep_torn(struct target *, off_t at, off_t end);

/*
 * Make what was written after `end' durable.  If that fails, or if the write
 * has failed (written is false), cut the file at `end'.  Returns 0, or -1 with
 * errno and the step.
 */
int	target_commit(struct target *, bool written, off_t end);

/*
 * Open the save file, if it exists, call `confirm' for it, and make its name
 * durable.  `confirm' returns 0, or 1 if it renamed the whole file, or -1.
 * Returns as savefile_confirm_append().
 */
int	target_confirm(struct target *, uint64_t instance,
	    uint64_t epoch_first, int (*confirm)(struct target *,
	    uint64_t instance, uint64_t epoch_first));

/* Is the block at this offset, with this checksum, the one of *failed? */
bool	attempt_left(const struct savefile_attempt *failed, off_t offset,
	    uint32_t checksum);

/* Lock the file; wait for two seconds at most.  0, or -1 with errno. */
int	lock_file(int fd);

/*
 * Copy the bytes from `at' to `end' to the offset `out' of another file, or of
 * the same one, durably.  Returns 0, or -1 with errno.
 */
int	copy_octets(int from, off_t at, off_t end, int to, off_t out);

#endif
