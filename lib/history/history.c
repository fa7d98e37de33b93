/*
 * An open history: its store, and what reading and writing rows needs.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history_impl.h"

bool
history_log_was_reset(const struct history *h)
{
	return (store_log_was_reset(h->store));
}

bool
history_has_sums(const struct history *h)
{
	return (store_has_sums(h->store));
}

int
history_check(struct history *h)
{
	return (store_check(h->store));
}

static void
history_free(struct history *h)
{
	store_release(h->place);
	history_packer_free(h->packer);
	free(h->row);
	free(h);
}

static struct history *
history_new(void)
{
	struct history	*h;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return (NULL);
	h->row = reallocarray(NULL, HISTORY_PACK_ROWS, sizeof(*h->row));
	h->close_blocks = CLOSE_BLOCKS;
	h->close_rows = CLOSE_ROWS;
	h->close_rows_each = CLOSE_ROWS_EACH;
	if (h->row != NULL && (h->packer = history_packer_new()) != NULL)
		return (h);
	history_free(h);
	return (NULL);
}

static int
dir_of(const char *statedir, char dir[PATH_MAX], char err[HISTORY_ERROR_LEN])
{
	if (snprintf(dir, PATH_MAX, "%s/" HISTORY_DIR, statedir) < PATH_MAX)
		return (0);
	errno = ENAMETOOLONG;
	(void)snprintf(err, HISTORY_ERROR_LEN, "name too long");
	return (-1);
}

static int
cannot_open(const char *dir, const char *why, char err[HISTORY_ERROR_LEN])
{
	(void)snprintf(err, HISTORY_ERROR_LEN, "%.*s: %s",
	    HISTORY_ERROR_LEN / 2 - 4, dir, why);
	return (-1);
}

static int
open_store(struct history *h, const char *dir, enum history_mode mode,
    unsigned wait, char err[HISTORY_ERROR_LEN])
{
	static const enum store_mode	 modes[] = {
		[HISTORY_READ] = STORE_READ,
		[HISTORY_WRITE] = STORE_WRITE,
		[HISTORY_CREATE] = STORE_CREATE
	};
	char				 why[STORE_ERROR_LEN];

	h->store = store_open(dir, modes[mode], wait, why);
	return (h->store != NULL ? 0 : cannot_open(dir, why, err));
}

/* Open a new history next to the one that exists. */
static int
open_beside(struct history *h, const char *dir, unsigned wait,
    char err[HISTORY_ERROR_LEN])
{
	char	why[STORE_ERROR_LEN];

	if ((h->place = store_hold(dir, wait, why)) == NULL)
		return (cannot_open(dir, why, err));
	return (open_store(h, store_place_new(h->place), HISTORY_CREATE, wait,
	    err));
}

static int
open_any(struct history *h, const char *statedir, enum history_mode mode,
    unsigned wait, char err[HISTORY_ERROR_LEN])
{
	char	dir[PATH_MAX];

	if (dir_of(statedir, dir, err) == -1)
		return (-1);
	return (mode == HISTORY_BESIDE ? open_beside(h, dir, wait, err) :
	    open_store(h, dir, mode, wait, err));
}

struct history *
history_open(const char *statedir, enum history_mode mode, unsigned wait,
    char err[HISTORY_ERROR_LEN])
{
	struct history	*h;
	int		 saved;

	if ((h = history_new()) == NULL) {
		(void)snprintf(err, HISTORY_ERROR_LEN, "out of memory");
		errno = ENOMEM;
		return (NULL);
	}
	if (open_any(h, statedir, mode, wait, err) == 0)
		return (h);
	saved = errno;
	history_free(h);
	errno = saved;
	return (NULL);
}

int
history_verify_file(const char *statedir, unsigned wait,
    char err[HISTORY_ERROR_LEN])
{
	char	dir[PATH_MAX];

	if (dir_of(statedir, dir, err) == -1)
		return (-1);
	return (store_verify(dir, wait, err));
}

int
history_take_place(struct history *h, char aside[PATH_MAX])
{
	int	rc, saved;

	rc = store_close(h->store);
	if (rc == 0)
		rc = store_swap(h->place, aside);
	saved = errno;
	history_free(h);
	errno = saved;
	return (rc);
}

int
history_close(struct history *h)
{
	int	rc, saved;

	if (h == NULL)
		return (0);
	history_feed_abort(h);
	rc = store_close(h->store);
	saved = errno;
	history_free(h);
	errno = saved;
	return (rc);
}

int
history_yield(struct history *h)
{
	return (store_yield(h->store));
}
