/*
 * The keys and values of the history, in a Berkeley DB that survives a
 * kill at any instant.  Private to the history; the only module that knows
 * Berkeley DB.  Keys are compared as octets.
 *
 * One process writes: it holds the file `writer' all the time, and `lock'
 * while it changes anything.  Whoever reads holds `lock' shared, needs no
 * permission to write and can be killed at any time: nothing is shared in
 * memory.  What `lock' says tells whether a writer was killed in between.
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
	STORE_WRITE,		/* the history must be there */
	STORE_CREATE		/* made where it is not */
};

#define STORE_ERROR_LEN	512

/*
 * Open the history in the directory `dir', waiting for others up to `wait'
 * seconds.  For writers the recovery after a kill happens here.  NULL with
 * errno and the text of what is wrong: ENOENT: there is none; EACCES;
 * EAGAIN: others were at it all the time; ESTALE: a writer was killed, and
 * who only reads cannot repair it; ENOTSUP: another format; EBADMSG: it is
 * damaged, as any call below may find.
 */
struct store	*store_open(const char *dir, enum store_mode, unsigned wait,
		    char err[STORE_ERROR_LEN]);

/*
 * Writers: aborts what was not committed, and brings the rest to the disk.
 * Returns 0, or -1 with errno if that failed now or any call before did.
 */
int		 store_close(struct store *);

/* Read all of it, while nothing is written: is it sound?  0, or -1. */
int		 store_check(struct store *);

/* Was its log damaged, which the database did not need, and is a new one? */
bool		 store_log_was_reset(const struct store *);

/* Does it have sums of its pages?  Else faults may go unseen. */
bool		 store_has_sums(const struct store *);

/* Is what went wrong that it is damaged? */
bool		 store_is_damaged(const struct store *);

/* What went wrong first; "" if nothing did. */
const char	*store_error(const struct store *);

/* ---- writers ---- */

/*
 * All that is written between begin and commit is there afterwards, or
 * nothing.  0, or -1 (see store_error()); store_abort() cannot fail.
 */
int		 store_begin(struct store *);
int		 store_commit(struct store *);
void		 store_abort(struct store *);

/*
 * Outside of begin and commit: bring all to the disk and let readers in who
 * wait.  0, or -1.
 */
int		 store_yield(struct store *);

int		 store_put(struct store *, const void *key, size_t klen,
		    const void *value, size_t len);
int		 store_delete(struct store *, const void *key, size_t klen);

/* Outside of begin and commit: give free pages back to the system. */
int		 store_compact(struct store *);

/* ---- both ---- */

/* 1 and the value, valid until the next call; 0: no such key; -1. */
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
 * The first item whose key is not less than this; the last one whose key is
 * not greater; the one behind.  1 and the item, valid until the next call
 * with this cursor; 0: there is none; -1.  Keys only ever become greater: a
 * loop comes to its end, whatever the database is.
 */
int		 store_cursor_from(struct store_cursor *, const void *key,
		    size_t klen, struct store_item *);
int		 store_cursor_upto(struct store_cursor *, const void *key,
		    size_t klen, struct store_item *);
int		 store_cursor_next(struct store_cursor *, struct store_item *);

/* Delete the item that the cursor is at. */
int		 store_cursor_delete(struct store_cursor *);

/* ---- anew ---- */

/*
 * Keep writers from the store in `dir', which may be damaged, while another
 * one is made in the directory store_place_new(): NULL with errno and text.
 * That one, closed, takes its place; the old one is kept under the name that
 * is told.  0, or -1 with errno, and the old one is in its place.
 */
struct store_place;
struct store_place *store_hold(const char *dir, unsigned wait,
		    char err[STORE_ERROR_LEN]);
const char	*store_place_new(const struct store_place *);
int		 store_swap(struct store_place *, char aside[PATH_MAX]);

/* And what of the new one is not in its place is removed. */
void		 store_release(struct store_place *);

/* ---- about the file ---- */

struct store_stat {
	uint64_t	items;
	uint64_t	file_octets;
	uint64_t	free_octets;	/* of these, in pages not in use */
	uint64_t	log_octets;
	unsigned	page_octets;
};

int		 store_stat(struct store *, struct store_stat *);

/*
 * Berkeley DB's own verification of the whole file.  0, or -1 with what it
 * found in err.  Opens the history by itself.
 */
int		 store_verify(const char *dir, unsigned wait,
		    char err[STORE_ERROR_LEN]);

#endif
