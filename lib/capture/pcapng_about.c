/*
 * What blocks of pcapng tell of a packet besides the packet: its options, read
 * on demand.  They are as the file has them: of an option that is damaged, or
 * shorter than it should be, and of all after it nothing is told.
 */
#include "config.h"

#include <string.h>

#include "pcapng_impl.h"

enum { OPTION_DROPCOUNT = 4, OPTION_PROCESS_THREAD = 8 };

/* Bits of the flags. */
#define FLAG_DIRECTION		0x3u
#define FLAG_NOT_READY		(1u << 9)
#define FLAG_VALID		(1u << 10)
#define FLAG_JOINED		(1u << 11)

/* Where an old block has losses, and if nobody knows them. */
#define OLD_DROPS		(BLOCK_HEADER + 2)
#define OLD_UNKNOWN		0xffff

const uint8_t *
pcapng_block(const struct capfile *f, const struct frame *frame,
    uint64_t *length)
{
	const uint8_t	*p = frame->octets -
	    (f->kind == BLOCK_SIMPLE_PACKET ? SIMPLE_AT : PACKET_AT);

	*length = capfile_number(f->big_endian, p + 4);
	return (p);
}

/* The options behind the packet, none in a simple block. */
static inline struct body
options_of(const struct capfile *f, const uint8_t *block, uint64_t length)
{
	struct body	b = { block + PACKET_AT, 0 };
	uint32_t	caplen;

	if (f->kind == BLOCK_SIMPLE_PACKET)
		return (b);
	caplen = capfile_number(f->big_endian, block + PACKET_AT - 8);
	b.left = (size_t)length - PACKET_AT - BLOCK_TRAILER;
	if (take_octets(&b, caplen) == NULL)
		b.left = 0;
	return (b);
}

/* An old block has them in front. */
static uint64_t
old_losses(const struct capfile *f, const uint8_t *block)
{
	uint16_t	drops = capfile_short(f->big_endian,
	    block + OLD_DROPS);

	return (drops == OLD_UNKNOWN ? 0 : drops);
}

/* ---- comments ---- */

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

/*
 * The number before the words at the beginning of the text, or 0; *rest is what
 * follows.
 */
static uint64_t
number_before(const char *text, const char *end, const char *words,
    const char **rest)
{
	size_t		len = strlen(words);
	uint64_t	n = 0;

	for (; text < end && is_digit(*text); text++) {
		if (n > (UINT64_MAX - 9) / 10)
			return (0);
		n = 10 * n + (uint64_t)(*text - '0');
	}
	if ((size_t)(end - text) < len || memcmp(text, words, len) != 0)
		return (0);
	*rest = text + len;
	return (n);
}

uint64_t
pcapng_said_before(const char *comment, size_t len, const char *words,
    const char **rest)
{
	const char	*end = comment + len;
	uint64_t	 n;

	while (comment < end) {
		if ((n = number_before(comment, end, words, rest)) != 0)
			return (n);
		comment = memchr(comment, ';', (size_t)(end - comment));
		if (comment == NULL)
			break;
		do
			comment++;
		while (comment < end && *comment == ' ');
	}
	return (0);
}

uint64_t
pcapng_said(const char *comment, size_t len, const char *words)
{
	const char	*rest;

	return (pcapng_said_before(comment, len, words, &rest));
}

/* ---- options ---- */

static void
set_flags(struct capfile_about *a, uint32_t flags)
{
	switch (flags & FLAG_DIRECTION) {
	case 1:
		a->direction = FRAME_IN;
		break;
	case 2:
		a->direction = FRAME_OUT;
		break;
	default:
		break;
	}
	if ((flags & FLAG_NOT_READY) != 0)
		a->sums = FRAME_SUMS_NOT_READY;
	else if ((flags & FLAG_VALID) != 0)
		a->sums = FRAME_SUMS_VALID;
}

/*
 * "N segments of M octets", in any comment: other programs add their own.  The
 * recorder says " of UDP" behind it if that is what was cut.
 */
static void
set_segments(struct capfile_about *a, const char *comment, size_t len)
{
	static const char	udp[] = " octets of UDP";
	const char		*at, *end = comment + len;
	uint64_t		n = pcapng_said_before(comment, len,
	    " segments of ", &at), size = 0;

	if (n == 0 || n > UINT32_MAX)
		return;
	for (; at < end && is_digit(*at) && size <= UINT16_MAX; at++)
		size = 10 * size + (uint64_t)(*at - '0');
	a->segments = (uint32_t)n;
	a->segment_octets = size > UINT16_MAX ? 0 : (uint16_t)size;
	a->segments_udp = (size_t)(end - at) >= sizeof(udp) - 1 &&
	    memcmp(at, udp, sizeof(udp) - 1) == 0;
}

static void
set_comment(struct capfile_about *a, const struct option *o)
{
	const char	*text = (const char *)o->value;

	if (a->comment == NULL) {
		a->comment = text;
		a->comment_len = o->length;
	}
	if (a->segments == 0)
		set_segments(a, text, o->length);
}

/* The flags, 0 if there are none, are looked at when the comment is known. */
static void
set_option(const struct capfile *f, struct capfile_about *a,
    const struct option *o, uint32_t *flags)
{
	bool	order = f->big_endian;

	if (o->code == OPTION_COMMENT)
		set_comment(a, o);
	else if (o->code == OPTION_FLAGS && o->length == 4)
		*flags = capfile_number(order, o->value);
	else if (f->kind == BLOCK_OLD_PACKET)
		return;
	else if (o->code == OPTION_DROPCOUNT && o->length == 8)
		a->dropped = pcapng_u64(order, o->value);
	else if (o->code == OPTION_PROCESS_THREAD && o->length == 8) {
		a->pid = capfile_number(order, o->value);
		a->tid = capfile_number(order, o->value + 4);
	}
}

void
pcapng_about(const struct capfile *f, const struct frame *frame,
    struct capfile_about *a)
{
	uint64_t	 length;
	const uint8_t	*block = pcapng_block(f, frame, &length);
	struct body	 b = options_of(f, block, length);
	struct option	 o;
	uint32_t	 flags = 0;

	a->ifname = f->interfaces[frame->interface].name;
	if (f->kind == BLOCK_OLD_PACKET)
		a->dropped = old_losses(f, block);
	while (take_option(&b, f->big_endian, &o) && o.code != OPTION_END &&
	    o.value != NULL)
		set_option(f, a, &o, &flags);
	set_flags(a, flags);
	if ((flags & FLAG_JOINED) == 0)
		a->segments = a->segment_octets = 0;
}

/* One that is longer than its original can be no number of packets. */
static void
note_joined(struct frame *frame, const struct capfile_about *a)
{
	if (a->segments == 0 || frame->wirelen < frame->caplen)
		return;
	frame->gso_size = a->segment_octets;
	frame->gso_udp = a->segments_udp;
}

void
pcapng_note_more(struct capfile *f, struct frame *frames, int n)
{
	struct capfile_about	a;
	int			i;

	for (i = 0; i < n && f->kind != BLOCK_SIMPLE_PACKET; i++) {
		memset(&a, 0, sizeof(a));
		pcapng_about(f, &frames[i], &a);
		f->interfaces[frames[i].interface].dropped += a.dropped;
		note_joined(&frames[i], &a);
	}
}
