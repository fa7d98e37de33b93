/*
 * Ensures that an account has one writer.  A process that writes to the
 * account locks a file next to the save file, STATEDIR/.trafd.<ext>.lock, for
 * as long as it runs.  Two paths to the same directory are the same account.
 *
 *	holder_take -> [holder_confirm before each write]* -> the end
 *	holder_look, at any time and from any process
 *
 * The lock is inherited by fork(2): a parent that takes the lock and starts
 * workers keeps it between them.  A holder is used by one thread at a time.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/pidlock.h"

/* Longest text of holder_describe(), with the terminating NUL. */
#define HOLDER_TEXT	192

/* What the lock file contains about the process that has the lock. */
struct holder_who {
	long	pid;		/* 0: unknown */
	bool	here;		/* same host and PID namespace as ours */
	char	host[64];
};

struct holder;

enum holder_how {
	HOLDER_DAEMON,		/* the only writer */
	HOLDER_READER		/* trafd --read: several may append a block */
};

/*
 * Lock the account `ext' of the existing directory state_dir, as the user who
 * will write there: uid and gid, or -1 for those of this process.  If
 * state_dir is not absolute, the working directory must not change later.  The
 * PID of this process is written to the file.  Returns NULL after a message if
 * another process has the lock or the directory cannot be written.
 */
struct holder	*holder_take(const char *state_dir, const char *ext, uid_t,
		    gid_t, enum holder_how);

/*
 * Would holder_take() for a daemon find the lock free?  Changes nothing.  0, or
 * -1 after the same message.
 */
int		 holder_check(const char *state_dir, const char *ext);

/*
 * Do we still have the lock?  If the lock file was removed or its directory
 * was recreated, create the file again.  Returns 0, or -1 with errno.  EBUSY:
 * another process has locked the account meanwhile, and every later call
 * fails, too; holder_other() returns that process.
 */
int		 holder_confirm(struct holder *);
const struct holder_who *holder_other(const struct holder *);

/*
 * Release the lock and remove its file: for trafd --read, and for a daemon
 * that ends before it has written to the account.  All others keep the lock
 * until their process ends, which is what the next daemon waits for.  The
 * argument may be NULL.
 */
void		 holder_release(struct holder *);

/*
 * Has a daemon locked the account `ext' of state_dir?  Returns HELD and fills
 * in *who; FREE, also if there is no such directory; or FAILED with errno.
 */
enum pidlock_state holder_look(const char *state_dir, const char *ext,
		    struct holder_who *);

/* `PID 42', `PID 42 on gate', or `an unknown process'.  Returns text. */
const char	*holder_describe(const struct holder_who *,
		    char text[HOLDER_TEXT]);

#endif
