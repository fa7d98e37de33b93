/*
 * The writer: a thread that lets the keeper work while the event loop and
 * the capture go on.  One job at a time.
 */
#ifndef WRITER_H
#define WRITER_H

#include "generation.h"
#include "keeper.h"

struct writer;

enum writer_job {
	WRITER_DUMP,
	WRITER_SAVE
};

/* Start the thread; the keeper is borrowed.  NULL with errno. */
struct writer	*writer_new(struct keeper *);

/* One octet is readable there when a job is done. */
int		 writer_fd(const struct writer *);

/* Hand a frozen generation over (borrowed until the job is done). */
void		 writer_start(struct writer *, enum writer_job,
		    const struct generation *);

/* After the octet has been read: 0, or -1 when the job failed. */
int		 writer_result(struct writer *);

/* End the thread; it must be idle. */
void		 writer_free(struct writer *);

#endif
