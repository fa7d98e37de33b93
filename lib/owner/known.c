/*
 * A table of fingerprints, open addressing: they are hashes, with a secret, so
 * they need no other.  It has two parts, the owners that were learned before
 * and after the last time that the programs told all again: what was counted
 * just before that is found, too.
 */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "known.h"

#define SLOTS		32768U		/* a power of 2 */
#define KNOWN_MOST	(SLOTS / 2)
#define GONE		"/(gone)"	/* a cgroup that nobody saw */

struct slot {
	uint64_t	 fingerprint[2];
	struct owner	*owner;		/* NULL: free */
};

struct part {
	struct slot	*slots;
	size_t		 n;
};

struct owner_known {
	struct cgroups	*cgroups;	/* borrowed */
	struct part	 now, before;
	struct owners	*used;
	struct owner	 other;
};

static struct slot *
find(const struct part *p, const uint64_t fingerprint[2])
{
	size_t	i = (size_t)fingerprint[1] & (SLOTS - 1);

	while (p->slots[i].owner != NULL &&
	    memcmp(p->slots[i].fingerprint, fingerprint, OWNER_LEN) != 0)
		i = (i + 1) & (SLOTS - 1);
	return (&p->slots[i]);
}

static void
empty(struct part *p)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++) {
		free(p->slots[i].owner);
		p->slots[i].owner = NULL;
	}
	p->n = 0;
}

struct owner_known *
owner_known_new(struct cgroups *c)
{
	struct owner_known	*k = calloc(1, sizeof(*k));

	if (k == NULL)
		return (NULL);
	k->cgroups = c;
	k->now.slots = calloc(SLOTS, sizeof(struct slot));
	k->before.slots = calloc(SLOTS, sizeof(struct slot));
	k->used = owners_new();
	if (k->now.slots == NULL || k->before.slots == NULL ||
	    k->used == NULL) {
		owner_known_free(k);
		errno = ENOMEM;
		return (NULL);
	}
	k->other.uid = OWNER_NO_UID;
	(void)strlcpy(k->other.program, OWNER_OTHER, sizeof(k->other.program));
	owner_identify(&k->other);
	return (k);
}

void
owner_known_free(struct owner_known *k)
{
	if (k == NULL)
		return;
	if (k->now.slots != NULL)
		empty(&k->now);
	if (k->before.slots != NULL)
		empty(&k->before);
	free(k->now.slots);
	free(k->before.slots);
	owners_free(k->used);
	free(k);
}

/*
 * Not by getpwuid(3), which may ask servers: a packet's owner must not cause
 * packets.  The file is opened each time since programs that change it put
 * another in its place.
 */
static void
find_user(uint32_t uid, char *name, size_t len)
{
	struct passwd	*p;
	FILE		*f = fopen("/etc/passwd", "re");

	name[0] = '\0';
	if (f == NULL)
		return;
	while ((p = fgetpwent(f)) != NULL)
		if (p->pw_uid == uid) {
			(void)strlcpy(name, p->pw_name, len);
			break;
		}
	(void)fclose(f);
}

/*
 * The path of its cgroup, or of the nearest one above it that is known: one
 * that lived for a moment may be gone.
 */
static void
find_unit(struct cgroups *c, const struct owner_news *n, char *unit)
{
	const char	*path = cgroups_path(c, n->parts.cgroup);
	int		 i;

	if (path != NULL) {
		(void)strlcpy(unit, path, OWNER_UNIT_MAX);
		return;
	}
	for (i = OWNER_LEVELS - 1; i >= 0 && path == NULL; i--)
		path = n->above[i] == 0 || n->above[i] == n->parts.cgroup ?
		    NULL : cgroups_path_known(c, n->above[i]);
	(void)snprintf(unit, OWNER_UNIT_MAX, "%.*s%s",
	    OWNER_UNIT_MAX - (int)sizeof(GONE), path == NULL ? "" : path,
	    GONE);
}

static void
name_owner(struct cgroups *c, const struct owner_news *n, struct owner *o)
{
	memset(o, 0, sizeof(*o));
	o->uid = n->parts.uid;
	if (n->parts.flags & OWNER_SOCK_KERNEL)
		o->uid = OWNER_NO_UID;
	else
		find_user(o->uid, o->user, sizeof(o->user));
	find_unit(c, n, o->unit);
	if (n->parts.flags & OWNER_SOCK_KERNEL)
		(void)strlcpy(o->program, OWNER_KERNEL, sizeof(o->program));
	else if (n->parts.flags & OWNER_SOCK_OLD)
		(void)strlcpy(o->program, OWNER_BEFORE, sizeof(o->program));
	else
		(void)snprintf(o->program, sizeof(o->program), "%.*s",
		    OWNER_COMM, n->parts.comm);
	owner_identify(o);
}

bool
owner_known_learn(struct owner_known *k, const struct owner_news *n)
{
	struct slot	*s = find(&k->now, n->fingerprint);

	if (s->owner != NULL)
		return (true);
	if (k->now.n >= SLOTS - 1 ||
	    (s->owner = malloc(sizeof(*s->owner))) == NULL)
		return (false);
	name_owner(k->cgroups, n, s->owner);
	memcpy(s->fingerprint, n->fingerprint, sizeof(s->fingerprint));
	k->now.n++;
	return (true);
}

bool
owner_known_is_full(const struct owner_known *k)
{
	return (k->now.n >= KNOWN_MOST);
}

void
owner_known_forget(struct owner_known *k)
{
	struct part	old = k->before;

	empty(&old);
	k->before = k->now;
	k->now = old;
}

bool
owner_known_translate(struct owner_known *k, struct flow_key *key)
{
	uint8_t			*side = owner_is(key->src) ? key->src :
	    owner_is(key->dst) ? key->dst : NULL;
	const struct owner	*o;
	uint64_t		 fingerprint[2];

	if (side == NULL)
		return (false);
	memcpy(fingerprint, side, OWNER_LEN);
	if ((o = find(&k->now, fingerprint)->owner) == NULL &&
	    (o = find(&k->before, fingerprint)->owner) == NULL)
		o = &k->other;
	if (owners_add(k->used, o) == -1) {
		o = &k->other;
		(void)owners_add(k->used, o);
	}
	memcpy(side, o->id, OWNER_LEN);
	return (true);
}

struct owners *
owner_known_used(struct owner_known *k)
{
	return (k->used);
}

/* Interfaces keep their numbers, also where those between are not in use. */
static int
take_interfaces(struct owners *to, const struct owners *from)
{
	uint16_t	i, n = owners_interfaces(from);

	for (i = 1; i <= n; i++)
		if (owners_ifname(from, i) != NULL &&
		    !owners_set_interface(to, i, owners_ifname(from, i)))
			return (-1);
	return (0);
}

int
owner_known_adopt(struct owner_known *k, const struct owners *from)
{
	return (from == NULL ? 0 : take_interfaces(k->used, from));
}

void
owner_known_reset(struct owner_known *k)
{
	struct owners	*fresh;

	if (owners_count(k->used) == 0 || (fresh = owners_new()) == NULL)
		return;
	if (take_interfaces(fresh, k->used) == -1) {
		owners_free(fresh);
		return;
	}
	owners_free(k->used);
	k->used = fresh;
}
