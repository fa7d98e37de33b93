/*
 * Devices of the local networks (--by local, --by mac): what trafd has learned
 * about them lies in a file next to the save file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "file/devices.h"
#include "tally/device_map.h"
#include "traffic.h"
#include "traflog.h"

/* The file that belongs to a save file: its directory, and its name. */
struct place {
	char	dir[PATH_MAX];
	char	name[NAME_MAX + 1];
};

/* False if a file of that name is no account. */
static bool
find_place(const char *path, struct place *p)
{
	const char	*slash = strrchr(path, '/'), *base;
	size_t		 len = sizeof(TRAFD_PREFIX) - 1;
	int		 n;

	base = slash == NULL ? path : slash + 1;
	if (strncmp(base, TRAFD_PREFIX, len) != 0)
		return (false);
	n = snprintf(p->name, sizeof(p->name), DEVICES_PREFIX "%s",
	    base + len);
	if (n < 0 || (size_t)n >= sizeof(p->name))
		return (false);
	n = slash == NULL ? snprintf(p->dir, sizeof(p->dir), "./") :
	    snprintf(p->dir, sizeof(p->dir), "%.*s/", (int)(slash - path),
	    path);
	return (n > 0 && (size_t)n < sizeof(p->dir));
}

/* Valid lines are used all the same. */
static void
report(const struct place *p, uint64_t line)
{
	if (errno == EBADMSG)
		log_warnx("devices file damaged: %s%s: line %" PRIu64 " is not "
		    "valid; other lines are used", p->dir, p->name, line);
	else
		log_warn("devices file not used: %s%s", p->dir, p->name);
}

static void
read_devices(const struct place *p, struct devices *d)
{
	uint64_t	line;
	int		fd, rc;

	if ((fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return;		/* the save file will say so */
	rc = devices_read(d, fd, p->name, &line);
	if (rc == -1)
		report(p, line);
	(void)close(fd);
}

/* The MAC address of a router says nothing about the hosts behind it. */
static int
add_all(struct device_map *m, const struct devices *d, const bool *shared)
{
	const struct device	*one;
	struct names_host	 h;
	size_t			 i;

	for (i = 0; i < devices_count(d); i++) {
		if (shared[i])
			continue;
		one = devices_at(d, i);
		h.family = one->family;
		memcpy(h.addr, one->addr, sizeof(h.addr));
		if (device_map_add(m, &h, one->mac) == -1)
			return (-1);
	}
	return (0);
}

void
devices_load(const struct options *opt, const char *path,
    struct naming *naming)
{
	struct device_map	*m = opt->question.devices;
	struct devices		*d;
	struct place		 p;
	bool			*shared;

	if (!question_asks_devices(&opt->question))
		return;
	if (!opt->naming.numeric)
		device_map_set_names(m, naming_names(naming));
	if (!find_place(path, &p))
		return;
	if ((d = devices_new()) == NULL) {
		log_warn("devices file not used: %s", p.name);
		return;
	}
	read_devices(&p, d);
	shared = devices_shared(d);
	if (shared == NULL || add_all(m, d, shared) == -1)
		log_warn("devices file not used: %s", p.name);
	free(shared);
	devices_free(d);
}
