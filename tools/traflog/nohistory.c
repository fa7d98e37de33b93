/*
 * Built without Berkeley DB: there is no history, all answers come from save
 * files.
 */
#include "base/log.h"
#include "traffic.h"
#include "traflog.h"

bool
ask_history(const struct options *opt, const char *path, int *status,
    struct known *known, struct unsaved *unsaved)
{
	(void)unsaved;
	*known = (struct known){ .any = false };
	if (!opt->only_history)
		return (false);
	log_errorx("no history: %s: this traflog was built without Berkeley "
	    "DB", path);
	*status = TRAFD_EXIT_ERROR;
	return (true);
}
