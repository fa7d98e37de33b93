/*
 * The sandbox that a daemon enters before it looks at the first packet: what
 * it cannot do any more even if a packet were to take it over.
 *
 * Call it once, after root was given up and before the first thread is
 * started: threads inherit it.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What sandbox_enter() could put in force. */
#define SANDBOX_FILES	1	/* only some files can be opened */
#define SANDBOX_CALLS	2	/* only some system calls are left */

/* What may still be done with a file, or below a directory. */
enum sandbox_right {
	SANDBOX_READ,
	SANDBOX_REMOVE,		/* remove files */
	SANDBOX_WRITE,		/* read, make, change, rename and remove */
	SANDBOX_REMAKE		/* and the directory itself may be made again:
				 * all that is beside it is open too */
};

struct sandbox_path {
	const char		*path;	/* must be there; NULL: passed over */
	enum sandbox_right	 right;
};

struct sandbox_rules {
	const struct sandbox_path *paths;	/* npaths of them */
	size_t			 npaths;
	bool			 captures;	/* opens packet sockets */
	const char *const	*calls;		/* names of system calls beside
						 * the usual ones, up to NULL;
						 * NULL: none */
};

/*
 * From now on only the files of the rules can be opened, and for reading what
 * libraries and the kernel need to open an interface again; nothing can be
 * executed, traced or mounted.  What the system cannot do is no failure.
 * SANDBOX_ bits, or -1 after a message.
 */
int	sandbox_enter(const struct sandbox_rules *);

#endif
