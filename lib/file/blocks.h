/*
 * Iterates over the blocks of a file of trafd or of BPFT.
 *
 *	open -> [on_damage, resume] -> [next -> [info, verify, rows]*]* ->
 *	close
 *
 * One thread at a time.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "file/legacy/legacy.h"
#include "block.h"
#include "savefile.h"

struct blocks;

/*
 * Open the regular file at path.  Returns NULL on failure, with *why, a
 * constant string with what is wrong with the file; or with *why NULL and
 * errno.  With LAYOUT_AUTO, a file that no layout fits is opened as a file of
 * trafd in which everything is damaged.
 */
struct blocks	*blocks_open(const char *path, enum layout, const char **why);

/* The same for an open file of trafd; fd is duplicated, the caller keeps it. */
struct blocks	*blocks_of_fd(int fd);
void		 blocks_close(struct blocks *);

/* Called once for each damaged range, in the order of the file. */
void		 blocks_on_damage(struct blocks *, savefile_damage_fn *,
		    void *arg);

/* Size of the file and how far it has been read, in bytes. */
off_t		 blocks_size(const struct blocks *);
off_t		 blocks_tell(const struct blocks *);

/* Is the file empty? */
bool		 blocks_is_empty(const struct blocks *);

/* Go to the next block with a valid header: 1, 0 at the end, -1 with errno. */
int		 blocks_next(struct blocks *);

/* An offset in a file of trafd, and the block that ends there. */
struct blocks_mark {
	uint64_t	device;		/* which file */
	uint64_t	inode;
	uint64_t	offset;
	uint64_t	instance;	/* which block */
	uint64_t	epoch;
	uint64_t	checksum;	/* 2^32 + CRC of its header; 0: none */
};

/*
 * Get the mark after the current block.  It is all 0 in files of BPFT, whose
 * blocks have no instance and epoch.  Returns 0, or -1 with errno.
 */
int		 blocks_get_mark(struct blocks *, struct blocks_mark *);

/*
 * Go to the mark if it is in this file and its block still ends there.
 * Otherwise nothing changes: false.  Call this before the first blocks_next().
 */
bool		 blocks_resume(struct blocks *, const struct blocks_mark *);

/* Does the file end at the mark?  If so, also goes there. */
bool		 blocks_end_at(struct blocks *, const struct blocks_mark *);

/*
 * The current block, as in block.h.  Call blocks_verify() before
 * blocks_rows().
 */
const struct block_info *blocks_info(struct blocks *);
enum block_error blocks_verify(struct blocks *);
enum block_error blocks_rows(struct blocks *, const struct flow **rows,
		    size_t *n);

/* As block_owners(): NULL in files of BPFT, too. */
const struct owners *blocks_owners(struct blocks *);

/* Verify and pass the rows to fn in one pass, as block_read(). */
enum block_error blocks_read(struct blocks *, block_rows_fn *, void *arg);

/* Fill in a damage report of the current block: `why', offset and length. */
void		 blocks_damage(const struct blocks *, enum block_error why,
		    struct savefile_damage *);

#endif
