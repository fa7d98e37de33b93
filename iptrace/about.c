/*
 * Linux tells it in files; elsewhere there are none, and nothing is told.
 */
#include "config.h"

#include <sys/types.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "about.h"

#define LONGEST	64

/* The first line of the file, or "". */
static void
read_line(const char *name, const char *file, char line[LONGEST])
{
	char	path[256];
	FILE	*f;

	line[0] = '\0';
	if (strchr(name, '/') != NULL || (size_t)snprintf(path, sizeof(path),
	    "/sys/class/net/%s/%s", name, file) >= sizeof(path) ||
	    (f = fopen(path, "re")) == NULL)
		return;
	if (fgets(line, LONGEST, f) == NULL)
		line[0] = '\0';
	(void)fclose(f);
}

bool
about_mac(const char *name, uint8_t mac[6])
{
	char		line[LONGEST], end;
	unsigned int	v[6], i, any = 0;

	read_line(name, "address", line);
	if (sscanf(line, "%2x:%2x:%2x:%2x:%2x:%2x%c", &v[0], &v[1], &v[2],
	    &v[3], &v[4], &v[5], &end) != 7 || end != '\n')
		return (false);
	for (i = 0; i < 6; i++) {
		mac[i] = (uint8_t)v[i];
		any |= v[i];
	}
	return (any != 0);
}

uint64_t
about_speed(const char *name)
{
	char		line[LONGEST];
	int64_t		mbits;

	read_line(name, "speed", line);
	return (sscanf(line, "%" SCNd64, &mbits) == 1 && mbits > 0 ?
	    (uint64_t)mbits * 1000000 : 0);
}
