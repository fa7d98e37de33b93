/*
 * Save files (blocks one after the other, appended) and dump files (one
 * block, replaced), and how they are written so that a block either is there
 * or is not.  Owns no state between calls but what a reader holds.
 */
#ifndef SAVEFILE_H
#define SAVEFILE_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "block.h"

/* What an append found and did; all offsets in octets. */
struct savefile_result {
	off_t	offset;		/* where the block was written */
	int64_t	length;		/* of the block */
	off_t	cut_length;	/* octets cut off or moved away, or 0 */
	char	cut_name[256];	/* file that keeps them, or "" */
	bool	cut_all;	/* it was the whole file: no save file */
	bool	no_room;	/* or one with a tail too long to copy */
	const char *step;	/* on failure: what failed: "write", "fsync" */
};

/*
 * Append a block to `name' in the directory dirfd, durably: create the file
 * if it is not there (0640, never through a symbolic link), lock it, cut a
 * torn tail and keep it aside as name.torn.N (the whole file, if the disk
 * has no room for the tail a second time), drop blocks at the end that
 * belong to the same instance and to an epoch that this block includes (left
 * by a save that failed), write, fsync the file, and the directory if it was
 * created.  Of such blocks those before the epoch `own' were written by an
 * earlier process, and are kept aside too.  A file that holds octets but no
 * whole block (of BPFT 4, say) is renamed to name.alien.N first.  Returns 0,
 * or -1 with errno, result->step, and the file cut back to what it was as far
 * as the system allows.
 */
int	savefile_append(int dirfd, const char *name, uint64_t own,
	    struct block_info *, const struct flow *const *rows, size_t nrows,
	    struct savefile_result *);

/*
 * Replace `name' in dirfd by one block, durably: temporary file in the same
 * directory, fsync, rename, fsync of the directory.  Returns 0, or -1 with
 * errno, result->step, the temporary file removed and `name' as it was.
 */
int	savefile_replace(int dirfd, const char *name, struct block_info *,
	    const struct flow *const *rows, size_t nrows,
	    struct savefile_result *);

/*
 * Decide what becomes of a block that a program may have been appending to
 * `name' when it was killed: drop the blocks at the end of the file that are
 * of `instance' and of epoch_first or later, keep them aside as name.torn.N,
 * and make the last block of the instance that remains durable.  Returns 0,
 * also if there is no file, or -1 with errno.
 */
int	savefile_confirm_append(int dirfd, const char *name, uint64_t instance,
	    uint64_t epoch_first, struct savefile_result *);

/*
 * Remove `name' durably, or leave it empty if its directory does not let go
 * of it.  0, also when it was not there, or -1 with errno.
 */
int	savefile_remove(int dirfd, const char *name);

/*
 * The greatest epoch of `instance' among the whole blocks of the save file
 * `name', or 0 when there is none or no file.  Walks back from the end and
 * stops at the first whole block of that instance.  0, or -1 with errno.
 */
int	savefile_last_epoch(int dirfd, const char *name, uint64_t instance,
	    uint64_t *epoch);

/* Can blocks be appended to `name', or is there none?  0, or -1 with errno. */
int	savefile_usable(int dirfd, const char *name);

/* ---- reading ---- */

struct savefile;

/* Something that is not a whole block, found while reading. */
struct savefile_damage {
	enum block_error why;
	off_t		 offset;
	off_t		 length;	/* octets skipped */
};

/* Called once for each damaged range, in the order of the file. */
typedef void	savefile_damage_fn(void *arg, const struct savefile_damage *);

/*
 * Open a file of blocks for reading, at `path' relative to dirfd (AT_FDCWD).
 * NULL with errno.
 */
struct savefile	*savefile_open(int dirfd, const char *path);
/* The same of an open file; fd is duplicated. */
struct savefile	*savefile_of_fd(int fd);
void		 savefile_close(struct savefile *);
void		 savefile_on_damage(struct savefile *, savefile_damage_fn *,
		    void *arg);

/* Behind a block. */
struct savefile_place {
	off_t		 offset;
	uint64_t	 instance;
	uint64_t	 epoch;
	bool		 has_checksum;
	uint32_t	 checksum;	/* of its header */
};

/*
 * Go there if that block ends there.  Else false, and nothing happens.
 */
bool		 savefile_resume(struct savefile *,
		    const struct savefile_place *);

/* Size of the file and how far it has been read, in octets. */
off_t		 savefile_size(const struct savefile *);
off_t		 savefile_tell(const struct savefile *);

/*
 * The next block with a sound header; what cannot be a block is skipped up
 * to the next sound header and reported.  The reader owns the block; it is
 * valid until the next call.  If `whole' is set the body has been verified
 * too, and blocks whose body is damaged are skipped and reported: only then
 * may block_rows() be called.  1: a block, 0: end of file, -1 with errno.
 */
int		 savefile_next(struct savefile *, bool whole, struct block **);

#endif
