/*
 * Keys of the accounting table: their order, what the --ports modes keep of
 * them, and the rows that sum up others.  Uses no packets and no files.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"

const char *const flow_ports_names[FLOW_PORTS_MODES] = {
	[FLOW_PORTS_ALL] = "all",
	[FLOW_PORTS_SERVICE] = "service",
	[FLOW_PORTS_NONE] = "none",
};

void
flow_key_reduce(struct flow_key *k, enum flow_ports mode)
{
	switch (mode) {
	case FLOW_PORTS_SERVICE:
		flow_drop_client_port(k);
		break;
	case FLOW_PORTS_NONE:
		k->sport = k->dport = 0;
		k->proto = 0;
		k->flags |= FLOW_NO_PROTO;
		break;
	default:
		break;
	}
}

void
flow_key_other(struct flow_key *k, uint8_t proto)
{
	memset(k, 0, sizeof(*k));
	k->proto = proto;
	k->family = FLOW_FAMILY_NONE;
	k->flags = FLOW_OTHER;
}

/* Rows without a family sort last. */
static int
family_rank(const struct flow_key *k)
{
	return (k->family == FLOW_FAMILY_NONE ? 256 : k->family);
}

_Static_assert(offsetof(struct flow_key, src) == 0 &&
    offsetof(struct flow_key, dst) == 16, "src and dst come first");

int
flow_key_cmp(const struct flow_key *a, const struct flow_key *b)
{
	int	d;

	if ((d = family_rank(a) - family_rank(b)) != 0)
		return (d);
	/* src and dst come first and are both in network order. */
	if ((d = memcmp(a, b, sizeof(a->src) + sizeof(a->dst))) != 0)
		return (d);
	if ((d = a->proto - b->proto) != 0)
		return (d);
	if ((d = a->sport - b->sport) != 0)
		return (d);
	if ((d = a->dport - b->dport) != 0)
		return (d);
	if ((d = a->flags - b->flags) != 0)
		return (d);
	return (a->vlan - b->vlan);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct flow	*x = a, *y = b;

	return (flow_key_cmp(&x->key, &y->key));
}

size_t
flow_merge(struct flow *rows, size_t n)
{
	size_t	i, last = 0;

	if (n == 0)
		return (0);
	qsort(rows, n, sizeof(*rows), compare_rows);
	for (i = 1; i < n; i++)
		if (compare_rows(&rows[last], &rows[i]) == 0)
			flow_count_add(&rows[last].count, &rows[i].count);
		else
			rows[++last] = rows[i];
	return (last + 1);
}

size_t
flow_unite_vlans(struct flow *rows, size_t n)
{
	size_t	i, left = 0;

	for (i = 0; i < n; i++) {
		rows[i].key.vlan = FLOW_VLAN_NONE;
		if (left > 0 && flow_key_cmp(&rows[left - 1].key,
		    &rows[i].key) == 0)
			flow_count_add(&rows[left - 1].count, &rows[i].count);
		else
			rows[left++] = rows[i];
	}
	return (left);
}
