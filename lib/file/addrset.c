/*
 * The distinct addresses of a segment.  A radix sort takes linear time for any
 * addresses, so that an attacker's choice of addresses cannot make it slow.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "addrset.h"

struct entry {
	uint8_t		addr[16];
	uint32_t	at;		/* in the order of addrset_add() */
};

struct addrset {
	size_t		 max, n;	/* entries, repeated ones counted */
	size_t		 count, count4;	/* distinct ones; mapped ones of them */
	uint64_t	 varies[2];	/* bytes not 0: the addresses differ */
	struct entry	*entries;	/* as added, later sorted */
	struct entry	*scratch;	/* after the sort: the distinct ones */
	uint32_t	*number;
};

struct addrset *
addrset_new(size_t max)
{
	struct addrset	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->max = max;
	s->entries = calloc(max, sizeof(*s->entries));
	s->scratch = calloc(max, sizeof(*s->scratch));
	s->number = calloc(max, sizeof(*s->number));
	if (s->entries == NULL || s->scratch == NULL || s->number == NULL) {
		addrset_free(s);
		return (NULL);
	}
	return (s);
}

void
addrset_free(struct addrset *s)
{
	if (s == NULL)
		return;
	free(s->entries);
	free(s->scratch);
	free(s->number);
	free(s);
}

void
addrset_clear(struct addrset *s)
{
	s->n = s->count = s->count4 = 0;
	memset(s->varies, 0, sizeof(s->varies));
}

void
addrset_add(struct addrset *s, const uint8_t addr[16])
{
	struct entry	*e = &s->entries[s->n];
	uint64_t	 word[2], first[2];

	memcpy(e->addr, addr, sizeof(e->addr));
	memcpy(word, addr, sizeof(word));
	memcpy(first, s->entries[0].addr, sizeof(first));
	s->varies[0] |= word[0] ^ first[0];
	s->varies[1] |= word[1] ^ first[1];
	e->at = (uint32_t)s->n++;
}

/* Is it an IPv4 address, ::ffff:a.b.c.d? */
static bool
addr_is_mapped(const uint8_t addr[16])
{
	static const uint8_t	prefix[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};

	return (memcmp(addr, prefix, sizeof(prefix)) == 0);
}

/* One pass of the sort, by one byte; equal ones keep their order. */
static void
sort_octet(struct addrset *s, unsigned octet)
{
	size_t		 start[257] = { 0 };
	struct entry	*swap;
	size_t		 i;

	for (i = 0; i < s->n; i++)
		start[s->entries[i].addr[octet] + 1]++;
	for (i = 1; i < 256; i++)
		start[i] += start[i - 1];
	for (i = 0; i < s->n; i++)
		s->scratch[start[s->entries[i].addr[octet]]++] = s->entries[i];
	swap = s->entries;
	s->entries = s->scratch;
	s->scratch = swap;
}

/* Number the distinct addresses that are, or are not, IPv4-mapped. */
static void
number_kind(struct addrset *s, bool mapped)
{
	const struct entry	*e, *last = NULL;

	for (e = s->entries; e < s->entries + s->n; e++) {
		if (addr_is_mapped(e->addr) != mapped)
			continue;
		if (last == NULL ||
		    memcmp(e->addr, last->addr, sizeof(e->addr)) != 0)
			s->scratch[s->count++] = *e;
		s->number[e->at] = (uint32_t)(s->count - 1);
		last = e;
	}
}

void
addrset_sort(struct addrset *s)
{
	const uint8_t	*varies = (const uint8_t *)s->varies;
	unsigned	 octet;

	s->count = s->count4 = 0;
	if (s->n == 0)
		return;
	/* Skip bytes that are equal in all: IPv4 addresses differ in four. */
	for (octet = 16; octet-- > 0;)
		if (varies[octet] != 0)
			sort_octet(s, octet);
	number_kind(s, true);
	s->count4 = s->count;
	number_kind(s, false);
}

size_t
addrset_count(const struct addrset *s)
{
	return (s->count);
}

size_t
addrset_count4(const struct addrset *s)
{
	return (s->count4);
}

const uint8_t *
addrset_get(const struct addrset *s, size_t n)
{
	return (s->scratch[n].addr);
}

uint32_t
addrset_number(const struct addrset *s, size_t i)
{
	return (s->number[i]);
}
