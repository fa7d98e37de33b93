/*
 * --check-config: would the daemon start with this command line, or with
 * what trafd.conf(5) says?
 */
#ifndef CHECK_H
#define CHECK_H

#include "options.h"

/*
 * Try what the options ask for, change nothing, and print one line that says
 * where accounts would go, or one message for each thing that is wrong.
 * Without an interface the configuration file is checked, by trafstart(8).
 * Returns the exit status.
 */
int	check_run(const struct options *);

/*
 * Are the limits of the process large enough to count, dump and save?  0, or
 * -1 after a message for each that is not.
 */
int	check_limits(const struct options *);

#endif
