/*
 * The program in the kernel: how a frame is entered in the book of its
 * processor, apart from its row.
 */
#ifndef EBPF_BOOK_H
#define EBPF_BOOK_H

#include "ebpf_segments.h"

#define TCP_FIN		0x01
#define TCP_PSH		0x08
#define TCP_CWR		0x80

/* Where one run of the program counts. */
struct run {
	struct ebpf_book	*book;
	bool			 alone;	/* no other run writes to the book */
	bool			 rows;	/* the book has rows */
	uint32_t		 table;	/* number of its rows and buckets */
};

/* Add to a sum, to which other runs may be adding at the same time. */
PARSE void
add_to(const struct run *r, uint64_t *sum, uint64_t n)
{
	if (r->alone)
		*sum += n;
	else
		__sync_fetch_and_add(sum, n);
}

/* The flow has no row: add it to the sum of its protocol. */
PARSE void
add_other(const struct run *r, const struct flow *f)
{
	struct flow_count	*o = &r->book->other[f->key.proto];

	if (f->key.vlan != FLOW_VLAN_NONE)
		add_to(r, &r->book->other_tagged, 1);
	add_to(r, &o->packets, f->count.packets);
	add_to(r, &o->data, f->count.data);
	add_to(r, &o->ip, f->count.ip);
}

PARSE void
note_frame(const struct run *r, uint64_t *entry, uint32_t wire)
{
	add_to(r, entry, 1);
	add_to(r, &r->book->wire_bytes, wire);
}

PARSE void
add_mark(const struct run *r, uint32_t mark, uint64_t n)
{
	OPAQUE(mark);
	if (mark < TALLY_MARKS)		/* always true: for the verifier */
		add_to(r, &r->book->tally.marks[mark], n);
}

/*
 * n packets that came as one frame.  Of segments of TCP only the last has its
 * FIN and PSH, and only the first its CWR.
 */
PARSE void
add_marks(const struct run *r, uint32_t mark, uint64_t n)
{
	uint32_t	flags = (mark - TALLY_TCP) & 0xff;
	uint32_t	first, middle, last;

	if (n == 1 || mark < TALLY_TCP) {
		add_mark(r, mark, n);
		return;
	}
	first = mark - (flags & (TCP_FIN | TCP_PSH));
	middle = first - (flags & TCP_CWR);
	last = mark - (flags & TCP_CWR);
	add_mark(r, first, 1);
	add_mark(r, middle, n - 2);
	add_mark(r, last, 1);
}

/* Count by protocol, before parse_reduce() removes the protocol. */
PARSE void
tally(const struct run *r, const struct ebpf_parsed *p)
{
	struct prototally	*t = &r->book->tally;
	uint32_t		 family, proto = p->flow.key.proto;

	family = p->flow.key.family == FLOW_FAMILY_IP6;
	add_to(r, &t->sums[family][proto].packets, p->flow.count.packets);
	add_to(r, &t->sums[family][proto].bytes, p->flow.count.ip);
	add_marks(r, p->mark, p->flow.count.packets);
	if (p->first_fragment)
		add_to(r, &t->first_fragments, 1);
}

/* The same for the packets that a frame of `wire' bytes stands for. */
PARSE void
count_segments(const struct run *r, struct ebpf_parsed *p,
    const struct ebpf_segments *s, uint32_t wire)
{
	uint64_t	more = s->count - 1;
	uint32_t	link;

	wire -= s->jumbo;
	link = wire > s->wire ? wire - s->wire : 0;
	segments_count(p, s);
	add_to(r, &r->book->segments, more);
	add_to(r, &r->book->wire_bytes, more * (link + s->headers) - s->jumbo);
}

#endif
