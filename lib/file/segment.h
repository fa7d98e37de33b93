/*
 * A segment: up to SEG_ROWS rows of a block as compressed columns with a
 * checksum, decoded independently of other segments.  Works in memory only,
 * not with files.
 *
 *	writer_new -> [encode]* -> writer_free
 *	reader_new -> [decode -> [rows]* -> [rewind, reset]]* -> reader_free
 *
 * A writer or reader is used by one thread at a time.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "block.h"

/* ---- writing ---- */
struct segment_writer;

/* A writer for segments of up to max_rows <= SEG_ROWS.  NULL with errno. */
struct segment_writer *segment_writer_new(size_t max_rows);
void		 segment_writer_free(struct segment_writer *);

/*
 * Encode n rows, 1 <= n <= max_rows, as segment `number' of a block.  Returns
 * *len bytes in memory of the writer, valid until the next call.
 */
const uint8_t	*segment_encode(struct segment_writer *,
		    const struct flow *const *rows, size_t n, uint32_t number,
		    size_t *len);

/* ---- reading ---- */
struct segment_reader;

/* Longest segment in bytes: limits what a reader allocates for one. */
#define SEG_MAX		(8U << 20)

/* NULL with errno. */
struct segment_reader *segment_reader_new(void);
void		 segment_reader_free(struct segment_reader *);

/*
 * Begin to decode `len' bytes at `octets', which must be segment `number';
 * they are borrowed until the last row has been read.  Checks the checksum
 * first.  Needs at most 8 MiB of memory, whatever the bytes are.
 */
enum block_error segment_decode(struct segment_reader *,
		    const uint8_t *octets, size_t len, uint32_t number);

/*
 * The next rows, a few hundred at a time, in memory of the reader, valid until
 * the next call; *n is 0 at the end.
 */
enum block_error segment_rows(struct segment_reader *,
		    const struct flow **rows, size_t *n);

/* Return to the first row of the segment; forget the segment. */
void		 segment_rewind(struct segment_reader *);
void		 segment_reset(struct segment_reader *);

/* ---- columns that are fields of a row: COL_PROTO to COL_DATA, COL_VLAN --- */

/* Set v[n] to the values of column `id' of n rows. */
void		 fields_load(unsigned id, const struct flow *rows, size_t n,
		    uint64_t *v);

#endif
