/*
 * trafd --read of a stream: a pipe, a socket or a terminal, for as long as it
 * lasts.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>

#include "keeper.h"
#include "options.h"

struct meter;

/*
 * From before a capture is opened, which waits a moment for the header of a
 * stream, until stream_run() hears them: signals do not kill.  For a file they
 * are let go at once.
 */
void	stream_hold_signals(bool hold);

/*
 * Count the stream until it ends or a signal comes.  HUP, INT, TERM, QUIT and
 * the two intervals mean the same as with an interface; at the end of the
 * stream a block is saved.  Ownership of the source passes to this function.
 * Returns the exit status, after a message if it is not 0.
 */
int	stream_run(const struct options *, struct meter *, struct keeper *,
	    const struct nets *local);

#endif
