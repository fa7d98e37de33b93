/*
 * Converts the decoder's counters (prototally.h) to those of clients.
 */
#include <stddef.h>

#include "protostat.h"

#define FAMILY_STEP	(PROTOSTAT_IP6_PACKETS - PROTOSTAT_IP4_PACKETS)

static void
add_sums(uint64_t *v, const struct prototally *t)
{
	size_t	family, proto, ip;

	for (family = 0; family < 2; family++) {
		ip = PROTOSTAT_IP4_PACKETS + family * FAMILY_STEP;
		for (proto = 0; proto < 256; proto++) {
			v[ip] += t->sums[family][proto].packets;
			v[ip + 1] += t->sums[family][proto].bytes;
			v[PROTOSTAT_PACKETS + proto] +=
			    t->sums[family][proto].packets;
			v[PROTOSTAT_BYTES + proto] +=
			    t->sums[family][proto].bytes;
		}
	}
}

void
protostat_add(struct protostat *sum, const struct prototally *t)
{
	uint64_t	*v = sum->v;
	size_t		 i;

	add_sums(v, t);
	v[PROTOSTAT_UNMARKED] += t->marks[TALLY_PLAIN];
	v[PROTOSTAT_LATER_FRAGMENTS] += t->marks[TALLY_LATER_FRAGMENT];
	v[PROTOSTAT_FIRST_FRAGMENTS] += t->first_fragments;
	for (i = 0; i < 256; i++) {
		v[PROTOSTAT_ICMP + i] += t->marks[TALLY_ICMP + i];
		v[PROTOSTAT_ICMP6 + i] += t->marks[TALLY_ICMP6 + i];
		v[PROTOSTAT_TCP_DATA] += t->marks[TALLY_TCP_DATA + i];
		v[PROTOSTAT_TCP_FLAGS + i] += t->marks[TALLY_TCP + i] +
		    t->marks[TALLY_TCP_DATA + i];
	}
}

void
prototally_add(struct prototally *a, const struct prototally *b)
{
	size_t	family, i;

	for (family = 0; family < 2; family++)
		for (i = 0; i < 256; i++) {
			a->sums[family][i].packets +=
			    b->sums[family][i].packets;
			a->sums[family][i].bytes += b->sums[family][i].bytes;
		}
	for (i = 0; i < TALLY_MARKS; i++)
		a->marks[i] += b->marks[i];
	a->first_fragments += b->first_fragments;
}
