/*
 * The PID file of a daemon.  Its lock, which the kernel releases when the
 * process ends, means that the daemon runs.  Its number is the process to
 * signal.
 *
 *	open (as root) -> write, when the daemon is ready -> remove
 *
 * The lock belongs to the open file: a child after fork(2) has it, too.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include <sys/types.h>
#include <stdbool.h>

struct pid_file;

/*
 * Create the file `name' in the open directory dirfd, or use the existing one,
 * and lock it.  Its owner becomes uid and gid unless they are -1.  program and
 * dir are for messages.  dirfd and program are borrowed until
 * pid_file_remove().  If another process has the lock, waits for one second.
 * Returns NULL after a message.
 */
struct pid_file	*pid_file_open(const char *program, int dirfd,
		    const char *dir, const char *name, uid_t uid, gid_t gid);

/*
 * Would pid_file_open() find the file free?  Changes nothing.  0, or -1 after
 * the same message.
 */
int		 pid_file_check(const char *program, int dirfd,
		    const char *dir, const char *name, uid_t uid);

/* Write the number.  0, or -1 after a message. */
int		 pid_file_write(struct pid_file *, pid_t);

/* Is the file of this name still ours?  If not, it was removed. */
bool		 pid_file_is_current(const struct pid_file *);

/*
 * Remove the file, or empty it if its directory can no longer be changed.
 * Releases the lock and frees the object.
 */
void		 pid_file_remove(struct pid_file *);

#endif
