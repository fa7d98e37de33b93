/*
 * Failures of an open history.  The first one and its text for the user are
 * kept until the history is closed.
 */
#include <errno.h>
#include <stdio.h>

#include "base/regular.h"
#include "history_impl.h"

int
history_fail(struct history *h, int error, const char *text)
{
	if (h->error[0] == '\0')
		(void)snprintf(h->error, sizeof(h->error), "%s", text);
	if (error == EBADMSG)
		h->damaged = true;
	errno = error;
	return (-1);
}

const char *
history_error(const struct history *h)
{
	return (h->error[0] != '\0' ? h->error : store_error(h->store));
}

/*
 * Only these errors: a history that could not be opened because memory,
 * descriptors or permission were missing must not be replaced.  The last two:
 * a directory or a link is in the place of one of its files.
 */
bool
history_error_is_damage(int error)
{
	return (error == EBADMSG || error == EINVAL || error == EIO ||
	    error == EISDIR || is_refused_link(error));
}

bool
history_is_damaged(const struct history *h)
{
	return (h->damaged || store_is_damaged(h->store));
}
