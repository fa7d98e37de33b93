/*
 * The format of AIX's iptrace, version 2.0: big-endian, the interface's name in
 * each record, no original length, no losses.
 *
 *	 0 u32 length that follows offset 8   4 u32 seconds   8 unknown
 *	11 unit   12 prefix of the name, 4 octets   16 text, 12 octets
 *	28 ifType of SNMP   29 0: received   30 unknown   32 u32 seconds
 *	36 u32 nanoseconds   40 the frame
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/endian.h"
#include "record_impl.h"

#define SIGNATURE	"iptrace 2.0"
#define RECORD_HEADER	40
#define PREFIX_LEN	4
#define TEXT_LEN	12

/* Link types whose frames AIX writes as they are, and its numbers of them. */
static const struct {
	int	link;
	uint8_t	type;
} types[] = {
	{ 1, 6 },		/* Ethernet */
	{ 6, 9 },		/* token ring */
	{ 12, 24 }, { 14, 24 }, { 101, 24 },	/* raw IP: loopback */
	{ 228, 24 }, { 229, 24 },
	{ 247, 0xc7 },		/* InfiniBand */
};

static uint8_t
type_of(int link)
{
	size_t	i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].link == link)
			return (types[i].type);
	return (0);
}

static bool
takes(const struct record *r, int link)
{
	(void)r;
	return (type_of(link) != 0);
}

static size_t
head(const struct record *r, uint8_t *to)
{
	(void)r;
	memcpy(to, SIGNATURE, sizeof(SIGNATURE) - 1);
	return (sizeof(SIGNATURE) - 1);
}

/* The number at the end of the name, if it fits; *prefix: the rest. */
static uint8_t
unit_of(const char *name, size_t *prefix)
{
	size_t	 len = strlen(name), n = len;
	unsigned unit = 0;

	while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	*prefix = n < PREFIX_LEN ? n : PREFIX_LEN;
	if (len - n > 3)
		return (0);
	for (; n < len; n++)
		unit = unit * 10 + (unsigned)(name[n] - '0');
	return (unit <= UINT8_MAX ? (uint8_t)unit : 0);
}

static size_t
surround(struct record_if *i, const struct frame *f,
    const struct record_note *note, bool losses, uint8_t *to, size_t *after)
{
	uint32_t	seconds = (uint32_t)(f->time_ns / NS_PER_S);
	size_t		prefix, text = strlen(i->name);

	(void)note;
	(void)losses;
	memset(to, 0, RECORD_HEADER);
	put_be32(to, RECORD_HEADER - 8 + record_caplen(f));
	put_be32(to + 4, seconds);
	to[11] = unit_of(i->name, &prefix);
	memcpy(to + 12, i->name, prefix);
	memcpy(to + 16, i->name, text < TEXT_LEN ? text : TEXT_LEN);
	to[28] = type_of(i->link);
	to[29] = f->direction == FRAME_OUT ? 1 : 0;
	put_be32(to + 32, seconds);
	put_be32(to + 36, (uint32_t)(f->time_ns % NS_PER_S));
	*after = 0;
	return (RECORD_HEADER);
}

const struct record_ops	record_iptrace = {
	.takes = takes, .head = head, .surround = surround,
};
