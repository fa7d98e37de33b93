/*
 * Failures of the store.  The first one and its text for the user are kept
 * until the store is closed.  If a page is damaged, that is reported instead
 * of the error of Berkeley DB, which follows from it.
 */
#include <db.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store_impl.h"

/*
 * If the disk is full while Berkeley DB recovers, it returns that it must
 * recover, as if the database were damaged.  Only its message ends with the
 * cause.  Returns that errno value, or 0.
 */
static int
no_room(const char *detail)
{
	static const int	errors[] = { ENOSPC, EFBIG, EDQUOT };
	const char		*why;
	size_t			 i, len = strlen(detail);

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		why = db_strerror(errors[i]);
		if (len >= strlen(why) &&
		    strcmp(detail + len - strlen(why), why) == 0)
			return (errors[i]);
	}
	return (0);
}

int
store_fail(struct store *st, const char *what, int rc)
{
	if (rc < 0 && no_room(st->detail) != 0)
		rc = no_room(st->detail);
	if (st->pages != NULL && pages_damage(st->pages)[0] != '\0')
		return (store_refuse(st, EBADMSG, pages_damage(st->pages)));
	if (!st->failed) {
		st->failed = true;
		st->error_number = rc > 0 ? rc : EBADMSG;
		(void)snprintf(st->error, sizeof(st->error), "%s: %s%s%s",
		    what, db_strerror(rc), st->detail[0] == '\0' ? "" : ": ",
		    st->detail);
	}
	errno = st->error_number;
	return (-1);
}

int
store_refuse(struct store *st, int error, const char *text)
{
	if (!st->failed) {
		st->failed = true;
		st->error_number = error;
		(void)strlcpy(st->error, text, sizeof(st->error));
	}
	errno = st->error_number;
	return (-1);
}

void
store_on_error(const DB_ENV *env, const char *prefix, const char *text)
{
	struct store	*st = env->app_private;

	(void)prefix;
	/* The first of several is the cause of the others. */
	if (st != NULL && st->detail[0] == '\0')
		(void)snprintf(st->detail, sizeof(st->detail), "%s", text);
}

bool
store_is_damaged(const struct store *st)
{
	return (st->failed && st->error_number == EBADMSG);
}

const char *
store_error(const struct store *st)
{
	return (st->error);
}
