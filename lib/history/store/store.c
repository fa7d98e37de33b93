/*
 * The files of the store: the database with its log, and the two locks.  The
 * order in which data reach the disk is decided here.
 *
 *	writer		locked by the one process that writes
 *	lock		`ready' and a digest of the log, or `writing PID'
 *			while the database may not be as the last commit left
 *			it
 *	history.db	Berkeley DB, one B-tree
 *	log.*		Berkeley DB's log since the last checkpoint
 *	pages		journal of pages; see pages.h
 *	sums		checksums of the pages; see sums.h
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
#include <unistd.h>

#include "base/plural.h"
#include "store_impl.h"
#include "sums.h"

#define DB_MODE		0640
#define DIR_MODE	02750		/* files get its group */

/* Large enough for the changes of an update: few pages are written twice. */
#define CACHE_WRITER	(32U << 20)
#define CACHE_READER	(8U << 20)
/* Recovery overwrites the rest of a log file: this much space must be free. */
#define LOG_FILE_MAX	(2U << 20)
#define LOG_BUFFER	(256U << 10)

/* ---- opening ---- */

/* If root creates the directory, it gets the owner of its parent directory. */
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
	if (chmod(dir, DIR_MODE) == 0)
		return (0);
	/* FreeBSD refuses S_ISGID to who is not in the group. */
	return (errno == EPERM ? chmod(dir, DIR_MODE & 0777) : -1);
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
	env->set_errcall(env, store_on_error);
	if ((rc = env->set_cachesize(env, 0, CACHE_WRITER, 1)) == 0 &&
	    (rc = env->set_lg_max(env, LOG_FILE_MAX)) == 0 &&
	    (rc = env->set_lg_bsize(env, LOG_BUFFER)) == 0 &&
	    (rc = env->log_set_config(env, DB_LOG_AUTO_REMOVE, 1)) == 0 &&
	    /* Only this process uses it: no locks, no shared memory. */
	    (rc = env->open(env, st->dir, DB_CREATE | DB_INIT_TXN |
	    DB_INIT_LOG | DB_INIT_MPOOL | DB_PRIVATE | DB_RECOVER,
	    DB_MODE)) == 0)
		return (0);
	st->broken = true;
	return (store_fail(st, "recovery", rc));
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
		db->set_errcall(db, store_on_error);
		if (store_path(st, DB_NAME, path) == -1)
			rc = errno;
		else if ((rc = db->set_cachesize(db, 0, CACHE_READER,
		    1)) == 0)
			/* No mmap(2): each page must be checked. */
			rc = db->open(db, NULL, path, NULL, DB_BTREE,
			    DB_RDONLY | DB_NOMMAP, 0);
	}
	return (rc == 0 ? 0 : store_fail(st, DB_NAME, rc));
}

static bool
has_database(const struct store *st)
{
	int	fd = store_file(st, DB_NAME, O_RDONLY);

	if (fd != -1)
		close(fd);
	return (fd != -1);
}

/*
 * There is no database: was there one?  Only a database that was complete is
 * ready, or gets a new log.  Meanwhile the first writer may have made it.
 */
static bool
is_lost(struct store *st)
{
	enum lock_state	state;
	uint64_t	digest;

	if ((st->lock_fd = store_file(st, "lock", O_RDONLY)) == -1)
		return (false);
	state = lock_read(st, &digest);
	close(st->lock_fd);
	st->lock_fd = -1;
	return (state != LOCK_WRITING && !has_database(st) &&
	    errno == ENOENT);
}

/* Returns 0 if there is a database, or if one may be created; or -1. */
static int
find_database(struct store *st, bool create)
{
	int	saved;

	if (has_database(st))
		return (0);
	saved = errno;
	if (saved == ENOENT && is_lost(st))
		return (store_refuse(st, EBADMSG, DB_NAME ": missing"));
	return (create && saved == ENOENT ? 0 :
	    store_fail(st, DB_NAME, saved));
}

/* Lock a file.  Returns 0, or -1 with a text that says who has locked it. */
static int
take(struct store *st, int *fd, const char *name, int flags, int how,
    const char *who)
{
	char	text[128];

	if ((*fd = lock_take(st, name, flags, how)) != -1)
		return (0);
	if (errno != EAGAIN)
		return (store_fail(st, name, errno));
	(void)snprintf(text, sizeof(text), "busy: %s has locked it for more "
	    "than %u second%s", who, st->wait, plural(st->wait));
	return (store_refuse(st, EAGAIN, text));
}

static int
open_pages(struct store *st, enum pages_mode mode)
{
	char	damage[PAGES_DAMAGE_LEN];

	st->pages = pages_open(st->dir, DB_NAME, PAGE_OCTETS, mode, damage);
	if (st->pages != NULL)
		return (0);
	if (errno == EBADMSG)
		return (store_refuse(st, EBADMSG, damage));
	return (store_fail(st, PAGES_NAME, errno));
}

/* Reset the pages' log sequence numbers, in an environment without a log. */
static int
forget_log(struct store *st)
{
	DB_ENV	*env;
	int	 rc, closed;

	if ((rc = db_env_create(&env, 0)) != 0)
		return (store_fail(st, "environment", rc));
	env->app_private = st;
	env->set_errcall(env, store_on_error);
	if ((rc = env->set_cachesize(env, 0, CACHE_WRITER, 1)) == 0 &&
	    (rc = env->open(env, st->dir, DB_CREATE | DB_INIT_MPOOL |
	    DB_PRIVATE, DB_MODE)) == 0)
		rc = env->lsn_reset(env, DB_NAME, 0);
	closed = env->close(env, 0);
	if (rc == 0)
		rc = closed;
	if (rc != 0)
		return (store_fail(st, "log", rc));
	return (pages_forget_changes(st->pages) == 0 ? 0 :
	    store_fail(st, SUMS_NAME, errno));
}

/*
 * The log was changed, but the database was not, and was on the disk before
 * the log was closed: it gets a new log.  Its pages must not be newer than
 * their log.  If this is killed, the next writer does it again.
 */
static int
reset_log(struct store *st)
{
	if (lock_write(st, LOCK_RESETTING, 0) == -1)
		return (-1);
	if (logs_remove(st) == -1)
		return (store_fail(st, "log", errno));
	if (forget_log(st) == -1 || lock_write(st, LOCK_WRITING, 0) == -1)
		return (-1);
	st->log_was_reset = true;
	return (open_environment(st));
}

/*
 * If the database contains changes that the log does not, the end of the log
 * was lost.
 */
static int
check_log(struct store *st)
{
	DB_LOG_STAT	*log;
	uint64_t	 end;
	int		 rc;

	if ((rc = st->env->log_stat(st->env, &log, 0)) != 0)
		return (store_fail(st, "log", rc));
	end = (uint64_t)log->st_cur_file << 32 | log->st_cur_offset;
	free(log);
	return (pages_last_change(st->pages) <= end ? 0 : store_refuse(st,
	    EBADMSG, "the end of its log is missing"));
}

/* Recover the database from what the last writer left. */
static int
recover(struct store *st, enum lock_state state, uint64_t digest)
{
	if (state == LOCK_RESETTING || (state == LOCK_READY && digest != 0 &&
	    logs_digest(st) != digest))
		return (reset_log(st));
	if (lock_write(st, LOCK_WRITING, 0) == -1 ||
	    open_environment(st) == -1)
		return (-1);
	return (check_log(st));
}

static int
lock_writer(struct store *st)
{
	if (take(st, &st->writer_fd, "writer", O_RDWR | O_CREAT, LOCK_EX,
	    "another trafdb") == -1)
		return (-1);
	return (take(st, &st->lock_fd, "lock", O_RDWR | O_CREAT, LOCK_EX,
	    "a reader"));
}

static int
open_writer(struct store *st, bool create)
{
	enum lock_state	state;
	uint64_t	digest;

	st->writer = true;
	if (store_finish(st->dir) == -1)
		return (store_fail(st, "directory", errno));
	if (create && make_directory(st->dir) == -1)
		return (store_fail(st, "directory", errno));
	if (find_database(st, create) == -1)
		return (-1);
	if (lock_writer(st) == -1)
		return (-1);
	state = lock_read(st, &digest);
	if (open_pages(st, state == LOCK_READY ? PAGES_WRITE :
	    PAGES_RECOVER) == -1 || recover(st, state, digest) == -1 ||
	    open_database(st, create) == -1)
		return (-1);
	return (format_check_writer(st, create, state != LOCK_READY));
}

static int
open_reader(struct store *st)
{
	uint64_t	digest;

	if (find_database(st, false) == -1)
		return (-1);
	if (take(st, &st->lock_fd, "lock", O_RDONLY, LOCK_SH, "a writer") ==
	    -1)
		return (-1);
	if (lock_read(st, &digest) != LOCK_READY)
		return (store_refuse(st, ESTALE, "a writer was killed; run "
		    "trafdb update to repair it"));
	if (open_pages(st, PAGES_READ) == -1 ||
	    open_database(st, false) == -1)
		return (-1);
	return (format_check_reader(st));
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

bool
store_log_was_reset(const struct store *st)
{
	return (st->log_was_reset);
}

int
store_check(struct store *st)
{
	if (pages_check(st->pages) == 0)
		return (0);
	if (errno == EBADMSG)
		return (store_refuse(st, EBADMSG, pages_damage(st->pages)));
	return (store_fail(st, DB_NAME, errno));
}

/* ---- closing ---- */

/*
 * Write `ready' to `lock'.  Call only if everything is on the disk: that is
 * what `ready' means.
 */
static int
say_ready(struct store *st)
{
	return (lock_write(st, LOCK_READY, logs_digest(st)));
}

int
store_yield(struct store *st)
{
	if (st->failed)
		return (store_fail(st, "", 0));
	if (store_checkpoint(st) == -1 || say_ready(st) == -1)
		return (-1);
	if (flock(st->lock_fd, LOCK_UN) == -1 ||
	    lock_within(st->lock_fd, LOCK_EX, st->wait) == -1)
		return (store_refuse(st, errno, "busy: a reader does not "
		    "come to an end"));
	return (lock_write(st, LOCK_WRITING, 0));
}

/*
 * Write the database to disk and set it ready, unless it is broken.  A
 * database that was refused or only partly read has not been changed, and is
 * ready.  One that could not be created is not there.
 */
static void
close_environment(struct store *st)
{
	bool	good;
	int	rc;

	good = !st->broken && store_checkpoint(st) == 0;
	if ((rc = st->env->close(st->env, 0)) != 0) {
		(void)store_fail(st, "environment", rc);
		good = false;
	}
	st->env = NULL;
	if (good && has_database(st))
		(void)say_ready(st);
}

static void
close_library(struct store *st)
{
	int	rc;

	if (st->db != NULL && (rc = st->db->close(st->db, 0)) != 0) {
		(void)store_fail(st, DB_NAME, rc);
		st->broken = true;
	}
	st->db = NULL;
	if (st->env != NULL)
		close_environment(st);
}

int
store_close(struct store *st)
{
	int	rc;

	store_abort(st);
	close_library(st);
	pages_close(st->pages);
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

bool
store_has_sums(const struct store *st)
{
	return (pages_have_sums(st->pages));
}

int
store_verify(const char *dir, unsigned wait, char err[STORE_ERROR_LEN])
{
	struct store	*st;
	int		 rc;

	if ((st = store_open(dir, STORE_READ, wait, err)) == NULL)
		return (-1);
	rc = store_check(st) == -1 || verify_file(st) == -1 ? -1 : 0;
	(void)strlcpy(err, st->error, STORE_ERROR_LEN);
	(void)store_close(st);
	return (rc);
}
