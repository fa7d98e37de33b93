/*
 * The end of a program's output: a failed write must show in the exit status.
 */
#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "base/out.h"
#include "finish.h"
#include "traffic.h"

int
out_finish(struct out *o)
{
	if (out_flush(o) == 0 || errno == EPIPE)
		return (TRAFD_EXIT_OK);
	log_error("cannot write to standard output");
	return (TRAFD_EXIT_ERROR);
}

int
stdout_finish(int rc)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return (rc);
	log_error("cannot write to standard output");
	return (TRAFD_EXIT_ERROR);
}
