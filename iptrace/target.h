/*
 * The file of a trace and what becomes of it.  All names are in one directory,
 * which is opened at the start: afterwards no path is followed.
 *
 *	open -> check -> [begin -> (stamp | old)]* -> close
 *
 * begin and what follows: one thread at a time.
 */
#ifndef TARGET_H
#define TARGET_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "daemon/privs.h"

struct target {
	int		 dirfd;
	char		*dir;		/* its path, absolute, without links */
	char		*name;		/* of the file in it */
	char		*path;		/* both, for messages */
	char		*index;		/* name of the index */
	bool		 indexed;
	bool		 secret;	/* for the owner's eyes only: it has
					   what programs exchange */
	struct identity	 who;		/* owner of new files; uid -1: stays */
	time_t		 begun;		/* the current file */
	time_t		 stamped;	/* in the name of the last one */
	unsigned int	 number;	/* likewise */
};

/* The directory of the file.  0, or -1 after a message. */
int	target_open(struct target *, const char *logfile);
void	target_close(struct target *);

/*
 * May the file be made, with its index and, if `old', LogFile.old: is there
 * nothing, or what an earlier run has left?  0, or -1 after a message.
 */
int	target_check(const struct target *, bool old);

/* Does a file of an earlier run exist?  *when: when it was last written. */
bool	target_exists(const struct target *, time_t *when);

/*
 * Make the file new and lock it; with an index, *index_fd is the index's, or
 * -1.  A descriptor, or -1 with errno.
 */
int	target_begin(struct target *, int *index_fd);

/* Make the index new.  A descriptor, or -1: none is wanted, or errno. */
int	target_begin_index(const struct target *);

/*
 * Has the file on fd (-1: none) still its name?  If not, errno is 0 if the
 * name is free, or EEXIST if somebody else has it.
 */
bool	target_has_name(const struct target *, int fd);

/* Is the beginning that of a trace? */
bool	target_is_trace(int fd);

/*
 * The file, which began then, is finished: name it with its time, which no
 * other file has, or LogFile.old, which is replaced.  0, or -1 with errno.
 */
int	target_stamp(struct target *, time_t begun);
int	target_old(const struct target *);

#endif
