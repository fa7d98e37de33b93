/*
 * Systems for which no sandbox is written.  On FreeBSD daemons are laid
 * out for Capsicum: after start they open nothing but their directories, which
 * would become descriptors with rights, and the interface, which needs a
 * privileged parent.
 */
#include "config.h"

#include "sandbox.h"

int
sandbox_enter(const struct sandbox_rules *rules)
{
	(void)rules;
	return (0);
}
