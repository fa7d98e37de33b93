/*
 * Systems for which no sandbox is written.  On FreeBSD the daemon is laid
 * out for Capsicum: after start it opens nothing but its directories, which
 * would become descriptors with rights, and the interface, which needs a
 * privileged parent.
 */
#include "config.h"

#include "sandbox.h"

int
sandbox_enter(const char *state_dir, const char *run_dir)
{
	(void)state_dir;
	(void)run_dir;
	return (0);
}
