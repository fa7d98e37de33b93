/*
 * What an account has counted that is not in its save file yet: the table of
 * the trafd(8) that writes this file, or, if none answers, its dump.
 *
 *	open or of_fd -> [is_in, is_left]* -> is_in_journal -> close
 *
 * It is read first, then the save file and the history: a save that comes
 * between is then found by unsaved_is_in().  One thread at a time.
 */
#ifndef UNSAVED_H
#define UNSAVED_H

#include <stdbool.h>
#include <stdint.h>

#include "file/block.h"
#include "control_call.h"

enum unsaved_from {
	UNSAVED_NOTHING,
	UNSAVED_LIVE,		/* the table of a daemon */
	UNSAVED_DUMP
};

struct unsaved {
	enum unsaved_from	 from;
	int			 fd;	/* file of one verified block, or -1 */
	struct block_info	 info;	/* without owners */

	/* A daemon that may have more did not answer; or "". */
	char			 why[CONTROL_ERRLEN];
};

/*
 * Look for what is not saved of an account whose save file is in state_dir.
 * Returns 0, or -1 with errno: EBADMSG if the dump is damaged.
 */
int	unsaved_open(struct unsaved *, const char *run_dir,
	    const char *state_dir, const char *account);
void	unsaved_close(struct unsaved *);

/*
 * The same with a daemon's table that somebody else fetched: a file of one
 * block, whose descriptor passes to *u.  -1: fd is -1, or the block is damaged.
 */
int	unsaved_of_fd(struct unsaved *, int fd);

/* Is it in this block of the save file by now? */
bool	unsaved_is_in(const struct unsaved *, const struct block_info *);

/*
 * Is this block what a failed save has left of it?  Such a block does not
 * count: trafd(8) cuts it off before the next save.
 */
bool	unsaved_is_left(const struct unsaved *, const struct block_info *);

/*
 * Is it in a save file of BPFT's layouts by now?  Their blocks do not say, but
 * the journal beside the file does; ask after the file was read.
 */
bool	unsaved_is_in_journal(const struct unsaved *, const char *state_dir,
	    const char *account);

#endif
