/*
 * The functions that Berkeley DB calls to read and write files.  They are set
 * for the whole process: hence one static list of all databases that they
 * serve.
 */
#include <sys/stat.h>
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pages_impl.h"

static struct pages	*served;

/* ---- what Berkeley DB calls ---- */

/*
 * The pages of the database that is open as fd, or NULL if it is another file.
 */
static struct pages *
server_of(int fd)
{
	struct stat	 a, b;
	struct pages	*p;

	if (served == NULL || fstat(fd, &a) == -1)
		return (NULL);
	for (p = served; p != NULL; p = p->next)
		if (fstatat(p->dir, p->name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
		    a.st_dev == b.st_dev && a.st_ino == b.st_ino)
			return (p);
	return (NULL);
}

static ssize_t
fail(struct pages *p)
{
	if (p->error == 0)
		p->error = errno == 0 ? EIO : errno;
	errno = p->error;
	return (-1);
}

static ssize_t
on_pwrite(int fd, const void *octets, size_t n, off_t offset)
{
	struct pages	*p = server_of(fd);

	if (p == NULL)
		return (pwrite(fd, octets, n, offset));
	p->read_error = 0;
	errno = EINVAL;
	if (p->error != 0 || !p->writer || n != p->octets ||
	    offset % (off_t)n != 0 ||
	    pages_journal_add(p, octets, offset) == -1)
		return (fail(p));
	return ((ssize_t)n);
}

static ssize_t
on_pread(int fd, void *octets, size_t n, off_t offset)
{
	struct pages	*p = server_of(fd);
	ssize_t		 got;
	size_t		 at;

	if (p == NULL || n != p->octets || offset % (off_t)n != 0)
		return (pread(fd, octets, n, offset));
	p->read_error = 0;
	if ((at = pages_journal_find(p, offset)) == p->n) {
		got = page_read(p, fd, octets, (uint64_t)offset / n);
		p->read_error = got == -1 ? errno : 0;
		return (got);
	}
	errno = EIO;
	return (pages_journal_read(p, at, octets) ? (ssize_t)n : fail(p));
}

/*
 * If one of the two above fails, Berkeley DB tries lseek(2) and then read(2)
 * or write(2).  So lseek must fail, too.
 */
static int
on_seek(int fd, off_t offset, int whence)
{
	struct pages	*p = server_of(fd);

	if (p != NULL && p->error != 0)
		return (p->error);
	if (p != NULL && p->read_error != 0)
		return (p->read_error);
	return (lseek(fd, offset, whence) == -1 ? errno : 0);
}

static int
on_fsync(int fd)
{
	struct pages	*p = server_of(fd);

	if (p != NULL && (p->n > 0 || p->error != 0))
		return (pages_journal_apply(p));
	return (fdatasync(fd) == -1 ? errno : 0);
}

/* Empty the journal first: a page that is cut off must not come back. */
static int
on_ftruncate(int fd, off_t size)
{
	struct pages	*p = server_of(fd);

	if (p == NULL)
		return (ftruncate(fd, size) == -1 ? errno : 0);
	if (pages_journal_apply(p) != 0 || fdatasync(p->fd) == -1)
		return (p->error != 0 ? p->error : errno);
	if (ftruncate(fd, size) == -1 || (p->sums != NULL && sums_cut(
	    p->sums, (uint64_t)size / p->octets) == -1))
		return (errno);
	return (0);
}

static int
serve(void)
{
	int	rc;

	if ((rc = db_env_set_func_pwrite(on_pwrite)) != 0 ||
	    (rc = db_env_set_func_pread(on_pread)) != 0 ||
	    (rc = db_env_set_func_seek(on_seek)) != 0 ||
	    (rc = db_env_set_func_fsync(on_fsync)) != 0 ||
	    (rc = db_env_set_func_ftruncate(on_ftruncate)) != 0) {
		errno = rc;
		return (-1);
	}
	return (0);
}

/* ---- opening ---- */

/* If the database is gone, remove its sums: the next one has others. */
static int
forget_sums(const struct pages *p)
{
	if (unlinkat(p->dir, SUMS_NAME, 0) == 0 || errno == ENOENT)
		return (0);
	return (-1);
}

/*
 * Open those of the three files that exist.  The journal is applied before the
 * database is checked.
 */
static int
begin(struct pages *p, int db, bool killed)
{
	if (db == -1 && p->writer && errno == ENOENT) {
		if (forget_sums(p) == -1)
			return (-1);
	} else if (db == -1)
		return (-1);
	if (pages_sums_find(p) == -1 ||
	    (p->writer && pages_journal_open(p, killed) == -1))
		return (-1);
	return (db == -1 ? 0 : pages_sums_agree(p, db, killed));
}

static int
files_begin(struct pages *p, bool killed)
{
	int	db = pages_database(p), saved;
	int	rc = begin(p, db, killed);

	saved = errno;
	if (db != -1)
		close(db);
	errno = saved;
	return (rc);
}

struct pages *
pages_open(const char *dir, const char *name, size_t octets,
    enum pages_mode mode, char damage[PAGES_DAMAGE_LEN])
{
	struct pages	*p;
	int		 saved;

	damage[0] = '\0';
	if ((p = calloc(1, sizeof(*p) + PAGES_RECORD + octets)) == NULL)
		return (NULL);
	p->name = name;
	p->octets = octets;
	p->record = PAGES_RECORD + octets;
	p->writer = mode != PAGES_READ;
	p->fd = -1;
	p->next = served;
	served = p;
	if ((p->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1 &&
	    files_begin(p, mode == PAGES_RECOVER) == 0 && serve() == 0)
		return (p);
	saved = errno;
	(void)strlcpy(damage, p->damage, PAGES_DAMAGE_LEN);
	pages_close(p);
	errno = saved;
	return (NULL);
}

void
pages_close(struct pages *p)
{
	struct pages	**at;

	if (p == NULL)
		return;
	for (at = &served; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	sums_close(p->sums);
	if (p->fd != -1)
		close(p->fd);
	if (p->dir != -1)
		close(p->dir);
	free(p);
}
