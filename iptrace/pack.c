/*
 * The seekable format (contrib/seekable_format of zstd): after the frames a
 * skippable one with, for each, u32 octets compressed and u32 before, then u32
 * number of frames, u8 0 (no checksums), u32 magic number; all little-endian.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/endian.h"
#include "base/regular.h"
#include "pack.h"

#define FRAME		(1u << 20)
#define LEVEL		3
#define SKIPPABLE	0x184d2a5eU
#define SEEKABLE	0x8f92eab1U
#define FOOTER		9

struct packing {
	int		 from, to;
	off_t		 in, out;	/* octets up to now */
	uint8_t		*raw;		/* FRAME octets */
	uint8_t		*packed;
	size_t		 room;		/* of packed */
	uint8_t		*table;		/* 8 octets for each frame */
	size_t		 n;
};

static int
add_entry(struct packing *p, size_t packed, size_t raw)
{
	uint8_t	*more = realloc(p->table, (p->n + 1) * 8);

	if (more == NULL)
		return (-1);
	p->table = more;
	put_le32(more + 8 * p->n, (uint32_t)packed);
	put_le32(more + 8 * p->n + 4, (uint32_t)raw);
	p->n++;
	return (0);
}

static int
pack_frame(struct packing *p, size_t n)
{
	size_t	packed;

	if (read_at(p->from, p->raw, n, p->in) == -1)
		return (-1);
	packed = ZSTD_compress(p->packed, p->room, p->raw, n, LEVEL);
	if (ZSTD_isError(packed)) {
		errno = ENOMEM;
		return (-1);
	}
	if (write_at(p->to, p->packed, packed, p->out) == -1)
		return (-1);
	p->in += (off_t)n;
	p->out += (off_t)packed;
	return (add_entry(p, packed, n));
}

static int
write_table(struct packing *p)
{
	uint8_t	head[8], foot[FOOTER];
	off_t	at = p->out;

	put_le32(head, SKIPPABLE);
	put_le32(head + 4, (uint32_t)(8 * p->n + FOOTER));
	put_le32(foot, (uint32_t)p->n);
	foot[4] = 0;
	put_le32(foot + 5, SEEKABLE);
	if (write_at(p->to, head, sizeof(head), at) == -1 ||
	    write_at(p->to, p->table, 8 * p->n, at + 8) == -1)
		return (-1);
	return (write_at(p->to, foot, sizeof(foot), at + 8 +
	    8 * (off_t)p->n));
}

static int
pack_all(struct packing *p, const bool *cancel)
{
	struct stat	st;
	off_t		left;

	if (fstat(p->from, &st) == -1)
		return (-1);
	while ((left = st.st_size - p->in) > 0) {
		if (__atomic_load_n(cancel, __ATOMIC_ACQUIRE)) {
			errno = ECANCELED;
			return (-1);
		}
		if (pack_frame(p, left < FRAME ? (size_t)left : FRAME) == -1)
			return (-1);
	}
	return (write_table(p) == -1 ? -1 : fsync(p->to));
}

static int
pack_into(int from, int to, const bool *cancel)
{
	struct packing	p = { .from = from, .to = to };
	int		rc = -1, error;

	p.room = ZSTD_compressBound(FRAME);
	p.raw = malloc(FRAME);
	p.packed = malloc(p.room);
	if (p.raw != NULL && p.packed != NULL)
		rc = pack_all(&p, cancel);
	error = errno;
	free(p.raw);
	free(p.packed);
	free(p.table);
	errno = error;
	return (rc);
}

/* The new file has another name until it is whole. */
static int
pack_open(int dirfd, const char *name, int from, const bool *cancel)
{
	char		tmp[300], zst[300];
	struct stat	st;
	int		to, rc, error;

	(void)snprintf(tmp, sizeof(tmp), ".%s.zst.new", name);
	(void)snprintf(zst, sizeof(zst), "%s.zst", name);
	if ((unlinkat(dirfd, tmp, 0) == -1 && errno != ENOENT) ||
	    fstat(from, &st) == -1 || (to = create_regular(dirfd, tmp, O_RDWR,
	    st.st_mode & 0640)) == -1)
		return (-1);
	rc = pack_into(from, to, cancel);
	if (rc == 0)
		rc = renameat(dirfd, tmp, dirfd, zst);
	error = errno;
	(void)close(to);
	if (rc == -1)
		(void)unlinkat(dirfd, tmp, 0);
	errno = error;
	return (rc == -1 || sync_dir(dirfd) == -1 ? -1 :
	    unlinkat(dirfd, name, 0));
}

int
pack_file(int dirfd, const char *name, const bool *cancel)
{
	int	from = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW);
	int	rc, error;

	if (from == -1)
		return (-1);
	rc = pack_open(dirfd, name, from, cancel);
	error = errno;
	(void)close(from);
	errno = error;
	return (rc);
}
