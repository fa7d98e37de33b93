/*
 * One iterator for two kinds of files, each with a table of functions.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "block_header.h"
#include "blocks.h"
#include "traffic.h"

/* This bit is set in a mark's checksum, so that 0 means none. */
#define HAS_CHECKSUM	(UINT64_C(1) << 32)

struct blocks_ops {
	int			 (*next)(struct blocks *);
	const struct block_info	*(*info)(struct blocks *);
	enum block_error	 (*verify)(struct blocks *);
	enum block_error	 (*rows)(struct blocks *,
				    const struct flow **, size_t *);
	enum block_error	 (*read)(struct blocks *, block_rows_fn *,
				    void *arg);
	void			 (*place)(const struct blocks *,
				    off_t *offset, off_t *length);
};

struct blocks {
	const struct blocks_ops	*ops;
	int			 fd;
	struct savefile		*own;	/* this one or legacy, other NULL */
	struct legacy		*legacy;
	struct block		*block;	/* of own */
	bool			 given;	/* legacy: rows were returned */
	off_t			 read;	/* legacy: end of the block */
	char			 ifname[BLOCK_IFNAME_MAX];
};

/* ---- trafd's ---- */

static int
own_next(struct blocks *b)
{
	return (savefile_next(b->own, false, &b->block));
}

static const struct block_info *
own_info(struct blocks *b)
{
	return (block_info(b->block));
}

static enum block_error
own_verify(struct blocks *b)
{
	return (block_verify(b->block));
}

static enum block_error
own_rows(struct blocks *b, const struct flow **rows, size_t *n)
{
	return (block_rows(b->block, rows, n));
}

static enum block_error
own_read(struct blocks *b, block_rows_fn *fn, void *arg)
{
	return (block_read(b->block, fn, arg));
}

static void
own_place(const struct blocks *b, off_t *offset, off_t *length)
{
	*offset = block_offset(b->block);
	*length = (off_t)block_length(b->block);
}

static const struct blocks_ops own_ops = {
	own_next, own_info, own_verify, own_rows, own_read, own_place
};

/* ---- BPFT's ---- */

static int
bpft_next(struct blocks *b)
{
	int	rc = legacy_next(b->legacy);
	off_t	offset, length;

	legacy_place(b->legacy, &offset, &length);
	b->read = offset + length;
	if (rc == 1)
		strlcpy(legacy_info(b->legacy)->ifname, b->ifname,
		    sizeof(b->ifname));
	return (rc);
}

static const struct block_info *
bpft_info(struct blocks *b)
{
	return (legacy_info(b->legacy));
}

static enum block_error
bpft_verify(struct blocks *b)
{
	b->given = false;
	return (BLOCK_OK);
}

static enum block_error
bpft_rows(struct blocks *b, const struct flow **rows, size_t *n)
{
	*rows = legacy_rows(b->legacy);
	*n = b->given ? 0 : (size_t)legacy_info(b->legacy)->rows;
	b->given = true;
	return (BLOCK_OK);
}

static enum block_error
bpft_read(struct blocks *b, block_rows_fn *fn, void *arg)
{
	fn(arg, legacy_rows(b->legacy), (size_t)legacy_info(b->legacy)->rows);
	return (BLOCK_OK);
}

static void
bpft_place(const struct blocks *b, off_t *offset, off_t *length)
{
	legacy_place(b->legacy, offset, length);
}

static const struct blocks_ops bpft_ops = {
	bpft_next, bpft_info, bpft_verify, bpft_rows, bpft_read, bpft_place
};

/* ---- both ---- */

/* Files of BPFT do not contain their interface: take it from the file name. */
static void
set_ifname(struct blocks *b, const char *path)
{
	const char	*slash = strrchr(path, '/');
	const char	*base = slash == NULL ? path : slash + 1;
	size_t		 len = sizeof(TRAFD_PREFIX) - 1;

	if (strncmp(base, TRAFD_PREFIX, len) == 0)
		strlcpy(b->ifname, base + len, sizeof(b->ifname));
}

static int
open_own(struct blocks *b)
{
	b->ops = &own_ops;
	b->own = savefile_of_fd(b->fd);
	return (b->own == NULL ? -1 : 0);
}

/* 0, or -1 with *why or errno. */
static int
open_legacy(struct blocks *b, enum layout layout, const char **why)
{
	b->ops = &bpft_ops;
	switch (legacy_open(b->fd, layout, &b->legacy)) {
	case LEGACY_FITS:
		return (0);
	case LEGACY_NONE:
		if (layout == LAYOUT_AUTO)
			return (open_own(b));
		*why = "no block of that layout";
		return (-1);
	case LEGACY_AMBIGUOUS:
		*why = "fits more than one layout of BPFT; "
		    "give --layout old or new";
		return (-1);
	default:
		return (-1);
	}
}

/* Is it a file of trafd?  So is an empty one.  1, 0, or -1 with errno. */
static int
is_own(int fd)
{
	uint8_t	magic[BLOCK_MAGIC_LEN];

	if (lseek(fd, 0, SEEK_END) == 0)
		return (1);
	if (read_at(fd, magic, sizeof(magic), 0) == -1)
		return (errno == 0 ? 0 : -1);
	return (memcmp(magic, BLOCK_MAGIC, BLOCK_MAGIC_LEN) == 0);
}

static int
open_as(struct blocks *b, enum layout layout, const char **why)
{
	int	own = layout == LAYOUT_TRAFD;

	if (layout == LAYOUT_AUTO && (own = is_own(b->fd)) == -1)
		return (-1);
	return (own ? open_own(b) : open_legacy(b, layout, why));
}

struct blocks *
blocks_open(const char *path, enum layout layout, const char **why)
{
	struct blocks	*b;
	int		 saved;

	*why = NULL;
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return (NULL);
	set_ifname(b, path);
	if ((b->fd = open_regular(AT_FDCWD, path, O_RDONLY)) != -1 &&
	    open_as(b, layout, why) == 0)
		return (b);
	saved = errno;
	blocks_close(b);
	errno = saved;
	return (NULL);
}

struct blocks *
blocks_of_fd(int fd)
{
	struct blocks	*b;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return (NULL);
	if ((b->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) != -1 && open_own(b) == 0)
		return (b);
	blocks_close(b);
	return (NULL);
}

void
blocks_close(struct blocks *b)
{
	if (b == NULL)
		return;
	savefile_close(b->own);
	legacy_close(b->legacy);
	if (b->fd != -1)
		close(b->fd);
	free(b);
}

void
blocks_on_damage(struct blocks *b, savefile_damage_fn *fn, void *arg)
{
	if (b->own != NULL)
		savefile_on_damage(b->own, fn, arg);
	else
		legacy_on_damage(b->legacy, fn, arg);
}

bool
blocks_is_empty(const struct blocks *b)
{
	return (b->own != NULL && savefile_size(b->own) == 0);
}

off_t
blocks_size(const struct blocks *b)
{
	struct stat	st;

	if (b->own != NULL)
		return (savefile_size(b->own));
	return (fstat(b->fd, &st) == 0 ? st.st_size : 0);
}

off_t
blocks_tell(const struct blocks *b)
{
	return (b->own != NULL ? savefile_tell(b->own) : b->read);
}

int
blocks_next(struct blocks *b)
{
	return (b->ops->next(b));
}

const struct block_info *
blocks_info(struct blocks *b)
{
	return (b->ops->info(b));
}

const struct owners *
blocks_owners(struct blocks *b)
{
	return (blocks_info(b)->owners);
}

enum block_error
blocks_verify(struct blocks *b)
{
	return (b->ops->verify(b));
}

enum block_error
blocks_rows(struct blocks *b, const struct flow **rows, size_t *n)
{
	return (b->ops->rows(b, rows, n));
}

enum block_error
blocks_read(struct blocks *b, block_rows_fn *fn, void *arg)
{
	return (b->ops->read(b, fn, arg));
}

void
blocks_damage(const struct blocks *b, enum block_error why,
    struct savefile_damage *d)
{
	d->why = why;
	b->ops->place(b, &d->offset, &d->length);
}

/* ---- continuing where another reader stopped ---- */

int
blocks_get_mark(struct blocks *b, struct blocks_mark *m)
{
	off_t		offset, length;
	struct stat	st;

	memset(m, 0, sizeof(*m));
	if (b->own == NULL || b->block == NULL)
		return (0);
	if (fstat(b->fd, &st) == -1)
		return (-1);
	own_place(b, &offset, &length);
	m->device = (uint64_t)st.st_dev;
	m->inode = (uint64_t)st.st_ino;
	m->offset = (uint64_t)(offset + length);
	m->instance = block_info(b->block)->instance;
	m->epoch = block_info(b->block)->epoch;
	m->checksum = HAS_CHECKSUM |
	    block_info(b->block)->checksum;
	return (0);
}

bool
blocks_resume(struct blocks *b, const struct blocks_mark *m)
{
	struct savefile_place	at = { (off_t)m->offset, m->instance, m->epoch,
				    m->checksum != 0, (uint32_t)m->checksum };
	struct stat		st;

	return (b->own != NULL && m->offset > 0 && fstat(b->fd, &st) == 0 &&
	    (uint64_t)st.st_dev == m->device &&
	    (uint64_t)st.st_ino == m->inode && savefile_resume(b->own, &at));
}

bool
blocks_end_at(struct blocks *b, const struct blocks_mark *m)
{
	return (blocks_size(b) == (off_t)m->offset && blocks_resume(b, m));
}
