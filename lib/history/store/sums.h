/*
 * The checksums of the database's pages, in a file of their own.  The sum of a
 * page is made when the page is written, of its bytes and its number.  A page
 * does not match if it was changed, zeroed, exchanged with another, cut off,
 * or replaced by an older version.  Private to the store.
 *
 * sums_open or sums_make → [sums_match]* of readers; [sums_set, sums_sync,
 * sums_cut]* of the writer → sums_close.  Of one thread.
 */
#ifndef HISTORY_SUMS_H
#define HISTORY_SUMS_H

#include <stddef.h>
#include <stdint.h>

/* The name of the file. */
#define SUMS_NAME	"sums"

struct sums;

/*
 * Open the file in the directory `dir' with these flags of open(2).  Pages
 * have page_len bytes.  Returns NULL with errno; ENOENT: there is none;
 * EBADMSG: it is damaged.
 */
struct sums	*sums_open(int dir, size_t page_len, int flags);
void		 sums_close(struct sums *);

/*
 * Make the file from the database as it is, sync it, and let it replace an
 * older one.  `database' is a descriptor.  Each page must contain its own
 * number or be empty.  Returns NULL with errno; if EBADMSG, *bad is the first
 * wrong page.
 */
struct sums	*sums_make(int dir, size_t page_len, int database,
		    uint64_t *bad);

/* How many pages it covers. */
uint64_t	 sums_pages(const struct sums *);

/*
 * Is the page what was last written?  A page that was never written must be
 * all zero.  Returns 1, 0, or -1 with errno.
 */
int		 sums_match(struct sums *, uint64_t number, const void *page);

/*
 * Set the sum of a page that is about to be written.  Returns 0, or -1 with
 * errno.
 */
int		 sums_set(struct sums *, uint64_t number, const void *page);

/* Sync all that was set.  Returns 0, or -1 with errno. */
int		 sums_sync(struct sums *);

/*
 * Drop the sums of the pages from number `pages' on.  Returns 0, or -1 with
 * errno.
 */
int		 sums_cut(struct sums *, uint64_t pages);

/*
 * The greatest log sequence number of the pages that were set: the number of
 * the log file in the upper half, the offset in it in the lower half.  If the
 * log ends before that, its end was lost.
 */
uint64_t	 sums_last_change(const struct sums *);

/* Set that number to 0: there is a new log.  Returns 0, or -1 with errno. */
int		 sums_forget_changes(struct sums *);

#endif
