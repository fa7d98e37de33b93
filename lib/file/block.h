/*
 * One block of a save or dump file: everything that was counted between two
 * points in time, self-contained and with checksums.  trafd(5) has a drawing.
 * Works with file descriptors and offsets, not with file names.
 *
 *	block_write
 *	block_open -> [info, verify, read, rows]* -> block_free
 *
 * A block is used by one thread at a time.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <sys/types.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "packet/ledger.h"
#include "packet/owner.h"

enum block_kind {
	BLOCK_SAVE = 1,
	BLOCK_DUMP = 2
};

/* Longest texts of a block, in bytes, with the terminating NUL. */
#define BLOCK_IFNAME_MAX	64
#define BLOCK_HOST_MAX		256
#define BLOCK_TEXT_MAX		4096	/* filter, networks, trace */
#define BLOCK_CLOCK_MAX		96

/* The header of a block.  Times are nanoseconds since 1970 UTC. */
struct block_info {
	enum block_kind	 kind;
	enum flow_ports	 ports;		/* option in force */
	uint64_t	 minsize;	/* -m, in bytes */
	uint64_t	 instance;	/* random number of the account */
	uint64_t	 epoch;		/* generation of the table, from 1 */
	uint64_t	 epoch_first;	/* oldest generation that it includes */
	uint64_t	 begin_ns;
	uint64_t	 end_ns;
	uint64_t	 duration_ns;	/* by the monotonic clock */
	uint32_t	 checksum;	/* of the header; set by both */
	uint64_t	 rows;		/* set by the writer */
	struct flow_count total;	/* of all rows; set by the writer */
	struct ledger	 ledger;
	char		 ifname[BLOCK_IFNAME_MAX];
	char		 host[BLOCK_HOST_MAX];
	char		 filter[BLOCK_TEXT_MAX];   /* filter expression */
	char		 networks[BLOCK_TEXT_MAX]; /* of the interface,
						      "10.0.0.0/8 fd00::/8" */
	char		 clock[BLOCK_CLOCK_MAX]; /* of a dump: boot, and the
						    time since then at end_ns,
						    "NAME NANOSECONDS", or
						    "packets"; or "" */
	char		 trace[BLOCK_TEXT_MAX]; /* of an index: where in the
						   trace its packets are, see
						   trace/place.h; or "" */
	/*
	 * Names of the owners and interfaces of its rows, or NULL; borrowed
	 * from whoever has them.  In a block that is read: NULL before its
	 * first row, and valid as long as the block; see block_owners().
	 */
	const struct owners *owners;
};

/*
 * Did an interface, which has counters, pass traffic while it had no network?
 * Then reports take the private ones for local, which is a guess.  In a capture
 * file nobody expects others.
 */
bool	block_is_guess(const struct block_info *);

/*
 * Write a block at `offset' of fd: the rows first, the header last, so that
 * an incomplete block is never taken for a whole one.  rows are in the order
 * of flow_key_cmp(), each key once; otherwise nothing is written and errno is
 * EINVAL.  Does not fsync.  Sets info->rows, total and checksum.  Returns the
 * length of the block in bytes, or -1 with errno.
 *
 * Of info->owners what the rows use is written, too, if they use any; then it
 * is a block of version 6.  An owner that is not there has no name in the file;
 * its rows stay.
 */
int64_t	block_write(int fd, off_t offset, struct block_info *info,
	    const struct flow *const *rows, size_t nrows);

/*
 * The same bytes, encoded by up to `threads' <= PARALLEL_MOST threads, each of
 * which needs its own memory.
 */
int64_t	block_write_by(int fd, off_t offset, struct block_info *info,
	    const struct flow *const *rows, size_t nrows,
	    unsigned int threads);

/*
 * The same as block_write(), for many blocks of at most that many rows: the
 * memory is kept between them.  NULL with errno.
 */
struct block_writer;
struct block_writer *block_writer_new(size_t most);
void	block_writer_free(struct block_writer *);	/* NULL is allowed */
int64_t	block_writer_put(struct block_writer *, int fd, off_t offset,
	    struct block_info *info, const struct flow *const *rows,
	    size_t nrows);

/* Results of block_open(), block_verify() and the readers of rows. */
enum block_error {
	BLOCK_OK,
	BLOCK_END,		/* the file ends at this offset */
	BLOCK_CUT,		/* the file ends inside the block */
	BLOCK_ALIEN,		/* no block begins here */
	BLOCK_DAMAGED,		/* wrong checksum, or a value out of range */
	BLOCK_NEWER,		/* unknown version or encoding */
	BLOCK_IO		/* a system call failed: errno */
};

const char	*block_strerror(enum block_error);

/* A block open for reading. */
struct block;

/*
 * Open the block at `offset' of fd, which is borrowed until block_free().
 * Check the header and the trailer at the end that the header gives.  *out is
 * NULL unless BLOCK_OK is returned.
 */
enum block_error block_open(int fd, off_t offset, struct block **out);
void		 block_free(struct block *);

/* Header, offset in the file and length in bytes; valid until block_free(). */
const struct block_info *block_info(const struct block *);
off_t		 block_offset(const struct block *);
int64_t		 block_length(const struct block *);

/*
 * The owners and interfaces of the rows, if the block has such a table;
 * otherwise NULL, as before the first of block_verify(), block_read() and
 * block_rows().  block_read() sets it before it passes a row.  Valid until
 * block_free().  A row may have an owner that has no name there.
 */
const struct owners *block_owners(const struct block *);

/*
 * Read the whole block and check every checksum, every range and the sums.  No
 * row may be used before this has returned BLOCK_OK.
 */
enum block_error block_verify(struct block *);

/*
 * The same, and pass the rows to fn on the way, in the order of
 * flow_key_cmp().  These rows are valid only if BLOCK_OK is returned.
 */
typedef void	 block_rows_fn(void *arg, const struct flow *, size_t n);
enum block_error block_read(struct block *, block_rows_fn *, void *arg);

/*
 * The next rows, in the order of flow_key_cmp().  *rows points into memory of
 * the block and is valid until the next call.  *n is 0 at the end.
 */
enum block_error block_rows(struct block *, const struct flow **rows,
		    size_t *n);

#endif
