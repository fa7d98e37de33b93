/*
 * The end of a program's output.
 */
#ifndef COMMON_FINISH_H
#define COMMON_FINISH_H

struct out;

/*
 * Flush the stream of a report.  Returns the exit status: EPIPE (the reader
 * has closed its end) is no error, any other is reported.
 */
int	out_finish(struct out *);

/*
 * Flush standard output.  Returns the exit status: rc, or TRAFD_EXIT_ERROR
 * after a message.
 */
int	stdout_finish(int rc);

#endif
