/*
 * What the parts of the store share: files and the order of writes (store.c),
 * locks (lock.c), log files (logs.c), formats (format.c), replacement
 * (beside.c), verification (verify.c), items (items.c) and failures (fail.c).
 * Nobody else includes it.
 */
#ifndef HISTORY_STORE_IMPL_H
#define HISTORY_STORE_IMPL_H

#include <limits.h>
#include <stdbool.h>

#include "pages.h"
#include "store.h"

#define DB_NAME		"history.db"
/* Items up to a quarter of a page need no page of their own. */
#define PAGE_OCTETS	65536

struct __db;
struct __db_env;
struct __db_txn;

struct store {
	struct __db_env	*env;		/* writers only */
	struct __db	*db;
	struct __db_txn	*txn;
	struct pages	*pages;
	bool		 writer;
	bool		 failed;
	bool		 broken;	/* the next writer recovers */
	bool		 log_was_reset;
	int		 error_number;
	int		 writer_fd;	/* -1 for readers */
	int		 lock_fd;
	unsigned	 wait;		/* seconds */
	char		 dir[PATH_MAX];
	char		 detail[256];	/* Berkeley DB's first message */
	char		 error[STORE_ERROR_LEN];	/* first failure */
};

/*
 * Record the first failure: store_fail() if `rc' is an error of Berkeley DB or
 * an errno value, store_refuse() if `text' says everything.  Set errno and
 * return -1.
 */
int	store_fail(struct store *, const char *what, int rc);
int	store_refuse(struct store *, int error, const char *text);

/* Called with each message of Berkeley DB; app_private is a store. */
void	store_on_error(const struct __db_env *, const char *prefix,
	    const char *text);

/* Make the path of a file of the directory.  Returns 0, or -1 with errno. */
int	store_path(const struct store *, const char *name,
	    char path[PATH_MAX]);

/*
 * Open a file of the directory, where others may have put links or devices:
 * only a regular file.  Returns a descriptor, or -1 with errno.
 */
int	store_file(const struct store *, const char *name, int flags);

/* Outside a transaction: write the database to disk.  Returns 0, or -1. */
int	store_checkpoint(struct store *);

/* ---- lock.c ---- */

enum lock_state {
	LOCK_READY,
	LOCK_WRITING,
	LOCK_RESETTING		/* as `writing', while the log is replaced */
};

/*
 * Call flock(2) with `how' until it succeeds, for up to `seconds'.  Returns 0,
 * or -1 with errno, EAGAIN if another process kept the lock.
 */
int	lock_within(int fd, int how, unsigned seconds);

/*
 * Open a file of the directory and lock it.  Returns a descriptor, or -1 with
 * errno.
 */
int	lock_take(const struct store *, const char *name, int flags, int how);

/* Write the state of the database to `lock' and sync it.  Returns 0, or -1. */
int	lock_write(struct store *, enum lock_state, uint64_t digest);

/* The state in `lock'.  *digest is 0 if there is none. */
enum lock_state	lock_read(const struct store *, uint64_t *digest);

/* ---- logs.c ---- */

/* The digest of all log files; 0 if they cannot be read. */
uint64_t logs_digest(const struct store *);

/* Remove all log files.  Returns 0, or -1 with errno. */
int	logs_remove(const struct store *);

/* ---- format.c ---- */

/*
 * Refuse a database that is no history or has an unsupported format.  Returns
 * 0, or -1.
 */
int	format_check_reader(struct store *);

/*
 * The same for a writer, which also creates a new database and upgrades an old
 * format.  `killed': the last writer was killed.
 */
int	format_check_writer(struct store *, bool create, bool killed);

/* ---- beside.c ---- */

/*
 * If store_swap() was killed, finish it: a complete new store takes its place.
 * Returns 0, or -1 with errno.
 */
int	store_finish(const char *dir);

/* ---- verify.c ---- */

/* Run Berkeley DB's verification of the file on the disk.  Returns 0, or -1. */
int	verify_file(struct store *);

#endif
