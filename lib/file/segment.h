/*
 * A segment: up to SEG_ROWS rows of a block as columns, compressed, with a
 * checksum; decoded by itself.  Knows memory only, no files.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "block.h"

/* ---- writing ---- */
struct segment_writer;

/* For segments of up to max_rows <= SEG_ROWS rows.  NULL with errno. */
struct segment_writer *segment_writer_new(size_t max_rows);
void		 segment_writer_free(struct segment_writer *);

/*
 * Encode n rows, n >= 1, as segment `number' of a block.  Returns its octets,
 * *len of them, in memory of the writer, valid until the next call.
 */
const uint8_t	*segment_encode(struct segment_writer *,
		    const struct flow *const *rows, size_t n, uint32_t number,
		    size_t *len);

/* ---- reading ---- */
struct segment_reader;

/* No segment is longer: bounds what a reader allocates for it. */
#define SEG_MAX		(8U << 20)

struct segment_reader *segment_reader_new(void);
void		 segment_reader_free(struct segment_reader *);

/*
 * Begin to decode the `len' octets at `octets' (borrowed until the last row
 * has been read), which must be segment `number'; checks the checksum first.
 * Needs at most 8 MiB of memory whatever the octets are.
 */
enum block_error segment_decode(struct segment_reader *,
		    const uint8_t *octets, size_t len, uint32_t number);

/* Its rows, a few hundred at a time; *n is 0 at the end. */
enum block_error segment_rows(struct segment_reader *,
		    const struct flow **rows, size_t *n);

/* Begin with its first row again; or forget the segment. */
void		 segment_rewind(struct segment_reader *);
void		 segment_reset(struct segment_reader *);

/* ---- columns that are fields of a row, COL_PROTO to COL_DATA ---- */
void		 fields_load(unsigned id, const struct flow *rows, size_t n,
		    uint64_t *v);

#endif
