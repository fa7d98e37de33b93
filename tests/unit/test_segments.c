/*
 * Frames that stand for several packets, in the eBPF program in the kernel
 * (BPF_PROG_TEST_RUN): random headers, tunnels and sizes.  The model cuts the
 * frame into the packets that a wire would carry, and decodes each of them as
 * a capture of the wire would be.  Needs the right to load programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "meter/ebpf_kernel.c"
#include "rowset.h"

#define HEADER		14	/* the kernel takes one away before a run */
#define FRAME_MOST	2800	/* what the kernel takes for a test */
#define RUNS		20000

#define BY_FRAGMENTS	0xffff	/* instead of a size */

enum { FIN = 0x01, PSH = 0x08, CWR = 0x80 };

enum tunnel {
	NO_TUNNEL, IP_IN_IP, GRE, GRE_ETHERNET, VXLAN, VXLAN_LINUX, VXLAN_GPE,
	GENEVE, TUNNELS
};

/* How all frames of one test are made; only payload and flags differ. */
struct shape {
	bool		tag;		/* VLAN */
	bool		v6, inner6;
	enum tunnel	tunnel;
	unsigned	words4;		/* of options of IPv4 */
	unsigned	extensions;	/* of IPv6 */
	unsigned	gre;		/* flags */
	unsigned	geneve;		/* words of options */
	uint8_t		proto;		/* TCP, UDP or SCTP */
	unsigned	offset;		/* of TCP, in words */
	uint16_t	port;
};

struct out {
	uint8_t		at[FRAME_MOST + 600];
	size_t		n;
};

static uint64_t	rng = 12;

void	__wrap_bpf_grace_wait(void);

/* Nothing else runs the program. */
void
__wrap_bpf_grace_wait(void)
{
}

static unsigned
below(unsigned n)
{
	return ((unsigned)(random_next(&rng) >> 20) % n);
}

static uint8_t *
put(struct out *o, const char *octets, size_t n)
{
	uint8_t	*at = o->at + o->n;

	memcpy(at, octets, n);
	o->n += n;
	return (at);
}

static uint8_t *
put_zeros(struct out *o, size_t n)
{
	uint8_t	*at = o->at + o->n;

	memset(at, 0, n);
	o->n += n;
	return (at);
}

/* ---- lengths of headers, from the inside to the outside ---- */

static size_t
length_l4(const struct shape *s)
{
	return (s->proto == 6 ? s->offset * 4 : s->proto == 17 ? 8 : 12);
}

static size_t
length_ip(const struct shape *s, bool v6)
{
	return (v6 ? 40 + s->extensions * 8 : 20 + s->words4 * 4);
}

static size_t
length_gre(const struct shape *s)
{
	size_t	n = 4;

	n += (s->gre & 0x80) != 0 ? 4U : 0;
	n += (s->gre & 0x20) != 0 ? 4U : 0;
	n += (s->gre & 0x10) != 0 ? 4U : 0;
	return (n);
}

/* Headers between the outer IP header and the inner one. */
static size_t
length_tunnel(const struct shape *s)
{
	switch (s->tunnel) {
	case GRE:
		return (length_gre(s));
	case GRE_ETHERNET:
		return (length_gre(s) + 14);
	case VXLAN:
	case VXLAN_LINUX:
		return (16 + 14);
	case VXLAN_GPE:
		return (16);
	case GENEVE:
		return (16 + s->geneve * 4 + 14);
	default:
		return (0);
	}
}

/* ---- headers ---- */

static void
put_ip(struct out *o, const struct shape *s, bool v6, uint8_t proto,
    size_t payload, uint8_t host)
{
	uint8_t		*p;
	unsigned	 i;
	size_t		 n;

	if (!v6) {
		p = put_zeros(o, 20 + s->words4 * 4);
		p[0] = (uint8_t)(0x40 | (5 + s->words4));
		n = length_ip(s, false) + payload;
		put_be16(p + 2, n > 65535 ? 0 : (uint16_t)n);
		p[8] = 64;
		p[9] = proto;
		memcpy(p + 12, "\x0a\x01\x01", 3);
		memcpy(p + 16, "\xc0\x00\x02", 3);
		p[15] = p[19] = host;
		memset(p + 20, 1, s->words4 * 4);	/* no operation */
		return;
	}
	p = put_zeros(o, 40);
	p[0] = 0x60;
	n = s->extensions * 8 + payload;
	put_be16(p + 4, n > 65535 ? 0 : (uint16_t)n);
	p[6] = s->extensions > 0 ? 60 : proto;
	p[7] = 64;
	p[8] = 0xfd;
	p[24] = 0x20;
	p[23] = p[39] = host;
	for (i = 0; i < s->extensions; i++) {
		p = put_zeros(o, 8);	/* Destination Options */
		p[0] = i + 1 < s->extensions ? 60 : proto;
		p[2] = 1;		/* PadN */
		p[3] = 4;
	}
}

static void
put_l4(struct out *o, const struct shape *s, uint8_t flags, size_t payload)
{
	uint8_t	*p = put_zeros(o, length_l4(s));

	put_be16(p, 1025);
	put_be16(p + 2, s->port);
	if (s->proto == 6) {
		p[12] = (uint8_t)(s->offset << 4);
		p[13] = flags;
	} else if (s->proto == 17)
		put_be16(p + 4, (uint16_t)(8 + payload));
}

static void
put_type(struct out *o, bool v6)
{
	(void)put(o, v6 ? "\x86\xdd" : "\x08\x00", 2);
}

static void
put_ethernet(struct out *o, bool v6)
{
	(void)put_zeros(o, 12);
	put_type(o, v6);
}

static void
put_udp_tunnel(struct out *o, const struct shape *s, size_t payload)
{
	static const uint16_t	ports[TUNNELS] = {
		[VXLAN] = 4789, [VXLAN_LINUX] = 8472, [VXLAN_GPE] = 4790,
		[GENEVE] = 6081
	};
	uint8_t			*p = put_zeros(o, 16);

	put_be16(p, 40000);
	put_be16(p + 2, ports[s->tunnel]);
	put_be16(p + 4, (uint16_t)payload);
	if (s->tunnel == GENEVE) {
		p[8] = (uint8_t)s->geneve;
		memcpy(p + 10, "\x65\x58", 2);
		(void)put_zeros(o, s->geneve * 4);
		put_ethernet(o, s->inner6);
		return;
	}
	p[8] = 0x08;
	if (s->tunnel == VXLAN_GPE) {
		p[8] = 0x0c;
		p[11] = s->inner6 ? 2 : 1;
		return;
	}
	put_ethernet(o, s->inner6);
}

static void
put_tunnel(struct out *o, const struct shape *s, size_t payload)
{
	uint8_t	*p;

	switch (s->tunnel) {
	case GRE:
	case GRE_ETHERNET:
		p = put_zeros(o, length_gre(s));
		p[0] = (uint8_t)s->gre;
		if (s->tunnel == GRE_ETHERNET) {
			memcpy(p + 2, "\x65\x58", 2);
			put_ethernet(o, s->inner6);
		} else
			memcpy(p + 2, s->inner6 ? "\x86\xdd" : "\x08\x00", 2);
		break;
	case IP_IN_IP:
		break;
	default:
		put_udp_tunnel(o, s, payload);
		break;
	}
}

static uint8_t
outer_protocol(const struct shape *s)
{
	switch (s->tunnel) {
	case NO_TUNNEL:
		return (s->proto);
	case IP_IN_IP:
		return (s->inner6 ? 41 : 4);
	case GRE:
	case GRE_ETHERNET:
		return (47);
	default:
		return (17);
	}
}

/*
 * A frame with so much payload.  Its headers speak of `said' bytes of payload:
 * others with GSO_PARTIAL.
 */
static void
make(struct out *o, const struct shape *s, size_t payload, size_t said,
    uint8_t flags)
{
	size_t	inner = length_l4(s) + said;

	o->n = 0;
	(void)put_zeros(o, 12);
	if (s->tag)
		(void)put(o, "\x81\x00\x20\x0a", 4);
	put_type(o, s->v6);
	if (s->tunnel != NO_TUNNEL) {
		inner += length_ip(s, s->inner6);
		put_ip(o, s, s->v6, outer_protocol(s),
		    length_tunnel(s) + inner, 1);
		put_tunnel(o, s, length_tunnel(s) + inner);
		put_ip(o, s, s->inner6, s->proto, length_l4(s) + said, 2);
	} else
		put_ip(o, s, s->v6, s->proto, inner, 1);
	put_l4(o, s, flags, said);
	(void)put_zeros(o, payload);
}

static struct shape
choose_shape(void)
{
	static const uint8_t	protos[] = { 6, 6, 17, 132 };
	static const uint8_t	gre[] = { 0, 0x80, 0x20, 0xa0, 0xb0, 0x10 };
	struct shape		s = { .tag = below(4) == 0 };

	s.v6 = below(2) == 0;
	s.inner6 = below(2) == 0;
	s.tunnel = below(2) == 0 ? NO_TUNNEL : (enum tunnel)below(TUNNELS);
	s.words4 = below(3) == 0 ? below(11) : 0;
	s.extensions = below(3) == 0 ? below(3) : 0;
	s.gre = gre[below(sizeof(gre))];
	s.geneve = below(3) == 0 ? below(8) : 0;
	s.proto = protos[below(s.tunnel == NO_TUNNEL ? 4 : 3)];
	s.offset = 5 + (below(2) == 0 ? below(11) : 0);
	s.port = (uint16_t)(below(3) == 0 ? 443 : 1 + below(65535));
	return (s);
}

/* ---- what the wire carries, and what the program counts ---- */

struct counted {
	struct flow	 flow;		/* of all, which have one key */
	size_t		 flows;
	uint64_t	 wire_bytes;
	uint64_t	 segments;
	struct prototally tally;
};

static struct ebpf_kernel	*kernel;
static struct counted		 want, got;

static void
add_flow(struct counted *c, const struct flow *f)
{
	if (c->flows++ == 0) {
		c->flow = *f;
		return;
	}
	assert_memory_equal(&c->flow.key, &f->key, sizeof(f->key));
	flow_count_add(&c->flow.count, &f->count);
}

static void
carry(const struct out *o)
{
	struct frame	frame = { .octets = o->at,
			    .caplen = (uint32_t)o->n, .wirelen = (uint32_t)o->n };
	const struct frame *from[1];
	struct flow	f;
	uint64_t	verdicts[DECODED_VERDICTS] = { 0 };

	assert_int_equal(decode_frames(decode_for_link(1), FLOW_PORTS_ALL,
	    &frame, 1, &f, from, verdicts, &want.tally), 1);
	add_flow(&want, &f);
	want.wire_bytes += o->n;
}

/* Cut the payload as the kernel does. */
static unsigned
cut(const struct shape *s, size_t payload, size_t size, uint8_t flags)
{
	struct out	o;
	size_t		at, n;
	uint8_t		mine;
	unsigned	segments = 0;

	memset(&want, 0, sizeof(want));
	for (at = 0; at < payload; at += n, segments++) {
		n = payload - at < size ? payload - at : size;
		mine = flags;
		if (at > 0)
			mine &= (uint8_t)~CWR;
		if (at + n < payload)
			mine &= (uint8_t)~(FIN | PSH);
		make(&o, s, n, n, mine);
		carry(&o);
	}
	want.segments = segments - 1;
	return (segments);
}

static uint64_t
sink(void *arg, const struct flow *f, size_t n)
{
	(void)arg;
	for (; n > 0; n--, f++)
		add_flow(&got, f);
	return (0);
}

static void
run(const struct out *o, uint32_t segments, uint32_t size)
{
	uint8_t			frame[HEADER + sizeof(o->at)];
	struct __sk_buff	ctx = { .gso_segs = segments,
				    .gso_size = size };
	struct ledger		l = { .v = { 0 } };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame,
	    .data_size_in = (uint32_t)(HEADER + o->n), .ctx_in = &ctx,
	    .ctx_size_in = sizeof(ctx));

	memset(frame, 0, HEADER);
	memcpy(frame + HEADER, o->at, o->n);
	memset(&got, 0, sizeof(got));
	assert_int_equal(bpf_prog_test_run_opts(
	    ebpf_kernel_program(kernel, PARSE_ETHERNET), &opts), 0);
	ebpf_kernel_harvest(kernel, sink, NULL, &l, &got.tally);
	got.wire_bytes = l.v[LEDGER_WIRE_BYTES];
	got.segments = l.v[LEDGER_SEGMENTS];
	assert_int_equal(l.v[LEDGER_FRAMES], 1);
}

static void
same(void)
{
	assert_int_equal(got.flows, 1);
	assert_memory_equal(&got.flow.key, &want.flow.key,
	    sizeof(got.flow.key));
	assert_int_equal(got.flow.count.packets, want.flow.count.packets);
	assert_int_equal(got.flow.count.ip, want.flow.count.ip);
	assert_int_equal(got.flow.count.data, want.flow.count.data);
	assert_int_equal(got.wire_bytes, want.wire_bytes);
	assert_int_equal(got.segments, want.segments);
	assert_memory_equal(&got.tally, &want.tally, sizeof(got.tally));
}

static void
random_frames(void **state)
{
	struct shape	s;
	struct out	o;
	unsigned	i, segments;
	size_t		payload, size, said;
	uint8_t		flags;

	(void)state;
	for (i = 0; i < RUNS; i++) {
		s = choose_shape();
		payload = 2 + below(2000);
		size = 1 + below((unsigned)payload);
		flags = (uint8_t)below(256);
		segments = cut(&s, payload, size, flags);
		said = s.tunnel != NO_TUNNEL && segments > 1 &&
		    below(3) == 0 ? size : payload;
		make(&o, &s, payload, said, flags);
		/* A virtual machine gives the size only. */
		run(&o, below(3) == 0 ? 0 : segments, (uint32_t)size);
		same();
	}
}

/* SCTP's segments have sizes of their own; their number is what counts. */
static void
sizes_of_their_own(void **state)
{
	struct shape	s = { .proto = 132, .port = 9 };
	struct out	o;

	(void)state;
	(void)cut(&s, 900, 300, 0);
	make(&o, &s, 900, 900, 0);
	run(&o, 3, BY_FRAGMENTS);
	same();
	run(&o, 0, BY_FRAGMENTS);
	assert_int_equal(got.flow.count.packets, 1);
}

/* Datagrams of a program to the port of a tunnel. */
static void
no_tunnel(void **state)
{
	struct shape	s = { .proto = 17, .port = 4789 };
	struct out	o;

	(void)state;
	assert_int_equal(cut(&s, 1000, 100, 0), 10);
	make(&o, &s, 1000, 1000, 0);
	run(&o, 10, 100);
	same();
}

/* What cannot be walked is counted as one packet, or as it says itself. */
static void
cut_headers(void **state)
{
	struct shape	s = choose_shape();
	struct out	o;
	unsigned	i;
	size_t		k;

	(void)state;
	for (i = 0; i < RUNS / 10; i++) {
		s = choose_shape();
		make(&o, &s, 300, 300, 0);
		for (k = 14 + below(10); k < o.n; k += 1 + below(60))
			o.at[k] = (uint8_t)below(256);
		run(&o, below(3), below(400));
		assert_in_range(got.flow.count.packets, 0, o.n);
		assert_in_range(got.flow.count.ip, 0, 65575 + o.n * o.n);
	}
}

static int
load_kernel(char *why)
{
	struct meter_opts	o = { .frames = { .buffer_mib = 1 } };
	struct ebpf_filter	filters[EBPF_LINKS] = { { NULL, 0 } };
	bool			wanted[EBPF_LINKS] = { true };

	kernel = ebpf_kernel_load(&o, filters, wanted, PARSE_ETHERNET, why);
	return (kernel == NULL ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(random_frames),
		cmocka_unit_test(sizes_of_their_own),
		cmocka_unit_test(no_tunnel),
		cmocka_unit_test(cut_headers),
	};
	char			why[BPF_WHYLEN];
	int			failed;

	if (load_kernel(why) == -1) {
		if (strstr(why, "not let this process load programs") ==
		    NULL) {
			printf("%s\n", why);
			return (1);
		}
		printf("1..0 # SKIP the kernel lets nobody load programs "
		    "here\n");
		return (0);
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ebpf_kernel_free(kernel);
	return (failed);
}
