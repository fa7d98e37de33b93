/*
 * Stores the keys and values of the history in a Berkeley DB that survives a
 * kill at any time.  Private to the history; the only module that uses
 * Berkeley DB.  Keys are compared as strings of bytes.
 *
 * One process writes.  It locks the file `writer' as long as the store is
 * open, and the file `lock' whenever it may change anything.  A reader locks
 * `lock' shared and needs no permission to write.  A reader can be killed at
 * any time, because no memory is shared.  The text in `lock' tells whether a
 * writer was killed.
 */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_cursor;

enum store_mode {
	STORE_READ,
	STORE_WRITE,		/* the history must exist */
	STORE_CREATE		/* create it if there is none */
};

#define STORE_ERROR_LEN	512

/*
 * Open the history in the directory `dir', waiting up to `wait' seconds for
 * other processes.  If the last writer was killed, a writer recovers the
 * database here.  Returns NULL with errno and the reason in err.  ENOENT:
 * there is no history; EACCES; EAGAIN: others kept it locked; ESTALE: a writer
 * was killed, and a reader cannot repair the database; ENOTSUP: another
 * format; EINVAL: no history of trafd; EBADMSG: it is damaged.  Any call below
 * may also find damage.
 */
struct store	*store_open(const char *dir, enum store_mode, unsigned wait,
		    char err[STORE_ERROR_LEN]);

/*
 * Close and free the store.  A writer aborts an open transaction and writes
 * the rest to disk.  Returns 0, or -1 with errno if this or any earlier call
 * failed.
 */
int		 store_close(struct store *);

/*
 * Read and check all pages, while nothing is written.  Returns 0, or -1 with
 * errno.
 */
int		 store_check(struct store *);

/* Was the log damaged and replaced?  The database did not need it. */
bool		 store_log_was_reset(const struct store *);

/* Do its pages have checksums?  If not, damage may go unnoticed. */
bool		 store_has_sums(const struct store *);

/* Was the first failure that the database is damaged? */
bool		 store_is_damaged(const struct store *);

/* The text of the first failure, or "".  Valid until the store is closed. */
const char	*store_error(const struct store *);

/* ---- writers ---- */

/*
 * A transaction: either all that is written between store_begin() and
 * store_commit() is kept, or nothing.  Both return 0, or -1 (see
 * store_error()).  The transaction is over after a commit, even after one that
 * failed.  store_abort() may be called without a transaction.
 */
int		 store_begin(struct store *);
int		 store_commit(struct store *);
void		 store_abort(struct store *);

/*
 * Outside a transaction: write everything to disk, and let waiting readers
 * read.  Returns 0, or -1.
 */
int		 store_yield(struct store *);

/* Return 0, or -1.  Deleting a key that does not exist is no error. */
int		 store_put(struct store *, const void *key, size_t klen,
		    const void *value, size_t len);
int		 store_delete(struct store *, const void *key, size_t klen);

/* Outside a transaction: return free pages to the file system. */
int		 store_compact(struct store *);

/* ---- both ---- */

/*
 * Returns 1 and the value, valid until the next call; 0 if there is no such
 * key; or -1.
 */
int		 store_get(struct store *, const void *key, size_t klen,
		    const void **value, size_t *len);

struct store_item {
	const uint8_t	*key;
	size_t		 klen;
	const uint8_t	*value;
	size_t		 len;
};

/* Several may be open at a time; all must be closed before a commit. */
struct store_cursor *store_cursor_new(struct store *);
void		 store_cursor_free(struct store_cursor *);

/*
 * Go to the first item whose key is not less than `key' (from), to the last
 * item whose key is not greater than `key' (upto), or to the next item.
 * Returns 1 and the item, valid until the next call with this cursor; 0 if
 * there is none; or -1.  Each next key is greater than the one before, even if
 * the database is damaged: every loop ends.
 */
int		 store_cursor_from(struct store_cursor *, const void *key,
		    size_t klen, struct store_item *);
int		 store_cursor_upto(struct store_cursor *, const void *key,
		    size_t klen, struct store_item *);
int		 store_cursor_next(struct store_cursor *, struct store_item *);

/* Delete the item that the cursor is at. */
int		 store_cursor_delete(struct store_cursor *);

/* ---- replacing a store ---- */

/*
 * store_hold() keeps writers from the store in `dir', which may be damaged,
 * while the caller makes a new one in the directory store_place_new().
 * Returns NULL with errno and the reason in err.  store_swap() puts the new
 * store, which must be closed, in the place of the old one and renames the old
 * one to `aside'.  Returns 0, or -1 with errno; the old one then remains in
 * its place.  If it cannot even be moved back there, the next writer puts the
 * new one there.
 */
struct store_place;
struct store_place *store_hold(const char *dir, unsigned wait,
		    char err[STORE_ERROR_LEN]);
const char	*store_place_new(const struct store_place *);
int		 store_swap(struct store_place *, char aside[PATH_MAX]);

/*
 * Free the place and remove a new store that has not taken it.  NULL is
 * allowed.
 */
void		 store_release(struct store_place *);

/* ---- about the file ---- */

struct store_stat {
	uint64_t	items;
	uint64_t	file_octets;
	uint64_t	free_octets;	/* of these in unused pages */
	unsigned	page_octets;
};

int		 store_stat(struct store *, struct store_stat *);

/*
 * Check all pages, and run Berkeley DB's own verification of the file.  Opens
 * the store itself.  Returns 0, or -1 with errno and the reason in err.
 */
int		 store_verify(const char *dir, unsigned wait,
		    char err[STORE_ERROR_LEN]);

#endif
