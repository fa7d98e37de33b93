/*
 * What the keeper does if the lock file of its account was removed and
 * another process has taken the account.  The keeper then leaves the save
 * file and the dump alone and writes its own dumps to a separate file,
 * `trafd.eth0.lost.1', for the administrator.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/regular.h"
#include "file/holder.h"
#include "keeper_impl.h"

/* At most this many separate files. */
#define APART_MOST	1000

int
keeper_confirm(struct keeper *k)
{
	if (k->opts.holder == NULL || holder_confirm(k->opts.holder) == 0)
		return (0);
	k->lost = errno == EBUSY;
	return (-1);
}

static const char *
describe(const struct keeper *k, char *text, size_t len)
{
	char	who[HOLDER_TEXT];

	(void)snprintf(text, len, "%s has the account",
	    holder_describe(holder_other(k->opts.holder), who));
	return (text);
}

const char *
keeper_reason(const struct keeper *k, char *text, size_t len)
{
	if (k->lost && errno == EBUSY)
		return (describe(k, text, len));
	(void)strlcpy(text, strerror(errno), len);
	return (text);
}

/* Set apart to a name that no file has, and create that file. */
static int
choose_name(struct keeper *k, int dirfd)
{
	int	fd = -1, n;

	for (n = 1; n <= APART_MOST && fd == -1; n++) {
		(void)snprintf(k->apart, sizeof(k->apart), "%s.lost.%d",
		    k->name, n);
		fd = open_regular(dirfd, k->apart,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
		if (fd == -1 && errno != EEXIST)
			break;
	}
	if (fd != -1)
		return (close(fd));
	k->apart[0] = '\0';
	return (-1);
}

int
keeper_go_apart(struct keeper *k)
{
	char	text[256];
	int	dirfd, rc;

	if (k->apart[0] != '\0')
		return (0);
	if ((dirfd = keeper_open_dir(k->dump_dir)) == -1)
		return (-1);
	rc = choose_name(k, dirfd);
	(void)close(dirfd);
	if (rc == 0)
		log_errorx("account lost: %s: %s, because the lock file was "
		    "removed; nothing is saved, dumps go to %s/%s: stop one "
		    "of the two daemons", k->save_path,
		    describe(k, text, sizeof(text)), k->dump_dir, k->apart);
	return (rc);
}
