/*
 * The program of iptrace --data in the kernel.  It sees each packet that a
 * socket sends or receives, at the root of the cgroups, and copies the payload
 * to a ring that all processors share, so that records are in order.
 *
 * What was sent again is left out: octets that the socket has sent or received
 * before are known by their sequence numbers.  Of what comes out of order
 * iptrace knows what it has.
 *
 * For Linux 5.10: no newer helper function, only bounded loops.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "data_layout.h"
#include "sock.bpf.h"

#define INLINE		static inline __attribute__((always_inline))
#define TCP		6
#define UDP		17
#define FIN		0x01
#define SYN		0x02
#define ACK		0x10
#define EXTENSIONS	6	/* headers of IPv6 that are skipped */


/* In owner_sock.mark. */
#define MARK_NEW	1	/* made while the trace was running */
#define MARK_ACTIVE	2	/* has sent a SYN */
#define MARK_BASE	4	/* owner_sock.base is set: the sequence number
				   of what the peer sends first */

const volatile struct data_config config;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, DATA_CPUS);
	__type(key, uint32_t);
	__type(value, struct data_lost);
} lost SEC(".maps");

/* ---- who ---- */

SEC("cgroup/sock_create")
int
data_create(struct bpf_sock *sk)
{
	struct owner_sock	*s;

	(void)owner_sock_create(sk);
	s = bpf_sk_storage_get(&owner_socks, sk, NULL, 0);
	if (s != NULL)
		s->mark = MARK_NEW;
	return (1);
}

/* Of a socket that is older and was not found its uid and cgroup are known. */
INLINE struct owner_sock *
maker_of(struct __sk_buff *skb, struct bpf_sock *sk)
{
	struct owner_sock	*s = bpf_sk_storage_get(&owner_socks, sk,
	    NULL, 0);

	if (s != NULL)
		return (s);
	(void)owner_adopt(skb);
	return (bpf_sk_storage_get(&owner_socks, sk, NULL, 0));
}

/* ---- headers ---- */

struct header {
	uint32_t	at;		/* offset of the payload */
	uint32_t	length;		/* octets of payload */
	uint32_t	seq;
	uint8_t		flags;		/* of TCP */
};

INLINE void
mapped(uint64_t to[2], uint32_t address)
{
	to[0] = 0;
	to[1] = bpf_cpu_to_be64((uint64_t)0xffff << 32 |
	    bpf_ntohl(address));
}

/* The offset of the next header, or 0: none that is recorded. */
INLINE uint32_t
parse_ip4(struct __sk_buff *skb, struct data_event *e)
{
	uint8_t		 h[20];
	uint32_t	 src, dst;

	if (bpf_skb_load_bytes(skb, 0, h, sizeof(h)) != 0)
		return (0);
	__builtin_memcpy(&src, h + 12, 4);
	__builtin_memcpy(&dst, h + 16, 4);
	e->proto = h[9];
	mapped(e->flags & DATA_OUT ? e->local : e->remote, src);
	mapped(e->flags & DATA_OUT ? e->remote : e->local, dst);
	return ((uint32_t)(h[0] & 15) * 4);
}

INLINE uint32_t
parse_ip6(struct __sk_buff *skb, struct data_event *e)
{
	uint64_t	address[4];
	uint8_t		next, h[2];
	uint32_t	at = 40;
	bool		out = e->flags & DATA_OUT;
	int		i;

	if (bpf_skb_load_bytes(skb, 6, &next, 1) != 0 ||
	    bpf_skb_load_bytes(skb, 8, address, sizeof(address)) != 0)
		return (0);
	e->flags |= DATA_IP6;
	e->local[0] = address[out ? 0 : 2];
	e->local[1] = address[out ? 1 : 3];
	e->remote[0] = address[out ? 2 : 0];
	e->remote[1] = address[out ? 3 : 1];
	for (i = 0; i < EXTENSIONS; i++) {
		if (next != 0 && next != 43 && next != 60)
			break;
		if (bpf_skb_load_bytes(skb, at, h, sizeof(h)) != 0)
			return (0);
		next = h[0];
		at += ((uint32_t)h[1] + 1) * 8;
	}
	e->proto = next;
	return (at);
}

INLINE bool
parse(struct __sk_buff *skb, struct data_event *e, struct header *h)
{
	uint8_t		t[20];
	uint16_t	ports[2];
	uint32_t	at, need;

	at = skb->protocol == bpf_htons(0x0800) ? parse_ip4(skb, e) :
	    skb->protocol == bpf_htons(0x86dd) ? parse_ip6(skb, e) : 0;
	if (at == 0 || (e->proto != TCP && e->proto != UDP))
		return (false);
	if (bpf_skb_load_bytes(skb, at, ports, sizeof(ports)) != 0)
		return (false);
	e->lport = bpf_ntohs(e->flags & DATA_OUT ? ports[0] : ports[1]);
	e->rport = bpf_ntohs(e->flags & DATA_OUT ? ports[1] : ports[0]);
	need = 8;
	if (e->proto == TCP) {
		if (bpf_skb_load_bytes(skb, at, t, sizeof(t)) != 0)
			return (false);
		h->seq = (uint32_t)t[4] << 24 | (uint32_t)t[5] << 16 |
		    (uint32_t)t[6] << 8 | t[7];
		h->flags = t[13];
		h->seq += (h->flags & SYN) != 0;
		need = (uint32_t)(t[12] >> 4) * 4;
	}
	h->at = at + need;
	h->length = skb->len > h->at ? skb->len - h->at : 0;
	return (true);
}

/* ---- which ---- */

INLINE bool
same(const uint64_t a[2], const volatile uint64_t b[2],
    const volatile uint64_t mask[2])
{
	return ((((a[0] ^ b[0]) & mask[0]) | ((a[1] ^ b[1]) & mask[1])) == 0);
}

/* Groups are ORed: the one that copies most decides. */
INLINE bool
wanted(const struct data_event *e, uint32_t *octets)
{
	const volatile struct data_group	*g;
	bool					 any = false;
	uint32_t				 i;

	*octets = 0;
	for (i = 0; i < DATA_GROUPS; i++) {
		if (i >= config.ngroups)
			break;
		g = &config.groups[i];
		if (same(e->job, g->job, g->job_mask) &&
		    (same(e->local, g->addr, g->addr_mask) ||
		    same(e->remote, g->addr, g->addr_mask)) &&
		    (g->cid == 0 || g->cid == e->cid) &&
		    (g->port == 0 || g->port == e->lport ||
		    g->port == e->rport)) {
			any = true;
			if (g->octets > *octets)
				*octets = g->octets;
		}
	}
	return (any);
}

/* ---- the ring ---- */

INLINE void
lose(struct data_event *e)
{
	struct data_lost	*l;
	uint32_t		 cpu = e->cpu;

	if ((l = bpf_map_lookup_elem(&lost, &cpu)) == NULL)
		return;
	__sync_fetch_and_add(&l->records, 1);
	__sync_fetch_and_add(&l->octets, e->length);
}

/* Reserving needs a constant, so there are some sizes to choose from. */
#define PUT(skb, e, at, size) do {					\
	struct data_event	*to = bpf_ringbuf_reserve(&ring,	\
	    sizeof(*to) + (size), 0);					\
	uint32_t		 last = (e)->caplen - 1;		\
									\
	if (to == NULL) {						\
		lose(e);						\
		return;							\
	}								\
	*to = *(e);							\
	/* For the verifier; it is always smaller. */			\
	asm volatile("" : "+r"(last));					\
	if (last < (size))						\
		(void)bpf_skb_load_bytes(skb, at, to + 1, last + 1);	\
	bpf_ringbuf_submit(to, 0);					\
} while (0)

INLINE void
put_none(struct data_event *e)
{
	struct data_event	*to;

	to = bpf_ringbuf_reserve(&ring, sizeof(*to), 0);
	if (to == NULL) {
		lose(e);
		return;
	}
	*to = *e;
	bpf_ringbuf_submit(to, 0);
}

/* A whole chunk of a long segment. */
INLINE void
put_chunk(struct __sk_buff *skb, struct data_event *e, uint32_t at)
{
	struct data_event	*to;

	e->length = e->caplen = DATA_CHUNK;
	to = bpf_ringbuf_reserve(&ring, sizeof(*to) + DATA_CHUNK, 0);
	if (to == NULL) {
		lose(e);
		return;
	}
	*to = *e;
	(void)bpf_skb_load_bytes(skb, at, to + 1, DATA_CHUNK);
	bpf_ringbuf_submit(to, 0);
}

INLINE void
put_rest(struct __sk_buff *skb, struct data_event *e, uint32_t at)
{
	if (e->caplen == 0)
		put_none(e);
	else if (e->caplen <= 256)
		PUT(skb, e, at, 256);
	else if (e->caplen <= 1024)
		PUT(skb, e, at, 1024);
	else if (e->caplen <= 1536)
		PUT(skb, e, at, 1536);
	else if (e->caplen <= 4096)
		PUT(skb, e, at, 4096);
	else if (e->caplen <= DATA_CHUNK)
		PUT(skb, e, at, DATA_CHUNK);
}

/* The verifier follows each way through the loop, so there is only one. */
INLINE void
put_all(struct __sk_buff *skb, struct data_event *e, struct header *h,
    uint32_t octets)
{
	uint32_t		 rest = h->length, left = rest;
	uint32_t		 at = h->at, i;
	struct data_lost	*l;

	if (octets == DATA_WHOLE)
		e->flags |= DATA_FULL;
	if (left > octets)
		left = octets;
	e->cpu = bpf_get_smp_processor_id() % DATA_CPUS;
	if ((l = bpf_map_lookup_elem(&lost, &e->cpu)) != NULL)
		e->lost = *l;
	e->time_ns = bpf_ktime_get_ns();
	for (i = 0; i < DATA_CHUNKS; i++) {
		if (left <= DATA_CHUNK)
			break;
		put_chunk(skb, e, at);
		at += DATA_CHUNK;
		left -= DATA_CHUNK;
		rest -= DATA_CHUNK;
		e->offset += DATA_CHUNK;
	}
	e->length = rest;
	e->caplen = left;
	put_rest(skb, e, at);
}

/* ---- TCP ---- */

/* Leave out the first n octets.  False if nothing is left. */
INLINE bool
cut(struct header *h, int32_t n)
{
	if (n <= 0)
		return (true);
	if ((uint32_t)n > h->length)
		n = (int32_t)h->length;
	h->at += (uint32_t)n;
	h->seq += (uint32_t)n;
	h->length -= (uint32_t)n;
	return (h->length > 0);
}

INLINE bool
sent(struct data_event *e, struct header *h, const struct bpf_tcp_sock *tp,
    struct owner_sock *m, uint32_t state)
{
	if ((h->flags & (SYN | ACK)) == SYN) {
		m->mark |= MARK_ACTIVE;
		/* It was connected before, and to nobody in between. */
		if ((m->mark & MARK_BASE) != 0) {
			m->mark &= ~(uint32_t)MARK_BASE;
			e->what = DATA_AGAIN;
			h->length = 0;
			return (true);
		}
	}
	/* Here the socket is locked. */
	if ((m->mark & MARK_BASE) == 0 && state != BPF_TCP_SYN_SENT &&
	    state != BPF_TCP_LISTEN) {
		m->base = tp->rcv_nxt - (uint32_t)tp->bytes_received;
		m->mark |= MARK_BASE;
	}
	if (h->length == 0 || !cut(h, (int32_t)(tp->snd_nxt - h->seq)))
		return (false);
	/* A SYN that was acknowledged has been counted as an octet. */
	e->base = m->base;
	e->offset = tp->bytes_acked - ((m->mark & MARK_ACTIVE) != 0) +
	    (uint64_t)(int64_t)(int32_t)(h->seq - tp->snd_una);
	return (true);
}

/*
 * A packet is seen before its socket is locked, also while a call that has
 * locked it changes both numbers, one after the other.
 */
INLINE void
position(const volatile struct bpf_tcp_sock *tp, uint32_t *next,
    uint64_t *received)
{
	int	i;

	for (i = 0; i < 4; i++) {
		*next = tp->rcv_nxt;
		*received = tp->bytes_received;
		if (*next == tp->rcv_nxt && *received == tp->bytes_received)
			break;
	}
}

/*
 * The sequence number of what the peer sends first.  If nothing has been
 * received yet, that is certain, and kept; else it is as soon as something is
 * sent.
 */
INLINE uint32_t
base_of(struct owner_sock *m, uint32_t next, uint64_t sum)
{
	if ((m->mark & MARK_BASE) != 0)
		return (m->base);
	if (sum == 0) {
		m->base = next;
		m->mark |= MARK_BASE;
	}
	return (next - (uint32_t)sum);
}

INLINE bool
received(struct data_event *e, struct header *h,
    const struct bpf_tcp_sock *tp, struct owner_sock *m, uint32_t state)
{
	uint64_t	sum;
	uint32_t	next, length = h->length;

	if (length == 0 && (h->flags & FIN) == 0)
		return (false);
	e->offset = h->seq;
	if (state == BPF_TCP_LISTEN) {
		e->what = DATA_EARLY;
		return (length > 0);
	}
	if (state == BPF_TCP_SYN_SENT)
		return (false);
	position(tp, &next, &sum);
	e->base = base_of(m, next, sum);
	if (!cut(h, (int32_t)(next - h->seq))) {
		if ((h->flags & FIN) == 0 || (int32_t)(next - h->seq) > 0)
			return (false);
	}
	e->offset = sum + (uint64_t)(int64_t)(int32_t)(h->seq - e->base -
	    (uint32_t)sum);
	if (h->length == 0)
		e->what = DATA_FIN;
	return (true);
}

/* ---- packets ---- */

INLINE void
see(struct __sk_buff *skb, uint8_t flags)
{
	struct data_event		 e = { .flags = flags };
	struct header			 h = { 0 };
	struct bpf_sock			*sk = skb->sk;
	const struct bpf_tcp_sock	*tp;
	struct owner_sock		*m;
	uint32_t			 octets;

	if (sk == NULL || (sk = bpf_sk_fullsock(sk)) == NULL ||
	    !parse(skb, &e, &h) || (m = maker_of(skb, sk)) == NULL ||
	    m->pid == config.self)
		return;
	if (e.proto == TCP) {
		if ((tp = bpf_tcp_sock(sk)) == NULL ||
		    !(flags & DATA_OUT ? sent(&e, &h, tp, m, sk->state) :
		    received(&e, &h, tp, m, sk->state)))
			return;
	}
	e.cid = bpf_get_socket_cookie(skb);
	e.cgroup = m->parts.cgroup;
	__builtin_memcpy(e.job, m->parts.comm, sizeof(e.job));
	e.pid = m->pid;
	e.tid = m->tid;
	e.uid = m->parts.uid;
	e.flags |= m->mark & MARK_NEW ? 0 : DATA_OLD;
	if (!wanted(&e, &octets))
		return;
	put_all(skb, &e, &h, octets);
	if (e.what == DATA_PAYLOAD && (h.flags & FIN) != 0 &&
	    (flags & DATA_OUT) == 0) {
		e.what = DATA_FIN;
		e.length = e.caplen = 0;
		put_none(&e);
	}
}

SEC("cgroup_skb/egress")
int
data_out(struct __sk_buff *skb)
{
	see(skb, DATA_OUT);
	return (1);
}

SEC("cgroup_skb/ingress")
int
data_in(struct __sk_buff *skb)
{
	see(skb, 0);
	return (1);
}

char _license[] SEC("license") = "BSD";
