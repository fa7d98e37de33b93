/*
 * The writer: a thread that lets the keeper work, and answers questions about
 * the table, while the event loop and the capture go on.  One job at a time.
 */
#ifndef WRITER_H
#define WRITER_H

#include "control/control.h"
#include "generation.h"
#include "keeper.h"

struct writer;

enum writer_job {
	WRITER_DUMP,
	WRITER_SAVE,
	WRITER_QUERY
};

/* What a job came to. */
struct writer_result {
	int			rc;	/* 0, or -1: the job failed */
	size_t			probe;	/* worst search; not of a query */
	struct keeper_wrote	wrote;	/* of a dump or save */
	int			fd;	/* of a query: the answer, or -1; the
					   caller's from then on */
	int64_t			length;	/* of the answer */
	const char		*error;	/* valid until the next job */
};

/* Start the thread; the keeper is borrowed.  NULL with errno. */
struct writer	*writer_new(struct keeper *);

/* One octet is readable there when a job is done. */
int		 writer_fd(const struct writer *);

/* Hand a frozen generation over (borrowed until the job is done). */
void		 writer_start(struct writer *, enum writer_job,
		    const struct generation *);

/* As the above, for a question; `what' is copied. */
void		 writer_query(struct writer *, const struct control_query *what,
		    const struct generation *);

/* After the octet has been read. */
struct writer_result writer_result(struct writer *);

/* End the thread; it must be idle. */
void		 writer_free(struct writer *);

#endif
