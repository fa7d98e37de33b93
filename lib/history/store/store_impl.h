/*
 * What the parts of the store share: files and their order (store.c), locks
 * (lock.c), log files (logs.c), formats (format.c), verification (verify.c),
 * items (items.c) and failures (fail.c).  Nobody else includes it.
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
	struct __db_env	*env;		/* of writers only */
	struct __db	*db;
	struct __db_txn	*txn;
	struct pages	*pages;
	bool		 writer;
	bool		 failed;
	bool		 broken;	/* to be recovered, not closed */
	bool		 log_was_reset;
	int		 error_number;
	int		 writer_fd;	/* -1 for readers */
	int		 lock_fd;
	unsigned	 wait;		/* seconds */
	char		 dir[PATH_MAX];
	char		 detail[256];	/* what the library said first */
	char		 error[STORE_ERROR_LEN];	/* the first one */
};

/*
 * Remember the first failure, `rc' as Berkeley DB returns it, or one that
 * needs no more words.  Set errno and return -1.
 */
int	store_fail(struct store *, const char *what, int rc);
int	store_refuse(struct store *, int error, const char *text);

/* What Berkeley DB has to say, where app_private is a store. */
void	store_on_error(const struct __db_env *, const char *prefix,
	    const char *text);

/* A file of the directory, whoever has put it there: -1 with errno. */
int	store_file(const struct store *, const char *name, int flags);

/* Outside of begin and commit: the database is on the disk.  0, or -1. */
int	store_checkpoint(struct store *);

/* ---- lock.c ---- */

enum lock_state {
	LOCK_READY,
	LOCK_WRITING,
	LOCK_RESETTING		/* as `writing', while the log is replaced */
};

/* Wait up to so many seconds: 0, or -1 with errno, EAGAIN if it was busy. */
int	lock_within(int fd, int how, unsigned seconds);

/* Open a file and lock it: -1 with errno. */
int	lock_take(const struct store *, const char *name, int flags, int how);

/* Say in `lock' how the database is, durably.  0, or -1. */
int	lock_write(struct store *, enum lock_state, uint64_t digest);

/* How is it?  The digest is 0 if there is none. */
enum lock_state	lock_read(const struct store *, uint64_t *digest);

/* ---- logs.c ---- */

/* Of all log files; 0: they cannot be read. */
uint64_t logs_digest(const struct store *);

/* 0, or -1 with errno. */
int	logs_remove(const struct store *);

/* ---- format.c ---- */

/* Refuse what is none of ours.  0, or -1. */
int	format_check_reader(struct store *);

/* And make what is new, or upgrade what is old; `killed': see recover(). */
int	format_check_writer(struct store *, bool create, bool killed);

/* ---- beside.c ---- */

/* A store that was made anew and had not taken its place.  0, or -1. */
int	store_finish(const char *dir);

/* ---- verify.c ---- */

/* Berkeley DB's verification of what is on the disk.  0, or -1. */
int	verify_file(struct store *);

#endif
