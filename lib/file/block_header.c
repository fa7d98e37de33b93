/*
 * Converts headers and trailers of blocks: fields of block_format.h to struct
 * block_info and back.  What is read is untrusted until its checksum matches,
 * and its values are checked even then.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/regular.h"
#include "block_header.h"
#include "owner_table.h"

#define TEXTS	6

/* Texts from this one on are left out if they are empty. */
#define TEXTS_LEAST	4

/* A text of struct block_info: its offset and the size of its array. */
static const struct text {
	uint8_t	id;
	size_t	offset;
	size_t	size;
} texts[TEXTS] = {
	{ TEXT_IFNAME, offsetof(struct block_info, ifname),
	    BLOCK_IFNAME_MAX },
	{ TEXT_HOST, offsetof(struct block_info, host), BLOCK_HOST_MAX },
	{ TEXT_FILTER, offsetof(struct block_info, filter), BLOCK_TEXT_MAX },
	{ TEXT_NETWORKS, offsetof(struct block_info, networks),
	    BLOCK_TEXT_MAX },
	{ TEXT_CLOCK, offsetof(struct block_info, clock), BLOCK_CLOCK_MAX },
	{ TEXT_TRACE, offsetof(struct block_info, trace), BLOCK_TEXT_MAX },
};

/* A field of struct block_info that is a 64-bit number on disk. */
static const struct number {
	size_t	at;
	size_t	offset;
} numbers[] = {
	{ HDR_ROWS, offsetof(struct block_info, rows) },
	{ HDR_INSTANCE, offsetof(struct block_info, instance) },
	{ HDR_EPOCH, offsetof(struct block_info, epoch) },
	{ HDR_EPOCH_FIRST, offsetof(struct block_info, epoch_first) },
	{ HDR_BEGIN, offsetof(struct block_info, begin_ns) },
	{ HDR_END, offsetof(struct block_info, end_ns) },
	{ HDR_DURATION, offsetof(struct block_info, duration_ns) },
	{ HDR_PACKETS, offsetof(struct block_info, total.packets) },
	{ HDR_DATA, offsetof(struct block_info, total.data) },
	{ HDR_IP, offsetof(struct block_info, total.ip) },
	{ HDR_MINSIZE, offsetof(struct block_info, minsize) },
};
#define NUMBERS	(sizeof(numbers) / sizeof(numbers[0]))

_Static_assert(LEDGER_ENTRIES * 8 + HDR_FIXED + TEXTS * TEXT_HEAD +
    BLOCK_IFNAME_MAX + BLOCK_HOST_MAX + 3 * BLOCK_TEXT_MAX +
    BLOCK_CLOCK_MAX + 8 <= HDR_MAX,
    "a header may not fit its bound");

/* Entries of the ledger that every block has; later ones only if not 0. */
#define LEDGER_LEAST	27

static size_t
ledger_length(const struct ledger *l)
{
	size_t	n = ledger_used(l);

	return (n < LEDGER_LEAST ? LEDGER_LEAST : n);
}

static size_t
text_length(const struct block_info *info, const struct text *t)
{
	return (strnlen((const char *)info + t->offset, t->size));
}

static bool
is_used(const struct block_info *info, const struct text *t)
{
	return (t < texts + TEXTS_LEAST || text_length(info, t) > 0);
}

static size_t
texts_used(const struct block_info *info)
{
	size_t	i, n = 0;

	for (i = 0; i < TEXTS; i++)
		n += is_used(info, &texts[i]);
	return (n);
}

size_t
header_size(const struct block_info *info)
{
	size_t	i, len, size = HDR_FIXED + ledger_length(&info->ledger) * 8;

	for (i = 0; i < TEXTS; i++) {
		if (!is_used(info, &texts[i]))
			continue;
		if ((len = text_length(info, &texts[i])) == texts[i].size)
			return (0);
		size += TEXT_HEAD + len;
	}
	return ((size + 7) & ~(size_t)7);
}

static void
put_fixed(const struct block_header *h, uint8_t *out)
{
	uint64_t	v;
	size_t		i;

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): no string. */
	memcpy(out + HDR_MAGIC, BLOCK_MAGIC, BLOCK_MAGIC_LEN);
	put_le16(out + HDR_VERSION, h->owners == 0 ? BLOCK_VERSION :
	    BLOCK_VERSION_OWNERS);
	out[HDR_KIND] = (uint8_t)h->info.kind;
	out[HDR_PORTS] = (uint8_t)h->info.ports;
	put_le32(out + HDR_LENGTH, h->length);
	put_le32(out + HDR_SEGMENTS, h->segments);
	put_le64(out + HDR_BODY, h->body);
	for (i = 0; i < NUMBERS; i++) {
		memcpy(&v, (const char *)&h->info + numbers[i].offset, 8);
		put_le64(out + numbers[i].at, v);
	}
	put_le16(out + HDR_LEDGER, (uint16_t)ledger_length(&h->info.ledger));
	put_le16(out + HDR_TEXTS, (uint16_t)texts_used(&h->info));
	put_le32(out + HDR_OWNERS, h->owners);
}

void
header_put(struct block_header *h, uint8_t *out)
{
	uint8_t	*p = out + HDR_FIXED;
	size_t	 i, len, entries = ledger_length(&h->info.ledger);

	memset(out, 0, h->length);
	put_fixed(h, out);
	for (i = 0; i < entries; i++, p += 8)
		put_le64(p, h->info.ledger.v[i]);
	for (i = 0; i < TEXTS; i++) {
		if (!is_used(&h->info, &texts[i]))
			continue;
		len = text_length(&h->info, &texts[i]);
		p[0] = texts[i].id;
		put_le16(p + 2, (uint16_t)len);
		memcpy(p + TEXT_HEAD, (const char *)&h->info + texts[i].offset,
		    len);
		p += TEXT_HEAD + len;
	}
	h->crc = crc32c(0, out, h->length);
	put_le32(out + HDR_CRC, h->crc);
}

/* Read what is the same in every version: lengths and checksum. */
static enum block_error
get_frame(struct block_header *h, const uint8_t *p, size_t n)
{
	static const uint8_t	zeros[4];
	size_t			len = n < BLOCK_MAGIC_LEN ? n : BLOCK_MAGIC_LEN;
	uint32_t		crc;

	if (n == 0)
		return (BLOCK_END);
	if (memcmp(p, BLOCK_MAGIC, len) != 0)
		return (BLOCK_ALIEN);
	if (n < HDR_FIXED)
		return (BLOCK_CUT);
	len = get_le32(p + HDR_LENGTH);
	h->body = get_le64(p + HDR_BODY);
	if (len < HDR_FIXED || len > HDR_MAX || len % 8 != 0 ||
	    h->body % 8 != 0 || h->body > (uint64_t)INT64_MAX / 2)
		return (BLOCK_DAMAGED);
	if (n < len)
		return (BLOCK_CUT);
	h->crc = get_le32(p + HDR_CRC);
	crc = crc32c(0, p, HDR_CRC);
	crc = crc32c(crc, zeros, sizeof(zeros));
	if (crc32c(crc, p + HDR_CRC + 4, len - HDR_CRC - 4) != h->crc)
		return (BLOCK_DAMAGED);
	h->length = (uint32_t)len;
	return (BLOCK_OK);
}

/* Read the version, and the length of the table of owners. */
static enum block_error
get_version(struct block_header *h, const uint8_t *p)
{
	switch (get_le16(p + HDR_VERSION)) {
	case BLOCK_VERSION:
		h->owners = 0;		/* reserved in this version */
		return (BLOCK_OK);
	case BLOCK_VERSION_OWNERS:
		h->owners = get_le32(p + HDR_OWNERS);
		return (h->owners < OWN_FIXED || h->owners > OWN_MAX ||
		    h->owners % 8 != 0 || h->owners > h->body ?
		    BLOCK_DAMAGED : BLOCK_OK);
	default:
		return (BLOCK_NEWER);
	}
}

static enum block_error
get_fixed(struct block_header *h, const uint8_t *p)
{
	enum block_error e;
	uint64_t	 v, *field;
	size_t		 i;

	if ((e = get_version(h, p)) != BLOCK_OK)
		return (e);
	if (p[HDR_KIND] < BLOCK_SAVE || p[HDR_KIND] > BLOCK_DUMP ||
	    p[HDR_PORTS] >= FLOW_PORTS_MODES)
		return (BLOCK_NEWER);
	h->info.kind = p[HDR_KIND];
	h->info.ports = p[HDR_PORTS];
	h->segments = get_le32(p + HDR_SEGMENTS);
	for (i = 0; i < NUMBERS; i++) {
		field = (void *)((char *)&h->info + numbers[i].offset);
		*field = get_le64(p + numbers[i].at);
	}
	/* Each segment has 1 to SEG_ROWS rows. */
	v = h->info.rows / SEG_ROWS + (h->info.rows % SEG_ROWS != 0);
	if (h->segments > h->info.rows || h->segments < v ||
	    h->segments > (h->body - h->owners) / SEG_FIXED)
		return (BLOCK_DAMAGED);
	return (BLOCK_OK);
}

/* Store one text of len bytes.  Texts with an unknown id are ignored. */
static enum block_error
get_text(struct block_info *info, unsigned id, const uint8_t *p, size_t len)
{
	const struct text	*t;

	for (t = texts; t < texts + TEXTS; t++) {
		if (t->id != id)
			continue;
		if (len >= t->size || memchr(p, 0, len) != NULL)
			return (BLOCK_DAMAGED);
		memcpy((char *)info + t->offset, p, len);
		memset((char *)info + t->offset + len, 0, t->size - len);
	}
	return (BLOCK_OK);
}

/* Read the ledger and the texts, which follow the fixed part. */
static enum block_error
get_variable(struct block_info *info, const uint8_t *p, size_t len)
{
	size_t		at = HDR_FIXED, need;
	unsigned	i, entries = get_le16(p + HDR_LEDGER);

	if (entries > (len - at) / 8)
		return (BLOCK_DAMAGED);
	for (i = 0; i < entries && i < LEDGER_ENTRIES; i++)
		info->ledger.v[i] = get_le64(p + at + (size_t)i * 8);
	at += (size_t)entries * 8;
	for (i = get_le16(p + HDR_TEXTS); i > 0; i--, at += need) {
		if (len - at < TEXT_HEAD)
			return (BLOCK_DAMAGED);
		need = TEXT_HEAD + (size_t)get_le16(p + at + 2);
		if (len - at < need || get_text(info, p[at],
		    p + at + TEXT_HEAD, need - TEXT_HEAD) != BLOCK_OK)
			return (BLOCK_DAMAGED);
	}
	return (len - at < 8 ? BLOCK_OK : BLOCK_DAMAGED);
}

/*
 * Decode a header from the n bytes at p: as many as the file has, HDR_MAX at
 * most.  Returns BLOCK_OK, or what is wrong.  Sets length and body if it
 * returns BLOCK_OK or BLOCK_NEWER; otherwise h->length is 0.
 */
static enum block_error
header_get(struct block_header *h, const uint8_t *p, size_t n)
{
	enum block_error	e;

	memset(h, 0, sizeof(*h));
	if ((e = get_frame(h, p, n)) != BLOCK_OK)
		return (e);
	h->info.checksum = h->crc;
	if ((e = get_fixed(h, p)) == BLOCK_OK)
		e = get_variable(&h->info, p, h->length);
	if (e == BLOCK_DAMAGED)
		h->length = 0;
	return (e);
}

uint64_t
block_span(const struct block_header *h)
{
	return (h->length + h->body + TRL_FIXED);
}

void
trailer_put(const struct block_header *h, uint8_t *out)
{
	put_le64(out + TRL_LENGTH, block_span(h));
	put_le32(out + TRL_HDR_CRC, h->crc);
	put_le32(out + TRL_CRC, crc32c(0, out, TRL_CRC));
}

bool
trailer_get(const uint8_t *p, uint64_t *length, uint32_t *header_crc)
{
	*length = get_le64(p + TRL_LENGTH);
	*header_crc = get_le32(p + TRL_HDR_CRC);
	return (get_le32(p + TRL_CRC) == crc32c(0, p, TRL_CRC));
}

enum block_error
header_read(int fd, off_t offset, off_t size, struct block_header *h)
{
	uint8_t			buf[HDR_MAX];
	enum block_error	e;
	size_t			n = sizeof(buf);

	h->length = 0;
	if (offset >= size)
		return (BLOCK_END);
	if ((off_t)n > size - offset)
		n = (size_t)(size - offset);
	if (read_at(fd, buf, n, offset) == -1)
		return (errno == 0 ? BLOCK_CUT : BLOCK_IO);
	e = header_get(h, buf, n);
	if ((e == BLOCK_OK || e == BLOCK_NEWER) &&
	    block_span(h) > (uint64_t)(size - offset))
		return (BLOCK_CUT);
	return (e);
}

bool
block_is_guess(const struct block_info *b)
{
	return (b->networks[0] == '\0' && b->total.packets > 0 &&
	    (b->ledger.v[LEDGER_RX_PACKETS_END] != 0 ||
	    b->ledger.v[LEDGER_TX_PACKETS_END] != 0));
}
