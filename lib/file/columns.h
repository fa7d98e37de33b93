/*
 * The columns of a segment: which there are, how wide their values may be,
 * and how an array of values is split into planes (plane k holds octet k of
 * every value) and joined again.  Numbers frozen by the file format.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>
#include <stdint.h>

enum column_id {
	COL_ADDR4 = 1,	/* IPv4 addresses, ascending: distance to the last */
	COL_ADDR6_HI,	/* other addresses, ascending: first half, likewise */
	COL_ADDR6_LO,	/* ... second half, as it is */
	COL_SRC,	/* number of the address: distance to the row before */
	COL_DST,	/* ... likewise where the source is the same */
	COL_PROTO,
	COL_SPORT,
	COL_DPORT,
	COL_FAMILY,
	COL_FLAGS,
	COL_PACKETS,
	COL_DATA,
	COL_HEAD,	/* header bytes: (ip - data) / packets */
	COL_HEAD_REST,	/* (ip - data) % packets */
	COL_IDS
};

/* Most octets of a value of any column: planes of a column. */
#define COL_WIDTH	8

/* Values that are split or joined at once: they fit the first cache. */
#define COL_CHUNK	512

/* How many values a segment has in each kind of column. */
struct column_counts {
	size_t	rows;
	size_t	addr4;
	size_t	addr6;
};

/* Octets of a value at most, 0 if there is no such column. */
unsigned	column_width(unsigned id);
size_t		column_count(unsigned id, const struct column_counts *);

/* Octets of all planes of all columns together. */
size_t		columns_size(const struct column_counts *);

/*
 * Split n values v into the planes at out, which are `stride' octets apart
 * and zero so far.
 */
void		columns_split(const uint64_t *v, size_t n, uint8_t *out,
		    size_t stride);

/* Values `at' to at + n of a column from its planes; a NULL plane is zero. */
void		columns_join(const uint8_t *const planes[COL_WIDTH], size_t at,
		    size_t n, uint64_t *v);

#endif
