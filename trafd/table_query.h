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

/* Most groups of an answer with sums; beyond them detail is lost. */
#define QUERY_GROUPS	((size_t)1 << 20)

/*
 * Write the answer to fd, a block with the header info.  Returns its length in
 * bytes, or -1 with errno.
 */
int64_t	query_run(const struct control_query *, const struct table *,
	    struct block_info *info, int fd);

#endif
