/*
 * --check-config: would the daemon start with this command line, or with
 * what trafd.conf(5) says?
 */
#ifndef CHECK_H
#define CHECK_H

#include "options.h"

/*
 * Check what the options require; change nothing.  Print one line with the
 * save file that the daemon would use, or a message for every error.  If no
 * interface is given, trafstart(8) checks the configuration file.  Returns the
 * exit status.
 */
int	check_run(const struct options *);

/* -d: print the filter that the expression compiles to; the exit status. */
int	filter_run(const struct options *);

#endif
