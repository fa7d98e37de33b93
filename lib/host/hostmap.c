/*
 * Which networks are behind an interface.  A port of a bridge and a slave of a
 * bond have no addresses: those of the bridge or the bond are meant.  The
 * device below macvlans and VLANs may have none either: what passes it belongs
 * to the addresses of these.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hostmap.h"

/* Devices above each other; a list made while they change may have a circle. */
#define DEPTH_MOST	8

int
hostmap_add_link(struct hostmap *m, const struct hostmap_link *l)
{
	struct hostmap_link	*list;

	list = realloc(m->links, (m->nlinks + 1) * sizeof(*list));
	if (list == NULL)
		return (-1);
	m->links = list;
	list[m->nlinks++] = *l;
	return (0);
}

int
hostmap_add_address(struct hostmap *m, const struct hostmap_address *a)
{
	struct hostmap_address	*list;

	list = realloc(m->addresses, (m->naddresses + 1) * sizeof(*list));
	if (list == NULL)
		return (-1);
	m->addresses = list;
	list[m->naddresses++] = *a;
	return (0);
}

void
hostmap_clear(struct hostmap *m)
{
	free(m->links);
	free(m->addresses);
	memset(m, 0, sizeof(*m));
}

/* Add the networks of the interface's own addresses; 0: of all. */
static int
add_own(const struct hostmap *m, unsigned int index, struct nets *set)
{
	const struct hostmap_address	*a;
	size_t				 i;

	for (i = 0; i < m->naddresses; i++) {
		a = &m->addresses[i];
		if ((index == 0 || a->index == index) &&
		    nets_add_net(set, a->family, a->addr, a->bits) == -1)
			return (-1);
	}
	return (0);
}

static unsigned int
master_of(const struct hostmap *m, unsigned int index)
{
	size_t	i;

	for (i = 0; i < m->nlinks; i++)
		if (m->links[i].index == index)
			return (m->links[i].master);
	return (0);
}

static int
add_behind(const struct hostmap *m, unsigned int index, struct nets *set,
    int depth)
{
	unsigned int	master;
	size_t		i;

	if (add_own(m, index, set) == -1)
		return (-1);
	if (nets_beyond_link(set) || depth == 0)
		return (0);
	for (i = 0; i < m->nlinks; i++)
		if (m->links[i].below == index && add_own(m,
		    m->links[i].index, set) == -1)
			return (-1);
	if (nets_beyond_link(set))
		return (0);
	for (i = 0; i < m->nlinks; i++)
		if (m->links[i].below == index && add_behind(m,
		    m->links[i].index, set, depth - 1) == -1)
			return (-1);
	if (nets_beyond_link(set) || (master = master_of(m, index)) == 0)
		return (0);
	return (add_behind(m, master, set, depth - 1));
}

int
hostmap_networks(const struct hostmap *m, unsigned int index,
    struct nets *set)
{
	if (index == 0)
		return (add_own(m, 0, set));
	return (add_behind(m, index, set, DEPTH_MOST));
}

static bool
has(const unsigned int *list, size_t n, unsigned int index)
{
	while (n > 0)
		if (list[--n] == index)
			return (true);
	return (false);
}

size_t
hostmap_behind(const struct hostmap *m, unsigned int index, unsigned int *to,
    size_t most)
{
	const struct hostmap_link	*l;
	size_t				 done, i, n = 0;

	if (most == 0)
		return (1);
	to[n++] = index;
	for (done = 0; done < n; done++)
		for (i = 0; i < m->nlinks; i++) {
			l = &m->links[i];
			if (l->below == to[done])
				index = l->index;
			else if (l->index == to[done] && l->master != 0)
				index = l->master;
			else
				continue;
			if (has(to, n, index))
				continue;
			if (n == most)
				return (n + 1);
			to[n++] = index;
		}
	return (n);
}
