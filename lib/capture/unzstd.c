/*
 * Decompresses zstd frame by frame.  A table of frames is believed only as far
 * as it fits the file, and each frame must have the length that it says.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/endian.h"
#include "base/regular.h"
#include "unzstd.h"

#define FRAME_MAGIC	UINT32_C(0xfd2fb528)
#define SKIPPED_MAGIC	UINT32_C(0x184d2a50)	/* to ..5f */

/* Octets of a window: 2 to this power, also zstd's own limit by default. */
#define WINDOW_LOG	27

/* Octets that are read at once. */
#define SOURCE		((size_t)128 << 10)

/* The table: a frame of this kind at the end, whose end is the footer. */
#define TABLE_MAGIC	(SKIPPED_MAGIC + 0xe)
#define TABLE_HEADER	8
#define FOOTER		9
#define FOOTER_MAGIC	UINT32_C(0x8f92eab1)
#define HAS_SUMS	0x80
#define RESERVED	0x7c

/* Frames of a table; each takes memory.  A larger one is not used. */
#define FRAMES_MOST	(UINT32_C(1) << 22)

/* Entries that are read at once, and the longest one. */
#define ENTRIES		512
#define ENTRY_MOST	12

struct place {
	uint64_t	packed, plain;	/* offsets where a frame begins */
};

struct unzstd {
	unzstd_source	*source;
	void		*arg;
	ZSTD_DCtx	*d;
	uint8_t		*buffer;
	ZSTD_inBuffer	 in;
	bool		 inside;
	uint64_t	 at;		/* decompressed octets up to here */
	uint64_t	 made;		/* of them of this frame */
	const char	*error;
	/* The table: n frames, and where the last of them ends. */
	bool		 asked;
	struct place	*places;
	size_t		 n;
	size_t		 frame;		/* this one, if it is known */
	bool		 known;
};

bool
unzstd_is(const uint8_t first[4])
{
	uint32_t	magic = get_le32(first);

	return (magic == FRAME_MAGIC ||
	    (magic & ~UINT32_C(0xf)) == SKIPPED_MAGIC);
}

struct unzstd *
unzstd_new(unzstd_source *source, void *arg, const void *first, size_t n)
{
	struct unzstd	*z = calloc(1, sizeof(*z));
	size_t		 room = n > SOURCE ? n : SOURCE;

	if (z == NULL)
		return (NULL);
	z->source = source;
	z->arg = arg;
	z->d = ZSTD_createDCtx();
	z->buffer = malloc(room);
	if (z->d == NULL || z->buffer == NULL || ZSTD_isError(
	    ZSTD_DCtx_setParameter(z->d, ZSTD_d_windowLogMax, WINDOW_LOG))) {
		unzstd_free(z);
		errno = ENOMEM;
		return (NULL);
	}
	memcpy(z->buffer, first, n);
	z->in = (ZSTD_inBuffer){ z->buffer, n, 0 };
	return (z);
}

void
unzstd_free(struct unzstd *z)
{
	if (z == NULL)
		return;
	(void)ZSTD_freeDCtx(z->d);
	free(z->buffer);
	free(z->places);
	free(z);
}

bool
unzstd_inside(const struct unzstd *z)
{
	return (z->inside);
}

const char *
unzstd_error(const struct unzstd *z)
{
	return (z->error);
}

/* ---- reading ---- */

static ssize_t
fail(struct unzstd *z, const char *why)
{
	z->error = why;
	errno = EBADMSG;
	return (-1);
}

static ssize_t
refuse(struct unzstd *z, size_t rc)
{
	switch (ZSTD_getErrorCode(rc)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return (fail(z, "its zstd window takes more than 128 MiB of "
		    "memory; decompress it first, by zstd -dc --long=31"));
	case ZSTD_error_memory_allocation:
		errno = ENOMEM;
		z->error = "out of memory";
		return (-1);
	case ZSTD_error_prefix_unknown:
		return (fail(z, "what follows a zstd frame is none"));
	default:
		return (fail(z, "its zstd data is damaged"));
	}
}

/* Is the frame, or what it has up to now, as long as the table says? */
static bool
is_as_told(const struct unzstd *z, bool ended)
{
	uint64_t	told;

	if (!z->known || z->frame >= z->n)
		return (true);
	told = z->places[z->frame + 1].plain - z->places[z->frame].plain;
	return (ended ? z->made == told : z->made <= told);
}

/* Decompress what is in the source's buffer.  How many octets, or -1. */
static ssize_t
unpack(struct unzstd *z, void *to, size_t n)
{
	ZSTD_outBuffer	out = { to, n, 0 };
	size_t		rc = ZSTD_decompressStream(z->d, &out, &z->in);

	if (ZSTD_isError(rc))
		return (refuse(z, rc));
	z->at += out.pos;
	z->made += out.pos;
	z->inside = rc != 0;
	if (!is_as_told(z, rc == 0))
		return (fail(z, "its table of zstd frames is wrong"));
	if (rc == 0) {
		z->frame++;
		z->made = 0;
	}
	return ((ssize_t)out.pos);
}

ssize_t
unzstd_read(struct unzstd *z, void *to, size_t n)
{
	ssize_t	got;

	if (z->error != NULL)
		return (fail(z, z->error));
	for (;;) {
		if (z->inside || z->in.pos < z->in.size) {
			if ((got = unpack(z, to, n)) != 0)
				return (got);
			if (z->in.pos < z->in.size)
				continue;
		}
		if ((got = z->source(z->arg, z->buffer, SOURCE)) <= 0)
			return (got);
		z->in = (ZSTD_inBuffer){ z->buffer, (size_t)got, 0 };
	}
}

/* ---- seeking ---- */

/* Where the table is: its offset, and octets of an entry.  0: no table. */
static off_t
find_table(int fd, uint32_t *n, size_t *entry)
{
	uint8_t		footer[FOOTER], header[TABLE_HEADER];
	struct stat	st;
	off_t		length;

	if (fstat(fd, &st) == -1 || st.st_size < FOOTER ||
	    read_at(fd, footer, FOOTER, st.st_size - FOOTER) == -1 ||
	    get_le32(footer + 5) != FOOTER_MAGIC ||
	    (footer[4] & RESERVED) != 0)
		return (0);
	*n = get_le32(footer);
	*entry = (footer[4] & HAS_SUMS) != 0 ? 12 : 8;
	length = (off_t)*n * (off_t)*entry + FOOTER;
	if (*n > FRAMES_MOST || length > st.st_size - TABLE_HEADER)
		return (0);
	if (read_at(fd, header, TABLE_HEADER, st.st_size - length -
	    TABLE_HEADER) == -1 || get_le32(header) != TABLE_MAGIC ||
	    get_le32(header + 4) != length)
		return (0);
	return (st.st_size - length);
}

/* Read n entries, which must fill the file up to the table. */
static bool
read_entries(int fd, off_t at, uint32_t n, size_t entry, struct place *places)
{
	uint8_t		entries[ENTRIES * ENTRY_MOST];
	struct place	p = { 0, 0 };
	uint32_t	i, some = 0, used = 0;

	for (i = 0; i < n; i++, used++) {
		if (used == some) {
			some = n - i < ENTRIES ? n - i : ENTRIES;
			if (read_at(fd, entries, some * entry, at +
			    (off_t)(i * entry)) == -1)
				return (false);
			used = 0;
		}
		places[i] = p;
		p.packed += get_le32(entries + used * entry);
		p.plain += get_le32(entries + used * entry + 4);
	}
	places[n] = p;
	return ((off_t)p.packed == at - TABLE_HEADER);
}

/* The frames of the file; without a table that fits it is one. */
static int
load_table(struct unzstd *z, int fd)
{
	uint32_t	n = 0;
	size_t		entry = 0;
	off_t		at = find_table(fd, &n, &entry);

	z->places = calloc((size_t)n + 1, sizeof(*z->places));
	if (z->places == NULL)
		return (-1);
	if (at != 0 && read_entries(fd, at, n, entry, z->places))
		z->n = n;
	else
		z->places[0] = (struct place){ 0, 0 };
	z->asked = true;
	return (0);
}

/* The last frame that begins at the offset or before it. */
static size_t
find_frame(const struct unzstd *z, uint64_t offset)
{
	size_t	from = 0, to = z->n + 1, middle;

	while (to - from > 1) {
		middle = from + (to - from) / 2;
		if (z->places[middle].plain <= offset)
			from = middle;
		else
			to = middle;
	}
	return (from);
}

int
unzstd_seek(struct unzstd *z, int fd, uint64_t offset, uint64_t *from)
{
	size_t	i;

	if (!z->asked && load_table(z, fd) == -1)
		return (-1);
	i = find_frame(z, offset);
	if (z->places[i].plain > z->at || z->at > offset ||
	    z->error != NULL) {
		if (lseek(fd, (off_t)z->places[i].packed, SEEK_SET) == -1)
			return (-1);
		(void)ZSTD_DCtx_reset(z->d, ZSTD_reset_session_only);
		z->in = (ZSTD_inBuffer){ z->buffer, 0, 0 };
		z->inside = false;
		z->at = z->places[i].plain;
		z->made = 0;
		z->frame = i;
		z->known = true;
		z->error = NULL;
	}
	*from = z->at;
	return (0);
}
