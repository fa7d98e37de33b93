/*
 * The event loop: signals and the end of the recording.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>

#include "recorder.h"

struct loop;

/* NULL after a message. */
struct loop	*loop_new(struct recorder *, uint32_t duration);

/*
 * Returns 0 when the recording has ended, or -1 if it does not end though it
 * was asked to: a write hangs, and the thread cannot be joined.
 */
int		 loop_run(struct loop *);
void		 loop_free(struct loop *);	/* NULL is allowed */

#endif
