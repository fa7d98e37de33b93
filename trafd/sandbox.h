/*
 * The cage that the daemon enters before it looks at the first packet: what
 * it cannot do any more even if a packet were to take it over.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

/*
 * From now on files can be written only below the directory that holds
 * state_dir and removed only in run_dir, read only where libraries and the
 * kernel keep what is needed to open an interface again, and nothing can be
 * executed, traced or mounted.  Call it before any thread.  What the system
 * cannot do is logged, once, and is no failure.  0, or -1 after a message.
 */
int	sandbox_enter(const char *state_dir, const char *run_dir);

#endif
