/*
 * The PID file of a daemon: its lock, which the kernel frees with the process,
 * says that the daemon runs; its number says whom to signal.
 *
 *	open (as root) -> write, when the daemon is ready -> remove
 *
 * The lock belongs to the open file: a child after fork(2) holds it, too.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include <sys/types.h>
#include <stdbool.h>

struct pid_file;

/*
 * Create or take over the file `name' in the open directory dirfd and lock
 * it; it is given to uid and gid unless they are -1.  program and dir are for
 * messages.  dirfd and program are borrowed until the end.  A lock that
 * somebody holds is waited for for a second.  NULL after a message.
 */
struct pid_file	*pid_file_open(const char *program, int dirfd,
		    const char *dir, const char *name, uid_t uid, gid_t gid);

/* Write the number.  0, or -1 after a message. */
int		 pid_file_write(struct pid_file *, pid_t);

/* Is the name still that of our file?  Else somebody has removed it. */
bool		 pid_file_is_current(const struct pid_file *);

/*
 * Remove the file, or empty it where its directory may not be written any
 * more, and free the lock.
 */
void		 pid_file_remove(struct pid_file *);

#endif
