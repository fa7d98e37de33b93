/*
 * Rows of comma or tab separated values: the cells of RFC 4180, but lines end
 * as Unix lines do.  One thread at a time.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"

/* Begin with { out, separator, false }; out is borrowed. */
struct csv {
	struct out	*out;
	char		 separator;	/* ',' or '\t' */
	bool		 within;	/* a row that has begun */
};

/*
 * The next cell of the row, quoted where it must be.  It holds no tab and no
 * line feed.
 */
void	csv_text(struct csv *, const char *);
void	csv_u64(struct csv *, uint64_t);
void	csv_end_row(struct csv *);

#endif
