/*
 * trafdb: the history of accounts.  The commands are in files of their own.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/streams.h"
#include "trafdb.h"
#include "traffic.h"

/* Does the command need files or programs of the caller? */
static bool
is_of_caller(const struct options *opt)
{
	return (opt->exec != NULL || opt->from != NULL ||
	    opt->files != NULL || opt->nnames > 1);
}

int
main(int argc, char **argv)
{
	struct options	 opt = { 0 };
	struct run_as	 owner;
	command_fn	*command;
	int		 rc = TRAFD_EXIT_ERROR;

	log_init("trafdb", LOG_TO_STDERR);
	streams_occupy();
	streams_ignore_signals();
	command = options_parse(&opt, argc, argv);
	opt.owner = &owner;
	if (owner_find(&owner, opt.statedir) == 0 &&
	    owner_switch(&owner, !is_of_caller(&opt)) == 0)
		rc = command(&opt);
	owner_end(&owner);
	return (rc);
}
