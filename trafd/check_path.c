/*
 * Checks of directories and files.  A directory that root owns will belong to
 * the daemon's user after the start, and so will some files in it: see
 * statedir.c.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "check_path.h"
#include "statedir.h"

int
check_open_dir(const char *path)
{
	return (open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* May the user, or this process if the user is unknown?  0, or an errno. */
static int
may(const struct identity *who, const char *path, int how)
{
	return (who != NULL ? privs_may(who, path, how) :
	    access(path, how) == 0 ? 0 : errno);
}

/* The name of the user, for messages. */
static const char *
name_of(const struct identity *who)
{
	return (who != NULL && who->uid != (uid_t)-1 ? who->name :
	    geteuid() == 0 ? "root" : "this user");
}

/* Does the start make root's files those of the daemon's user? */
static bool
gives(const struct identity *who, const struct stat *st)
{
	return (who != NULL && who->uid != (uid_t)-1 && st->st_uid == 0);
}

/* The permissions that these bits give the user, as access(2) has them. */
static int
bits_of(const struct identity *who, const struct stat *st)
{
	mode_t	m = st->st_mode;

	if (st->st_uid == who->uid)
		m >>= 6;
	else if (st->st_gid == who->gid)
		m >>= 3;
	return ((int)(m & 7));
}

bool
check_is_given(const struct check_path *p, const char *path)
{
	struct stat	st;

	return (stat(path, &st) == 0 && gives(p->who, &st));
}

/* ---- directories ---- */

/*
 * Find the first directory above the path that the user may not pass.  Returns
 * true if it is none, else a message was logged.
 */
static bool
is_open_above(const struct check_path *p, const char *path)
{
	char		 above[PATH_MAX], *end;
	struct stat	 st;

	if (strlcpy(above, path, sizeof(above)) >= sizeof(above))
		return (true);
	end = dirname(above);
	if (may(p->who, end, X_OK) != EACCES)
		return (true);
	(void)strlcpy(above, path, sizeof(above));
	for (end = strchr(above + 1, '/'); end != NULL;
	    end = strchr(end + 1, '/')) {
		*end = '\0';
		if (stat(above, &st) == 0 && !S_ISDIR(st.st_mode))
			return (true);		/* for refuse_dir() */
		if (may(p->who, above, X_OK) == EACCES) {
			log_errorx("directory closed: %s: %s may not pass it "
			    "to %s %s; chmod o+x %s, or give another "
			    "directory", above, name_of(p->who), p->option,
			    path, above);
			return (false);
		}
		*end = '/';
	}
	return (true);
}

/* Likewise, also above what links on the path point to. */
static bool
is_reachable(const struct check_path *p, const char *path)
{
	char	*real;
	bool	 good;

	if (!is_open_above(p, path))
		return (false);
	if ((real = realpath(path, NULL)) == NULL)
		return (true);
	good = strcmp(real, path) == 0 || is_open_above(p, real);
	free(real);
	return (good);
}

/* What is at the path cannot be used, or is missing: say why. */
static bool
refuse_dir(const struct check_path *p, const char *path, bool there)
{
	struct stat	 st;
	char		*copy, *parent;
	bool		 good = false;

	if (there)
		log_errorx("not a directory: %s %s; move it away, or give "
		    "another directory", p->option, path);
	else if (errno != ENOENT)
		log_error("cannot use the directory: %s %s (give another)",
		    p->option, path);
	else if (!p->created || (copy = strdup(path)) == NULL)
		log_errorx("no such directory: %s %s; create it", p->option,
		    path);
	else {
		parent = dirname(copy);
		if (stat(parent, &st) == -1 || !S_ISDIR(st.st_mode))
			log_errorx("no such directory: %s %s: %s does not "
			    "exist either; create it", p->option, path,
			    parent);
		else if (access(parent, W_OK | X_OK) == -1)
			log_error("no such directory: %s %s: cannot create "
			    "it in %s (create it)", p->option, path, parent);
		else
			good = true;
		free(copy);
	}
	return (good);
}

/* May the daemon create and rename files there? */
static bool
is_writable(const struct check_path *p, const char *path,
    const struct stat *st)
{
	bool	given = p->daemons && gives(p->who, st);
	int	why;

	if (access(path, W_OK) == -1 && errno == EROFS) {
		log_errorx("read-only file system: %s %s; give another "
		    "directory", p->option, path);
		return (false);
	}
	if (given && !privs_can_give()) {
		log_errorx("directory not writable by the user of trafd: "
		    "%s %s; give it to that user", p->option, path);
		return (false);
	}
	if (given)
		why = (st->st_mode & S_IRWXU) == S_IRWXU ? 0 : EACCES;
	else if (p->given)
		why = bits_of(p->who, st) == 7 ? 0 : EACCES;
	else if (p->daemons)
		why = may(p->who, path, R_OK | W_OK | X_OK);
	else
		why = access(path, R_OK | W_OK | X_OK) == 0 ? 0 : errno;
	if (why == 0)
		return (true);
	if (p->daemons)
		log_errorx("directory not writable by the user of trafd: "
		    "%s %s; give it to that user, with mode 750", p->option,
		    path);
	else {
		errno = why;
		log_error("cannot create files: %s %s (start as root, or "
		    "give another directory)", p->option, path);
	}
	return (false);
}

bool
check_dir(const struct check_path *p, const char *path)
{
	struct stat	st;
	bool		there;

	if (!p->inner && !is_reachable(p, path))
		return (false);
	there = lstat(path, &st) == 0;
	if (there && S_ISLNK(st.st_mode) && !p->inner)
		(void)stat(path, &st);
	if (!there || !S_ISDIR(st.st_mode))
		return (refuse_dir(p, path, there));
	return (is_writable(p, path, &st));
}

/* ---- files ---- */

static const char *
kind_of(mode_t m)
{
	return (S_ISDIR(m) ? "a directory" : S_ISLNK(m) ? "a symbolic link" :
	    "a special file");
}

/* Why the daemon's user cannot use the regular file, as errno; else 0. */
static int
why_not(const struct check_path *p, int dirfd, const char *name,
    const char *path, const struct stat *st, int how)
{
	struct stat	dir, given = *st;

	if (fstat(dirfd, &dir) == -1)
		return (errno);
	if (gives(p->who, st) && statedir_gives(dirfd, name))
		given.st_uid = p->who->uid;
	else if (!p->given && !gives(p->who, &dir))
		return (may(p->who, path, how));
	return ((bits_of(p->who, &given) & how) == how ? 0 : EACCES);
}

/* Would the daemon remove what is there, and create the file? */
static bool
is_replaced(const struct check_path *p, int dirfd, const struct stat *st)
{
	struct stat	dir;

	return (!S_ISDIR(st->st_mode) && (!S_ISREG(st->st_mode) ||
	    (st->st_uid != 0 && fstat(dirfd, &dir) == 0 &&
	    st->st_uid != dir.st_uid && st->st_uid != (p->who != NULL &&
	    p->who->uid != (uid_t)-1 ? p->who->uid : geteuid()))));
}

bool
check_file(const struct check_path *p, const char *dir, const char *name,
    int how, enum check_other other)
{
	char		path[PATH_MAX];
	struct stat	st;
	int		dirfd, why = 0;
	bool		good = false;

	if ((dirfd = check_open_dir(dir)) == -1)
		return (true);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (fstatat(dirfd, name, &st, other == CHECK_FOLLOWED ? 0 :
	    AT_SYMLINK_NOFOLLOW) == -1 ||
	    (other == CHECK_REPLACED && is_replaced(p, dirfd, &st)))
		good = true;
	else if (!S_ISREG(st.st_mode))
		log_errorx("not a regular file: %s is %s; move it away", path,
		    kind_of(st.st_mode));
	else if (!(good = (why = why_not(p, dirfd, name, path, &st,
	    how)) == 0))
		log_errorx("file not usable: %s: %s; give it to %s, or move "
		    "it away", path, strerror(why), name_of(p->who));
	(void)close(dirfd);
	return (good);
}

/* ---- space ---- */

/* How many of the files would be created. */
static fsfilcnt_t
count_missing(const char *dir, const char *const *names)
{
	struct stat	st;
	fsfilcnt_t	n = 0;
	int		dirfd = check_open_dir(dir);

	for (; *names != NULL; names++)
		if (dirfd == -1 || fstatat(dirfd, *names, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			n++;
	if (dirfd != -1)
		(void)close(dirfd);
	return (n);
}

bool
check_room(const struct check_path *p, const char *dir,
    const char *const *names)
{
	fsfilcnt_t	 need = count_missing(dir, names);
	struct statvfs	 fs;
	char		*copy;
	int		 rc;

	if (need == 0)
		return (true);
	if ((rc = statvfs(dir, &fs)) == -1 && (copy = strdup(dir)) != NULL) {
		need++;		/* the directory itself */
		rc = statvfs(dirname(copy), &fs);
		free(copy);
	}
	/* What the file system holds back is for root. */
	if (geteuid() != 0 || (p->daemons && p->who != NULL &&
	    p->who->uid != (uid_t)-1)) {
		fs.f_bfree = fs.f_bavail;
		fs.f_ffree = fs.f_favail;
	}
	if (rc == -1 || ((fs.f_blocks == 0 || fs.f_bfree > 0) &&
	    (fs.f_files == 0 || fs.f_ffree >= need)))
		return (true);
	log_errorx("no space for new files: %s %s; make room there, or give "
	    "another directory", p->option, dir);
	return (false);
}
