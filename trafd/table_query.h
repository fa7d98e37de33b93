/*
 * Answers to `table' of the control protocol: rows of a frozen table, or
 * sums of them, as a block in a file.  For the writer's thread.
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdint.h>

#include "control/control.h"
#include "file/block.h"
#include "table/table.h"

/* Most groups of an answer that sums up; beyond them detail is given up. */
#define QUERY_GROUPS	((size_t)1 << 20)

/*
 * Write what is asked for to fd.  info is what the block says besides its
 * rows.  Returns the length of the block in octets, or -1 with errno.
 */
int64_t	query_run(const struct control_query *, const struct table *,
	    struct block_info *info, int fd);

#endif
