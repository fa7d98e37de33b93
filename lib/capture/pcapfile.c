/*
 * Classic captures as described in pcap-savefile(5): in either byte order,
 * with micro- or nanoseconds, and the variant with longer record headers.
 */
#include "config.h"

#include <inttypes.h>
#include <limits.h>

#include "base/clock.h"
#include "capfile_impl.h"

#define FILE_HEADER	24
#define RECORD_HEADER	16
#define LONG_HEADER	24	/* of the variant */

/*
 * Writers of the variant may have put an Ethernet header before what the
 * snapshot length limits.
 */
#define LINK_ETHERNET	1
#define ETHER_ADDED	14

static const struct format {
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

static const struct format *
find_format(const uint8_t magic[4])
{
	size_t	i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (memcmp(magic, formats[i].magic, 4) == 0)
			return (&formats[i]);
	return (NULL);
}

bool
capfile_is_pcap(const uint8_t magic[4])
{
	return (find_format(magic) != NULL);
}

/* Writers before version 2.4 differed in which length comes first. */
static enum capfile_lengths
lengths_of(uint16_t major, uint16_t minor)
{
	if (major == 543 || minor < 3)
		return (LENGTHS_SWAPPED);
	return (minor == 3 ? LENGTHS_MAYBE_SWAPPED : LENGTHS_RIGHT);
}

/* The whole header is in the buffer.  Returns NEED_MORE, or BAD. */
static int
take_header(struct capfile *f, const uint8_t *p)
{
	const struct format	*format = find_format(p);
	uint16_t		 major, minor;

	f->big_endian = format->big_endian;
	f->header = format->header;
	f->fraction = format->fraction;
	major = capfile_short(f->big_endian, p + 4);
	minor = capfile_short(f->big_endian, p + 6);
	if ((major != 2 || minor > 4) && (major != 543 || minor != 0))
		return (capfile_fail(f, "pcap version %d.%d is not supported",
		    major, minor));
	f->lengths = lengths_of(major, minor);
	f->link = capfile_number(f->big_endian, p + 20) & 0xffff;
	f->most = capfile_most(f->link);
	f->snaplen = capfile_number(f->big_endian, p + 16);
	if (f->snaplen == 0 || f->snaplen > INT_MAX)
		f->snaplen = f->most;
	if (f->header == LONG_HEADER && f->link == LINK_ETHERNET)
		f->snaplen += ETHER_ADDED;
	f->in.at += FILE_HEADER;
	return (CAPFILE_NEED_MORE);
}

/* The lengths in the record header at h, swapped back if necessary. */
static inline void
get_lengths(bool big_endian, enum capfile_lengths lengths, const uint8_t *h,
    uint32_t *caplen, uint32_t *len)
{
	uint32_t	first = capfile_number(big_endian, h + 8);
	uint32_t	second = capfile_number(big_endian, h + 12);
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
take_frames_as(struct capfile *f, bool big_endian,
    enum capfile_lengths lengths, struct frame *frames, int most)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	const uint8_t	*end = f->in.buffer + f->in.end;
	uint32_t	 caplen, header = f->header, snaplen = f->snaplen;
	uint32_t	 longest = f->most;
	int		 n;

	for (n = 0; n < most && end - p >= (ptrdiff_t)header; n++) {
		get_lengths(big_endian, lengths, p, &caplen,
		    &frames[n].wirelen);
		p += header;
		if (caplen > longest || end - p < (ptrdiff_t)caplen) {
			p -= header;
			break;
		}
		__builtin_prefetch(p + FETCH_AHEAD);
		frames[n].octets = p;
		frames[n].caplen = caplen < snaplen ? caplen : snaplen;
		frames[n].interface = 0;
		p += caplen;
	}
	f->in.at = (size_t)(p - f->in.buffer);
	return (n);
}

static int
take_records(struct capfile *f, struct frame *frames, int most)
{
	if (f->lengths != LENGTHS_RIGHT)
		return (take_frames_as(f, f->big_endian, f->lengths, frames,
		    most));
	return (f->big_endian ?
	    take_frames_as(f, true, LENGTHS_RIGHT, frames, most) :
	    take_frames_as(f, false, LENGTHS_RIGHT, frames, most));
}

/* The first record in the buffer is not whole: can it be? */
static int
check_record(struct capfile *f)
{
	uint32_t	caplen, len;

	if (f->in.end - f->in.at < f->header)
		return (CAPFILE_NEED_MORE);
	get_lengths(f->big_endian, f->lengths, f->in.buffer + f->in.at,
	    &caplen, &len);
	if (caplen > f->most)
		return (capfile_fail(f, "invalid packet length: %" PRIu32
		    " bytes, the most is %" PRIu32, caplen, f->most));
	if (input_reserve(&f->in, (size_t)f->header + caplen) == -1)
		return (capfile_fail(f, "out of memory"));
	return (CAPFILE_NEED_MORE);
}

static int
head(struct capfile *f)
{
	if (f->in.end - f->in.at < FILE_HEADER)
		return (CAPFILE_NEED_MORE);
	return (take_header(f, f->in.buffer + f->in.at) == CAPFILE_BAD ?
	    CAPFILE_BAD : 1);
}

static int
take(struct capfile *f, struct frame *frames, int most)
{
	int	n, i;

	if (f->link == -1 && (n = head(f)) != 1)
		return (n);
	if (most == 0)
		return (CAPFILE_NEED_MORE);
	if ((n = take_records(f, frames, most)) == 0)
		return (check_record(f));
	for (i = 0; i < n && f->link == LINK_NFLOG; i++)
		capfile_fix(f, &frames[i]);
	return (n);
}

/* Why is no record complete at the end of the file? */
static void
rest(struct capfile *f)
{
	size_t		left = f->in.end - f->in.at;
	uint32_t	caplen, len;

	if (f->link == -1)
		(void)capfile_cut(f, "file header", FILE_HEADER, left);
	else if (left < f->header)
		(void)capfile_cut(f, "packet header", f->header, left);
	else {
		get_lengths(f->big_endian, f->lengths, f->in.buffer +
		    f->in.at, &caplen, &len);
		(void)capfile_cut(f, "packet", caplen, left - f->header);
	}
}

static uint64_t
time_of(const struct capfile *f, const struct frame *frame)
{
	const uint8_t	*h = frame->octets - f->header;

	return ((uint64_t)capfile_number(f->big_endian, h) * NS_PER_S +
	    (uint64_t)capfile_number(f->big_endian, h + 4) * f->fraction);
}

/* Of a record that the snapshot length cuts the frame has not all octets. */
static const uint8_t *
record_of(const struct capfile *f, const struct frame *frame,
    uint64_t *length)
{
	const uint8_t	*h = frame->octets - f->header;
	uint32_t	 caplen, len;

	get_lengths(f->big_endian, f->lengths, h, &caplen, &len);
	*length = (uint64_t)f->header + caplen;
	return (h);
}

static void
about(const struct capfile *f, const struct frame *frame,
    struct capfile_about *a)
{
	(void)f;
	(void)frame;
	(void)a;
}

const struct capfile_format	capfile_pcap = {
	.take = take, .rest = rest, .head = head, .time = time_of,
	.record = record_of, .about = about,
};
