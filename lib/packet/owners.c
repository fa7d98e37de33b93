/*
 * A set of owners with an index, and a list of interfaces.  Owners stand in
 * pieces that never move, so that a pointer to one stays valid.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "flow.h"
#include "owner.h"

#define PIECE		256		/* owners */
#define PIECES		(OWNERS_MOST / PIECE)
#define INDEX_LEAST	512		/* a power of 2 */

struct owners {
	struct owner	*piece[PIECES];
	size_t		 n;
	uint32_t	*index;		/* 1 + number of the owner; 0: free */
	size_t		 size;		/* of the index: over n * 2 */
	uint64_t	 seed;		/* nobody outside can choose a hash */
	char		(*names)[OWNERS_IFNAME_MAX];
	uint16_t	 interfaces;
	uint16_t	 room;		/* at names */
};

struct owners *
owners_new(void)
{
	struct owners	*o;

	if ((o = calloc(1, sizeof(*o))) == NULL)
		return (NULL);
	o->size = INDEX_LEAST;
	arc4random_buf(&o->seed, sizeof(o->seed));
	if ((o->index = calloc(o->size, sizeof(*o->index))) == NULL) {
		free(o);
		return (NULL);
	}
	return (o);
}

void
owners_free(struct owners *o)
{
	size_t	i;

	if (o == NULL)
		return;
	for (i = 0; i < PIECES && o->piece[i] != NULL; i++)
		free(o->piece[i]);
	free(o->index);
	free(o->names);
	free(o);
}

size_t
owners_count(const struct owners *o)
{
	return (o->n);
}

const struct owner *
owners_at(const struct owners *o, size_t i)
{
	return (&o->piece[i / PIECE][i % PIECE]);
}

/* The place of an id in the index, or the free one where it belongs. */
static uint32_t *
place(const struct owners *o, const uint8_t *id)
{
	size_t	at;

	at = (size_t)XXH3_64bits_withSeed(id, OWNER_LEN, o->seed);
	for (;; at++) {
		at &= o->size - 1;
		if (o->index[at] == 0 || memcmp(owners_at(o,
		    o->index[at] - 1)->id, id, OWNER_LEN) == 0)
			return (&o->index[at]);
	}
}

size_t
owners_number(const struct owners *o, const uint8_t *id)
{
	uint32_t	number = *place(o, id);

	return (number == 0 ? OWNERS_NONE : number - 1);
}

const struct owner *
owners_find(const struct owners *o, const uint8_t *id)
{
	size_t	number = owners_number(o, id);

	return (number == OWNERS_NONE ? NULL : owners_at(o, number));
}

/* Double the index. */
static int
grow_index(struct owners *o)
{
	uint32_t	*old = o->index, *new;
	size_t		 i;

	if ((new = calloc(o->size * 2, sizeof(*new))) == NULL)
		return (-1);
	o->index = new;
	o->size *= 2;
	for (i = 0; i < o->n; i++)
		*place(o, owners_at(o, i)->id) = (uint32_t)i + 1;
	free(old);
	return (0);
}

int
owners_add(struct owners *o, const struct owner *one)
{
	struct owner	**piece;

	if (owners_find(o, one->id) != NULL)
		return (0);
	if (o->n == OWNERS_MOST) {
		errno = ENOSPC;
		return (-1);
	}
	if (o->n * 2 >= o->size && grow_index(o) == -1)
		return (-1);
	piece = &o->piece[o->n / PIECE];
	if (*piece == NULL &&
	    (*piece = calloc(PIECE, sizeof(**piece))) == NULL)
		return (-1);
	(*piece)[o->n % PIECE] = *one;
	*place(o, one->id) = (uint32_t)++o->n;
	return (1);
}

int
owners_add_all(struct owners *o, const struct owners *from)
{
	size_t	i;
	int	rc, new = 0;

	for (i = 0; i < from->n; i++) {
		if ((rc = owners_add(o, owners_at(from, i))) == -1)
			return (-1);
		new |= rc;
	}
	return (new);
}

/* ---- interfaces ---- */

/* Make room for numbers up to that one, without names. */
static int
grow_names(struct owners *o, uint16_t number)
{
	uint16_t	 room = o->room == 0 ? 16 : o->room;
	void		*p;

	while (room < number)
		room = (uint16_t)(room * 2);
	if (room > o->room) {
		if ((p = realloc(o->names, room * sizeof(*o->names))) == NULL)
			return (-1);
		o->names = p;
		o->room = room;
	}
	for (; o->interfaces < number; o->interfaces++)
		memset(o->names[o->interfaces], 0, OWNERS_IFNAME_MAX);
	return (0);
}

/* Its number, or 0. */
static uint16_t
number_of(const struct owners *o, const char *ifname)
{
	uint16_t	i;

	for (i = 0; i < o->interfaces; i++)
		if (strcmp(o->names[i], ifname) == 0)
			return ((uint16_t)(i + 1));
	return (0);
}

struct owners *
owners_copy(const struct owners *from)
{
	struct owners	*o;

	if ((o = owners_new()) == NULL)
		return (NULL);
	if (owners_add_all(o, from) == -1 ||
	    (from->interfaces > 0 && grow_names(o, from->interfaces) == -1)) {
		owners_free(o);
		errno = ENOMEM;
		return (NULL);
	}
	if (from->interfaces > 0)
		memcpy(o->names, from->names,
		    from->interfaces * sizeof(*o->names));
	return (o);
}

bool
owners_set_interface(struct owners *o, uint16_t number, const char *ifname)
{
	size_t	len = strlen(ifname);

	if (len == 0 || len >= OWNERS_IFNAME_MAX || number == 0 ||
	    number > OWNERS_INTERFACES || owners_ifname(o, number) != NULL ||
	    number_of(o, ifname) != 0 ||
	    (number > o->interfaces && grow_names(o, number) == -1))
		return (false);
	memcpy(o->names[number - 1], ifname, len);
	return (true);
}

uint16_t
owners_interface(struct owners *o, const char *ifname)
{
	uint16_t	number;

	if (ifname[0] == '\0')
		return (0);
	if ((number = number_of(o, ifname)) != 0)
		return (number);
	number = (uint16_t)(o->interfaces + 1);
	return (owners_set_interface(o, number, ifname) ? number : 0);
}

uint16_t
owners_interfaces(const struct owners *o)
{
	return (o->interfaces);
}

const char *
owners_ifname(const struct owners *o, uint16_t number)
{
	return (number == 0 || number > o->interfaces ||
	    o->names[number - 1][0] == '\0' ? NULL : o->names[number - 1]);
}

bool
owners_join_interfaces(struct owners *o, const struct owners *from,
    uint16_t map[OWNERS_MAP])
{
	uint16_t	i;
	bool		same = true;

	memset(map, 0, OWNERS_MAP * sizeof(*map));
	for (i = 1; i <= from->interfaces; i++) {
		if (owners_ifname(from, i) == NULL)
			continue;
		map[i] = owners_interface(o, owners_ifname(from, i));
		if (map[i] == 0)
			map[i] = FLOW_VLAN_MIXED;
		same &= map[i] == i;
	}
	map[FLOW_VLAN_MIXED] = FLOW_VLAN_MIXED;
	return (same);
}

size_t
owners_renumber(const uint16_t map[OWNERS_MAP], struct flow *rows, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		rows[i].key.vlan = map[rows[i].key.vlan] & FLOW_VLAN_MASK;
	return (flow_merge(rows, n));
}
