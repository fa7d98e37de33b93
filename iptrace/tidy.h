/*
 * Finished files: a thread of its own compresses them and removes the oldest,
 * so that the recording never waits for that.
 *
 *	new -> start -> [wake]* -> free
 */
#ifndef TIDY_H
#define TIDY_H

#include "options.h"
#include "target.h"

struct tidy;

/* All is borrowed.  NULL after a message. */
struct tidy	*tidy_new(const struct options *, const struct target *);

/* Start the thread.  0, or -1 after a message. */
int		 tidy_start(struct tidy *);

/* A file is finished.  From any thread; never waits for work. */
void		 tidy_wake(struct tidy *);

/* End the thread as soon as may be.  NULL is allowed. */
void		 tidy_free(struct tidy *);

#endif
