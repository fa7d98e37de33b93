/*
 * Systems for which there is no sandbox: giving up root has to suffice.
 */
#include "config.h"

#include "trafstatd.h"

int
cage_enter(const char *run_dir)
{
	(void)run_dir;
	return (0);
}

int
cage_enter_history(const char *state_dir)
{
	(void)state_dir;
	return (0);
}

int
cage_enter_resolver(void)
{
	return (0);
}
