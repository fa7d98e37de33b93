/*
 * Fields in a few words, for the last column of a table: names, offsets, the
 * operations of a compound.  One thread at a time.
 */
#ifndef BRIEF_H
#define BRIEF_H

#include <stddef.h>

#include "ipreport/fields.h"

/*
 * What comes from now on is added to buf, of len octets, as long as it fits.
 * NULL with errno.
 */
struct fields	*brief_new(void);
void		 brief_into(struct fields *, char *buf, size_t len);

#endif
