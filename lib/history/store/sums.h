/*
 * What each page of the database was when it was written: a sum of its
 * octets and its number, in a file of its own.  A page that was changed,
 * zeroed, exchanged with another, cut off, or is an old one of the same place
 * does not match.  Private to the store.
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
 * The file in the directory.  NULL with errno: ENOENT: there is none;
 * EBADMSG: it is damaged.
 */
struct sums	*sums_open(int dir, size_t page_len, int flags);
void		 sums_close(struct sums *);

/*
 * Make the file from the database as it is, and let it take the place of an
 * older one, on the disk.  A page must have its own number in it, or be
 * empty.  NULL with errno; EBADMSG and *bad, the first page that is wrong.
 */
struct sums	*sums_make(int dir, size_t page_len, int database,
		    uint64_t *bad);

/* Pages that it knows. */
uint64_t	 sums_pages(const struct sums *);

/*
 * Is that page what was written last?  One that never was is all zero.
 * 1, 0, -1 with errno.
 */
int		 sums_match(struct sums *, uint64_t number, const void *page);

/* It is about to be written.  0, or -1 with errno. */
int		 sums_set(struct sums *, uint64_t number, const void *page);

/* All that was set is on the disk.  0, or -1 with errno. */
int		 sums_sync(struct sums *);

/* Forget the pages from that number on.  0, or -1 with errno. */
int		 sums_cut(struct sums *, uint64_t pages);

/*
 * The greatest log sequence number of the pages that were set: file number in
 * the upper half, place in the lower.  What the log does not reach that was
 * lost from it.
 */
uint64_t	 sums_last_change(const struct sums *);

/* The pages are of another log now.  0, or -1 with errno. */
int		 sums_forget_changes(struct sums *);

#endif
