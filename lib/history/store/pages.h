/*
 * Reads and writes the pages of the database for Berkeley DB.  Private to the
 * store.
 *
 * A page is written whole or not at all.  Berkeley DB can recover from its log
 * only if each page is entirely old or entirely new, but a kill or a power cut
 * during write(2) can leave a mixture.  So a page is first written to a
 * journal, the file `pages'.  When Berkeley DB syncs the database, or when the
 * journal is full, the journal is synced, its pages are written to their
 * places and synced, and the journal is emptied.
 *
 * A page is read only if it is what was written: see sums.h.  Berkeley DB
 * takes an empty page for a new one, and does not notice a page that belongs
 * to another place or is an older version.  Instead of such a page it gets an
 * error.
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
/*
 * Pages of a full journal.  How many pages after the end of the database a
 * page of the journal may belong.
 */
#define PAGES_MOST	128
#define PAGES_BEYOND	1024

#define PAGES_DAMAGE_LEN	128

struct pages;

enum pages_mode {
	PAGES_READ,
	PAGES_WRITE,		/* the only writer */
	PAGES_RECOVER		/* the same, after a writer that was killed */
};

/*
 * From now on do what Berkeley DB reads from and writes to `dir'/`name', in
 * pages of `octets' bytes.  `name' must be valid until pages_close().
 * PAGES_RECOVER first writes the pages that the killed writer left in the
 * journal to their places; PAGES_WRITE drops them.  Returns NULL with errno;
 * if EBADMSG, `damage' says which page is damaged.
 */
struct pages	*pages_open(const char *dir, const char *name, size_t octets,
		    enum pages_mode, char damage[PAGES_DAMAGE_LEN]);

/*
 * Call after the database is closed.  Pages that were not synced remain in the
 * journal.  NULL is allowed.
 */
void		 pages_close(struct pages *);

/* A text about the first page that was found damaged, or "". */
const char	*pages_damage(const struct pages *);

/*
 * A database may have no sums yet; then only the number in each page is
 * checked.  pages_make_sums() makes the sums of what is on the disk.  Returns
 * 0, or -1 with errno.
 */
bool		 pages_have_sums(const struct pages *);
int		 pages_make_sums(struct pages *);

/* As sums_last_change() and sums_forget_changes(); 0 without sums. */
uint64_t	 pages_last_change(const struct pages *);
int		 pages_forget_changes(struct pages *);

/*
 * Read and check all pages that have sums, while nobody writes.  Returns 0, or
 * -1 with errno, EBADMSG if a page is damaged.
 */
int		 pages_check(struct pages *);

#endif
