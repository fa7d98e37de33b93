/*
 * An open history: its store, and what reading and writing rows needs.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history_impl.h"

int
history_fail(struct history *h, int error, const char *text)
{
	if (h->error[0] == '\0')
		(void)snprintf(h->error, sizeof(h->error), "%s", text);
	errno = error;
	return (-1);
}

const char *
history_error(const struct history *h)
{
	return (h->error[0] != '\0' ? h->error : store_error(h->store));
}

static void
history_free(struct history *h)
{
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
open_store(struct history *h, const char *statedir, enum history_mode mode,
    unsigned wait, char err[HISTORY_ERROR_LEN])
{
	static const enum store_mode	 modes[] = {
		[HISTORY_READ] = STORE_READ,
		[HISTORY_WRITE] = STORE_WRITE,
		[HISTORY_CREATE] = STORE_CREATE
	};
	char				 dir[PATH_MAX];
	char				 why[STORE_ERROR_LEN];

	if (snprintf(dir, sizeof(dir), "%s/" HISTORY_DIR, statedir) >=
	    (int)sizeof(dir)) {
		errno = ENAMETOOLONG;
		(void)snprintf(err, HISTORY_ERROR_LEN, "name too long");
		return (-1);
	}
	h->store = store_open(dir, modes[mode], wait, why);
	if (h->store != NULL)
		return (0);
	(void)snprintf(err, HISTORY_ERROR_LEN, "%.*s: %s",
	    HISTORY_ERROR_LEN / 2 - 4, dir, why);
	return (-1);
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
	if (open_store(h, statedir, mode, wait, err) == 0)
		return (h);
	saved = errno;
	history_free(h);
	errno = saved;
	return (NULL);
}

int
history_close(struct history *h)
{
	int	rc, saved;

	if (h == NULL)
		return (0);
	if (h->feed != NULL)
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
