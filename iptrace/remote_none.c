/*
 * Systems that do not tell what a file system is.
 */
#include "config.h"

#include <stddef.h>

#include "target.h"

const char *
target_remote(const struct target *t)
{
	(void)t;
	return (NULL);
}
