/*
 * The lock of an account.  The lock file contains `PID NAMESPACE HOST' of its
 * holder: hosts and containers may share a state directory, and the same PID
 * is another process there.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/effective.h"
#include "base/log.h"
#include "base/regular.h"
#include "holder.h"
#include "traffic.h"

#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 8)

struct holder {
	char			*state_dir;
	char			 ext[TRAFD_EXT_MAX + 1];
	char			 name[NAME_LEN];
	char			 text[PIDLOCK_TEXT];	/* our line in it */
	int			 fd;
	bool			 shared;
	bool			 lost;
	time_t			 since;
	struct holder_who	 other;
};

/* ---- who ---- */

/* The number of our PID namespace; 0 if the system has none. */
static uintmax_t
namespace_here(void)
{
	struct stat	st;

	return (stat("/proc/self/ns/pid", &st) == 0 ? st.st_ino : 0);
}

static void
host_here(char host[64])
{
	if (gethostname(host, 63) == -1)
		host[0] = '\0';
	host[63] = '\0';
}

static void
write_who(char text[PIDLOCK_TEXT])
{
	char	host[64];

	host_here(host);
	(void)snprintf(text, PIDLOCK_TEXT, "%ld %ju %s", (long)getpid(),
	    namespace_here(), host);
}

static void
read_who(const char *text, struct holder_who *who)
{
	char		*end, host[64];
	uintmax_t	 ns;

	memset(who, 0, sizeof(*who));
	who->pid = strtol(text, &end, 10);
	if (who->pid <= 0 || *end != ' ') {
		who->pid = 0;
		return;
	}
	ns = strtoumax(end, &end, 10);
	(void)strlcpy(who->host, *end == ' ' ? end + 1 : end,
	    sizeof(who->host));
	host_here(host);
	who->here = ns == namespace_here() && strcmp(who->host, host) == 0;
}

const char *
holder_describe(const struct holder_who *who, char text[HOLDER_TEXT])
{
	char	host[64];

	host_here(host);
	if (who->pid == 0)
		(void)strlcpy(text, "an unknown process", HOLDER_TEXT);
	else if (who->here)
		(void)snprintf(text, HOLDER_TEXT, "PID %ld", who->pid);
	else if (strcmp(who->host, host) == 0)
		(void)snprintf(text, HOLDER_TEXT,
		    "PID %ld of another namespace", who->pid);
	else
		(void)snprintf(text, HOLDER_TEXT, "PID %ld on %s", who->pid,
		    who->host);
	return (text);
}

/* ---- taking the lock ---- */

/* Root again, if become() has made this process another user.  Keeps errno. */
static int
become_root_again(uid_t uid, struct effective_groups *g)
{
	int	rc = uid == (uid_t)-1 ? 0 : effective_root(g);

	free(g->list);
	return (rc);
}

/*
 * Switch the effective user and all groups to the daemon's, who owns the
 * directory.  A compromised daemon may have changed the directory: as its user,
 * this process can be misled to do no more than the daemon itself could.
 */
static int
become(uid_t uid, gid_t gid, struct effective_groups *g)
{
	*g = (struct effective_groups){ .list = NULL };
	if (uid == (uid_t)-1)
		return (0);
	if (effective_note_groups(g) == 0) {
		if (effective_switch(uid, gid) == 0)
			return (0);
		(void)effective_root(g);
	}
	free(g->list);
	return (-1);
}

static int
open_dir(const char *path)
{
	return (open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* The owner of the directory, to whom files in it shall belong; or -1. */
static uid_t
owner_of(int dirfd)
{
	struct stat	st;

	return (fstat(dirfd, &st) == 0 ? st.st_uid : (uid_t)-1);
}

static struct pidlock_file
file_of(const struct holder *h, int dirfd)
{
	return ((struct pidlock_file){ .dirfd = dirfd, .name = h->name,
	    .uid = owner_of(dirfd), .mode = 0640, .read_only = true });
}

static void
make_name(const char *ext, char name[NAME_LEN])
{
	/* Hidden: scripts collect files that are named `trafd.*'. */
	(void)snprintf(name, NAME_LEN, ".%s%s.lock", TRAFD_PREFIX, ext);
}

/* Log why the lock could not be taken, and which process has it. */
static void
complain(const struct holder *h, enum pidlock_state state)
{
	char			text[HOLDER_TEXT];
	struct holder_who	who;

	if (state == PIDLOCK_FAILED && (errno == EACCES || errno == EPERM)) {
		log_error("cannot write to the state directory: %s (see "
		    "--state-dir)", h->state_dir);
		return;
	}
	if (state == PIDLOCK_FAILED) {
		log_error("cannot lock the account: %s/%s (see --state-dir)",
		    h->state_dir, h->name);
		return;
	}
	state = holder_look(h->state_dir, h->ext, &who);
	if (state == PIDLOCK_FREE && !h->shared)
		log_errorx("trafd --read is writing: %s/%s%s; wait until it "
		    "has ended, or give -f another name", h->state_dir,
		    TRAFD_PREFIX, h->ext);
	else if (who.pid == 0)
		log_errorx("trafd is already running: %s/%s%s; stop it, or "
		    "give -f another name", h->state_dir, TRAFD_PREFIX,
		    h->ext);
	else
		log_errorx("trafd is already running: %s/%s%s: %s; stop it, "
		    "or give -f another name", h->state_dir, TRAFD_PREFIX,
		    h->ext, holder_describe(&who, text));
}

/* Take the lock.  Returns its state, PIDLOCK_FAILED with errno. */
static enum pidlock_state
take(struct holder *h)
{
	struct pidlock_file	f;
	enum pidlock_state	state;
	int			dirfd, saved;

	if ((dirfd = open_dir(h->state_dir)) == -1)
		return (PIDLOCK_FAILED);
	f = file_of(h, dirfd);
	state = pidlock_take(&f, h->shared, &h->fd);
	if (state == PIDLOCK_TAKEN) {
		give_to_owner(dirfd, h->fd);
		if (!h->shared && pidlock_write(&f, h->fd, h->text) == -1)
			state = PIDLOCK_FAILED;
	} else
		h->fd = -1;
	saved = errno;
	(void)close(dirfd);
	errno = saved;
	return (state);
}

struct holder *
holder_take(const char *state_dir, const char *ext, uid_t uid, gid_t gid,
    enum holder_how how)
{
	enum pidlock_state	 state = PIDLOCK_FAILED;
	struct effective_groups	 groups;
	struct holder		*h;

	if ((h = calloc(1, sizeof(*h))) == NULL ||
	    (h->state_dir = strdup(state_dir)) == NULL) {
		log_error("cannot lock the account: %s", state_dir);
		free(h);
		return (NULL);
	}
	h->fd = -1;
	h->shared = how == HOLDER_READER;
	h->since = time(NULL);
	(void)strlcpy(h->ext, ext, sizeof(h->ext));
	make_name(ext, h->name);
	write_who(h->text);
	if (become(uid, gid, &groups) == 0) {
		state = take(h);
		if (become_root_again(uid, &groups) == -1)
			state = PIDLOCK_FAILED;
	}
	if (state == PIDLOCK_TAKEN)
		return (h);
	complain(h, state);
	holder_release(h);
	return (NULL);
}

int
holder_check(const char *state_dir, const char *ext)
{
	struct holder		h = { .fd = -1 };
	struct pidlock_file	f;
	enum pidlock_state	state;
	int			dirfd;

	if ((dirfd = open_dir(state_dir)) == -1)
		return (0);
	(void)strlcpy(h.ext, ext, sizeof(h.ext));
	make_name(ext, h.name);
	f = file_of(&h, dirfd);
	state = pidlock_wait(&f);
	(void)close(dirfd);
	if (state != PIDLOCK_HELD || (h.state_dir = strdup(state_dir)) == NULL)
		return (0);
	complain(&h, state);
	free(h.state_dir);
	return (-1);
}

/* Remove the lock file if no other process shares its lock. */
static void
remove_file(const struct holder *h)
{
	struct pidlock_file	f;
	int			dirfd;

	if ((dirfd = open_dir(h->state_dir)) == -1)
		return;
	f = file_of(h, dirfd);
	if (flock(h->fd, LOCK_EX | LOCK_NB) == 0 &&
	    pidlock_is_current(&f, h->fd))
		(void)unlinkat(dirfd, h->name, 0);
	(void)close(dirfd);
}

void
holder_release(struct holder *h)
{
	if (h == NULL)
		return;
	if (h->fd != -1) {
		remove_file(h);
		(void)close(h->fd);
	}
	free(h->state_dir);
	free(h);
}

/* ---- keeping the lock ---- */

/*
 * Our lock file was removed, and there is another one: fd.  It is harmless if
 * it is new, if it has our line, or if it is older than our lock: then it has
 * come back with its directory.  Otherwise another process had the account
 * meanwhile, and may have changed it.
 */
static bool
is_harmless(const struct holder *h, int fd)
{
	char		text[PIDLOCK_TEXT];
	struct stat	st;

	pidlock_read(fd, text);
	return (text[0] == '\0' || strcmp(text, h->text) == 0 ||
	    (fstat(fd, &st) == 0 && st.st_mtime < h->since));
}

static int
lose(struct holder *h, int fd)
{
	char	text[PIDLOCK_TEXT];

	h->lost = true;
	if (fd == -1)
		(void)holder_look(h->state_dir, h->ext, &h->other);
	else {
		pidlock_read(fd, text);
		read_who(text, &h->other);
	}
	errno = EBUSY;
	return (-1);
}

/* The lock file is missing or is another file: lock it or create it. */
static int
take_again(struct holder *h, const struct pidlock_file *f)
{
	int	fd, rc = 0, saved;

	switch (pidlock_take(f, h->shared, &fd)) {
	case PIDLOCK_TAKEN:
		break;
	case PIDLOCK_HELD:
		return (lose(h, -1));
	default:
		return (-1);
	}
	if (!h->shared)
		rc = is_harmless(h, fd) ? pidlock_write(f, fd, h->text) :
		    lose(h, fd);
	saved = errno;
	(void)close(rc == 0 ? h->fd : fd);
	if (rc == 0)
		h->fd = fd;
	errno = saved;
	return (rc);
}

int
holder_confirm(struct holder *h)
{
	struct pidlock_file	f;
	int			dirfd, rc, saved;

	if (h->lost) {
		errno = EBUSY;
		return (-1);
	}
	if ((dirfd = open_dir(h->state_dir)) == -1)
		return (-1);
	f = file_of(h, dirfd);
	rc = pidlock_is_current(&f, h->fd) ? 0 : take_again(h, &f);
	saved = errno;
	(void)close(dirfd);
	errno = saved;
	return (rc);
}

const struct holder_who *
holder_other(const struct holder *h)
{
	return (&h->other);
}

/* ---- looking ---- */

enum pidlock_state
holder_look(const char *state_dir, const char *ext, struct holder_who *who)
{
	char			name[NAME_LEN], text[PIDLOCK_TEXT];
	struct pidlock_file	f = { .name = name };
	enum pidlock_state	state;
	int			saved;

	memset(who, 0, sizeof(*who));
	make_name(ext, name);
	if ((f.dirfd = open_dir(state_dir)) == -1)
		return (errno == ENOENT ? PIDLOCK_FREE : PIDLOCK_FAILED);
	f.uid = owner_of(f.dirfd);
	state = pidlock_look(&f, text);
	if (state == PIDLOCK_HELD)
		read_who(text, who);
	saved = errno;
	(void)close(f.dirfd);
	errno = saved;
	return (state);
}
