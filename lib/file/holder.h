/*
 * One writer an account: whoever writes to it holds the lock of a file beside
 * the save file, STATEDIR/.trafd.<ext>.lock, for as long as the process lives.
 * The directory decides, not the path by which it was reached.
 *
 *	holder_take -> [holder_confirm before each write]* -> the end
 *	holder_look, at any time and from any process
 *
 * The lock is inherited by fork(2): a parent that takes it and starts workers
 * leaves no gap between them.  A holder is used by one thread at a time.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/pidlock.h"

/* Longest text of holder_describe(), with the terminating NUL. */
#define HOLDER_TEXT	192

/* What the file says of a process. */
struct holder_who {
	long	pid;		/* 0: it does not say */
	bool	here;		/* the number means that process here too */
	char	host[64];
};

struct holder;

enum holder_how {
	HOLDER_DAEMON,		/* the only one */
	HOLDER_READER		/* trafd --read: several may append a block */
};

/*
 * Lock the account `ext' of state_dir (absolute, or the working directory
 * stays), which exists, as the user who will write there: uid and gid, -1 if
 * that is this process's.  Others are told the number of this process.  NULL
 * after a message: another process has it, or the directory cannot be
 * written.
 */
struct holder	*holder_take(const char *state_dir, const char *ext, uid_t,
		    gid_t, enum holder_how);

/*
 * Is it still ours?  A lock file that was removed, or whose directory was
 * made anew, is made again.  0; or -1 with errno, EBUSY if another process
 * has taken the account meanwhile: holder_other() says which, and it is not
 * ours any more, for good.
 */
int		 holder_confirm(struct holder *);
const struct holder_who *holder_other(const struct holder *);

/*
 * Let go of it, and remove the file as if nobody had been here: for readers,
 * and for a daemon that ends before it has touched the account.  Any other
 * leaves that to the end of its process: who waits for the lock waits for
 * that.  NULL too.
 */
void		 holder_release(struct holder *);

/*
 * Has a daemon the account `ext' of state_dir?  HELD, FREE (also if there is
 * no such directory), or FAILED with errno.
 */
enum pidlock_state holder_look(const char *state_dir, const char *ext,
		    struct holder_who *);

/* `PID 42', `PID 42 on gate', or `an unknown process'.  Returns text. */
const char	*holder_describe(const struct holder_who *,
		    char text[HOLDER_TEXT]);

#endif
