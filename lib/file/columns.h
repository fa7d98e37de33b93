/*
 * The columns of a segment: their numbers, the width of their values, and how
 * an array of values is split into planes and joined again.  Plane k contains
 * byte k of every value, the lowest is byte 0.  The file format has frozen
 * the numbers.  No state; any thread.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>
#include <stdint.h>

enum column_id {
	COL_ADDR4 = 1,	/* IPv4 addresses, sorted: difference to the last */
	COL_ADDR6_HI,	/* others, sorted: first half, likewise */
	COL_ADDR6_LO,	/* others: second half, the value itself */
	COL_SRC,	/* number of the address: difference to the last row */
	COL_DST,	/* likewise if the source is the same, else itself */
	COL_PROTO,
	COL_SPORT,
	COL_DPORT,
	COL_FAMILY,
	COL_FLAGS,
	COL_PACKETS,
	COL_DATA,
	COL_HEAD,	/* header bytes: (ip - data) / packets */
	COL_HEAD_REST,	/* (ip - data) % packets */
	COL_VLAN,	/* FLOW_VLAN_*, or the id */
	COL_IDS
};

/* Most bytes of a value of any column, so most planes of a column. */
#define COL_WIDTH	8

/* Values that are split or joined at once: they fit in the L1 cache. */
#define COL_CHUNK	512

/* How many values a segment has in each kind of column. */
struct column_counts {
	size_t	rows;
	size_t	addr4;
	size_t	addr6;
};

/* Width of a value in bytes (0: no such column), and number of values. */
unsigned	column_width(unsigned id);
size_t		column_count(unsigned id, const struct column_counts *);

/* Size of all planes of all columns together, in bytes. */
size_t		columns_size(const struct column_counts *);

/*
 * Split n values v into the planes at out, which are `stride' bytes apart.
 * The caller has set them to zero.
 */
void		columns_split(const uint64_t *v, size_t n, uint8_t *out,
		    size_t stride);

/*
 * Set v to n values of a column, from number `at' on, from its planes.  A
 * plane that is NULL is all zero.
 */
void		columns_join(const uint8_t *const planes[COL_WIDTH], size_t at,
		    size_t n, uint64_t *v);

#endif
