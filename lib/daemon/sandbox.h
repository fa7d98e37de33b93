/*
 * The cage that the daemon enters before it looks at the first packet: what
 * it cannot do any more even if a packet were to take it over.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

/* What sandbox_enter() could put in force. */
#define SANDBOX_FILES	1	/* only some files can be opened */
#define SANDBOX_CALLS	2	/* only some system calls are left */

/*
 * From now on files can be written only below the directory that holds
 * state_dir (which must be there) and removed only there and in run_dir
 * (NULL: none), read only where libraries and the kernel keep what is needed
 * to open an interface again, and nothing can be executed, traced or
 * mounted.  Call it before any thread.  What the system cannot do is no
 * failure.  SANDBOX_ bits, or -1 after a message.
 */
int	sandbox_enter(const char *state_dir, const char *run_dir);

#endif
