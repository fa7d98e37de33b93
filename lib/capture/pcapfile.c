/*
 * Classic capture files as described in pcap-savefile(5): in either byte
 * order, with micro- or nanoseconds, and the variant with longer record
 * headers.  libpcap has already accepted the file header; it is read here only
 * for the layout of the records.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/endian.h"
#include "pcapfile.h"

#define FILE_HEADER	24
#define RECORD_HEADER	16
#define LONG_HEADER	24	/* of the variant */

/* Octets; must hold any complete record. */
#define BUFFER		(1 << 20)

/*
 * Octets per read: small enough to leave room in the L2 cache for the table.
 * From there, records are prefetched into the L1 cache FETCH_AHEAD octets
 * before they are needed.
 */
#define READ_AT_ONCE	(128 << 10)
#define FETCH_AHEAD	512

_Static_assert(BUFFER >= 2 * (PCAPFILE_SNAPLEN + LONG_HEADER),
    "the buffer is too short");

enum swapped { LENGTHS_RIGHT, LENGTHS_MAYBE_SWAPPED, LENGTHS_SWAPPED };

struct pcapfile {
	int		 fd;
	off_t		 offset;	/* in the file, of the next read */
	bool		 big_endian;
	enum swapped	 lengths;
	uint32_t	 header;	/* octets of a record header */
	uint32_t	 fraction;	/* nanoseconds per unit of time */
	uint32_t	 snaplen;
	size_t		 at, end;	/* unused part of the buffer */
	char		 error[128];
	uint8_t		 buffer[BUFFER];
};

static const struct {
	uint8_t		magic[4];	/* as in the file */
	bool		big_endian;
	uint32_t	header;
	uint32_t	fraction;
} formats[] = {
	{ { 0xd4, 0xc3, 0xb2, 0xa1 }, false, RECORD_HEADER, 1000 },
	{ { 0xa1, 0xb2, 0xc3, 0xd4 }, true, RECORD_HEADER, 1000 },
	{ { 0x4d, 0x3c, 0xb2, 0xa1 }, false, RECORD_HEADER, 1 },
	{ { 0xa1, 0xb2, 0x3c, 0x4d }, true, RECORD_HEADER, 1 },
	{ { 0x34, 0xcd, 0xb2, 0xa1 }, false, LONG_HEADER, 1000 },
	{ { 0xa1, 0xb2, 0xcd, 0x34 }, true, LONG_HEADER, 1000 },
};

static inline uint32_t
number(bool big_endian, const uint8_t *p)
{
	return (big_endian ? get_be32(p) : get_le32(p));
}

/* Writers before version 2.4 differed in which length comes first. */
static enum swapped
lengths_of(const struct pcapfile *f, const uint8_t *header)
{
	uint32_t	both = number(f->big_endian, header + 4);
	uint32_t	major = f->big_endian ? both >> 16 : both & 0xffff;
	uint32_t	minor = f->big_endian ? both & 0xffff : both >> 16;

	if (major == 543 || (major == 2 && minor < 3))
		return (LENGTHS_SWAPPED);
	return (major == 2 && minor == 3 ? LENGTHS_MAYBE_SWAPPED :
	    LENGTHS_RIGHT);
}

static bool
set_format(struct pcapfile *f, const uint8_t *header)
{
	size_t	i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (memcmp(header, formats[i].magic, 4) != 0)
			continue;
		f->big_endian = formats[i].big_endian;
		f->header = formats[i].header;
		f->fraction = formats[i].fraction;
		f->lengths = lengths_of(f, header);
		return (true);
	}
	return (false);
}

struct pcapfile *
pcapfile_open(int fd, uint32_t snaplen)
{
	uint8_t		 header[FILE_HEADER];
	struct pcapfile	*f;
	struct stat	 st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    snaplen > PCAPFILE_SNAPLEN || pread(fd, header, sizeof(header),
	    0) != (ssize_t)sizeof(header))
		return (NULL);
	if ((f = malloc(sizeof(*f))) == NULL)
		return (NULL);
	if (!set_format(f, header)) {
		free(f);
		return (NULL);
	}
	f->fd = fd;
	f->offset = FILE_HEADER;
	f->snaplen = snaplen;
	f->at = f->end = 0;
	f->error[0] = '\0';
	return (f);
}

void
pcapfile_close(struct pcapfile *f)
{
	free(f);
}

const char *
pcapfile_error(const struct pcapfile *f)
{
	return (f->error);
}

/*
 * Move the rest to the front of the buffer and read more; a record longer than
 * READ_AT_ONCE needs several calls.  0 at the end of the file or if the buffer
 * is full; -1 with errno.
 */
static int
refill(struct pcapfile *f)
{
	size_t	left = f->end - f->at;
	size_t	most = left < READ_AT_ONCE ? READ_AT_ONCE : BUFFER;
	ssize_t	n;

	memmove(f->buffer, f->buffer + f->at, left);
	f->at = 0;
	f->end = left;
	do {
		n = pread(f->fd, f->buffer + f->end, most - f->end,
		    f->offset);
		if (n > 0) {
			f->end += (size_t)n;
			f->offset += n;
		}
	} while ((n > 0 && f->end < most) || (n == -1 && errno == EINTR));
	return (n == -1 ? -1 : f->end > left);
}

/* The lengths in the record header at h, swapped back if necessary. */
static inline void
get_lengths(bool big_endian, enum swapped lengths, const uint8_t *h,
    uint32_t *caplen, uint32_t *len)
{
	uint32_t	first = number(big_endian, h + 8);
	uint32_t	second = number(big_endian, h + 12);
	bool		swap = lengths == LENGTHS_SWAPPED ||
	    (lengths == LENGTHS_MAYBE_SWAPPED && first > second);

	*caplen = swap ? second : first;
	*len = swap ? first : second;
}

/*
 * Return the complete records in the buffer; how many.  Inlined for each kind
 * of file, so that its properties are not tested for each record.
 */
static inline int
take_frames_as(struct pcapfile *f, bool big_endian, enum swapped lengths,
    struct frame *frames, int most)
{
	const uint8_t	*p = f->buffer + f->at, *end = f->buffer + f->end;
	uint32_t	 caplen, header = f->header, snaplen = f->snaplen;
	int		 n;

	for (n = 0; n < most && end - p >= (ptrdiff_t)header; n++) {
		get_lengths(big_endian, lengths, p, &caplen,
		    &frames[n].wirelen);
		p += header;
		if (caplen > PCAPFILE_SNAPLEN || end - p < (ptrdiff_t)caplen) {
			p -= header;
			break;
		}
		__builtin_prefetch(p + FETCH_AHEAD);
		frames[n].octets = p;
		frames[n].caplen = caplen < snaplen ? caplen : snaplen;
		p += caplen;
	}
	f->at = (size_t)(p - f->buffer);
	return (n);
}

static int
take_frames(struct pcapfile *f, struct frame *frames, int most)
{
	if (f->lengths != LENGTHS_RIGHT)
		return (take_frames_as(f, f->big_endian, f->lengths, frames,
		    most));
	return (f->big_endian ?
	    take_frames_as(f, true, LENGTHS_RIGHT, frames, most) :
	    take_frames_as(f, false, LENGTHS_RIGHT, frames, most));
}

static void
cut_short(struct pcapfile *f, const char *what, size_t want, size_t got)
{
	(void)snprintf(f->error, sizeof(f->error), "the file ends inside a "
	    "packet: %zu of %zu %s bytes are left", got, want, what);
}

/* Why is no record complete, with the buffer full or at the end of file? */
static int
find_fault(struct pcapfile *f)
{
	size_t		left = f->end - f->at;
	uint32_t	caplen, len;

	if (left == 0)
		return (0);
	if (left < f->header) {
		cut_short(f, "header", f->header, left);
		return (-1);
	}
	get_lengths(f->big_endian, f->lengths, f->buffer + f->at, &caplen,
	    &len);
	if (caplen > PCAPFILE_SNAPLEN)
		(void)snprintf(f->error, sizeof(f->error), "invalid packet "
		    "length: %" PRIu32 " bytes, the most is %d", caplen,
		    PCAPFILE_SNAPLEN);
	else
		cut_short(f, "captured", caplen, left - f->header);
	return (-1);
}

int
pcapfile_next(struct pcapfile *f, struct frame *frames, int most)
{
	int	n, rc = 1;

	while ((n = take_frames(f, frames, most)) == 0 && rc == 1)
		rc = refill(f);
	if (n > 0)
		return (n);
	if (rc == 0)
		return (find_fault(f));
	(void)snprintf(f->error, sizeof(f->error),
	    "cannot read: %s", strerror(errno));
	return (-1);
}

uint64_t
pcapfile_time(const struct pcapfile *f, const struct frame *frame)
{
	const uint8_t	*h = frame->octets - f->header;

	return ((uint64_t)number(f->big_endian, h) * NS_PER_S +
	    (uint64_t)number(f->big_endian, h + 4) * f->fraction);
}
