/*
 * --import: takes over the accounts that BPFT left in a directory.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "options.h"

/*
 * Append the blocks of all save and dump files of BPFT in the directory that
 * the options name to the accounts of the same names; the old files stay as
 * they are.  What was imported before is left out.  Returns the exit status.
 */
int	import_run(const struct options *);

#endif
