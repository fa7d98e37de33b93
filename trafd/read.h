/*
 * trafd --read: account a capture file in the foreground.
 */
#ifndef READ_H
#define READ_H

#include "options.h"

/*
 * Count the capture file and append one block to the save file.  Returns the
 * exit status of the program, after a message if it is not 0.
 */
int	read_run(const struct options *);

#endif
