/*
 * trafd --read: account a capture file in the foreground.
 */
#ifndef READ_H
#define READ_H

#include "options.h"

/*
 * Append what the file holds to the save file as one block.  Returns the exit
 * status of the program, after a message if it is not 0.
 */
int	read_run(const struct options *);

#endif
