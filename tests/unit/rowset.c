/*
 * Rows, headers and files for the tests of blocks and save files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rowset.h"

uint64_t
random_next(uint64_t *state)
{
	uint64_t	z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31);
}

static void
make_address(uint8_t addr[16], bool ip4, uint64_t r)
{
	memset(addr, 0, 16);
	if (ip4) {
		addr[10] = addr[11] = 0xff;
		addr[12] = 10;
		addr[14] = (uint8_t)(r >> 8 & 3);
		addr[15] = (uint8_t)r;
		return;
	}
	addr[0] = 0xfd;
	addr[7] = (uint8_t)(r >> 8 & 3);
	addr[8] = (uint8_t)(r * 7);
	addr[15] = (uint8_t)r;
}

static void
make_row(struct flow *f, enum rowset_kind kind, uint64_t *rng)
{
	static const uint8_t	protos[] = { 6, 6, 6, 17, 17, 1, 58, 50 };
	uint64_t		r = random_next(rng);
	bool			ip4 = kind == ROWS_IP4 ||
				    (kind == ROWS_MIXED && r >> 60 < 10);

	memset(f, 0, sizeof(*f));
	f->key.family = ip4 ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6;
	make_address(f->key.src, ip4, r);
	make_address(f->key.dst, ip4, r >> 16);
	f->key.proto = protos[r >> 32 & 7];
	f->key.sport = (uint16_t)(r >> 40);
	f->key.dport = (uint16_t)random_next(rng) & 1023;
	f->count.packets = 1 + (random_next(rng) & 255);
	f->count.data = f->count.packets * (r >> 50 & 1023);
	f->count.ip = f->count.data + f->count.packets * 40 + (r & 3);
	if (kind == ROWS_MIXED && (r & 0xf000) == 0)
		flow_key_other(&f->key, (uint8_t)(r >> 16));
	else if (kind == ROWS_MIXED)
		f->key.flags = (uint8_t)(1U << (r >> 20 & 7)) & 0x3f;
	if (kind == ROWS_MIXED && (r & 0x30000) == 0)
		f->key.vlan = r >> 18 & FLOW_VLAN_MASK;
}

static void
make_extreme(struct flow *f, uint64_t *rng)
{
	uint8_t		*p = (uint8_t *)f;
	size_t		 i;
	uint64_t	 r;

	for (i = 0; i < sizeof(*f); i += 8) {
		r = random_next(rng);
		/* Half of all words are at a limit. */
		r = r & 1 ? r : r & 2 ? UINT64_MAX : r & 4 ? 1 : 0;
		memcpy(p + i, &r, 8);
	}
	f->key.family = (uint8_t)(f->count.ip % 3 == 0 ? FLOW_FAMILY_NONE :
	    f->count.ip % 3 == 1 ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6);
}

static int
by_key(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

void
rowset_make(struct rowset *s, size_t n, enum rowset_kind kind, uint64_t seed)
{
	size_t	i;

	s->row = calloc(n + 1, sizeof(*s->row));
	s->sorted = calloc(n + 1, sizeof(*s->sorted));
	if (s->row == NULL || s->sorted == NULL)
		abort();
	for (i = 0; i < n; i++) {
		if (kind == ROWS_EXTREME)
			make_extreme(&s->row[i], &seed);
		else
			make_row(&s->row[i], kind, &seed);
		s->sorted[i] = &s->row[i];
	}
	qsort(s->sorted, n, sizeof(*s->sorted), by_key);
	s->n = 0;
	for (i = 0; i < n; i++)
		if (s->n == 0 || flow_key_cmp(&s->sorted[s->n - 1]->key,
		    &s->sorted[i]->key) != 0)
			s->sorted[s->n++] = s->sorted[i];
}

void
rowset_free(struct rowset *s)
{
	free(s->row);
	free(s->sorted);
	memset(s, 0, sizeof(*s));
}

void
info_make(struct block_info *info, uint64_t instance, uint64_t epoch,
    uint64_t epoch_first)
{
	size_t	i;

	memset(info, 0, sizeof(*info));
	info->kind = BLOCK_SAVE;
	info->ports = FLOW_PORTS_SERVICE;
	info->minsize = 1024;
	info->instance = instance;
	info->epoch = epoch;
	info->epoch_first = epoch_first;
	info->begin_ns = 1700000000123456789;
	info->end_ns = info->begin_ns + epoch;
	info->duration_ns = epoch;
	for (i = 0; i < LEDGER_ENTRIES; i++)
		info->ledger.v[i] = instance * 1000 + i;
	strcpy(info->ifname, "eth0");
	strcpy(info->host, "gate");
	strcpy(info->filter, "ip or ip6");
	strcpy(info->networks, "10.0.0.0/8 fd00::/8");
}

bool
block_equals(struct block *b, const struct rowset *s)
{
	const struct flow	*rows;
	size_t			 n, i, at = 0;

	while (block_rows(b, &rows, &n) == BLOCK_OK) {
		if (n == 0)
			return (at == s->n);
		for (i = 0; i < n; i++, at++)
			if (at == s->n || memcmp(&rows[i], s->sorted[at],
			    sizeof(rows[i])) != 0)
				return (false);
	}
	return (false);
}

int
scratch_file(void)
{
	FILE	*f = tmpfile();
	int	 fd = f == NULL ? -1 : dup(fileno(f));

	if (fd == -1)
		abort();
	fclose(f);
	return (fd);
}
