/*
 * Captures in the format pcapng, draft-ietf-opsawg-pcapng: sections of either
 * byte order, each with its interfaces; enhanced, simple and old packet blocks.
 * Other blocks are skipped.  A block is looked at when all of it is in the
 * buffer and both its lengths agree.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "pcapng_impl.h"

/*
 * Longest block, octets; as in libpcap, but for long link types.  More options
 * than this beside a packet are damage.
 */
#define BLOCK_MOST	(16u << 20)
#define OPTIONS_MOST	131072u

/* Octets of the body of a section header before its options. */
#define SECTION_BODY	16

/* Octets of the option of losses, and of that of flags. */
#define DROPCOUNT_OPTION	12
#define FLAGS_OPTION		8

/* ---- times ---- */

/*
 * Nanoseconds of a fraction of a second.  Parts below 2^-32 seconds are cut
 * off, so that the product fits.
 */
static uint64_t
fraction_ns(const struct capfile_interface *i, uint64_t fraction)
{
	uint64_t	resolution = i->resolution;

	if (!i->binary)	/* finer than nanoseconds: see `unit' */
		return (fraction / (resolution / NS_PER_S));
	while (resolution > UINT64_C(1) << 32) {
		resolution >>= 1;
		fraction >>= 1;
	}
	return (fraction * NS_PER_S / resolution);
}

/*
 * The time of the enhanced or old packet block at p.  One before 1970, which an
 * offset can make, or after 2262 is none.
 */
static inline uint64_t
time_of_block(bool big_endian, const struct capfile_interface *i,
    const uint8_t *p)
{
	uint64_t	ticks, ns;

	p += BLOCK_HEADER + 4;
	ticks = (uint64_t)capfile_number(big_endian, p) << 32 |
	    capfile_number(big_endian, p + 4);
	if (i->unit != 0)
		ns = ticks * i->unit + i->offset_ns;
	else
		ns = ticks / i->resolution * NS_PER_S +
		    fraction_ns(i, ticks % i->resolution) + i->offset_ns;
	return (ns > INT64_MAX ? 0 : ns);
}

/* ---- sections ---- */

/* The whole block is in the buffer, and its order of octets is known. */
static int
take_section(struct capfile *f, const uint8_t *p)
{
	uint16_t	major = capfile_short(f->big_endian, p + 12);
	uint16_t	minor = capfile_short(f->big_endian, p + 14);

	if (major != 1 || (!f->begun && minor != 0 && minor != 2))
		return (capfile_fail(f, "pcapng version %d.%d is not "
		    "supported", major, minor));
	capfile_end_section(f);
	f->begun = true;
	return (0);
}

/* A section may have another order than that before, its own length too. */
static int
set_order(struct capfile *f, const uint8_t *p)
{
	static const uint8_t	magic[4] = { 0x1a, 0x2b, 0x3c, 0x4d };
	bool			big_endian = memcmp(p + 8, magic, 4) == 0;

	if (!big_endian && get_le32(p + 8) != get_be32(magic))
		return (capfile_fail(f, "not a capture, or damaged: a section "
		    "without its magic number"));
	f->big_endian = big_endian;
	return (0);
}

/* ---- blocks ---- */

/* The longest block that may be: that of the longest packet. */
static uint32_t
longest_block(const struct capfile *f)
{
	uint32_t	i, most = BLOCK_MOST - OPTIONS_MOST;

	for (i = 0; i < f->ninterfaces; i++)
		if (f->interfaces[i].most > most)
			most = f->interfaces[i].most;
	return (most + OPTIONS_MOST);
}

/*
 * Is the block at the front of the buffer whole?  If so, its type and length;
 * if not, or if that cannot be, NEED_MORE or BAD.  As in libpcap, the block
 * that begins the capture may have any length, and another one at its end.
 */
static int
find_block(struct capfile *f, uint32_t *type, uint32_t *length)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	size_t		 left = f->in.end - f->in.at;

	if (left < BLOCK_LEAST)
		return (CAPFILE_NEED_MORE);
	if (get_be32(p) == SECTION_HEADER && set_order(f, p) == CAPFILE_BAD)
		return (CAPFILE_BAD);
	*type = capfile_number(f->big_endian, p);
	*length = capfile_number(f->big_endian, p + 4);
	if (*length < (*type == SECTION_HEADER ? BLOCK_LEAST + SECTION_BODY :
	    BLOCK_LEAST) || (*length % 4 != 0 && f->begun) ||
	    (*length > BLOCK_MOST && *length > longest_block(f)))
		return (capfile_fail(f, "invalid block length: %" PRIu32,
		    *length));
	if (input_reserve(&f->in, *length) == -1)
		return (capfile_fail(f, "out of memory"));
	if (left < *length)
		return (CAPFILE_NEED_MORE);
	if (f->begun && capfile_number(f->big_endian, p + *length -
	    BLOCK_TRAILER) != *length)
		return (capfile_fail(f, "damaged block: its two lengths are "
		    "%" PRIu32 " and %" PRIu32, *length, capfile_number(
		    f->big_endian, p + *length - BLOCK_TRAILER)));
	return (1);
}

/*
 * May the n octets of options tell of losses, or of joined packets?  Most
 * blocks have flags and nothing else, and there are many: do not read these
 * options here.
 */
static inline bool
may_tell_more(bool big_endian, const uint8_t *options, uint32_t n)
{
	return (n >= DROPCOUNT_OPTION + FLAGS_OPTION ||
	    (n >= DROPCOUNT_OPTION &&
	    capfile_short(big_endian, options) != OPTION_FLAGS));
}

/*
 * The packet of the block at p.  Returns 1; NEED_MORE if its link type is not
 * that of the frames before it, *link; or BAD.  *more becomes true if it may
 * tell of losses or joined packets.
 */
static inline __attribute__((always_inline)) int
take_packet(struct capfile *f, bool big_endian, uint32_t type,
    uint32_t length, struct frame *frame, int *link, bool *more)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	const struct capfile_interface *i;
	bool		 simple = type == BLOCK_SIMPLE_PACKET;
	uint32_t	 at = simple ? SIMPLE_AT : PACKET_AT;
	uint32_t	 id = 0, caplen, wirelen;

	if (length < at + BLOCK_TRAILER)
		return (capfile_fail(f, "packet block is too short"));
	if (!simple)
		id = type == BLOCK_OLD_PACKET ?
		    capfile_short(big_endian, p + BLOCK_HEADER) :
		    capfile_number(big_endian, p + BLOCK_HEADER);
	if (id >= f->ninterfaces)
		return (capfile_fail(f, "packet of interface %" PRIu32 ", "
		    "which no block describes", id));
	i = &f->interfaces[id];
	if (*link != -1 && i->link != *link)
		return (CAPFILE_NEED_MORE);
	wirelen = capfile_number(big_endian, p + at - 4);
	if (!simple)
		caplen = capfile_number(big_endian, p + at - 8);
	else
		caplen = wirelen < i->snaplen ? wirelen : i->snaplen;
	if (caplen > i->most || caplen > length - at - BLOCK_TRAILER)
		return (capfile_fail(f, "invalid packet length: %" PRIu32
		    " bytes in a block of %" PRIu32, caplen, length));
	__builtin_prefetch(p + length + FETCH_AHEAD);
	frame->octets = p + at;
	frame->caplen = caplen;
	frame->wirelen = wirelen;
	frame->interface = id;
	frame->gso_size = 0;
	*more |= type == BLOCK_OLD_PACKET ||
	    may_tell_more(big_endian, p + at + ((caplen + 3) & ~3u),
	    length - at - BLOCK_TRAILER - caplen);
	frame->time_ns = simple ? 0 : time_of_block(big_endian, i, p);
	*link = i->link;
	return (1);
}

/* Note where the block at the front is, which is needed to read on later. */
static int
note_head(struct capfile *f)
{
	size_t	 room = f->nheads * 2 + 8;
	off_t	*more;

	if (f->nheads == f->heads_room) {
		more = realloc(f->heads, room * sizeof(*more));
		if (more == NULL)
			return (capfile_fail(f, "out of memory"));
		f->heads = more;
		f->heads_room = room;
	}
	f->heads[f->nheads++] = (off_t)input_offset(&f->in);
	return (0);
}

/* A block that is no packet: sections and interfaces; skip any other. */
static int
take_other(struct capfile *f, uint32_t type, uint32_t length)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	struct body	 body = { p + BLOCK_HEADER, length - BLOCK_LEAST };
	int		 rc = 0;

	if (type == SECTION_HEADER)
		rc = take_section(f, p);
	else if (!f->begun)
		rc = capfile_fail(f, "no section has begun");
	else if (type == BLOCK_INTERFACE)
		rc = pcapng_interface(f, &body);
	else if (type == BLOCK_STATISTICS)
		pcapng_statistics(f, &body);
	if (rc == 0 && (type == SECTION_HEADER || type == BLOCK_INTERFACE))
		rc = note_head(f);
	if (rc == 0)
		f->in.at += length;
	return (rc);
}

static bool
is_packet(uint32_t type)
{
	return (type == BLOCK_ENHANCED_PACKET || type == BLOCK_SIMPLE_PACKET ||
	    type == BLOCK_OLD_PACKET);
}

/*
 * Take packets as long as their blocks are whole, of one type and link type.
 * All else, an error too, is left to find_block().  Inlined for each byte
 * order.
 */
static inline __attribute__((always_inline)) int
take_packets_as(struct capfile *f, bool big_endian, struct frame *frames,
    int most, int *link, bool *more)
{
	const uint8_t	*p;
	uint32_t	 type, length, kind = 0;
	size_t		 left;
	int		 n;

	for (n = 0; n < most; n++) {
		p = f->in.buffer + f->in.at;
		left = f->in.end - f->in.at;
		if (left < BLOCK_LEAST)
			break;
		type = capfile_number(big_endian, p);
		length = capfile_number(big_endian, p + 4);
		if (!is_packet(type) || (n > 0 && type != kind) ||
		    length > left ||
		    length < BLOCK_LEAST || length % 4 != 0 ||
		    capfile_number(big_endian, p + length - BLOCK_TRAILER) !=
		    length || take_packet(f, big_endian, type, length,
		    &frames[n], link, more) != 1)
			break;
		kind = type;
		f->in.at += length;
	}
	if (n > 0)
		f->kind = kind;
	return (n);
}

static int
take_packets(struct capfile *f, struct frame *frames, int most)
{
	bool		more = false;
	int		i, n, link = -1;

	n = f->big_endian ?
	    take_packets_as(f, true, frames, most, &link, &more) :
	    take_packets_as(f, false, frames, most, &link, &more);
	if (more)
		pcapng_note_more(f, frames, n);
	for (i = 0; i < n && link == LINK_NFLOG; i++)
		capfile_fix(f, &frames[i]);
	if (n > 0)
		f->link = link;
	return (n);
}

/* A packet block at the front that take_packets() did not take: say why. */
static int
refuse_packet(struct capfile *f, uint32_t type, uint32_t length)
{
	struct frame	frame;
	bool		more = false;
	int		link = -1;

	return (take_packet(f, f->big_endian, type, length, &frame, &link,
	    &more));
}

static int
take(struct capfile *f, struct frame *frames, int most)
{
	uint32_t	type, length;
	int		n, rc;

	do {
		if ((n = take_packets(f, frames, most)) > 0)
			return (n);
		if ((rc = find_block(f, &type, &length)) != 1)
			return (rc);
		rc = is_packet(type) ? refuse_packet(f, type, length) :
		    take_other(f, type, length);
	} while (rc == 0 && (most > 0 || f->link == -1));
	return (rc);
}

/* What describes frames: the header of a section or an interface. */
static int
head(struct capfile *f)
{
	uint32_t	type, length;
	int		rc = find_block(f, &type, &length);

	if (rc != 1)
		return (rc);
	if (type != SECTION_HEADER && type != BLOCK_INTERFACE)
		return (capfile_fail(f, "no description of an interface"));
	return (take_other(f, type, length) == CAPFILE_BAD ? CAPFILE_BAD : 1);
}

static void
rest(struct capfile *f)
{
	const uint8_t	*p = f->in.buffer + f->in.at;
	size_t		 left = f->in.end - f->in.at;

	if (left == 0)
		(void)capfile_fail(f, "the capture describes no interface");
	else if (left < BLOCK_LEAST)
		(void)capfile_cut(f, "block header", BLOCK_LEAST, left);
	else
		(void)capfile_cut(f, "block", capfile_number(f->big_endian,
		    p + 4), left);
}

static uint64_t
time_of(const struct capfile *f, const struct frame *frame)
{
	(void)f;
	return (frame->time_ns);
}

const struct capfile_format	capfile_pcapng = {
	.take = take, .rest = rest, .head = head, .time = time_of,
	.record = pcapng_block, .about = pcapng_about,
};
