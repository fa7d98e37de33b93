/*
 * Files whose lock says that a process is there, and whose text says which.
 * The lock is that of flock(2): fork(2) inherits it, and it ends with the
 * last process that has it, however that ends.  The directory may be one that
 * others can write to: a name is not followed and not waited for, and a file
 * that nobody trusted owns is never read.
 *
 *	pidlock_take -> pidlock_write -> the end of the process
 *	pidlock_look, at any time and from any process
 */
#ifndef PIDLOCK_H
#define PIDLOCK_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest text of such a file, with the terminating NUL. */
#define PIDLOCK_TEXT	128

/* Where it is, and who besides root and this process may own it. */
struct pidlock_file {
	int		 dirfd;
	const char	*name;
	uid_t		 uid;		/* -1: nobody else */
	mode_t		 mode;		/* of a new one, whatever the umask */
	bool		 read_only;	/* descriptors that are kept: a file
					 * system with one that can write
					 * cannot be made read-only */
};

enum pidlock_state {
	PIDLOCK_TAKEN,		/* by this call */
	PIDLOCK_HELD,		/* another process has it */
	PIDLOCK_FREE,		/* nobody has it */
	PIDLOCK_FAILED		/* errno */
};

/*
 * Lock the file, made if need be, exclusively or shared.  TAKEN: *fd is the
 * caller's, and the file says what it said.  HELD after a second of trying.
 * A file of somebody else is removed unless it is locked.
 */
enum pidlock_state pidlock_take(const struct pidlock_file *, bool shared,
		    int *fd);

/*
 * Does anybody hold it exclusively?  HELD: text is what the holder wrote, one
 * line of printable characters, or "".  Changes nothing.
 */
enum pidlock_state pidlock_look(const struct pidlock_file *,
		    char text[PIDLOCK_TEXT]);

/*
 * Could pidlock_take() lock it exclusively?  Waits for that as long as it
 * would, but changes nothing.  FREE or HELD, also if it is held shared, or
 * FAILED with errno.
 */
enum pidlock_state pidlock_wait(const struct pidlock_file *);

/* The first line of the file, or "". */
void		 pidlock_read(int fd, char text[PIDLOCK_TEXT]);

/* Does the name still stand for what is open? */
bool		 pidlock_is_current(const struct pidlock_file *, int fd);

/* Is that a plain file of someone trusted, without another name? */
bool		 pidlock_is_trusted(const struct pidlock_file *, int fd);

/*
 * Replace the text of the file, which is open as fd, by one line.  0, or -1
 * with errno.
 */
int		 pidlock_write(const struct pidlock_file *, int fd,
		    const char *text);

#endif
