/*
 * Built without ncurses: there is no full-screen view.
 */
#include "config.h"

#include "base/log.h"
#include "top.h"
#include "traffic.h"

int
screen_run(const struct options *opt, struct rates *r)
{
	(void)opt;
	(void)r;
	log_errorx("--top: this trafstat was built without ncurses; use "
	    "--format=json");
	return (TRAFD_EXIT_ERROR);
}
