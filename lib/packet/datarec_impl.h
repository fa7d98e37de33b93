/*
 * What the two files of data records share.  For datarec*.c only.
 */
#ifndef DATAREC_IMPL_H
#define DATAREC_IMPL_H

#include "datarec.h"

/*
 * Set what the comment tells.  False: it is none of a data record, and nothing
 * is set.
 */
bool	datarec_take_comment(struct datarec *, const char *, size_t len);

#endif
