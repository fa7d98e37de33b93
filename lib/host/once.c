/*
 * Which frames of which devices are repetitions.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "hostmap.h"
#include "once.h"

#define PACKET_OUT	4	/* PACKET_OUTGOING of packet(7) */

struct once {
	uint64_t	*next;		/* being made, by once_set() */
	_Atomic(uint64_t) *shared;	/* of a program; NULL: none */
	_Atomic(uint64_t) table[ONCE_WORDS];
};

struct once *
once_new(void)
{
	struct once	*o;

	if ((o = calloc(1, sizeof(*o))) == NULL)
		return (NULL);
	if ((o->next = calloc(ONCE_WORDS, sizeof(*o->next))) != NULL)
		return (o);
	free(o);
	return (NULL);
}

void
once_free(struct once *o)
{
	if (o == NULL)
		return;
	free(o->next);
	free(o);
}

/* bits: HOSTMAP_REPEATS_. */
static void
mark(struct once *o, unsigned int index, unsigned int bits)
{
	if (index < ONCE_DEVICES)
		o->next[index / 32] |= (uint64_t)bits << (index % 32 * 2);
}

void
once_set(struct once *o, const struct hostmap *m)
{
	const struct hostmap_link	*l;
	size_t				 i;

	memset(o->next, 0, ONCE_WORDS * sizeof(*o->next));
	for (l = m->links; l < m->links + m->nlinks; l++) {
		mark(o, l->index, l->repeats);
		if (l->master != 0)
			mark(o, l->master, HOSTMAP_REPEATS_IN |
			    HOSTMAP_REPEATS_OUT);
	}
	for (i = 0; i < ONCE_WORDS; i++) {
		if (o->next[i] == atomic_load_explicit(&o->table[i],
		    memory_order_relaxed))
			continue;
		atomic_store(&o->table[i], o->next[i]);
		if (o->shared != NULL)
			atomic_store(&o->shared[i], o->next[i]);
	}
}

void
once_share(struct once *o, uint64_t *table)
{
	size_t	i;

	o->shared = (void *)table;
	for (i = 0; table != NULL && i < ONCE_WORDS; i++)
		atomic_store(&o->shared[i], atomic_load(&o->table[i]));
}

bool
once_repeats(const struct once *o, unsigned int index, unsigned int pkttype,
    bool forwarded)
{
	unsigned int	out = pkttype == PACKET_OUT;

	if (out && forwarded)
		return (true);
	return (index < ONCE_DEVICES && (atomic_load_explicit(
	    &o->table[index / 32], memory_order_relaxed) >>
	    (index % 32 * 2 + out) & 1) != 0);
}
