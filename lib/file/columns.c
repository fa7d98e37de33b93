/*
 * The table of the columns of a segment, and values to planes and back.  Uses
 * neither rows nor files.
 */
#include <string.h>

#include "columns.h"

#define GROUP	16

enum kind {
	PER_ROW,
	PER_ADDR4,
	PER_ADDR6
};

static const struct column {
	uint8_t		width;
	enum kind	kind;
} columns[COL_IDS] = {
	[COL_ADDR4] =	 { 4, PER_ADDR4 },
	[COL_ADDR6_HI] = { 8, PER_ADDR6 },
	[COL_ADDR6_LO] = { 8, PER_ADDR6 },
	[COL_SRC] =	 { 3, PER_ROW },
	[COL_DST] =	 { 3, PER_ROW },
	[COL_PROTO] =	 { 1, PER_ROW },
	[COL_SPORT] =	 { 2, PER_ROW },
	[COL_DPORT] =	 { 2, PER_ROW },
	[COL_FAMILY] =	 { 1, PER_ROW },
	[COL_FLAGS] =	 { 2, PER_ROW },
	[COL_PACKETS] =	 { 8, PER_ROW },
	[COL_DATA] =	 { 8, PER_ROW },
	[COL_HEAD] =	 { 8, PER_ROW },
	[COL_HEAD_REST] = { 8, PER_ROW },
	[COL_VLAN] =	 { 2, PER_ROW },
};

unsigned
column_width(unsigned id)
{
	return (id < COL_IDS ? columns[id].width : 0);
}

size_t
column_count(unsigned id, const struct column_counts *c)
{
	switch (columns[id].kind) {
	case PER_ADDR4:
		return (c->addr4);
	case PER_ADDR6:
		return (c->addr6);
	default:
		return (c->rows);
	}
}

size_t
columns_size(const struct column_counts *c)
{
	size_t		size = 0;
	unsigned	id;

	for (id = 1; id < COL_IDS; id++)
		size += column_width(id) * column_count(id, c);
	return (size);
}

void
columns_split(const uint64_t *v, size_t n, uint8_t *out, size_t stride)
{
	uint64_t	all = 0;
	size_t		i;
	unsigned	shift;

	for (i = 0; i < n; i++)
		all |= v[i];
	for (shift = 0; shift < 64 && all >> shift != 0; shift += 8) {
		for (i = 0; i < n; i++)
			out[i] = (uint8_t)(v[i] >> shift);
		out += stride;
	}
}

/*
 * Add one byte to each value.  Compilers vectorize groups of a fixed size at
 * any level of optimization.
 */
static void
join_plane(const uint8_t *restrict p, size_t n, unsigned shift,
    uint64_t *restrict v)
{
	size_t	i;

	for (; n >= GROUP; n -= GROUP, p += GROUP, v += GROUP)
		for (i = 0; i < GROUP; i++)
			v[i] |= (uint64_t)p[i] << shift;
	for (i = 0; i < n; i++)
		v[i] |= (uint64_t)p[i] << shift;
}

void
columns_join(const uint8_t *const planes[COL_WIDTH], size_t at, size_t n,
    uint64_t *v)
{
	unsigned	k;

	memset(v, 0, n * sizeof(*v));
	for (k = 0; k < COL_WIDTH; k++)
		if (planes[k] != NULL)
			join_plane(planes[k] + at, n, 8 * k, v);
}
