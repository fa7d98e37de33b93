/*
 * Finished files: a thread of its own compresses them and removes the oldest,
 * so that the recording never waits for that.
 *
 *	new -> start -> [wake, make_room]* -> free
 */
#ifndef TIDY_H
#define TIDY_H

#include <stdbool.h>

#include "options.h"
#include "target.h"

struct tidy;

/* All is borrowed.  NULL after a message. */
struct tidy	*tidy_new(const struct options *, const struct target *);

/* Start the thread.  0, or -1 after a message. */
int		 tidy_start(struct tidy *);

/* A file is finished.  From any thread; never waits for work. */
void		 tidy_wake(struct tidy *);

/*
 * The disk is full: remove the oldest finished files, now, in the calling
 * thread, if room is to be kept free.  True if there is room now, perhaps
 * because the other thread was faster; a quota may still be used up.
 */
bool		 tidy_make_room(struct tidy *);

/* End the thread as soon as may be.  NULL is allowed. */
void		 tidy_free(struct tidy *);

#endif
