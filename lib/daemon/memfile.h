/*
 * A file that is nowhere: in memory where the system can, without a name
 * elsewhere.
 */
#ifndef MEMFILE_H
#define MEMFILE_H

/*
 * An empty one, for reading and writing; `name' is for those who look at the
 * process.  A descriptor, or -1 with errno.
 */
int	memfile_open(const char *name);

#endif
