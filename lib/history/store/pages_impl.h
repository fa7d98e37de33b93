/*
 * What the parts of the pages share: the journal (pages_journal.c), whether a
 * page is what was written (pages_check.c), and what Berkeley DB calls
 * (pages.c).  Nobody else includes it.
 */
#ifndef HISTORY_PAGES_IMPL_H
#define HISTORY_PAGES_IMPL_H

#include <sys/types.h>

#include "pages.h"
#include "sums.h"

struct pages {
	struct pages	*next;			/* served beside it */
	bool		 writer;
	int		 dir;
	int		 fd;			/* the journal, of a writer */
	const char	*name;			/* of the database */
	struct sums	*sums;			/* NULL: it has none yet */
	size_t		 octets;		/* of a page */
	size_t		 record;
	size_t		 n;
	uint32_t	 generation;
	int		 error;			/* the first one: all is over */
	int		 read_error;		/* of the read before */
	char		 damage[PAGES_DAMAGE_LEN];	/* "": none yet */
	off_t		 offset[PAGES_MOST];	/* of the n pages in it */
	uint8_t		 buffer[];		/* a record */
};

/* Open the file of the database: -1 with errno. */
int	 pages_database(const struct pages *);

/* ---- pages_journal.c ---- */

/* Octets of a record before its page. */
#define PAGES_RECORD	24

/* Open it, and write what a killed writer has left where it belongs. */
int	 pages_journal_open(struct pages *, bool killed);

/* Which of the n pages in it is the one of that place; n: none. */
size_t	 pages_journal_find(const struct pages *, off_t offset);

/* Read that one: false if it is damaged. */
bool	 pages_journal_read(struct pages *, size_t at, void *page);

/* A page takes the place of an older one of the same place. */
int	 pages_journal_add(struct pages *, const void *page, off_t offset);

/* All pages where they belong, on the disk.  0, or the error. */
int	 pages_journal_apply(struct pages *);

/* ---- pages_check.c ---- */

/*
 * Read a page, if it is what was written: its length, less where the file
 * ends before a page that is yet to come; -1 with errno.
 */
ssize_t	 page_read(struct pages *, int fd, uint8_t *page, uint64_t number);

/* Open the sums, if there are some: 0, or -1 with errno. */
int	 pages_sums_find(struct pages *);

/* Are they those of this database?  0, or -1 with errno. */
int	 pages_sums_agree(struct pages *, int database, bool killed);

#endif
