/*
 * The files of the store: the database with its log, and the two locks.
 * Owns the order in which things reach the disk.
 *
 *	writer		held by the one process that writes
 *	lock		`ready', or `writing PID' while the database may not
 *			be as the last commit left it
 *	history.db	Berkeley DB, one B-tree
 *	log.*		Berkeley DB's log since the last checkpoint
 *	pages		pages on their way to the database; see history_pages.h
 */
#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pages.h"
#include "store_impl.h"

#define DB_NAME		"history.db"
#define DB_MODE		0640
#define DIR_MODE	02750		/* files belong to its group */

/* What an update changes fits, so that few pages are written twice. */
#define CACHE_WRITER	(32U << 20)
#define CACHE_READER	(8U << 20)
/* Items up to a quarter of a page need no page of their own. */
#define PAGE_OCTETS	65536
/* Recovery overwrites the rest of a log file: so much must be free. */
#define LOG_FILE_MAX	(2U << 20)
#define LOG_BUFFER	(256U << 10)

/* The format of keys and values; see trafdb(8).  Change: a new number. */
#define FORMAT		2
static const char	format_key[] = "format";

/* ---- locks ---- */

/* Poll, since flock(2) knows no time limit.  0, or -1 with errno. */
static int
lock_within(int fd, int how, unsigned seconds)
{
	struct timespec	pause = { 0, 20L * 1000 * 1000 };
	unsigned	tries = seconds * 50;

	while (flock(fd, how | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return (-1);
		if (tries-- == 0) {
			errno = EAGAIN;
			return (-1);
		}
		(void)nanosleep(&pause, NULL);
	}
	return (0);
}

/* Of a file, whatever the owner of the directory has put there. */
static int
lock_open(const struct store *st, const char *name, int flags)
{
	char		path[PATH_MAX];
	struct stat	sb;
	int		fd;

	if (snprintf(path, sizeof(path), "%s/%s", st->dir, name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, DB_MODE);
	if (fd == -1 || (fstat(fd, &sb) == 0 && S_ISREG(sb.st_mode)))
		return (fd);
	close(fd);
	errno = EINVAL;
	return (-1);
}

/* Say in `lock' how the database is, durably. */
static int
lock_write(struct store *st, bool writing)
{
	char	text[32];
	int	n;

	n = writing ? snprintf(text, sizeof(text), "writing %ld\n",
	    (long)getpid()) : snprintf(text, sizeof(text), "ready\n");
	if (ftruncate(st->lock_fd, 0) == -1 ||
	    pwrite(st->lock_fd, text, (size_t)n, 0) != n ||
	    fsync(st->lock_fd) == -1)
		return (store_fail(st, "lock", errno == 0 ? ENOSPC : errno));
	return (0);
}

/* Was the last writer killed? */
static bool
lock_is_writing(const struct store *st)
{
	char	c;

	return (pread(st->lock_fd, &c, 1, 0) == 1 && c == 'w');
}

/* ---- opening ---- */

static void
on_error(const DB_ENV *env, const char *prefix, const char *text)
{
	struct store	*st = env->app_private;

	(void)prefix;
	/* The first of several is the cause of the others. */
	if (st != NULL && st->detail[0] == '\0')
		(void)snprintf(st->detail, sizeof(st->detail), "%s", text);
}

/* Root's directory goes to whom the accounts belong. */
static int
make_directory(const char *dir)
{
	char		 parent[PATH_MAX];
	struct stat	 st;

	if (mkdir(dir, 0750) == -1)
		return (errno == EEXIST ? 0 : -1);
	if (snprintf(parent, sizeof(parent), "%s/..", dir) <
	    (int)sizeof(parent) && geteuid() == 0 && stat(parent, &st) == 0 &&
	    chown(dir, st.st_uid, st.st_gid) == -1)
		return (-1);
	return (chmod(dir, DIR_MODE));
}

static int
open_environment(struct store *st)
{
	DB_ENV	*env;
	int	 rc;

	if ((rc = db_env_create(&env, 0)) != 0)
		return (store_fail(st, "environment", rc));
	st->env = env;
	env->app_private = st;
	env->set_errcall(env, on_error);
	if ((rc = env->set_cachesize(env, 0, CACHE_WRITER, 1)) != 0 ||
	    (rc = env->set_lg_max(env, LOG_FILE_MAX)) != 0 ||
	    (rc = env->set_lg_bsize(env, LOG_BUFFER)) != 0 ||
	    (rc = env->log_set_config(env, DB_LOG_AUTO_REMOVE, 1)) != 0 ||
	    /* Nobody else is there: no locks, nothing shared. */
	    (rc = env->open(env, st->dir, DB_CREATE | DB_INIT_TXN |
	    DB_INIT_LOG | DB_INIT_MPOOL | DB_PRIVATE | DB_RECOVER,
	    DB_MODE)) != 0)
		return (store_fail(st, "recovery", rc));
	return (0);
}

static int
open_database(struct store *st, bool create)
{
	char	 path[PATH_MAX];
	DB	*db;
	int	 rc;

	if ((rc = db_create(&db, st->env, 0)) != 0)
		return (store_fail(st, DB_NAME, rc));
	st->db = db;
	if (st->env != NULL) {
		if ((rc = db->set_pagesize(db, PAGE_OCTETS)) == 0 &&
		    (rc = db->set_flags(db, DB_CHKSUM)) == 0)
			rc = db->open(db, NULL, DB_NAME, NULL, DB_BTREE,
			    DB_AUTO_COMMIT | (create ? DB_CREATE : 0),
			    DB_MODE);
	} else {
		db->get_env(db)->app_private = st;
		db->set_errcall(db, on_error);
		(void)snprintf(path, sizeof(path), "%.*s/%s",
		    (int)sizeof(path) - 16, st->dir, DB_NAME);
		if ((rc = db->set_cachesize(db, 0, CACHE_READER, 1)) == 0)
			rc = db->open(db, NULL, path, NULL, DB_BTREE,
			    DB_RDONLY, 0);
	}
	return (rc == 0 ? 0 : store_fail(st, DB_NAME, rc));
}

/* Leaves the message to say itself: it is no fault of the library. */
static int
refuse(struct store *st, int error, const char *text)
{
	st->failed = true;
	st->error_number = error;
	(void)snprintf(st->error, sizeof(st->error), "%s", text);
	errno = error;
	return (-1);
}

/* Was the writer that made it killed before it had written anything? */
static bool
is_empty(struct store *st)
{
	struct store_cursor	*c = store_cursor_new(st);
	struct store_item	 item;
	bool			 empty;

	empty = c != NULL && store_cursor_from(c, "", 1, &item) == 0;
	store_cursor_free(c);
	return (empty);
}

static int
check_format(struct store *st, bool create)
{
	static const uint8_t	 mine[4] = { 0, 0, 0, FORMAT };
	const void		*value;
	size_t			 len;
	int			 rc;

	rc = store_get(st, format_key, sizeof(format_key), &value, &len);
	if (rc == 0 && create) {
		if (store_begin(st) == -1 || store_put(st, format_key,
		    sizeof(format_key), mine, sizeof(mine)) == -1)
			return (-1);
		return (store_commit(st));
	}
	if (rc == -1)
		return (-1);
	if (rc == 0 && is_empty(st))
		return (refuse(st, ENOENT, "the history is still empty"));
	if (rc == 0 || len != sizeof(mine))
		return (refuse(st, EINVAL, "not a history of trafd"));
	if (memcmp(value, mine, sizeof(mine)) > 0)
		return (refuse(st, ENOTSUP, "written by a newer trafdb, in a "
		    "format that this one does not support"));
	if (memcmp(value, mine, sizeof(mine)) < 0)
		return (refuse(st, ENOTSUP, "written in an older format; see "
		    "UPGRADE in trafdb(8)"));
	return (0);
}

static bool
has_database(const struct store *st)
{
	int	fd = lock_open(st, DB_NAME, O_RDONLY);

	if (fd != -1)
		close(fd);
	return (fd != -1);
}

static int
busy(struct store *st, const char *who)
{
	char	text[128];

	if (errno != EAGAIN)
		return (store_fail(st, "lock", errno));
	(void)snprintf(text, sizeof(text), "busy: %s has locked it for more "
	    "than %u seconds", who, st->wait);
	return (refuse(st, EAGAIN, text));
}

static int
open_writer(struct store *st, bool create)
{
	bool	killed;

	st->writer = true;
	if (create && make_directory(st->dir) == -1)
		return (store_fail(st, "directory", errno));
	if (!has_database(st) && (!create || errno != ENOENT))
		return (store_fail(st, DB_NAME, errno));
	if ((st->writer_fd = lock_open(st, "writer", O_RDWR | O_CREAT)) == -1 ||
	    (st->lock_fd = lock_open(st, "lock", O_RDWR | O_CREAT)) == -1)
		return (store_fail(st, "lock", errno));
	if (lock_within(st->writer_fd, LOCK_EX, st->wait) == -1)
		return (busy(st, "another trafdb"));
	if (lock_within(st->lock_fd, LOCK_EX, st->wait) == -1)
		return (busy(st, "a reader"));
	killed = lock_is_writing(st);
	if (lock_write(st, true) == -1)
		return (-1);
	if (pages_open(st->dir, DB_NAME, PAGE_OCTETS, killed) == -1)
		return (store_fail(st, PAGES_NAME, errno));
	if (open_environment(st) == -1 ||
	    open_database(st, create) == -1)
		return (-1);
	return (check_format(st, create));
}

static int
open_reader(struct store *st)
{
	if (!has_database(st))
		return (store_fail(st, DB_NAME, errno));
	if ((st->lock_fd = lock_open(st, "lock", O_RDONLY)) == -1)
		return (store_fail(st, "lock", errno));
	if (lock_within(st->lock_fd, LOCK_SH, st->wait) == -1)
		return (busy(st, "a writer"));
	if (lock_is_writing(st))
		return (refuse(st, ESTALE, "a writer was killed; run trafdb "
		    "update to repair it"));
	if (open_database(st, false) == -1)
		return (-1);
	return (check_format(st, false));
}

struct store *
store_open(const char *dir, enum store_mode mode, unsigned wait,
    char err[STORE_ERROR_LEN])
{
	struct store	*st;
	int		 saved;

	if ((st = calloc(1, sizeof(*st))) == NULL) {
		(void)snprintf(err, STORE_ERROR_LEN, "out of memory");
		return (NULL);
	}
	st->writer_fd = st->lock_fd = -1;
	st->wait = wait;
	if (strlcpy(st->dir, dir, sizeof(st->dir)) >= sizeof(st->dir))
		(void)store_fail(st, "directory", ENAMETOOLONG);
	else if ((mode == STORE_READ ? open_reader(st) :
	    open_writer(st, mode == STORE_CREATE)) == 0)
		return (st);
	saved = errno;
	(void)strlcpy(err, st->error, STORE_ERROR_LEN);
	(void)store_close(st);
	errno = saved;
	return (NULL);
}

/* ---- closing ---- */

/* Everything to the disk; only then is the database what `ready' says. */
static int
settle(struct store *st)
{
	int	rc;

	if ((rc = st->env->txn_checkpoint(st->env, 0, 0, DB_FORCE)) != 0)
		return (store_fail(st, "checkpoint", rc));
	return (lock_write(st, false));
}

int
store_yield(struct store *st)
{
	if (st->failed)
		return (store_fail(st, "", 0));
	if (settle(st) == -1)
		return (-1);
	if (flock(st->lock_fd, LOCK_UN) == -1 ||
	    lock_within(st->lock_fd, LOCK_EX, st->wait) == -1)
		return (busy(st, "a reader"));
	return (lock_write(st, true));
}

static void
close_library(struct store *st)
{
	int	rc;

	if (st->db != NULL && (rc = st->db->close(st->db, 0)) != 0)
		(void)store_fail(st, DB_NAME, rc);
	st->db = NULL;
	if (st->env == NULL)
		return;
	/* A format that was refused has not been touched. */
	if (!st->failed || st->error_number == ENOTSUP)
		(void)settle(st);
	if ((rc = st->env->close(st->env, 0)) != 0)
		(void)store_fail(st, "environment", rc);
	st->env = NULL;
}

int
store_close(struct store *st)
{
	int	rc;

	store_abort(st);
	close_library(st);
	if (st->writer)
		pages_close();
	rc = st->failed ? -1 : 0;
	if (st->lock_fd != -1)
		close(st->lock_fd);
	if (st->writer_fd != -1)
		close(st->writer_fd);
	if (rc == -1)
		errno = st->error_number;
	free(st);
	return (rc);
}

const char *
store_error(const struct store *st)
{
	return (st->error);
}

/* ---- verification ---- */

int
store_verify(const char *dir, unsigned wait, char err[STORE_ERROR_LEN])
{
	char		 path[PATH_MAX];
	struct store	*st;
	DB		*db;
	int		 rc;

	if ((st = store_open(dir, STORE_READ, wait, err)) == NULL)
		return (-1);
	(void)snprintf(path, sizeof(path), "%.*s/%s", (int)sizeof(path) - 16,
	    st->dir, DB_NAME);
	if ((rc = db_create(&db, NULL, 0)) == 0) {
		db->get_env(db)->app_private = st;
		db->set_errcall(db, on_error);
		rc = db->verify(db, path, NULL, NULL, 0);
	}
	if (rc != 0)
		(void)store_fail(st, DB_NAME, rc);
	(void)strlcpy(err, st->error, STORE_ERROR_LEN);
	(void)store_close(st);
	return (rc == 0 ? 0 : -1);
}
