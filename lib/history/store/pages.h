/*
 * Pages of the database that are written whole or not at all.  Private to
 * the store: Berkeley DB recovers from its log, but only where each page is
 * an old or a new one; a kill or a power cut within write(2) leaves both.
 *
 * So a page goes into the file `pages' first.  When Berkeley DB wants the
 * database on the disk, or when there are many, that file is brought to the
 * disk, then the pages to where they belong, and it begins anew.
 */
#ifndef HISTORY_PAGES_H
#define HISTORY_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#define PAGES_NAME	"pages"
/* What it can grow to, in pages; and how far one may lie behind the end. */
#define PAGES_MOST	128
#define PAGES_BEYOND	1024

/*
 * From now on serve what Berkeley DB writes to `dir'/`name' in pages of so
 * many octets; one database at a time in a process, by its only writer, and
 * before it is opened.  If its last writer was killed, what that one left is
 * written where it belongs; if not, it is of no use.  0, or -1 with errno.
 */
int	pages_open(const char *dir, const char *name, size_t octets,
	    bool killed);

/* Once the database is closed.  What it did not sync is left as it is. */
void	pages_close(void);

#endif
