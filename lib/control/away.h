/*
 * Does a trafd(8) run that has no control socket, because it waits for its
 * interface (--monitor)?  Private to lib/control.
 */
#ifndef AWAY_H
#define AWAY_H

#include <stdbool.h>

/* The end of the name of the status file. */
#define AWAY_STATUS	".status"

bool	away_is(const char *run_dir, const char *ext);

#endif
