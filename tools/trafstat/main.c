/*
 * trafstat: ask running daemons how things stand.  Each job is in a file of
 * its own.
 */

#include "base/log.h"
#include "base/streams.h"
#include "trafstat.h"

int
main(int argc, char **argv)
{
	struct options	opt = { 0 };

	log_init("trafstat", LOG_TO_STDERR);
	streams_occupy();
	streams_ignore_signals();
	options_parse(&opt, argc, argv);
	return (opt.remote != NULL ? remote_run(&opt) : opt.job(&opt));
}
