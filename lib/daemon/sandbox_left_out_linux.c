/*
 * Linux, but built without the sandbox: its users learn that.
 */
#include "config.h"

#include "base/log.h"
#include "sandbox.h"

bool
sandbox_can_confine(void)
{
	return (false);
}

int
sandbox_enter(const struct sandbox_rules *rules)
{
	(void)rules;
	return (0);
}

void
sandbox_report(int enforced)
{
	(void)enforced;
	log_notice("no sandbox: this trafd was built without libseccomp or "
	    "linux/landlock.h");
}
