/*
 * Keeps the devices of the local networks in a file next to the save file, so
 * that reports can tell which addresses are one device; see file/devices.h.
 * Each time the file is read, completed from the kernel's table of neighbours
 * and, if that has changed it, replaced.  So people may edit it at any time.
 * A failure here is logged, and never keeps a dump or save from being made.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "file/devices.h"
#include "host/neighbours.h"
#include "host/networks.h"
#include "packet/nets.h"
#include "keeper_impl.h"

#define DAY_NS	(86400 * NS_PER_S)

#define NAME_LEN	(sizeof(DEVICES_PREFIX) + TRAFD_EXT_MAX)
#define ASIDE		".damaged."
#define ASIDES_MOST	9	/* damaged files kept: one digit */

struct learning {
	struct keeper		*k;
	struct devices		*devices;
	const struct nets	*local;
	int			 dirfd;
	char			 name[NAME_LEN];
	uint32_t		 day;
	bool			 changed;
	uint64_t		 line;		/* that is wrong */
	bool			 damaged;	/* the file was put aside */
	char			 aside[NAME_LEN + sizeof(ASIDE) + 1];
};

static void
fail(const struct learning *l, const char *step)
{
	struct keeper	*k = l->k;
	char		 error[FAULT_TEXT_MAX];

	(void)snprintf(error, sizeof(error), "devices not learned: %s/%s: "
	    "%s: %s", k->opts.state_dir, l->name, step, strerror(errno));
	fault_set(&k->devices_fault, error);
}

/* The first free name; if there is none, the last file is replaced. */
static void
choose_aside(struct learning *l)
{
	struct stat	st;
	int		n = 0;

	do
		(void)snprintf(l->aside, sizeof(l->aside), "%s" ASIDE "%d",
		    l->name, ++n);
	while (n < ASIDES_MOST && fstatat(l->dirfd, l->aside, &st,
	    AT_SYMLINK_NOFOLLOW) == 0);
}

/*
 * Rename a damaged file, so that people can correct it and its damage is
 * logged once.  Its valid lines stay in use.
 */
static int
put_aside(struct learning *l)
{
	choose_aside(l);
	if (renameat(l->dirfd, l->name, l->dirfd, l->aside) == -1)
		return (-1);
	l->changed = l->damaged = true;
	return (0);
}

static void
tell_damage(const struct learning *l)
{
	const char	*dir = l->k->opts.state_dir;

	if (l->line == 0)
		log_errorx("devices file too large: %s/%s: renamed to %s; a "
		    "new one is written", dir, l->name, l->aside);
	else
		log_errorx("devices file damaged: %s/%s: line %" PRIu64 "; "
		    "renamed to %s, its valid lines are kept", dir, l->name,
		    l->line, l->aside);
}

static int
read_devices(struct learning *l)
{
	if (devices_read(l->devices, l->dirfd, l->name, &l->line) != -1 ||
	    ((errno == EBADMSG || errno == EFBIG) && put_aside(l) == 0))
		return (0);
	fail(l, "read");
	return (-1);
}

static void
on_neighbour(void *arg, const struct neighbour *n)
{
	struct learning	*l = arg;
	struct device	 d = { .family = n->family };

	if (!nets_contains(l->local, n->family, n->addr))
		return;
	memcpy(d.addr, n->addr, sizeof(d.addr));
	memcpy(d.mac, n->mac, sizeof(d.mac));
	if (devices_note(l->devices, &d, l->day))
		l->changed = true;
}

/* If the disk is full, a damaged file with its valid lines stays in place. */
static int
write_devices(const struct learning *l)
{
	if (devices_write(l->devices, l->dirfd, l->name) == 0) {
		if (l->damaged)
			tell_damage(l);
		return (0);
	}
	fail(l, "write");
	if (l->damaged)
		(void)renameat(l->dirfd, l->aside, l->dirfd, l->name);
	return (-1);
}

static void
learn(struct learning *l)
{
	const struct keeper_opts	*o = &l->k->opts;
	bool				 failed;

	if (read_devices(l) == -1)
		return;
	failed = neighbours_read(l->k->neighbours, o->ifname, on_neighbour,
	    l) == -1;
	if (failed)
		fail(l, "table of neighbours");
	/* What is known already must not be lost with a damaged file. */
	if ((!l->changed || write_devices(l) == 0) && !failed)
		fault_clear(&l->k->devices_fault);
}

void
keeper_begin_learning(struct keeper *k)
{
	if (k->opts.live == NULL)
		return;
	k->neighbours = neighbours_open();
	if (k->neighbours == NULL && errno != ENOSYS)
		log_warn("cannot open the table of neighbours: %s (devices "
		    "are not learned)", k->opts.ifname);
}

void
keeper_learn(struct keeper *k)
{
	struct learning	l = { .k = k };

	if (k->neighbours == NULL || keeper_confirm(k) == -1)
		return;
	l.day = (uint32_t)(now_wall() / DAY_NS);
	l.local = networks_set(k->opts.live);
	(void)snprintf(l.name, sizeof(l.name), DEVICES_PREFIX "%s",
	    k->opts.ext);
	if ((l.dirfd = keeper_open_dir(k->opts.state_dir)) == -1) {
		fail(&l, "open directory");
		return;
	}
	if ((l.devices = devices_new()) != NULL)
		learn(&l);
	else
		fail(&l, "memory");
	devices_free(l.devices);
	(void)close(l.dirfd);
}
