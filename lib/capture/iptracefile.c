/*
 * Traces of AIX's iptrace, versions 1.0 and 2.0: a header of eleven octets,
 * then records in network order, each with the link type of its frame.  Only
 * 2.0 has fractions of a second; neither has the length on the wire.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/printable.h"
#include "capfile_impl.h"

#define FILE_HEADER	11
static const char	magic[] = "iptrace ";

/* Where in a record what is; the length does not count what is before TIME. */
enum {
	RECORD_LENGTH = 0,
	RECORD_TIME = 4,
	RECORD_COUNTED = 8,
	RECORD_UNIT = 11,
	RECORD_PREFIX = 12,
	RECORD_IFTYPE = 28,
	RECORD_SENT = 29,
	RECORD_TIME2 = 32,
	RECORD_FRACTION = 36
};

/* Octets before the frame. */
#define RECORD1		30
#define RECORD2		40

/* Octets of the name of a kind of interface, ended by a NUL if fewer. */
#define PREFIX		4

/* FDDI frames have some octets before them, which count as theirs. */
#define FDDI_PADDING	3

/* SNMP's ifType: values of it, and LINKTYPE_ numbers. */
#define LINK_FDDI	10
#define LINK_PRIVATE	147		/* LINKTYPE_USER0: not decoded */

static const struct {
	uint8_t		iftype;
	int		link;
} links[] = {
	{ 0x04, 101 },			/* raw IP */
	{ 0x06, 1 },			/* Ethernet */
	{ 0x07, 1 },
	{ 0x09, 6 },			/* token ring */
	{ 0x0c, 101 },
	{ 0x0f, LINK_FDDI },
	{ 0x18, 101 },			/* loopback: no header */
	{ 0x25, 100 },			/* ATM, RFC 1483 */
	{ 0x3d, 101 },
	{ 0xc7, 247 },			/* InfiniBand */
};

bool
capfile_is_iptrace(const uint8_t first[4])
{
	return (memcmp(first, magic, 4) == 0);
}

static int
link_of(uint8_t iftype)
{
	size_t	i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].iftype == iftype)
			return (links[i].link);
	return (LINK_PRIVATE);
}

static uint32_t
padding_of(int link)
{
	return (link == LINK_FDDI ? FDDI_PADDING : 0);
}

/* ---- reading ---- */

static int
head(struct capfile *f)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	size_t		 n = sizeof(magic) - 1;

	if (f->in.end - f->in.at < FILE_HEADER)
		return (CAPFILE_NEED_MORE);
	if (memcmp(p, magic, n) != 0 || (p[n] != '1' && p[n] != '2') ||
	    p[n + 1] != '.' || p[n + 2] != '0')
		return (capfile_fail(f, "not a trace of iptrace 1.0 or 2.0"));
	f->header = p[n] == '1' ? RECORD1 : RECORD2;
	f->big_endian = true;
	f->begun = true;
	f->in.at += FILE_HEADER;
	return (1);
}

/*
 * Is the record at the front whole?  If so, 1 and its length; else NEED_MORE,
 * or BAD if no record can be so long or so short.
 */
static int
find_record(struct capfile *f, size_t *length)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	size_t		 left = f->in.end - f->in.at;
	uint32_t	 counted, least = f->header - RECORD_COUNTED;

	if (left < f->header)
		return (CAPFILE_NEED_MORE);
	counted = get_be32(p + RECORD_LENGTH);
	least += padding_of(link_of(p[RECORD_IFTYPE]));
	if (counted < least || counted - least > CAPFILE_SNAPLEN)
		return (capfile_fail(f, "invalid record length: %" PRIu32,
		    counted));
	*length = RECORD_COUNTED + (size_t)counted;
	if (input_reserve(&f->in, *length) == -1)
		return (capfile_fail(f, "out of memory"));
	return (left < *length ? CAPFILE_NEED_MORE : 1);
}

/* The records at the front that have the same link type. */
static int
take(struct capfile *f, struct frame *frames, int most)
{
	const uint8_t	*p;
	size_t		 length = 0;
	uint32_t	 padding;
	int		 n, rc, link;

	if (!f->begun && (rc = head(f)) != 1)
		return (rc);
	for (n = 0; (rc = find_record(f, &length)) == 1; n++) {
		p = f->in.buffer + f->in.at;
		link = link_of(p[RECORD_IFTYPE]);
		if (n == 0)
			f->link = link;
		if (n >= most || link != f->link)
			break;
		__builtin_prefetch(p + length + FETCH_AHEAD);
		padding = padding_of(link);
		frames[n].octets = p + f->header + padding;
		frames[n].caplen = (uint32_t)length - f->header - padding;
		frames[n].wirelen = frames[n].caplen;
		frames[n].interface = 0;
		f->in.at += length;
	}
	return (n > 0 || rc != CAPFILE_BAD ? n : CAPFILE_BAD);
}

/* A trace may end without any record. */
static void
rest(struct capfile *f)
{
	size_t	left = f->in.end - f->in.at;

	if (!f->begun)
		(void)capfile_cut(f, "file header", FILE_HEADER, left);
	else if (left > 0 && left < f->header)
		(void)capfile_cut(f, "record header", f->header, left);
	else if (left > 0)
		(void)capfile_cut(f, "record", RECORD_COUNTED + (uint64_t)
		    get_be32(f->in.buffer + f->in.at), left);
}

/* ---- what is told of a frame ---- */

static const uint8_t *
record_of(const struct capfile *f, const struct frame *frame,
    uint64_t *length)
{
	const uint8_t	*p = frame->octets - padding_of(f->link) - f->header;

	*length = RECORD_COUNTED + (uint64_t)get_be32(p + RECORD_LENGTH);
	return (p);
}

static uint64_t
time_of(const struct capfile *f, const struct frame *frame)
{
	uint64_t	 length;
	const uint8_t	*p = record_of(f, frame, &length);

	if (f->header == RECORD1)
		return (get_be32(p + RECORD_TIME) * NS_PER_S);
	return (get_be32(p + RECORD_TIME2) * NS_PER_S +
	    get_be32(p + RECORD_FRACTION));
}

/* The prefix may fill its place: then nothing ends it. */
static void
about(const struct capfile *f, const struct frame *frame,
    struct capfile_about *a)
{
	char		 prefix[PREFIX + 1] = "";
	uint64_t	 length;
	const uint8_t	*p = record_of(f, frame, &length);

	memcpy(prefix, p + RECORD_PREFIX, PREFIX);
	if (prefix[0] != '\0')
		(void)snprintf(a->unit, sizeof(a->unit), "%s%d",
		    printable(prefix), p[RECORD_UNIT]);
	a->direction = p[RECORD_SENT] == 0 ? FRAME_IN : FRAME_OUT;
}

const struct capfile_format	capfile_iptrace = {
	.take = take, .rest = rest, .head = head, .time = time_of,
	.record = record_of, .about = about,
};
