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
#define EBPF_ROW_IS_NEW

#include "ebpf_frame.h"
#include "ebpf_rows.h"

#define FRAME_OUTGOING	4	/* PACKET_OUTGOING */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct sender);
} senders SEC(".maps");

/*
 * Note who sent the frame for which row i is made.  The EtherType is loaded
 * with the MAC address, and replaced.  A VLAN tag that the kernel has removed
 * is not in the way; with another one the sender is not known.
 */
PARSE void
row_is_new(struct __sk_buff *skb, const struct run *r, uint32_t i,
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

/* Count a frame with verdict v, -1 if not parsed.  Returns 1 to wake up. */
PARSE int
count(struct __sk_buff *skb, const struct run *r, enum parse_link link, int v,
    struct ebpf_desk *desk)
{
	struct ebpf_parsed	*p = &desk->parsed;
	uint32_t		 wire = skb->len + added_by_pcap(skb, link) +
	    desk->tags;

	if (!count_frame(r, v, desk, wire))
		return (0);
	parse_reduce(p, config.ports);
	FORGET();
	return (count_flow(skb, r, &p->flow, link));
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
