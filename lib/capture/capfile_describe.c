/*
 * What a capture says of its interfaces and of packets, as it says it.
 */
#include "config.h"

#include "capfile_describe.h"
#include "pcapng_impl.h"

const off_t *
capfile_heads(const struct capfile *f, size_t *n)
{
	static const off_t	begin = 0;

	*n = f->format == &capfile_pcapng ? f->nheads : 1;
	return (f->format == &capfile_pcapng ? f->heads : &begin);
}

/* All others have no more than a name. */
static void
set_details(const struct capfile_interface *i, struct record_interface *to)
{
	to->filter = i->filter;
	to->snaplen = i->told_snaplen;
	to->has_mac = i->has_mac;
	memcpy(to->mac, i->mac, sizeof(to->mac));
	to->speed = i->speed;
}

void
capfile_interface(const struct capfile *f, const struct frame *frame,
    struct record_interface *to)
{
	struct capfile_about	a;

	capfile_about(f, frame, &a);
	memset(to, 0, sizeof(*to));
	to->name = a.ifname == NULL ? "" : a.ifname;
	to->link = f->link;
	if (f->format == &capfile_pcapng)
		set_details(&f->interfaces[frame->interface], to);
}

bool
capfile_comment(const struct capfile *f, const struct frame *frame, size_t i,
    struct record_note *note)
{
	struct body	 b;
	struct option	 o;
	uint64_t	 length;
	const uint8_t	*block;

	if (f->format != &capfile_pcapng || f->kind == BLOCK_SIMPLE_PACKET)
		return (false);
	block = pcapng_block(f, frame, &length);
	b.at = block + PACKET_AT;
	b.left = (size_t)length - PACKET_AT - BLOCK_TRAILER;
	(void)take_octets(&b, capfile_number(f->big_endian,
	    block + PACKET_AT - 8));
	while (take_option(&b, f->big_endian, &o) && o.code != OPTION_END &&
	    o.value != NULL) {
		if (o.code != OPTION_COMMENT || i-- > 0)
			continue;
		note->comment = (const char *)o.value;
		note->comment_len = o.length;
		return (true);
	}
	return (false);
}
