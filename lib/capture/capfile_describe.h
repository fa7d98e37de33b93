/*
 * What a capture says of its interfaces, and where: for those who index a
 * capture or write its frames to another.  As capfile.h, which reads it.
 */
#ifndef CAPFILE_DESCRIBE_H
#define CAPFILE_DESCRIBE_H

#include "capfile.h"
#include "record.h"

/*
 * The offsets of the headers in force after the last frames, *n of them, as
 * capfile_part() takes them; valid until the next call of capfile_next().
 */
const off_t	*capfile_heads(const struct capfile *, size_t *n);

/*
 * The interface of one of the last frames.  Strings are the capture's, valid
 * until capfile_next(); the name is not NULL.
 */
void		 capfile_interface(const struct capfile *,
		    const struct frame *, struct record_interface *);

/* The comment number i of one of the last frames; false: it has fewer. */
bool		 capfile_comment(const struct capfile *, const struct frame *,
		    size_t i, struct record_note *);

#endif
