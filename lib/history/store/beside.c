/*
 * Makes a new store in a directory next to an old one, which nobody writes to
 * meanwhile.  When the new store is complete, it replaces the old one:
 *
 *	DIR.new		being made
 *	DIR.rebuilt	complete; is renamed to DIR as soon as DIR is gone
 *	DIR.damaged.N	the old store, which is kept
 */
#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store_impl.h"

#define NEW		".new"
#define REBUILT		".rebuilt"
#define SUFFIX_MAX	24
#define ASIDE_MOST	1000

struct store_place {
	struct store	old;		/* only its locks are used */
	char		new[PATH_MAX];
};

/* Make the path of a directory.  Returns 0, or -1 with errno. */
static int
path_of(const char *dir, const char *suffix, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s%s", dir, suffix) < PATH_MAX)
		return (0);
	errno = ENAMETOOLONG;
	return (-1);
}

/*
 * Remove a directory that contains only files.  Returns 0, also if it does not
 * exist, or -1 with errno.
 */
static int
remove_directory(const char *dir)
{
	struct dirent	*e;
	DIR		*d;
	int		 fd, rc = 0;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((d = fdopendir(fd)) == NULL) {
		close(fd);
		return (-1);
	}
	while (rc == 0 && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			rc = unlinkat(fd, e->d_name, 0);
	(void)closedir(d);
	return (rc == 0 ? rmdir(dir) : -1);
}

/* Sync the parent directory: then new names survive a power cut. */
static int
sync_parent(const char *dir)
{
	char	path[PATH_MAX], *slash;
	int	fd, rc;

	(void)strlcpy(path, dir, sizeof(path));
	if ((slash = strrchr(path, '/')) == NULL)
		(void)strlcpy(path, ".", sizeof(path));
	else
		slash[slash == path] = '\0';
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	rc = fsync(fd);
	close(fd);
	return (rc);
}

int
store_finish(const char *dir)
{
	char	rebuilt[PATH_MAX];

	if (path_of(dir, REBUILT, rebuilt) == -1)
		return (-1);
	if (access(dir, F_OK) == 0 || rename(rebuilt, dir) == -1)
		return (0);
	return (sync_parent(dir));
}

static void
unlock(struct store *st)
{
	if (st->lock_fd != -1)
		close(st->lock_fd);
	if (st->writer_fd != -1)
		close(st->writer_fd);
}

struct store_place *
store_hold(const char *dir, unsigned wait, char err[STORE_ERROR_LEN])
{
	struct store_place	*p;
	char			 left[PATH_MAX];

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		(void)snprintf(err, STORE_ERROR_LEN, "out of memory");
		return (NULL);
	}
	p->old.writer_fd = p->old.lock_fd = -1;
	p->old.wait = wait;
	(void)strlcpy(p->old.dir, dir, sizeof(p->old.dir));
	if (path_of(dir, NEW, p->new) == 0 &&
	    path_of(dir, REBUILT, left) == 0 &&
	    (p->old.writer_fd = lock_take(&p->old, "writer", O_RDWR | O_CREAT,
	    LOCK_EX)) != -1 && remove_directory(p->new) == 0 &&
	    remove_directory(left) == 0)
		return (p);
	(void)snprintf(err, STORE_ERROR_LEN, "%s", errno == EAGAIN ?
	    "busy: another trafdb has it" : strerror(errno));
	unlock(&p->old);
	free(p);
	return (NULL);
}

const char *
store_place_new(const struct store_place *p)
{
	return (p->new);
}

/* Find an unused name for the old store.  Returns 0, or -1 with errno. */
static int
name_aside(const char *dir, char path[PATH_MAX])
{
	char		suffix[SUFFIX_MAX];
	struct stat	st;
	int		i;

	for (i = 1; i < ASIDE_MOST; i++) {
		(void)snprintf(suffix, sizeof(suffix), ".damaged.%d", i);
		if (path_of(dir, suffix, path) == -1)
			return (-1);
		if (lstat(path, &st) == -1)
			return (errno == ENOENT ? 0 : -1);
	}
	errno = EEXIST;
	return (-1);
}

/*
 * Put the complete store in the place of the old one.  If that fails, the old
 * one is moved back; if that fails, too, store_finish() does the rest.
 */
static int
replace(const char *dir, const char *rebuilt, const char *aside)
{
	int	saved;

	/* A power cut must not leave the new names without the complete one. */
	if (sync_parent(dir) == -1 || rename(dir, aside) == -1)
		return (-1);
	/* If it is gone, another writer's store_finish() moved it there. */
	if (rename(rebuilt, dir) == -1 && errno != ENOENT) {
		saved = errno;
		(void)rename(aside, dir);
		errno = saved;
		return (-1);
	}
	/* If a power cut undoes a rename, the next writer sees what is left. */
	(void)sync_parent(dir);
	return (0);
}

int
store_swap(struct store_place *p, char aside[PATH_MAX])
{
	char	rebuilt[PATH_MAX];
	int	saved;

	/* Wait until readers of the old store have closed it. */
	p->old.lock_fd = lock_take(&p->old, "lock", O_RDWR | O_CREAT,
	    LOCK_EX);
	if (p->old.lock_fd == -1 || name_aside(p->old.dir, aside) == -1 ||
	    path_of(p->old.dir, REBUILT, rebuilt) == -1 ||
	    rename(p->new, rebuilt) == -1)
		return (-1);
	if (replace(p->old.dir, rebuilt, aside) == 0)
		return (0);
	saved = errno;
	/* Let store_release() remove it: it must not take a place later. */
	if (access(p->old.dir, F_OK) == 0)
		(void)rename(rebuilt, p->new);
	errno = saved;
	return (-1);
}

void
store_release(struct store_place *p)
{
	if (p == NULL)
		return;
	(void)remove_directory(p->new);
	unlock(&p->old);
	free(p);
}
