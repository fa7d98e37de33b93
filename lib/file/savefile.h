/*
 * Writes and reads save files (blocks one after the other, appended) and dump
 * files (one block, replaced).  A block is written completely or not at all.
 * Keeps no state between calls, except in an open reader:
 *
 *	open -> [on_damage, resume] -> [next]* -> close
 *
 * A reader is used by one thread at a time.
 */
#ifndef SAVEFILE_H
#define SAVEFILE_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "block.h"

/* What an append found and did; all offsets and lengths in bytes. */
struct savefile_result {
	off_t	offset;		/* where the block was written */
	int64_t	length;		/* of the block */
	off_t	cut_length;	/* bytes cut off or moved away, or 0 */
	char	cut_name[256];	/* file that contains them now, or "" */
	bool	cut_all;	/* the whole file was moved away */
	bool	no_room;	/* ... because its tail was too long to copy */
	bool	foreign;	/* whole blocks that the caller never wrote */
	const char *step;	/* on failure, what failed: "write", "fsync" */
};

/*
 * The last append of this process that failed, so that the block that it may
 * have left is known again: no other block may be thrown away.  Begins as 0.
 */
struct savefile_attempt {
	off_t		offset;
	uint32_t	checksum;	/* as of savefile_place; 0: none */
};

/*
 * Append a block to the file `name' in the directory dirfd, durably:
 *
 *	open and lock the file; create it if it does not exist (mode 0640,
 *	    never through a symbolic link)
 *	rename the file to name.alien.N if it is not empty and has no whole
 *	    block, such as one of BPFT 4, and create another one
 *	move an incomplete block at the end to name.torn.N; the whole file if
 *	    the disk has no room for a copy of this block
 *	cut blocks at the end of the same instance and of an epoch that this
 *	    block includes: a failed save left them; unless it is the one of
 *	    *failed, move them to name.torn.N, too
 *	write the block; fsync the file and the directory
 *
 * Returns 0, or -1 with errno, result->step, and the file cut back to its
 * former length as far as the system allows.  Sets *failed for the next call.
 */
int	savefile_append(int dirfd, const char *name,
	    struct savefile_attempt *failed, struct block_info *,
	    const struct flow *const *rows, size_t nrows,
	    struct savefile_result *);

/*
 * Replace the file `name' in dirfd by one block, durably: temporary file in
 * the same directory, fsync, rename, fsync of the directory.  Returns 0, or -1
 * with errno and result->step.  Unless the last fsync failed, `name' is then
 * as it was.
 */
int	savefile_replace(int dirfd, const char *name, struct block_info *,
	    const struct flow *const *rows, size_t nrows,
	    struct savefile_result *);

/*
 * Repair `name' after a program may have been killed while it appended a
 * block: move the blocks at the end of the file that are of `instance' and of
 * epoch_first or later to name.torn.N, and make the last remaining block of
 * the instance durable.  Returns 0, also if there is no file, or -1 with errno.
 */
int	savefile_confirm_append(int dirfd, const char *name, uint64_t instance,
	    uint64_t epoch_first, struct savefile_result *);

/*
 * Remove `name' durably, or truncate it to 0 bytes if its directory cannot be
 * changed.  Returns 0, also if there is no such file, or -1 with errno.
 */
int	savefile_remove(int dirfd, const char *name);

/*
 * Set *epoch to that of the last whole block of `instance' in the save file
 * `name', or to 0 if there is no such block or no file.  Searches from the end
 * backwards, at most a thousand blocks.  Returns 0, or -1 with errno.
 */
int	savefile_last_epoch(int dirfd, const char *name, uint64_t instance,
	    uint64_t *epoch);

/* Can `name' be opened for writing, if it exists?  0, or -1 with errno. */
int	savefile_usable(int dirfd, const char *name);

/* ---- reading ---- */

struct savefile;

/* A range of the file that is no whole block, found while reading. */
struct savefile_damage {
	enum block_error why;
	off_t		 offset;
	off_t		 length;	/* bytes skipped */
};

/* Called once for each damaged range, in the order of the file. */
typedef void	savefile_damage_fn(void *arg, const struct savefile_damage *);

/*
 * Open a file of blocks for reading, at `path' relative to dirfd (or
 * AT_FDCWD).  Returns NULL with errno on failure.
 */
struct savefile	*savefile_open(int dirfd, const char *path);
/* The same for an open file; fd is duplicated, the caller keeps it. */
struct savefile	*savefile_of_fd(int fd);
void		 savefile_close(struct savefile *);
void		 savefile_on_damage(struct savefile *, savefile_damage_fn *,
		    void *arg);

/* A place after a block. */
struct savefile_place {
	off_t		 offset;	/* end of the block */
	uint64_t	 instance;
	uint64_t	 epoch;
	bool		 has_checksum;
	uint32_t	 checksum;	/* of its header */
};

/*
 * Go to the place if its block ends there.  Otherwise nothing changes: false.
 */
bool		 savefile_resume(struct savefile *,
		    const struct savefile_place *);

/* Size of the file and how far it has been read, in bytes. */
off_t		 savefile_size(const struct savefile *);
off_t		 savefile_tell(const struct savefile *);

/*
 * Go to the next block with a valid header.  What is no block is skipped up to
 * the next valid header and reported.  The reader owns the block, which is
 * valid until the next call.  If `whole' is set, bodies are verified, too, and
 * blocks with a damaged body are skipped and reported; otherwise call
 * block_verify() before block_rows().  Returns 1 for a block, 0 at the end of
 * the file, or -1 with errno.
 */
int		 savefile_next(struct savefile *, bool whole, struct block **);

/*
 * The block of a dump file, which has no other.  Returns 1; 0 if the file is
 * empty: the dump was void, but could not be removed; or -1 with errno, which
 * is EBADMSG if the file is anything else.
 */
int		 savefile_dump(struct savefile *, struct block **);

#endif
