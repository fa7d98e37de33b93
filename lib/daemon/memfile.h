/*
 * A file without a name: in memory if the system supports that, otherwise a
 * temporary file that is already unlinked.
 */
#ifndef MEMFILE_H
#define MEMFILE_H

/*
 * Create an empty file for reading and writing.  `name' is shown to users who
 * list the process's files.  Returns a descriptor, or -1 with errno.
 */
int	memfile_open(const char *name);

#endif
