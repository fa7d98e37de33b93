/*
 * What the parts of the pages share: the journal (pages_journal.c), the check
 * whether a page is what was written (pages_check.c), and the functions that
 * Berkeley DB calls (pages.c).  Nobody else includes it.
 */
#ifndef HISTORY_PAGES_IMPL_H
#define HISTORY_PAGES_IMPL_H

#include <sys/types.h>

#include "pages.h"
#include "sums.h"

struct pages {
	struct pages	*next;			/* others in use */
	bool		 writer;
	int		 dir;
	int		 fd;			/* the journal; writers only */
	const char	*name;			/* of the database */
	struct sums	*sums;			/* NULL: it has none yet */
	size_t		 octets;		/* bytes of a page */
	size_t		 record;
	size_t		 n;
	uint32_t	 generation;
	int		 error;			/* the first one; it is final */
	int		 read_error;		/* of the last read */
	char		 damage[PAGES_DAMAGE_LEN];	/* "": none yet */
	off_t		 offset[PAGES_MOST];	/* of the n journal pages */
	uint8_t		 buffer[];		/* a record */
};

/*
 * Open the file of the database.  Returns a descriptor, which the caller
 * closes, or -1 with errno.
 */
int	 pages_database(const struct pages *);

/* ---- pages_journal.c ---- */

/* Bytes of a record before its page. */
#define PAGES_RECORD	24

/*
 * Open the journal.  If the last writer was killed, first write the pages that
 * it left to their places.  Returns 0, or -1 with errno.
 */
int	 pages_journal_open(struct pages *, bool killed);

/*
 * The index of the page of that offset in the journal, or n if there is none.
 */
size_t	 pages_journal_find(const struct pages *, off_t offset);

/* Read the page of that index.  Returns false if it is damaged. */
bool	 pages_journal_read(struct pages *, size_t at, void *page);

/*
 * Write a page to the journal; it replaces an older one of the same offset.
 * Returns 0, or -1 with errno.
 */
int	 pages_journal_add(struct pages *, const void *page, off_t offset);

/*
 * Write all pages of the journal to their places, sync them, and empty the
 * journal.  Returns 0 or an errno value.
 */
int	 pages_journal_apply(struct pages *);

/* ---- pages_check.c ---- */

/*
 * Read a page and check that it is what was written.  Returns its length in
 * bytes, less if the file ends there and the page was never written, or -1
 * with errno.
 */
ssize_t	 page_read(struct pages *, int fd, uint8_t *page, uint64_t number);

/* Open the sums, if there are any.  Returns 0, or -1 with errno. */
int	 pages_sums_find(struct pages *);

/*
 * Check that the sums belong to this database: its length and its first page.
 * Returns 0, or -1 with errno.
 */
int	 pages_sums_agree(struct pages *, int database, bool killed);

#endif
