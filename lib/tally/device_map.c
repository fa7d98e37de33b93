/*
 * A table of addresses, each of which points to its device; and two tables
 * that find the device of a MAC address and of a name.  A device is identified
 * by the address that was first known of it; those of the devices file are
 * added in their order, so answers do not depend on what is read first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packet/addr.h"
#include "table/groups.h"
#include "device_map.h"

#define HOST_WIDTH	((size_t)17)	/* family, address */

/* A device; the addresses that have occurred are a list. */
struct member {
	struct names_host	 host;
	struct member		*device;	/* who identifies it; or NULL */
	bool			 occurred;
	struct member		*next;
	struct member		*first;		/* of the device: its list */
	const uint8_t		*mac;		/* in by_mac, or NULL */
};

/* Whom a MAC address or a name belongs to. */
struct possessor {
	struct member	*device;
};

struct device_map {
	bool		 apart;
	bool		 failed;
	bool		 named;		/* by_name has those of by_mac */
	struct names	*names;
	struct groups	*members;	/* struct member, by address */
	struct groups	*by_mac;	/* struct possessor */
	struct groups	*by_name;	/* struct possessor */
};

struct device_map *
device_map_new(bool apart)
{
	struct device_map	*m;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		return (NULL);
	m->apart = apart;
	m->members = groups_new(HOST_WIDTH, sizeof(struct member));
	m->by_mac = groups_new(MAC_LEN, sizeof(struct possessor));
	m->by_name = groups_new(NAMES_HOST_LEN, sizeof(struct possessor));
	if (m->members != NULL && m->by_mac != NULL && m->by_name != NULL)
		return (m);
	device_map_free(m);
	errno = ENOMEM;
	return (NULL);
}

void
device_map_free(struct device_map *m)
{
	if (m == NULL)
		return;
	groups_free(m->members);
	groups_free(m->by_mac);
	groups_free(m->by_name);
	free(m);
}

void
device_map_set_names(struct device_map *m, struct names *names)
{
	m->names = names;
}

void
device_map_set_local(struct device_map *m, const char *networks)
{
	if (m->names != NULL)
		names_set_local(m->names, networks);
}

/* The entry of an address; NULL with errno. */
static struct member *
member_of(const struct device_map *m, const struct names_host *h)
{
	uint8_t		 key[HOST_WIDTH];
	struct member	*one;

	key[0] = h->family;
	memcpy(key + 1, h->addr, sizeof(h->addr));
	if ((one = groups_get(m->members, key)) != NULL)
		one->host = *h;
	return (one);
}

int
device_map_add(struct device_map *m, const struct names_host *h,
    const uint8_t mac[MAC_LEN])
{
	struct member	*one = member_of(m, h);
	struct possessor	*owner = groups_get(m->by_mac, mac);

	if (one == NULL || owner == NULL)
		return (-1);
	one->mac = groups_key(m->by_mac, owner);
	if (m->apart)
		return (0);
	if (owner->device == NULL)
		owner->device = one;
	one->device = owner->device;
	return (0);
}

void
device_map_restart(struct device_map *m)
{
	struct member	*one;
	size_t		 i;

	for (i = 0; i < groups_count(m->members); i++) {
		one = groups_at(m->members, i);
		one->occurred = false;
		one->next = one->first = NULL;
	}
}

/* ---- whose address ---- */

/* The device that has the name of this address, by default `own'. */
static struct member *
device_of_name(struct device_map *m, const struct member *one,
    struct member *own)
{
	char		 name[NAMES_HOST_LEN] = "", addr[ADDR_STRLEN];
	struct possessor	*owner;

	(void)names_host_alone(m->names, one->host.family, one->host.addr,
	    name);
	addr_format(one->host.family, one->host.addr, addr);
	if (strcmp(name, addr) == 0)
		return (own);
	/* The octets behind the NUL are part of the key. */
	memset(name + strlen(name), 0, sizeof(name) - strlen(name));
	if ((owner = groups_get(m->by_name, (const uint8_t *)name)) == NULL) {
		m->failed = true;
		return (own);
	}
	if (owner->device == NULL)
		owner->device = own;
	return (owner->device);
}

/* The names of devices whose MAC address is known; all resolved at once. */
static void
name_devices(struct device_map *m)
{
	size_t			 n = groups_count(m->members), i, used = 0;
	struct names_host	*list = calloc(n + 1, sizeof(*list));
	struct member		*one;

	m->named = true;
	for (i = 0; list != NULL && i < n; i++) {
		one = groups_at(m->members, i);
		if (one->mac != NULL)
			list[used++] = one->host;
	}
	names_resolve(m->names, list, used);
	free(list);
	for (i = 0; i < n; i++) {
		one = groups_at(m->members, i);
		if (one->mac != NULL)
			(void)device_of_name(m, one, one->device);
	}
}

static struct member *
device_by_name(struct device_map *m, struct member *one)
{
	if (m->names == NULL || m->apart)
		return (one);
	if (!m->named)
		name_devices(m);
	return (device_of_name(m, one, one));
}

struct names_host
device_map_find(struct device_map *m, const struct names_host *h)
{
	struct member	*one = member_of(m, h);

	if (one == NULL) {
		m->failed = true;
		return (*h);
	}
	if (one->device == NULL)
		one->device = device_by_name(m, one);
	if (!one->occurred) {
		one->occurred = true;
		one->next = one->device->first;
		one->device->first = one;
	}
	return (one->device->host);
}

bool
device_map_failed(const struct device_map *m)
{
	return (m->failed);
}

/* ---- what is known of it ---- */

const uint8_t *
device_map_mac(const struct device_map *m, const struct names_host *h)
{
	const struct member	*one = member_of(m, h);

	return (one == NULL ? NULL : one->mac);
}

static int
compare(const struct names_host *a, const struct names_host *b)
{
	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	return (memcmp(a->addr, b->addr, sizeof(a->addr)));
}

/* Insert into the sorted list of *n hosts, of which at most `most' stay. */
static void
insert(struct names_host *list, size_t *n, size_t most,
    const struct names_host *h)
{
	size_t	i = *n;

	while (i > 0 && compare(h, &list[i - 1]) < 0)
		i--;
	if (i == most)
		return;
	if (*n < most)
		(*n)++;
	memmove(&list[i + 1], &list[i], (*n - i - 1) * sizeof(*list));
	list[i] = *h;
}

size_t
device_map_addresses(const struct device_map *m, const struct names_host *h,
    struct names_host *to, size_t most)
{
	const struct member	*one = member_of(m, h);
	size_t			 n = 0, all = 0;

	for (one = one == NULL ? NULL : one->first; one != NULL;
	    one = one->next) {
		insert(to, &n, most, &one->host);
		all++;
	}
	return (all);
}
