/*
 * The program in the kernel: a socket filter that counts each frame in the
 * memory of ebpf_layout.h and passes none of them to the socket.  It runs
 * inside an RCU read-side critical section and with bottom halves off, so that
 * runs on one processor follow each other.  If one interrupts another all the
 * same, see `depth' in ebpf_layout.h.
 *
 * The program returns 0, or 1 to wake the source up, which then reads one byte
 * from its socket: when a table is nearly full, and at the last frame of -c.
 *
 * For Linux 5.10: no atomic operation with a result (except for -c), no newer
 * helper function, only bounded loops.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "ebpf_book.h"
#include "ebpf_segments.h"

#define FRAME_OUTGOING	4	/* PACKET_OUTGOING */
#define TAG_LENGTH	4	/* VLAN tag, which the kernel has removed */
#define COOKED_LENGTH	16	/* header that libpcap adds */
#define MAC_TYPE	12	/* offset of the EtherType of Ethernet */

const volatile struct ebpf_config config;
struct ebpf_state state;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct ebpf_cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct ebpf_bucket);
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct flow);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct sender);
} senders SEC(".maps");

/* Copy the frame to the head, at most snap bytes.  False on failure. */
PARSE bool
fill_head(struct __sk_buff *skb, struct ebpf_head *h, uint32_t snap,
    uint32_t wire)
{
	uint32_t	cap = wire < snap ? wire : snap, last;

	h->cap = cap;
	h->wire = wire;
	if (cap == 0)
		return (true);
	/*
	 * The comparison is always true.  It is for the verifier, which in
	 * Linux 5.10 and 6.1 does not conclude from `cap != 0' that cap is at
	 * least 1.
	 */
	last = cap - 1;
	OPAQUE(last);
	return (last < PARSE_SNAPLEN &&
	    bpf_skb_load_bytes(skb, 0, h->at, last + 1) == 0);
}

/* Bytes that libpcap adds to a frame. */
PARSE uint32_t
added_by_pcap(struct __sk_buff *skb, enum parse_link link)
{
	return ((link != PARSE_RAW && skb->vlan_present ? TAG_LENGTH : 0) +
	    (link == PARSE_COOKED ? COOKED_LENGTH : 0));
}

/* The id of the tag that libpcap adds; FLOW_VLAN_NONE: none. */
PARSE uint32_t
removed_vlan(struct __sk_buff *skb, enum parse_link link)
{
	return (link != PARSE_RAW && skb->vlan_present ?
	    skb->vlan_tci & FLOW_VLAN_MASK : FLOW_VLAN_NONE);
}

/*
 * A cooked frame is what follows its own link header.  If it is sent with VLAN
 * tags in it, such as by a VLAN device on a card that adds none, the kernel
 * takes these for a part of that header: then the data differ from what comes
 * behind the MAC addresses.  Returns the EtherType of the data.
 */
PARSE uint32_t
skip_tags(struct __sk_buff *skb, struct ebpf_desk *d, uint32_t type)
{
	uint64_t	data[2], behind[3];
	const uint8_t	*tag = (const uint8_t *)behind + 8;

	if (!parse_is_vlan(type) ||
	    bpf_skb_load_bytes(skb, 0, data, sizeof(data)) != 0 ||
	    bpf_skb_load_bytes_relative(skb, MAC_TYPE - 6, behind,
	    sizeof(behind), BPF_HDR_START_MAC) != 0 ||
	    be16(tag - 2) != type || (data[0] == behind[1] &&
	    data[1] == behind[2]))
		return (type);
	if (d->head.vlan == FLOW_VLAN_NONE)
		d->head.vlan = be16(tag) & FLOW_VLAN_MASK;
	d->tags = TAG_LENGTH;
	type = be16(tag + 2);
	if (parse_is_vlan(type)) {
		d->tags = 2 * TAG_LENGTH;
		type = be16(tag + 6);
	}
	if (parse_is_vlan(type)) {
		d->tags = 3 * TAG_LENGTH;
		type = be16(tag + 10);
	}
	return (type);
}

PARSE int
parse_slowly(struct __sk_buff *skb, struct ebpf_desk *d, enum parse_link link)
{
	uint32_t	type = bpf_ntohs((uint16_t)skb->protocol);
	uint32_t	snap = PARSE_SNAPLEN;

	/* The bytes that libpcap adds count towards its snapshot length. */
	snap -= added_by_pcap(skb, link);
	if (!fill_head(skb, &d->head, snap, skb->len))
		return (-1);
	d->head.vlan = removed_vlan(skb, link);
	if (link == PARSE_COOKED)
		type = skip_tags(skb, d, type);
	return (parse_frame(&d->head, link, type, &d->parsed));
}

/* The fast path: DECODED_IP, or DECODED_VERDICTS if it cannot parse this. */
PARSE int
parse_plainly(struct __sk_buff *skb, enum parse_link link,
    struct ebpf_parsed *p)
{
	uint8_t		octets[16 + PLAIN_IP6] __attribute__((aligned(8)));
	const uint32_t	before = link == PARSE_ETHERNET ? 14 : 0;
	uint8_t		*frame = octets + (16 - before), *ip = octets + 16;
	uint32_t	type;

	if (skb->len < before + PLAIN_IP4 ||
	    bpf_skb_load_bytes(skb, 0, frame, before + PLAIN_IP4) != 0)
		return (DECODED_VERDICTS);
	if (link == PARSE_ETHERNET)
		type = be16(ip - 2);
	else if (link == PARSE_COOKED)
		type = bpf_ntohs((uint16_t)skb->protocol);
	else
		type = ip[0] >> 4 == 4 ? 0x0800 : ip[0] >> 4 == 6 ? 0x86dd : 0;
	if (type == 0x0800 && parse_plain4(ip, p))
		return (DECODED_IP);
	if (type != 0x86dd || skb->len < before + PLAIN_IP6 ||
	    bpf_skb_load_bytes(skb, before + PLAIN_IP4, ip + PLAIN_IP4,
	    PLAIN_IP6 - PLAIN_IP4) != 0)
		return (DECODED_VERDICTS);
	return (parse_plain6(ip, p) ? DECODED_IP : DECODED_VERDICTS);
}

/*
 * How many packets the frame stands for: with the size of a segment the kernel
 * says so.  Not inlined: six programs share it.
 */
static __attribute__((noinline)) int
find_segments(struct __sk_buff *skb, struct ebpf_desk *d)
{
	struct ebpf_segments	*s = &d->segments;
	uint32_t		 count = skb->gso_segs, size = skb->gso_size;
	uint32_t		 ip, length;

	if (size == 0)
		return (0);
	ip = s->plain != 0 ? s->plain - 1 : d->head.ip;
	s->jumbo = 0;
	if (s->plain == 0) {
		d->head.off = ip;
		s->jumbo = segments_drop_jumbo(&d->head, &d->parsed);
	}
	length = skb->len - ip - s->jumbo;
	if (!segments_need_walk(&d->parsed)) {
		segments_plain(&d->parsed, length, count, size, s);
		return (0);
	}
	if (s->plain != 0 &&
	    !fill_head(skb, &d->head, PARSE_SNAPLEN, skb->len))
		return (0);
	d->head.ip = d->head.off = ip;
	segments_tunnel(&d->head, &d->parsed, length, count, size, s);
	return (0);
}

/*
 * Multilinear hashing: with a random secret, keys that an attacker chooses
 * collide no more often than random ones.  Only the upper 32 bits of the sum
 * have this property.
 */
PARSE uint64_t
hash_key(const struct flow_key *k)
{
	const uint32_t		*w = (const void *)k;
	const volatile uint64_t	*s = config.secret;
	uint64_t		 h;

	h = s[0] + (s[1] + w[8]) * (s[2] + w[9]) +
	    (s[3] + w[3]) * (s[4] + w[7]);
	if (k->family == FLOW_FAMILY_IP6)
		h += (s[5] + w[0]) * (s[6] + w[1]) +
		    (s[7] + w[2]) * (s[8] + w[4]) +
		    (s[9] + w[5]) * (s[10] + w[6]);
	return (h);
}

PARSE bool
same_key(const struct flow_key *a, const struct flow_key *b)
{
	const uint64_t	*x = (const void *)a, *y = (const void *)b;

	return (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
	    (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0);
}

/*
 * Note who sent the frame for which row i is made.  The EtherType is loaded
 * with the MAC address, and replaced.  A VLAN tag that the kernel has removed
 * is not in the way; with another one the sender is not known.
 */
PARSE void
note_sender(struct __sk_buff *skb, const struct run *r, uint32_t i,
    enum parse_link link)
{
	uint32_t	 at = r->table * config.rows + i, hops;
	struct sender	*s = bpf_map_lookup_elem(&senders, &at);

	if (s == NULL)
		return;
	s->known = 0;
	if (link != PARSE_ETHERNET ||
	    bpf_skb_load_bytes(skb, SENDER_MAC, s, sizeof(*s)) != 0)
		return;
	hops = s->known == 0x08 && s->hops == 0x00 ? SENDER_HOPS4 :
	    s->known == 0x86 && s->hops == 0xdd ? SENDER_HOPS6 : 0;
	if (hops == 0 || bpf_skb_load_bytes(skb, hops, &s->hops, 1) != 0)
		s->known = 0;
}

PARSE struct flow *
row_at(const struct run *r, uint32_t i)
{
	uint32_t	at = r->table * config.rows + i;

	return (bpf_map_lookup_elem(&rows, &at));
}

/* Results of add_row(). */
enum added { ADDED, ADDED_NEARLY_FULL, NOT_ADDED };

PARSE enum added
new_row(struct __sk_buff *skb, const struct run *r, uint32_t *word,
    uint32_t tag, const struct flow *f, enum parse_link link)
{
	uint32_t	 i = (uint32_t)r->book->rows;
	struct flow	*row;

	if (i >= config.rows || (row = row_at(r, i)) == NULL)
		return (NOT_ADDED);
	*row = *f;
	*word = tag | (i + 1);
	r->book->rows = i + 1;
	note_sender(skb, r, i, link);
	return (i + 1 == config.rows - config.rows / 4 ? ADDED_NEARLY_FULL :
	    ADDED);
}

/* Try the words of one bucket in turn, from one that the hash chooses. */
PARSE enum added
add_in_bucket(struct __sk_buff *skb, const struct run *r,
    struct ebpf_bucket *b, uint64_t hash, const struct flow *f,
    enum parse_link link)
{
	uint32_t	 at = (uint32_t)(hash >> 28), i, *word;
	uint32_t	 tag = (uint32_t)(hash >> 32) & ~EBPF_ROW_MASK;
	struct flow	*row;

	for (i = 0; i < EBPF_BUCKET; i++, at++) {
		word = &b->word[at % EBPF_BUCKET];
		if (*word == 0)
			return (new_row(skb, r, word, tag, f, link));
		if (((*word ^ tag) & ~EBPF_ROW_MASK) != 0)
			continue;
		row = row_at(r, (*word & EBPF_ROW_MASK) - 1);
		if (row != NULL && same_key(&row->key, &f->key)) {
			flow_count_add(&row->count, &f->count);
			return (ADDED);
		}
	}
	return (NOT_ADDED);
}

/* Try the flow's bucket and, if that is full, the one next to it. */
PARSE enum added
add_row(struct __sk_buff *skb, const struct run *r, const struct flow *f,
    enum parse_link link)
{
	uint64_t		 hash = hash_key(&f->key);
	uint32_t		 n = (uint32_t)(hash >> 32) &
	    (config.buckets - 1), at, i;
	struct ebpf_bucket	*b;
	enum added		 done = NOT_ADDED;

	for (i = 0; i < 2 && done == NOT_ADDED; i++) {
		at = r->table * config.buckets + (n ^ i);
		if ((b = bpf_map_lookup_elem(&buckets, &at)) == NULL)
			break;
		done = add_in_bucket(skb, r, b, hash, f, link);
	}
	return (done);
}

/* Count a frame with verdict v, -1 if not parsed.  Returns 1 to wake up. */
PARSE int
count(struct __sk_buff *skb, const struct run *r, enum parse_link link, int v,
    struct ebpf_desk *desk)
{
	struct ebpf_parsed	*p = &desk->parsed;
	enum added		 done = NOT_ADDED;
	uint32_t		 wire = skb->len + added_by_pcap(skb, link) +
	    desk->tags;

	if (v < 0 || v >= DECODED_VERDICTS) {
		note_frame(r, &r->book->missed, wire);
		return (0);
	}
	note_frame(r, &r->book->verdicts[v], wire);
	if (v != DECODED_IP)
		return (0);
	if (desk->segments.count > 1)
		count_segments(r, p, &desk->segments, wire);
	tally(r, p);
	parse_reduce(p, config.ports);
	FORGET();
	if (r->rows)
		done = add_row(skb, r, &p->flow, link);
	if (done == NOT_ADDED)
		add_other(r, &p->flow);
	return (done == ADDED_NEARLY_FULL);
}

/*
 * Find where a run that interrupts `depth' runs counts.  Indexes are
 * calculated without a branch, so that the verifier has fewer paths to check.
 */
PARSE bool
find_book(struct run *r, struct ebpf_cpu *cpu, uint32_t number, uint32_t depth)
{
	uint32_t	generation = *(volatile uint32_t *)&state.generation;
	uint32_t	shared = config.cpus;

	generation %= EBPF_GENERATIONS;
	OPAQUE(generation);
	r->alone = depth == 0;
	r->rows = r->alone && number < config.tables;
	r->table = generation * config.tables + number;
	if (!r->alone && (cpu = bpf_map_lookup_elem(&cpus, &shared)) == NULL)
		return (false);
	r->book = &cpu->book[generation % EBPF_GENERATIONS];
	return (true);
}

PARSE int
parse(struct __sk_buff *skb, struct ebpf_desk *desk, enum parse_link link)
{
	int		v = parse_plainly(skb, link, &desk->parsed);
	uint32_t	vlan;

	FORGET();
	desk->tags = 0;
	desk->segments.plain = 1 + (link == PARSE_ETHERNET ? 14 : 0);
	if (v == DECODED_VERDICTS) {
		v = parse_slowly(skb, desk, link);
		desk->segments.plain = 0;
	} else if ((vlan = removed_vlan(skb, link)) != FLOW_VLAN_NONE)
		desk->parsed.flow.key.vlan = vlan & FLOW_VLAN_MASK;
	FORGET();
	desk->segments.count = 1;
	/* A frame without data is one packet; gso_size costs a cache line. */
	if (v == DECODED_IP && desk->parsed.flow.count.data > 1)
		(void)find_segments(skb, desk);
	FORGET();
	return (v);
}

/* A frame sent through the loopback interface is counted when received. */
PARSE bool
comes_again(struct __sk_buff *skb)
{
	return (skb->pkt_type == FRAME_OUTGOING &&
	    skb->ifindex == config.loopback);
}

PARSE int
enter(struct __sk_buff *skb, enum parse_link link)
{
	uint32_t		 number = bpf_get_smp_processor_id(), depth;
	struct ebpf_cpu		*cpu = bpf_map_lookup_elem(&cpus, &number);
	struct ebpf_desk	*desk;
	struct run		 r;
	int			 rc = 0, v = -1;

	if (cpu == NULL || comes_again(skb))
		return (0);
	depth = cpu->depth;
	OPAQUE(depth);
	*(volatile uint32_t *)&cpu->depth = depth + 1;
	desk = &cpu->desk[depth % EBPF_DEPTH];
	if (depth < EBPF_DEPTH)
		v = parse(skb, desk, link);
	if (find_book(&r, cpu, number, depth))
		rc = count(skb, &r, link, v, desk);
	*(volatile uint32_t *)&cpu->depth = depth;
	return (rc);
}

/* With -c: the last frame wakes the source, later ones are not counted. */
PARSE int
enter_counted(struct __sk_buff *skb, enum parse_link link)
{
	int64_t	left;

	if (comes_again(skb))
		return (0);
	left = __sync_fetch_and_add(&state.left, -1);
	if (left <= 0)
		return (0);
	return (enter(skb, link) | (left == 1));
}

#define PROGRAM(name, enter, link)		\
	SEC("socket")				\
	int					\
	name(struct __sk_buff *skb)		\
	{					\
		return (enter(skb, link));	\
	}

PROGRAM(traf_ethernet, enter, PARSE_ETHERNET)
PROGRAM(traf_raw, enter, PARSE_RAW)
PROGRAM(traf_cooked, enter, PARSE_COOKED)
PROGRAM(traf_ethernet_c, enter_counted, PARSE_ETHERNET)
PROGRAM(traf_raw_c, enter_counted, PARSE_RAW)
PROGRAM(traf_cooked_c, enter_counted, PARSE_COOKED)

char license_text[] SEC("license") = "BSD";
