/*
 * Systems without a sandbox.  On FreeBSD the daemons are ready for Capsicum:
 * after the start they open only files in their directories, which would become
 * descriptors with rights, and the interface, which would need a privileged
 * parent.
 */
#include "config.h"

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
}
