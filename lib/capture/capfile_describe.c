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

/* The number after the words "N segments of ". */
static uint16_t
size_in(const char *text, size_t len)
{
	static const char	words[] = " segments of ";
	size_t			i;
	uint32_t		size = 0;

	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		continue;
	if (len - i < sizeof(words) - 1 ||
	    memcmp(text + i, words, sizeof(words) - 1) != 0)
		return (0);
	for (i += sizeof(words) - 1; i < len && text[i] >= '0' &&
	    text[i] <= '9' && size <= UINT16_MAX; i++)
		size = size * 10 + (uint32_t)(text[i] - '0');
	return (size <= UINT16_MAX ? (uint16_t)size : 0);
}

void
capfile_note_joined(const struct capfile *f, struct frame *frame)
{
	struct capfile_about	a;

	frame->gso_size = 0;
	if (f->format != &capfile_pcapng)
		return;
	capfile_about(f, frame, &a);
	if (a.segments != 0)
		frame->gso_size = size_in(a.comment, a.comment_len);
}
