/*
 * Classic capture files, as pcap-savefile(5) draws them: in either byte
 * order, with micro- or nanoseconds, and the variant whose record headers are
 * longer.  The caller has had the library accept the file header; here it
 * only tells how the records are laid out.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pcapfile.h"

#define FILE_HEADER	24
#define RECORD_HEADER	16
#define LONG_HEADER	24	/* of the variant */

/* A record fits whole into the buffer. */
#define BUFFER		(1 << 20)

_Static_assert(BUFFER >= 2 * (PCAPFILE_SNAPLEN + LONG_HEADER),
    "the buffer is too short");

enum swapped { LENGTHS_RIGHT, LENGTHS_MAYBE_SWAPPED, LENGTHS_SWAPPED };

struct pcapfile {
	int		 fd;
	off_t		 offset;	/* of what has not been read yet */
	bool		 big_endian;
	enum swapped	 lengths;
	uint32_t	 header;	/* octets of a record header */
	uint32_t	 fraction;	/* nanoseconds of a time's unit */
	uint32_t	 snaplen;
	size_t		 at, end;	/* of the buffer: not used yet */
	char		 error[128];
	uint8_t		 buffer[BUFFER];
};

static const struct {
	uint8_t		magic[4];	/* in the order of the file */
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
number(const struct pcapfile *f, const uint8_t *p)
{
	if (f->big_endian)
		return ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3]);
	return ((uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0]);
}

/* Writers before version 2.4 disagreed about which length comes first. */
static enum swapped
lengths_of(const struct pcapfile *f, const uint8_t *header)
{
	uint32_t	both = number(f, header + 4);
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

/* Move what is left to the front and read on; -1 with errno. */
static int
refill(struct pcapfile *f)
{
	size_t	left = f->end - f->at;
	ssize_t	n;

	memmove(f->buffer, f->buffer + f->at, left);
	f->at = 0;
	f->end = left;
	do {
		n = pread(f->fd, f->buffer + f->end, BUFFER - f->end,
		    f->offset);
		if (n > 0) {
			f->end += (size_t)n;
			f->offset += n;
		}
	} while ((n > 0 && f->end < BUFFER) || (n == -1 && errno == EINTR));
	return (n == -1 ? -1 : 0);
}

/*
 * The next n octets, taken off the buffer, or NULL: `what' says of what kind
 * they would have been.
 */
static inline const uint8_t *
take(struct pcapfile *f, size_t n, const char *what)
{
	if (f->end - f->at < n && refill(f) == -1) {
		(void)snprintf(f->error, sizeof(f->error),
		    "error reading dump file: %s", strerror(errno));
		return (NULL);
	}
	if (f->end - f->at < n) {
		(void)snprintf(f->error, sizeof(f->error),
		    "truncated dump file; tried to read %zu %s bytes, "
		    "only got %zu", n, what, f->end - f->at);
		return (NULL);
	}
	f->at += n;
	return (f->buffer + f->at - n);
}

/* Nothing is left, and nothing wrong; take() tells about errors. */
static bool
at_end(struct pcapfile *f)
{
	return (refill(f) == 0 && f->at == f->end);
}

static int
too_long(struct pcapfile *f, uint32_t caplen)
{
	(void)snprintf(f->error, sizeof(f->error), "invalid packet capture "
	    "length %" PRIu32 ", bigger than maximum of %d", caplen,
	    PCAPFILE_SNAPLEN);
	return (-1);
}

int
pcapfile_next(struct pcapfile *f, struct pcapfile_frame *frame)
{
	const uint8_t	*h;
	uint32_t	 caplen, swap;

	if (f->at == f->end && at_end(f))
		return (0);
	if ((h = take(f, f->header, "header")) == NULL)
		return (-1);
	frame->ns = (uint64_t)number(f, h) * 1000000000u +
	    (uint64_t)number(f, h + 4) * f->fraction;
	caplen = number(f, h + 8);
	frame->len = number(f, h + 12);
	if (f->lengths == LENGTHS_SWAPPED ||
	    (f->lengths == LENGTHS_MAYBE_SWAPPED && caplen > frame->len)) {
		swap = caplen;
		caplen = frame->len;
		frame->len = swap;
	}
	if (caplen > PCAPFILE_SNAPLEN)
		return (too_long(f, caplen));
	if ((frame->octets = take(f, caplen, "captured")) == NULL)
		return (-1);
	frame->caplen = caplen < f->snaplen ? caplen : f->snaplen;
	return (1);
}
