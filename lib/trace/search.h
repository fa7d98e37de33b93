/*
 * Reads a trace as capture/capfile.h does, but only the parts that may have
 * what is wanted, as far as its index tells.
 *
 *	open -> [next -> [capfile, skipped]]* -> [why] -> close
 *
 * One thread at a time.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "capture/capfile.h"
#include "index_find.h"

struct search;

/*
 * Open it, "-" is standard input.  want NULL: read all.  Both are borrowed.
 * NULL with errno.
 */
struct search	*search_open(const char *path, const struct index_want *);
void		 search_close(struct search *);	/* NULL is allowed */

/*
 * As capfile_next(), whose other functions may be called in between; most > 0.
 * The capture may be another one after each call.
 */
enum capfile_state search_next(struct search *, struct frame *, int most,
		    int *n);
struct capfile	*search_capfile(struct search *);

/* How many packets have been left out before those that came last. */
uint64_t	 search_skipped(const struct search *);

/* As index_find_why(); NULL if all was wanted. */
const char	*search_why(const struct search *);

#endif
