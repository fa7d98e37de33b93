/*
 * The blocks of a file, whatever program wrote it: an iterator that save
 * files of trafd and files of BPFT both implement.
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
 * Open the regular file at path.  NULL with *why, what is wrong with it as
 * text, or NULL there and errno.  With LAYOUT_AUTO a file that no layout fits
 * is opened as one of trafd, all of it damaged.
 */
struct blocks	*blocks_open(const char *path, enum layout, const char **why);
void		 blocks_close(struct blocks *);

/* Called once for each damaged range, in the order of the file. */
void		 blocks_on_damage(struct blocks *, savefile_damage_fn *,
		    void *arg);

/* Size of the file and how far it has been read, in octets. */
off_t		 blocks_size(const struct blocks *);
off_t		 blocks_tell(const struct blocks *);

/* Does the file hold no octet at all? */
bool		 blocks_is_empty(const struct blocks *);

/* Go to the next block with a sound header: 1, 0 at the end, -1 with errno. */
int		 blocks_next(struct blocks *);

/* A place in a file of trafd, behind the block that is named. */
struct blocks_mark {
	uint64_t	device;		/* which file */
	uint64_t	inode;
	uint64_t	offset;
	uint64_t	instance;	/* which block */
	uint64_t	epoch;
	uint64_t	checksum;	/* 2^32 + CRC of header, or 0 */
};

/*
 * The place behind the block at hand; 0 throughout in files of BPFT, whose
 * blocks have no name.  0, or -1 with errno.
 */
int		 blocks_get_mark(struct blocks *, struct blocks_mark *);

/*
 * Before the first blocks_next(): go there, if it is this file and that block
 * still ends there.  Else false, and nothing happens.
 */
bool		 blocks_resume(struct blocks *, const struct blocks_mark *);

/* Does the file end there? */
bool		 blocks_end_at(struct blocks *, const struct blocks_mark *);

/*
 * Of the block at hand, as in block.h: blocks_verify() comes before
 * blocks_rows().
 */
const struct block_info *blocks_info(struct blocks *);
enum block_error blocks_verify(struct blocks *);
enum block_error blocks_rows(struct blocks *, const struct flow **rows,
		    size_t *n);

/* Both in one pass; see block_read() for what fn may do with the rows. */
enum block_error blocks_read(struct blocks *, block_rows_fn *, void *arg);

/* Where in the file it is, and why it is of no use. */
void		 blocks_damage(const struct blocks *, enum block_error why,
		    struct savefile_damage *);

#endif
