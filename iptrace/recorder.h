/*
 * Records: a thread of its own reads the interfaces and writes the trace, so
 * that a disk that hangs never blocks the signals.
 *
 *	new -> start -> [ask]* -> (its pipe is readable) -> join -> free
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/record.h"
#include "options.h"
#include "sources.h"
#include "target.h"

struct data;
struct recorder;
struct tidy;

/* What the thread shall do, one bit each. */
enum recorder_wish {
	RECORDER_STOP = 1,
	RECORDER_NEXT = 2,	/* begin another file */
	RECORDER_FLUSH = 4	/* all that has come in is in the file */
};

/* All is borrowed.  data and tidy may be NULL.  NULL after a message. */
struct recorder	*recorder_new(const struct options *, struct target *,
		    struct sources *, struct data *, struct tidy *);
void		 recorder_free(struct recorder *);	/* NULL is allowed */

/*
 * Make the first file; what an earlier run left under its name is renamed as
 * the options say.  0, or -1 after a message.
 */
int		 recorder_begin(struct recorder *);

/* Start the thread.  0, or -1 after a message. */
int		 recorder_start(struct recorder *);

/* From any thread; never waits. */
void		 recorder_ask(struct recorder *, enum recorder_wish);

/* Readable when the thread has come to its end. */
int		 recorder_fd(const struct recorder *);
void		 recorder_join(struct recorder *);

/* Frames in the trace and losses up to now, for the last message. */
void		 recorder_counts(const struct recorder *, uint64_t *frames,
		    struct record_losses *);

#endif
