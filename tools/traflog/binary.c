/*
 * traflog -w: writes the chosen blocks to a new file.  The file gets its name
 * by rename(2) after fsync(2): it is complete and on the disk, or not there.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "base/regular.h"
#include "file/blocks.h"
#include "file/holder.h"
#include "traffic.h"
#include "traflog.h"

struct binary {
	const char	*path;			/* borrowed */
	char		 temporary[PATH_MAX];
	char		 dir[PATH_MAX];
	int		 fd;
	off_t		 length;
	enum layout	 layout;
	struct legacy_loss loss;		/* BPFT's layouts have limits */
};

/*
 * Returns NULL if it is empty or has only saved blocks; otherwise why it must
 * not be replaced.  A dump may be all that there is of an account, wherever it
 * was copied to.
 */
static const char *
reason_to_keep(const char *path)
{
	struct blocks	*b;
	const char	*why;
	bool		 save, dump = false;

	if ((b = blocks_open(path, LAYOUT_AUTO, &why)) == NULL)
		return ("it exists and is not a save file");
	save = blocks_is_empty(b);
	while (!dump && blocks_next(b) == 1) {
		save = true;
		dump = blocks_info(b)->kind == BLOCK_DUMP;
	}
	blocks_close(b);
	return (dump ? "it contains a dump; move it away first" :
	    save ? NULL : "it exists and is not a save file");
}

/* Is dir the directory of the dumps in the state directory `above'? */
static bool
is_of_dumps(const char *dir, const char *above)
{
	char		tmp[PATH_MAX];
	struct stat	here, there;
	int		n = snprintf(tmp, sizeof(tmp), "%s/tmp", above);

	return (n > 0 && (size_t)n < sizeof(tmp) &&
	    stat(dir, &here) == 0 && stat(tmp, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino);
}

/*
 * Is it the save file or the dump of a daemon that runs?  What that appends to
 * a file which is replaced just then would be lost, and a dump that is not its
 * own would be taken for what it had counted.
 */
static bool
is_held(const char *path)
{
	const char		*slash = strrchr(path, '/');
	const char		*base = slash == NULL ? path : slash + 1;
	struct holder_who	 who;
	char			 dir[PATH_MAX], above[PATH_MAX];
	char			 text[HOLDER_TEXT];
	size_t			 len = sizeof(TRAFD_PREFIX) - 1;

	if (strncmp(base, TRAFD_PREFIX, len) != 0 ||
	    strlen(base + len) > TRAFD_EXT_MAX)
		return (false);
	(void)snprintf(dir, sizeof(dir), "%.*s.", (int)(base - path), path);
	(void)snprintf(above, sizeof(above), "%.*s..", (int)(base - path),
	    path);
	if (holder_look(dir, base + len, &who) != PIDLOCK_HELD &&
	    (!is_of_dumps(dir, above) ||
	    holder_look(above, base + len, &who) != PIDLOCK_HELD))
		return (false);
	log_errorx("trafd is writing to this file: %s: %s; move it away "
	    "first", path, holder_describe(&who, text));
	return (true);
}

/* A slip of the hand must not cost a file that is none of ours. */
static int
check_target(const char *path, const char *from)
{
	struct stat	 st, src;
	const char	*why;

	if (is_held(path))
		return (-1);
	if (lstat(path, &st) == -1)
		return (0);		/* mkstemp(3) reports other errors */
	if (!S_ISREG(st.st_mode))
		log_errorx("not written: %s: not a regular file", path);
	else if (stat(from, &src) == 0 && st.st_dev == src.st_dev &&
	    st.st_ino == src.st_ino)
		log_errorx("not written: %s: it is the file being read", path);
	else if ((why = reason_to_keep(path)) != NULL)
		log_errorx("not written: %s: %s", path, why);
	else
		return (0);
	return (-1);
}

/* Set the directory of the file, and a hidden temporary name in it. */
static int
name_temporary(struct binary *b)
{
	const char	*slash = strrchr(b->path, '/');
	const char	*base = slash == NULL ? b->path : slash + 1;
	int		 dirlen = (int)(base - b->path), n;

	n = snprintf(b->temporary, sizeof(b->temporary), "%.*s.%s.XXXXXX",
	    dirlen, b->path, base);
	if (n < 0 || (size_t)n >= sizeof(b->temporary))
		return (-1);
	(void)snprintf(b->dir, sizeof(b->dir), "%.*s.", dirlen, b->path);
	return (0);
}

struct binary *
binary_open(const char *path, enum layout layout, const char *from)
{
	struct binary	*b;

	if (check_target(path, from) == -1)
		return (NULL);
	if ((b = calloc(1, sizeof(*b))) == NULL) {
		log_error("%s", path);
		return (NULL);
	}
	b->path = path;
	b->layout = layout;
	if (name_temporary(b) == -1) {
		log_errorx("name too long: %s", path);
		free(b);
		return (NULL);
	}
	if ((b->fd = mkstemp(b->temporary)) == -1) {
		log_error("%s", path);
		free(b);
		return (NULL);
	}
	return (b);
}

static int64_t
write_block(struct binary *b, const struct block_info *info,
    const struct flow *const *rows, size_t n, unsigned int threads)
{
	struct block_info	copy = *info;

	if (b->layout == LAYOUT_OLD || b->layout == LAYOUT_NEW)
		return (legacy_write(b->fd, b->length, b->layout, info, rows,
		    n, &b->loss));
	return (block_write_by(b->fd, b->length, &copy, rows, n, threads));
}

int
binary_block(struct binary *b, const struct block_info *info,
    const struct flow *const *rows, size_t n, unsigned int threads)
{
	int64_t	length;

	if ((length = write_block(b, info, rows, n, threads)) == -1) {
		log_error("cannot write: %s", b->path);
		return (-1);
	}
	b->length += length;
	return (0);
}

/* Returns the step that failed, or NULL. */
static const char *
put_in_place(struct binary *b)
{
	if (fchmod(b->fd, 0640) == -1)
		return ("chmod");
	if (fsync(b->fd) == -1)
		return ("fsync");
	if (is_held(b->path)) {		/* by now */
		errno = EBUSY;
		return ("rename");
	}
	if (rename(b->temporary, b->path) == -1)
		return ("rename");
	b->temporary[0] = '\0';
	return (sync_path(b->dir) == -1 ? "fsync" : NULL);
}

/* BPFT's layouts hold no IPv6 and no owners: report how much was left out. */
static void
tell_loss(const struct binary *b)
{
	const struct legacy_loss	*l = &b->loss;

	log_errorx("%s left out: %s: %llu row%s, %llu data byte%s, %llu "
	    "IP byte%s", l->owners == 0 ? "IPv6" :
	    l->owners == l->rows ? "owners" : "IPv6 and owners", b->path,
	    (unsigned long long)l->rows, plural(l->rows),
	    (unsigned long long)l->count.data, plural(l->count.data),
	    (unsigned long long)l->count.ip, plural(l->count.ip));
}

int
binary_close(struct binary *b, bool commit)
{
	const char	*failed = NULL;
	bool		 whole = b->loss.rows == 0;

	if (commit && (failed = put_in_place(b)) != NULL)
		log_error("%s: %s", b->path, failed);
	else if (commit && !whole)
		tell_loss(b);
	if (b->temporary[0] != '\0')
		(void)unlink(b->temporary);
	close(b->fd);
	free(b);
	return (failed == NULL && whole ? 0 : -1);
}
