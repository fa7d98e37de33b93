/*
 * The pages of the database on their way from and to the disk.  Private to
 * the store.
 *
 * They are written whole or not at all: Berkeley DB recovers from its log,
 * but only where each page is an old or a new one; a kill or a power cut
 * within write(2) leaves both.  So a page goes into the file `pages' first.
 * When Berkeley DB wants the database on the disk, or when there are many,
 * that file is brought to the disk, then the pages to where they belong, and
 * it begins anew.
 *
 * And they are read only if they are what was written: see sums.h.  Berkeley
 * DB takes an empty page for a new one, and does not look whether a page is
 * of another place or an old one of its own; it never gets to see such a
 * page, but an error.
 *
 * pages_open → Berkeley DB opens, reads, writes and closes → pages_close.
 * One thread of a process.
 */
#ifndef HISTORY_PAGES_H
#define HISTORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGES_NAME	"pages"
/* What it can grow to, in pages; and how far one may lie behind the end. */
#define PAGES_MOST	128
#define PAGES_BEYOND	1024

#define PAGES_DAMAGE_LEN	128

struct pages;

enum pages_mode {
	PAGES_READ,
	PAGES_WRITE,		/* the only writer */
	PAGES_RECOVER		/* the same, after one that was killed */
};

/*
 * From now on serve what Berkeley DB reads from and writes to `dir'/`name',
 * which is kept, in pages of so many octets.  If the last writer was killed,
 * what that one left is written where it belongs; if not, it is of no use.
 * NULL with errno, EBADMSG and which page if it is one that is damaged.
 */
struct pages	*pages_open(const char *dir, const char *name, size_t octets,
		    enum pages_mode, char damage[PAGES_DAMAGE_LEN]);

/* Once the database is closed.  What it did not sync is left as it is. */
void		 pages_close(struct pages *);

/* The first page that was not what had been written, as text; or "". */
const char	*pages_damage(const struct pages *);

/*
 * A database may have no sums yet: then a page is only held against its own
 * number.  Make them, of what is on the disk.  0, or -1 with errno.
 */
bool		 pages_have_sums(const struct pages *);
int		 pages_make_sums(struct pages *);

/* As of sums; 0 without them. */
uint64_t	 pages_last_change(const struct pages *);
int		 pages_forget_changes(struct pages *);

/*
 * Read all of it, while nobody writes: 0, or -1 with errno, EBADMSG if a
 * page is damaged.
 */
int		 pages_check(struct pages *);

#endif
