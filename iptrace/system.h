/*
 * What each system does in its own way.  No state; any thread.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

/* Is the directory on a file system of another machine?  "NFS", or NULL. */
const char	*system_remote(int dirfd);

/* The calling thread works when others do not, if that is possible. */
void		 system_be_nice(void);

#endif
