/*
 * What an account has counted that is not in its save file yet: the table of
 * the trafd(8) that writes this file, or, if none answers, its dump.
 *
 *	open -> [overlaps]* -> close
 *
 * It is read first, then the save file and the history: a save that comes
 * between is then found by unsaved_overlaps().  One thread at a time.
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
	struct block_info	 info;

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

/* Has this block of the save file some of it? */
bool	unsaved_overlaps(const struct unsaved *, const struct block_info *);

#endif
