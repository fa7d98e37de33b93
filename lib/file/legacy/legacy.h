/*
 * Files of BPFT.  They have no magic and no checksum: a layout is believed
 * when it makes sense of the whole file.  Knows file descriptors and
 * offsets, but no names and no policy.
 */
#ifndef LEGACY_H
#define LEGACY_H

#include <sys/types.h>
#include <stdint.h>

#include "file/block.h"
#include "file/savefile.h"
#include "packet/flow.h"

/* How a file is laid out, as --layout names it. */
enum layout {
	LAYOUT_AUTO,		/* look at the file */
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
	LEGACY_NONE,		/* no layout makes sense of the file */
	LEGACY_AMBIGUOUS,	/* several do */
	LEGACY_IO		/* the system refused: errno */
};

/*
 * Read the file fd (borrowed), a save or a dump file, from its start.  With
 * LAYOUT_AUTO the layout must fit it to its last octet, and its records
 * too.  With LAYOUT_OLD or LAYOUT_NEW it is enough that the head of one
 * block does, and what follows the last one is reported as damage.  *out is
 * NULL unless LEGACY_FITS.
 */
enum legacy_fit	 legacy_open(int fd, enum layout, struct legacy **out);
void		 legacy_close(struct legacy *);
void		 legacy_on_damage(struct legacy *, savefile_damage_fn *,
		    void *arg);

/*
 * The next block: 1, 0 at the end, -1 with errno.  Its rows are held in
 * memory, sorted by flow_key_cmp(), those of the same key added up.
 */
int		 legacy_next(struct legacy *);

/*
 * Of the block at hand; valid until legacy_next().  It knows neither packets
 * nor losses, nor interface and host.  A row from 0.0.0.0 to 0.0.0.0 without
 * ports is what sums up others.
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
};

/*
 * Make a block with the header of 32-bit hosts; the caller frees *octets.  A
 * row that 32 bits cannot count becomes several; addresses that were given up
 * become 0.0.0.0; LAYOUT_OLD keeps the lower port only.  Rows of IPv6 are
 * left out and added to *loss.  Returns the length of the block in octets, or
 * -1 with errno: EOVERFLOW if times or records are out of range.
 */
int64_t		 legacy_encode(enum layout, const struct block_info *,
		    const struct flow *const *rows, size_t n,
		    struct legacy_loss *loss, uint8_t **octets);

/* The same, at `offset' of fd. */
int64_t		 legacy_write(int fd, off_t offset, enum layout,
		    const struct block_info *, const struct flow *const *rows,
		    size_t n, struct legacy_loss *loss);

#endif
