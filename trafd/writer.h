/*
 * The writer: a thread that runs the keeper's dumps and saves and answers
 * queries of the table, while the event loop and the capture go on.
 *
 *	new → [start or query → byte on writer_fd() → result]* → free
 *
 * One job at a time; all functions are for the thread of the event loop.
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

/* The result of a job. */
struct writer_result {
	int			rc;	/* 0, or -1: the job failed */
	size_t			probe;	/* longest search of the table, in
					   words; not of a query */
	struct keeper_wrote	wrote;	/* of a dump or save */
	int			fd;	/* of a query: the answer, or -1; its
					   ownership passes to the caller */
	int64_t			length;	/* of the answer, bytes */
	const char		*error;	/* valid until the next job */
};

/* Start the thread; the keeper is borrowed.  NULL with errno. */
struct writer	*writer_new(struct keeper *);

/* A non-blocking descriptor: one byte is readable when a job is done. */
int		 writer_fd(const struct writer *);

/* Start a job on a frozen generation, borrowed until the job is done. */
void		 writer_start(struct writer *, enum writer_job,
		    const struct generation *);

/* The same for a query; `what' is copied. */
void		 writer_query(struct writer *, const struct control_query *what,
		    const struct generation *);

/* The result of the last job; call it after its byte has been read. */
struct writer_result writer_result(struct writer *);

/* End the thread; it must be idle. */
void		 writer_free(struct writer *);

#endif
