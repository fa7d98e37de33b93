/*
 * What the two halves of the store share: files and locks (history_store.c)
 * and items (history_items.c).  Nobody else includes it.
 */
#ifndef HISTORY_STORE_IMPL_H
#define HISTORY_STORE_IMPL_H

#include <limits.h>
#include <stdbool.h>

#include "store.h"

struct __db;
struct __db_env;
struct __db_txn;

struct store {
	struct __db_env	*env;		/* of writers only */
	struct __db	*db;
	struct __db_txn	*txn;
	bool		 writer;
	bool		 failed;
	int		 error_number;
	int		 writer_fd;	/* -1 for readers */
	int		 lock_fd;
	unsigned	 wait;		/* seconds */
	char		 dir[PATH_MAX];
	char		 detail[256];	/* what the library said first */
	char		 error[STORE_ERROR_LEN];	/* the first one */
};

/*
 * Remember the first failure, `rc' as Berkeley DB returns it.  Sets errno
 * and returns -1.
 */
int	store_fail(struct store *, const char *what, int rc);

#endif
