/*
 * Copies columns that are fields of a row from rows, by a table of offsets.
 */
#include <stddef.h>
#include <string.h>

#include "columns.h"
#include "segment.h"

static const struct field {
	size_t	offset;
	size_t	size;
} fields[COL_IDS] = {
	[COL_PROTO] =	{ offsetof(struct flow, key.proto), 1 },
	[COL_SPORT] =	{ offsetof(struct flow, key.sport), 2 },
	[COL_DPORT] =	{ offsetof(struct flow, key.dport), 2 },
	[COL_FLAGS] =	{ offsetof(struct flow, key.flags), 1 },
	[COL_PACKETS] =	{ offsetof(struct flow, count.packets), 8 },
	[COL_DATA] =	{ offsetof(struct flow, count.data), 8 },
};

/* Those of which no address can be taken. */
static void
load_bits(unsigned id, const struct flow *rows, size_t n, uint64_t *v)
{
	size_t	i;

	for (i = 0; i < n; i++)
		v[i] = id == COL_FAMILY ? rows[i].key.family :
		    rows[i].key.vlan;
}

void
fields_load(unsigned id, const struct flow *rows, size_t n, uint64_t *v)
{
	const uint8_t	*at = (const uint8_t *)rows + fields[id].offset;
	uint16_t	 half;
	size_t		 i;

	if (fields[id].size == 0) {
		load_bits(id, rows, n, v);
		return;
	}
	for (i = 0; i < n; i++, at += sizeof(*rows))
		switch (fields[id].size) {
		case 1:
			v[i] = *at;
			break;
		case 2:
			memcpy(&half, at, sizeof(half));
			v[i] = half;
			break;
		default:
			memcpy(&v[i], at, sizeof(v[i]));
			break;
		}
}
