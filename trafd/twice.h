/*
 * Is the interface counted already, under another of its names?
 */
#ifndef TWICE_H
#define TWICE_H

#include "options.h"

/*
 * Look for a daemon that has an account of this state directory whose name is
 * another name of the interface.  With -f it is meant that there are two.
 * Call it with the lock of the own account: of two daemons that start at once
 * one gives way.  Returns 0, or -1 after a message.
 */
int	twice_check(const struct options *, const char *state_dir);

#endif
