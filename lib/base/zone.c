/*
 * Checks names of time zones.
 */
#include <sys/stat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zone.h"

#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The system's zone directories, searched after $TZDIR. */
static const char *const directories[] = {
	"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"
};

/* A POSIX rule: at least three letters or <+05>, then an offset. */
static bool
is_rule(const char *zone)
{
	size_t	len;

	if (zone[0] == '<') {
		len = strcspn(zone, ">");
		if (len < 4 || zone[len] == '\0')
			return (false);
		len++;
	} else if ((len = strspn(zone, LETTERS)) < 3)
		return (false);
	if (zone[len] == '+' || zone[len] == '-')
		len++;
	return (zone[len] >= '0' && zone[len] <= '9');
}

static bool
is_file(const char *dir, const char *zone)
{
	struct stat	st;
	char		path[PATH_MAX];
	int		n;

	n = snprintf(path, sizeof(path), "%s/%s", dir, zone);
	return (n > 0 && (size_t)n < sizeof(path) &&
	    stat(path, &st) == 0 && S_ISREG(st.st_mode));
}

bool
zone_exists(const char *zone)
{
	const char	*dir = getenv("TZDIR");
	size_t		 i;

	if (strcmp(zone, "UTC") == 0 || is_rule(zone))
		return (true);
	/* Names must not leave the directory or be one. */
	if (zone[0] == '\0' || zone[0] == '/' || zone[0] == '.' ||
	    strstr(zone, "..") != NULL || zone[strlen(zone) - 1] == '/')
		return (false);
	if (dir != NULL && is_file(dir, zone))
		return (true);
	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (is_file(directories[i], zone))
			return (true);
	return (false);
}
