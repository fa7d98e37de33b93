/*
 * pcap-savefile(5) with nanoseconds: one link type, no interfaces, no losses.
 */
#include "config.h"

#include <pcap/pcap.h>

#include "base/clock.h"
#include "base/endian.h"
#include "record_impl.h"

#define MAGIC_NANOSECONDS	0xa1b23c4dU

static bool
takes(const struct record *r, int link)
{
	return (r->ninterfaces == 0 || link == r->interfaces[0].link);
}

static uint32_t
longest(const struct record *r)
{
	uint32_t	i, most = r->ninterfaces == 0 ? RECORD_MOST : 0;

	for (i = 0; i < r->ninterfaces; i++) {
		if (r->interfaces[i].snaplen == 0)
			return (RECORD_MOST);
		if (r->interfaces[i].snaplen > most)
			most = r->interfaces[i].snaplen;
	}
	return (most);
}

static size_t
head(const struct record *r, uint8_t *to)
{
	put_le32(to, MAGIC_NANOSECONDS);
	put_le16(to + 4, 2);
	put_le16(to + 6, 4);
	put_le64(to + 8, 0);		/* time zone and accuracy: unused */
	put_le32(to + 16, longest(r));
	put_le32(to + 20, r->ninterfaces == 0 ? DLT_EN10MB :
	    (uint32_t)r->interfaces[0].link);
	return (24);
}

static size_t
surround(struct record_if *i, const struct frame *f,
    const struct record_note *note, bool losses, uint8_t *to, size_t gap,
    size_t *after)
{
	(void)i;
	(void)note;
	(void)losses;
	(void)gap;
	put_le32(to, (uint32_t)(f->time_ns / NS_PER_S));
	put_le32(to + 4, (uint32_t)(f->time_ns % NS_PER_S));
	put_le32(to + 8, record_caplen(f));
	put_le32(to + 12, f->wirelen);
	*after = 0;
	return (16);
}

const struct record_ops	record_pcap = {
	.takes = takes, .head = head, .surround = surround,
};
