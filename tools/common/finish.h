/*
 * The end of a program's output.
 */
#ifndef COMMON_FINISH_H
#define COMMON_FINISH_H

struct out;

/*
 * Flush the reports' stream.  Returns the exit status: EPIPE is no error,
 * any other is reported.
 */
int	out_finish(struct out *);

/*
 * Flush standard output.  Returns the exit status: rc, or that of an error
 * after a message.
 */
int	stdout_finish(int rc);

#endif
