/*
 * Keeps the devices of the local networks in a file next to the save file, so
 * that reports can tell which addresses are one device; see file/devices.h.
 * Each time the file is read, completed from the kernel's table of neighbours
 * and from the senders of frames and, if that has changed it, replaced.  So
 * people may edit it at any time.
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
#include "table/senders.h"
#include "keeper_impl.h"

#define DAY_NS	(86400 * NS_PER_S)

#define NAME_LEN	(sizeof(DEVICES_PREFIX) + TRAFD_EXT_MAX)
#define ASIDE		".damaged."
#define ASIDES_MOST	9	/* damaged files kept: one digit */

struct learning {
	struct keeper		*k;
	struct devices		*devices;
	struct senders		*senders;
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
note(struct learning *l, uint8_t family, const uint8_t addr[16],
    const uint8_t mac[MAC_LEN])
{
	struct device	d = { .family = family };

	memcpy(d.addr, addr, sizeof(d.addr));
	memcpy(d.mac, mac, sizeof(d.mac));
	if (l->k->opts.live != NULL ? devices_note(l->devices, &d, l->day) :
	    devices_note_capture(l->devices, &d, l->day))
		l->changed = true;
}

static void
on_neighbour(void *arg, const struct neighbour *n)
{
	struct learning	*l = arg;

	if (nets_contains(networks_set(l->k->opts.live), n->family, n->addr) &&
	    !senders_have(l->senders, n->family, n->addr))
		note(l, n->family, n->addr, n->mac);
}

/*
 * What a host has sent counts if the two disagree: the kernel may not have used
 * its entry for long.
 */
static int
note_all(struct learning *l)
{
	struct sender_host	h;
	size_t			i;

	for (i = 0; i < senders_count(l->senders); i++) {
		senders_at(l->senders, i, &h);
		note(l, h.family, h.addr, h.mac);
	}
	return (l->k->neighbours == NULL ? 0 : neighbours_read(
	    l->k->neighbours, l->k->opts.ifname, on_neighbour, l));
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
	bool	failed;

	if (read_devices(l) == -1)
		return;
	failed = note_all(l) == -1;
	if (failed)
		fail(l, "table of neighbours");
	/* What is known already must not be lost with a damaged file. */
	if (l->changed && write_devices(l) == -1)
		return;
	/* Old senders must not look as if they were there on later days. */
	senders_clear(l->senders);
	if (!failed)
		fault_clear(&l->k->devices_fault);
}

void
keeper_begin_learning(struct keeper *k)
{
	if (k->opts.live == NULL)
		return;
	if ((k->neighbours = neighbours_open()) == NULL)
		log_warn("cannot open the table of neighbours: %s (devices "
		    "are only learned from frames)", k->opts.ifname);
}

/* Of a capture, the day of its last packet. */
static uint32_t
day_of(const struct keeper *k, const struct generation *g)
{
	uint64_t	ns = k->opts.live != NULL ? 0 : g->end_ns;

	return ((uint32_t)((ns >= DAY_NS ? ns : now_wall()) / DAY_NS));
}

void
keeper_learn(struct keeper *k, const struct generation *g)
{
	struct learning	l = { .k = k, .senders = g->senders };

	if ((k->neighbours == NULL && senders_count(l.senders) == 0) ||
	    keeper_confirm(k) == -1)
		return;
	l.day = day_of(k, g);
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
