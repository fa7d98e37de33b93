/*
 * The groups that a host joins or leaves, in reports of IGMPv3 (RFC 3376) and
 * MLDv2 (RFC 3810).  Both have a count and records: type, words of auxiliary
 * data, number of sources, group, sources.
 */
#include "base/endian.h"
#include "ipreport.h"

#define MLD_V2_REPORT	143
#define FIRST		8		/* the offset of the first record */
#define WORD		4

/* Set what is at g->at. */
static bool
take(const struct layer *l, struct group *g)
{
	uint32_t	size = g->family == FLOW_FAMILY_IP4 ? 4 : 16;

	if (g->left == 0 || l->captured < g->at + WORD + size)
		return (false);
	g->left--;
	g->type = l->at[g->at];
	g->sources = get_be16(l->at + g->at + 2);
	g->address = l->at + g->at + WORD;
	g->at += WORD + size + g->sources * size +
	    (uint32_t)l->at[g->at + 1] * WORD;
	return (true);
}

bool
groups_first(const struct layer *l, struct group *g)
{
	if (l->captured < FIRST)
		return (false);
	if (l->kind == LAYER_IGMP && l->at[0] == IGMP_V3_REPORT)
		g->family = FLOW_FAMILY_IP4;
	else if (l->kind == LAYER_ICMP6 && l->at[0] == MLD_V2_REPORT)
		g->family = FLOW_FAMILY_IP6;
	else
		return (false);
	g->at = FIRST;
	g->left = get_be16(l->at + 6);
	return (take(l, g));
}

bool
groups_next(const struct layer *l, struct group *g)
{
	return (take(l, g));
}

const char *
meaning_group(uint32_t type)
{
	static const char *const	names[] = { NULL, "include",
	    "exclude", "to include", "to exclude", "allow", "block" };

	return (type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL);
}
