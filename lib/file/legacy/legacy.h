/*
 * Reads and writes files of BPFT.  They have no magic and no checksum: a
 * layout is accepted if the whole file is valid in it.  Works with file
 * descriptors and offsets, not with file names.
 *
 *	open -> [on_damage] -> [next -> [info, rows, place]*]* -> close
 *
 * One thread at a time.
 */
#ifndef LEGACY_H
#define LEGACY_H

#include <sys/types.h>
#include <stdint.h>

#include "file/block.h"
#include "file/savefile.h"
#include "packet/flow.h"

/* The layouts of --layout. */
enum layout {
	LAYOUT_AUTO,		/* determined from the file */
	LAYOUT_TRAFD,		/* trafd(5) */
	LAYOUT_OLD,		/* BPFT up to 3: only the server's port */
	LAYOUT_NEW,		/* BPFT 4 */
	LAYOUTS
};

/* Their names, in lower case. */
extern const char *const layout_names[LAYOUTS];

/* ---- reading ---- */

struct legacy;

enum legacy_fit {
	LEGACY_FITS,
	LEGACY_NONE,		/* the file is valid in no layout */
	LEGACY_AMBIGUOUS,	/* the file is valid in several layouts */
	LEGACY_IO		/* a system call failed: errno */
};

/*
 * Read the file fd, a save or a dump file, from its start; fd is borrowed
 * until legacy_close().  With LAYOUT_AUTO the whole file must be valid, with
 * all records.  With LAYOUT_OLD or LAYOUT_NEW one valid header of a block is
 * enough, and what follows the last valid block is reported as damage.  *out is
 * NULL unless LEGACY_FITS is returned.
 */
enum legacy_fit	 legacy_open(int fd, enum layout, struct legacy **out);
void		 legacy_close(struct legacy *);

/*
 * How far the blocks of the file go that legacy_open() would read.  Sets *end
 * unless LEGACY_NONE or LEGACY_IO is returned.
 */
enum legacy_fit	 legacy_end(int fd, enum layout, off_t *end);
void		 legacy_on_damage(struct legacy *, savefile_damage_fn *,
		    void *arg);

/*
 * Read the next block.  Returns 1, 0 at the end, or -1 with errno.  The rows
 * are in memory, sorted by flow_key_cmp(); rows of the same key are added up.
 */
int		 legacy_next(struct legacy *);

/*
 * The current block: header, rows, offset and length in bytes; valid until
 * legacy_next().  It has no packets, losses, interface and host.  A row from
 * 0.0.0.0 to 0.0.0.0 without ports becomes an `other' row.
 */
struct block_info	*legacy_info(struct legacy *);
const struct flow	*legacy_rows(const struct legacy *);
void		 legacy_place(const struct legacy *, off_t *offset,
		    off_t *length);

/* ---- writing ---- */

/* What has no place in these layouts. */
struct legacy_loss {
	uint64_t		rows;
	struct flow_count	count;
	uint64_t		owners;	/* of the rows: those of owners */
};

/*
 * Make a block with the header of 32-bit hosts; the caller frees *octets.  A
 * row whose counts exceed 32 bits becomes several rows.  Lost addresses become
 * 0.0.0.0.  LAYOUT_OLD keeps the lower port only.  Rows of IPv6 and of owners
 * are left out and added to *loss.  Returns the length of the block in bytes,
 * or -1 with errno: EOVERFLOW if times or the number of records are out of
 * range.
 */
int64_t		 legacy_encode(enum layout, const struct block_info *,
		    const struct flow *const *rows, size_t n,
		    struct legacy_loss *loss, uint8_t **octets);

/* Make a block and write it at `offset' of fd; returns as legacy_encode(). */
int64_t		 legacy_write(int fd, off_t offset, enum layout,
		    const struct block_info *, const struct flow *const *rows,
		    size_t n, struct legacy_loss *loss);

#endif
