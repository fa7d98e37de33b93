/*
 * A file that is nowhere: in memory where the system can, without a name
 * elsewhere.
 */
#ifndef MEMFILE_H
#define MEMFILE_H

/* An empty one, for reading and writing; -1 with errno. */
int	memfile_open(void);

#endif
