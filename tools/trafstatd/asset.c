/*
 * Finds the files of tools/trafstatd/web that are built in.
 */
#include "config.h"

#include <string.h>

#include "web.h"

const struct asset *
asset_find(const char *path)
{
	const struct asset	*a;

	for (a = assets; a->path != NULL; a++)
		if (strcmp(a->path, path) == 0)
			return (a);
	return (NULL);
}
