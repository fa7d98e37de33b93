/*
 * pcapng, draft-ietf-opsawg-pcapng, little-endian: a section with its
 * interfaces, the frames, and statistics.  Programs that edit captures drop
 * statistics, and some drop options that they do not know, but comments stay:
 * so losses and joined packets are said in both.
 */
#include "config.h"

#include <sys/utsname.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/endian.h"
#include "packet/segments.h"
#include "record_impl.h"

enum {
	SECTION_HEADER = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6
};

#define BYTE_ORDER_MAGIC	0x1a2b3c4dU

enum {
	OPTION_END = 0, OPTION_COMMENT = 1,
	SECTION_HARDWARE = 2, SECTION_OS = 3, SECTION_PROGRAM = 4,
	INTERFACE_NAME = 2, INTERFACE_MAC = 6, INTERFACE_SPEED = 8,
	INTERFACE_TSRESOL = 9, INTERFACE_FILTER = 11,
	PACKET_FLAGS = 2, PACKET_DROPCOUNT = 4, PACKET_PROCESS = 8,
	STATISTICS_START = 2, STATISTICS_END = 3, STATISTICS_IFRECV = 4,
	STATISTICS_IFDROP = 5, STATISTICS_OSDROP = 7
};

/* Flags of a packet. */
enum {
	FLAG_IN = 1, FLAG_OUT = 2, FLAG_SUMS_NOT_READY = 1 << 9,
	FLAG_SUMS_VALID = 1 << 10, FLAG_SEGMENTATION = 1 << 11
};

/* Octets before the captured ones of a packet. */
#define PACKET_HEADER	28

/* ---- options ---- */

static uint8_t *
pad(uint8_t *to, size_t n)
{
	while (n++ % 4 != 0)
		*to++ = 0;
	return (to);
}

static uint8_t *
option_head(uint8_t *to, uint16_t code, size_t length)
{
	put_le16(to, code);
	put_le16(to + 2, (uint16_t)length);
	return (to + 4);
}

static uint8_t *
option(uint8_t *to, uint16_t code, const void *value, size_t length)
{
	to = option_head(to, code, length);
	memcpy(to, value, length);
	return (pad(to + length, length));
}

static uint8_t *
option_text(uint8_t *to, uint16_t code, const char *text)
{
	size_t	length = strlen(text);

	return (option(to, code, text, length < RECORD_TEXT ? length :
	    RECORD_TEXT));
}

static uint8_t *
option_number(uint8_t *to, uint16_t code, uint64_t v)
{
	to = option_head(to, code, 8);
	put_le64(to, v);
	return (to + 8);
}

/* A time: as those of packets the upper half first, whatever byte order. */
static uint8_t *
option_time(uint8_t *to, uint16_t code, uint64_t ns)
{
	to = option_head(to, code, 8);
	put_le32(to, (uint32_t)(ns >> 32));
	put_le32(to + 4, (uint32_t)ns);
	return (to + 8);
}

/* ---- blocks ---- */

/* End the options of the block from begin to end.  Returns its length. */
static size_t
finish(uint8_t *begin, uint8_t *end, uint32_t type)
{
	uint32_t	length;

	end = option_head(end, OPTION_END, 0);
	length = (uint32_t)(end - begin) + 4;
	put_le32(begin, type);
	put_le32(begin + 4, length);
	put_le32(end, length);
	return (length);
}

static bool
takes(const struct record *r, int link)
{
	(void)r;
	return (link >= 0 && link <= UINT16_MAX);
}

static size_t
head(const struct record *r, uint8_t *to)
{
	struct utsname	 name;
	uint8_t		*at = to + 24;
	char		 os[2 * sizeof(name.sysname)];

	put_le32(to + 8, BYTE_ORDER_MAGIC);
	put_le16(to + 12, 1);
	put_le16(to + 14, 0);
	put_le64(to + 16, UINT64_MAX);		/* its length is not known */
	if (uname(&name) != -1) {
		at = option_text(at, SECTION_HARDWARE, name.machine);
		(void)snprintf(os, sizeof(os), "%.60s %.60s", name.sysname,
		    name.release);
		at = option_text(at, SECTION_OS, os);
	}
	at = option_text(at, SECTION_PROGRAM, r->program);
	return (finish(to, at, SECTION_HEADER));
}

static uint8_t *
option_filter(uint8_t *to, const char *filter)
{
	size_t	length = strlen(filter);

	if (length > RECORD_TEXT)
		length = RECORD_TEXT;
	to = option_head(to, INTERFACE_FILTER, length + 1);
	*to++ = 0;				/* a string of libpcap */
	memcpy(to, filter, length);
	return (pad(to + length, length + 1));
}

static size_t
describe(const struct record_if *i, uint8_t *to)
{
	static const uint8_t	 nanoseconds = 9;
	uint8_t			*at = to + 16;

	put_le16(to + 8, (uint16_t)i->link);
	put_le16(to + 10, 0);
	put_le32(to + 12, i->snaplen);
	at = option_text(at, INTERFACE_NAME, i->name);
	if (i->has_mac)
		at = option(at, INTERFACE_MAC, i->mac, sizeof(i->mac));
	if (i->speed != 0)
		at = option_number(at, INTERFACE_SPEED, i->speed);
	at = option(at, INTERFACE_TSRESOL, &nanoseconds, 1);
	if (i->filter != NULL)
		at = option_filter(at, i->filter);
	return (finish(to, at, BLOCK_INTERFACE));
}

/* ---- packets ---- */

static uint32_t
flags_of(const struct frame *f)
{
	uint32_t	flags = 0;

	if (f->direction != FRAME_UNKNOWN)
		flags |= f->direction == FRAME_IN ? FLAG_IN : FLAG_OUT;
	if (f->sums != FRAME_SUMS_UNKNOWN)
		flags |= f->sums == FRAME_SUMS_VALID ? FLAG_SUMS_VALID :
		    FLAG_SUMS_NOT_READY;
	if (f->gso_size != 0)
		flags |= FLAG_SEGMENTATION;
	return (flags);
}

/* One comment: some programs show only the first. */
struct comment {
	char	text[RECORD_TEXT];
	size_t	n;
};

static void
say(struct comment *c, const char *text, size_t n)
{
	size_t	most = sizeof(c->text) - 2;

	if (c->n > 0 && c->n < most) {
		memcpy(c->text + c->n, "; ", 2);
		c->n += 2;
	}
	if (c->n >= most)
		return;
	n = n < most - c->n ? n : most - c->n;
	memcpy(c->text + c->n, text, n);
	c->n += n;
}

static void
say_segments(struct comment *c, const struct record_if *i,
    const struct frame *f)
{
	char		text[64];
	uint32_t	n = i->decode == NULL ? 0 :
	    segments_count(i->decode, f);

	if (n != 0)
		say(c, text, (size_t)snprintf(text, sizeof(text), "%" PRIu32
		    " segments of %d octets%s", n, f->gso_size,
		    f->gso_udp ? " of UDP" : ""));
}

static uint8_t *
say_losses(uint8_t *to, struct comment *c, const struct record_losses *l)
{
	uint64_t	sum = l->kernel + l->iface + l->writer;
	char		text[160];

	say(c, text, (size_t)snprintf(text, sizeof(text), "%" PRIu64
	    " dropped before this packet: %" PRIu64 " by the kernel, %" PRIu64
	    " by the interface, %" PRIu64 " by the writer", sum, l->kernel,
	    l->iface, l->writer));
	return (option_number(to, PACKET_DROPCOUNT, sum));
}

static uint8_t *
say_comments(uint8_t *to, const struct record_note *note)
{
	size_t	length, room = RECORD_TEXT;

	for (; note != NULL && note->comment != NULL; note = note->next) {
		length = note->comment_len < room ? note->comment_len : room;
		to = option(to, OPTION_COMMENT, note->comment, length);
		length = (length + 4 + 3) & ~(size_t)3;
		room -= length < room ? length : room;
		if (room == 0)
			break;
	}
	return (to);
}

static uint8_t *
say_process(uint8_t *to, const struct record_note *note)
{
	to = option_head(to, PACKET_PROCESS, 8);
	put_le32(to, note->pid);
	put_le32(to + 4, note->tid);
	return (to + 8);
}

/* What few frames have.  Out of the way of the others. */
static uint8_t *
say_more(uint8_t *to, const struct record_if *i, const struct frame *f,
    const struct record_note *note, bool losses)
{
	struct comment	c;

	c.n = 0;
	if (note != NULL && note->alone)
		to = option(to, OPTION_COMMENT, note->comment,
		    note->comment_len);
	if (f->gso_size != 0)
		say_segments(&c, i, f);
	if (losses)
		to = say_losses(to, &c, &i->pending);
	if (note != NULL && (note->pid | note->tid) != 0)
		to = say_process(to, note);
	if (note != NULL && note->comment != NULL && !note->alone)
		say(&c, note->comment, note->comment_len);
	if (c.n > 0)
		to = option(to, OPTION_COMMENT, c.text, c.n);
	return (note == NULL ? to : say_comments(to, note->next));
}

static size_t
surround(struct record_if *i, const struct frame *f,
    const struct record_note *note, bool losses, uint8_t *to, size_t gap,
    size_t *after)
{
	uint32_t	 caplen = record_caplen(f), length;
	uint32_t	 flags = flags_of(f);
	uint8_t		*tail = to + PACKET_HEADER + gap, *at;

	at = pad(tail, caplen);

	if (flags != 0) {
		at = option_head(at, PACKET_FLAGS, 4);
		put_le32(at, flags);
		at += 4;
	}
	if (f->gso_size != 0 || note != NULL || losses)
		at = say_more(at, i, f, note, losses);
	at = option_head(at, OPTION_END, 0);
	length = PACKET_HEADER + caplen + (uint32_t)(at - tail) + 4;
	put_le32(at, length);
	put_le32(to, BLOCK_PACKET);
	put_le32(to + 4, length);
	put_le32(to + 8, i->number);
	put_le32(to + 12, (uint32_t)(f->time_ns >> 32));
	put_le32(to + 16, (uint32_t)f->time_ns);
	put_le32(to + 20, caplen);
	put_le32(to + 24, f->wirelen);
	*after = (size_t)(at + 4 - tail);
	return (PACKET_HEADER);
}

/* ---- statistics ---- */

static size_t
count(const struct record *r, const struct record_if *i, uint8_t *to)
{
	const struct record_losses *l = &i->lost;
	uint64_t	 now = r->end_ns != 0 ? r->end_ns : now_wall();
	uint8_t		*at = to + 20;
	char		 text[64];

	put_le32(to + 8, i->number);
	put_le32(to + 12, (uint32_t)(now >> 32));
	put_le32(to + 16, (uint32_t)now);
	at = option_time(at, STATISTICS_START, r->begin_ns);
	at = option_time(at, STATISTICS_END, now);
	at = option_number(at, STATISTICS_IFRECV, i->frames + l->kernel +
	    l->writer);
	at = option_number(at, STATISTICS_IFDROP, l->iface);
	at = option_number(at, STATISTICS_OSDROP, l->kernel);
	if (l->writer != 0) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 " dropped by "
		    "the writer", l->writer);
		at = option_text(at, OPTION_COMMENT, text);
	}
	return (finish(to, at, BLOCK_STATISTICS));
}

const struct record_ops	record_pcapng = {
	.takes = takes, .head = head, .describe = describe,
	.surround = surround, .count = count,
};
