/*
 * The sandbox that a daemon enters before it reads the first packet.  It limits
 * what a packet that compromises the daemon can do.
 *
 * Call sandbox_enter() once, after root was given up and before the first
 * thread is started: threads inherit the sandbox.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What sandbox_enter() could enforce. */
#define SANDBOX_FILES	1	/* only some files can be opened */
#define SANDBOX_CALLS	2	/* only some system calls are left */

/* What remains allowed for a file, or below a directory. */
enum sandbox_right {
	SANDBOX_READ,
	SANDBOX_REMOVE,		/* remove files */
	SANDBOX_WRITE,		/* read, create, change, rename and remove */
	SANDBOX_REMAKE		/* also recreate the directory itself: this
				 * allows all next to it in its parent, too */
};

struct sandbox_path {
	const char		*path;	/* must exist; NULL: skipped */
	enum sandbox_right	 right;
};

struct sandbox_rules {
	const struct sandbox_path *paths;	/* npaths of them */
	size_t			 npaths;
	bool			 captures;	/* opens packet sockets */
	bool			 overrides;	/* CAP_DAC_OVERRIDE was kept */
	const char *const	*calls;		/* more system calls to allow,
						 * a list of names that ends
						 * with NULL; NULL: none */
};

/*
 * Can sandbox_enter() confine the process to some files here?  Without that
 * no right over files may be kept.
 */
bool	sandbox_can_confine(void);

/*
 * From now on the process can open only the files of the rules, and, for
 * reading, the files that libraries need to open an interface again.  It cannot
 * execute, trace or mount anything.  If the system lacks a part of this, that
 * is no failure.  Returns SANDBOX_ bits, or -1 after a message.
 */
int	sandbox_enter(const struct sandbox_rules *);

/*
 * Log which parts are missing from what sandbox_enter() returned.  Nothing is
 * logged on systems for which there is no sandbox.
 */
void	sandbox_report(int enforced);

#endif
