/*
 * ipreport: print the packets of traces readably.
 */
#include <unistd.h>

#include "base/log.h"
#include "base/streams.h"
#include "common/finish.h"
#include "ipreport.h"
#include "traffic.h"

static int
run(const struct options *opt)
{
	struct out	*out = out_new(STDOUT_FILENO);
	struct report	*r = out == NULL ? NULL : report_new(opt, out);
	int		 rc = TRAFD_EXIT_ERROR, end;

	if (r == NULL)
		log_error("cannot print packets");
	else {
		rc = input_run(opt, r);
		(void)report_flush(r);
		if ((end = out_finish(out)) != TRAFD_EXIT_OK)
			rc = end;
	}
	report_free(r);
	out_free(out);
	return (rc);
}

int
main(int argc, char **argv)
{
	struct options	opt = { .count = 0 };
	int		rc;

	log_init("ipreport", LOG_TO_STDERR);
	streams_occupy();
	/* A reader that has seen enough is an error of write(2), not ours. */
	streams_ignore_signals();
	options_parse(&opt, argc, argv);
	if (opt.index)
		rc = indexes_run(&opt);
	else
		rc = opt.write_to != NULL ? input_run(&opt, NULL) : run(&opt);
	options_end(&opt);
	return (rc);
}
