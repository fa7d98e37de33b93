/*
 * The translation of filters from classic BPF to eBPF.  Thousands of random
 * programs are run on random packets: by libpcap's bpf_filter(), translated in
 * a small interpreter, and, with the right to load programs, in the kernel.
 * The results must be equal.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/bpf.h>

#include "meter/cbpf.h"

#define PROGRAMS	4000
#define PACKETS		8
#define STEPS		40
#define PACKET_MOST	80

/* libpcap's; its header and the kernel's fight over struct bpf_insn. */
unsigned int	bpf_filter(const void *insns, const unsigned char *packet,
		    unsigned int wirelen, unsigned int buflen);

static uint32_t	rng = 1;

static uint32_t
any(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return (rng % below);
}

/* ---- random programs ---- */

static uint32_t
any_number(void)
{
	switch (any(4)) {
	case 0:
		return (any(PACKET_MOST + 8));
	case 1:
		return (any(40));
	case 2:
		return (UINT32_MAX - any(3));
	default:
		return (any(UINT32_MAX));
	}
}

static const uint16_t alu[] = {
	BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR,
	BPF_LSH, BPF_RSH, BPF_NEG
};
static const uint16_t jumps[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
static const uint16_t sizes[] = { BPF_W, BPF_H, BPF_B };
static const uint16_t others[] = {
	BPF_LD | BPF_IMM, BPF_LD | BPF_MEM, BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_IMM, BPF_LDX | BPF_MEM, BPF_LDX | BPF_W | BPF_LEN,
	BPF_LDX | BPF_B | BPF_MSH, BPF_ST, BPF_STX, BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA
};

#define ANY_OF(list)	((list)[any(sizeof(list) / sizeof((list)[0]))])

static struct cbpf_insn
any_alu(void)
{
	struct cbpf_insn	i = { .k = any_number() };
	uint16_t		op = ANY_OF(alu);

	i.code = BPF_ALU | op | (any(2) != 0 ? BPF_X : BPF_K);
	if (op == BPF_NEG)
		i.code = BPF_ALU | BPF_NEG;
	if ((op == BPF_DIV || op == BPF_MOD) && i.k == 0)
		i.k = 3;
	if (op == BPF_LSH || op == BPF_RSH)
		i.k = any(32);	/* more is undefined in libpcap */
	return (i);
}

static struct cbpf_insn
any_jump(uint32_t left)
{
	struct cbpf_insn	i = { .k = any_number() };

	if (any(8) == 0) {
		i.code = BPF_JMP | BPF_JA;
		i.k = any(left);
		return (i);
	}
	i.code = BPF_JMP | ANY_OF(jumps) | (any(2) != 0 ? BPF_X : BPF_K);
	i.jt = (uint8_t)any(left);
	i.jf = (uint8_t)any(left);
	return (i);
}

static struct cbpf_insn
any_insn(uint32_t left)
{
	struct cbpf_insn	i = { .k = 0 };

	switch (any(8)) {
	case 0:
	case 1:
		i.code = BPF_LD | ANY_OF(sizes) | BPF_ABS;
		i.k = any(10) == 0 ? any(INT32_MAX) : any(PACKET_MOST);
		return (i);
	case 2:
		i.code = BPF_LD | ANY_OF(sizes) | BPF_IND;
		i.k = any(10) == 0 ? any(INT32_MAX) : any(PACKET_MOST);
		return (i);
	case 3:
	case 4:
		return (any_alu());
	case 5:
		return (any_jump(left));
	default:
		i.code = ANY_OF(others);
		i.k = (i.code & BPF_MEM) != 0 || i.code == BPF_ST ||
		    i.code == BPF_STX ? any(BPF_MEMWORDS) : any_number();
		if (i.code == (BPF_LDX | BPF_B | BPF_MSH))
			i.k = any(PACKET_MOST);
		return (i);
	}
}

/* Memory is written before all else: libpcap's is not cleared. */
static size_t
any_program(struct cbpf_insn *p)
{
	size_t	n = 0, length = BPF_MEMWORDS + 2 + any(STEPS);

	for (; n < BPF_MEMWORDS; n++)
		p[n] = (struct cbpf_insn){ .code = BPF_ST, .k = (uint32_t)n };
	for (; n < length; n++)
		p[n] = any_insn((uint32_t)(length - n));
	p[n++] = (struct cbpf_insn){ .code = BPF_RET | BPF_K, .k = any(2) };
	p[n - 1].code = any(2) != 0 ? BPF_RET | BPF_A : BPF_RET | BPF_K;
	return (n);
}

/* ---- the interpreter ---- */

struct machine {
	uint64_t		 r[11];
	uint8_t			 stack[512];
	struct __sk_buff	 skb;
	const uint8_t		*packet;
	uint32_t		 len;
};

static uint32_t
alu32(unsigned int op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_ADD: return (a + b);
	case BPF_SUB: return (a - b);
	case BPF_MUL: return (a * b);
	case BPF_DIV: return (b == 0 ? 0 : a / b);
	case BPF_MOD: return (b == 0 ? a : a % b);
	case BPF_AND: return (a & b);
	case BPF_OR: return (a | b);
	case BPF_XOR: return (a ^ b);
	case BPF_LSH: return (a << (b & 31));
	case BPF_RSH: return (a >> (b & 31));
	case BPF_NEG: return (-a);
	case BPF_MOV: return (b);
	}
	fail();
	return (0);
}

static int
holds(unsigned int op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JA: return (1);
	case BPF_JEQ: return (a == b);
	case BPF_JNE: return (a != b);
	case BPF_JGT: return (a > b);
	case BPF_JGE: return (a >= b);
	case BPF_JLT: return (a < b);
	case BPF_JSET: return ((a & b) != 0);
	}
	fail();
	return (0);
}

/* The octets of the packet, or -1: the program is over. */
static int
load_packet(struct machine *m, const struct bpf_insn *i)
{
	uint64_t	at = (uint32_t)i->imm;
	unsigned int	n = BPF_SIZE(i->code) == BPF_W ? 4 :
	    BPF_SIZE(i->code) == BPF_H ? 2 : 1, j;

	if (BPF_MODE(i->code) == BPF_IND)
		at += m->r[i->src_reg];
	if (at + n > m->len)
		return (-1);
	m->r[0] = 0;
	for (j = 0; j < n; j++)
		m->r[0] = m->r[0] << 8 | m->packet[at + j];
	return (0);
}

static void
load_store(struct machine *m, const struct bpf_insn *i)
{
	uint32_t	word;
	uint8_t		*at = m->stack + sizeof(m->stack) + i->off;

	switch (BPF_CLASS(i->code)) {
	case BPF_LDX:
		if (i->src_reg == BPF_REG_6)
			at = (uint8_t *)&m->skb + i->off;
		memcpy(&word, at, sizeof(word));
		m->r[i->dst_reg] = word;
		break;
	case BPF_STX:
		word = (uint32_t)m->r[i->src_reg];
		memcpy(at, &word, sizeof(word));
		break;
	default:
		memset(at, 0, 8);
	}
}

static unsigned int
interpret(struct machine *m, const struct bpf_insn *p, size_t n)
{
	const struct bpf_insn	*i;
	uint32_t		 b;

	for (i = p; i < p + n; i++) {
		b = (i->code & BPF_X) != 0 ? (uint32_t)m->r[i->src_reg] :
		    (uint32_t)i->imm;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			if (load_packet(m, i) == -1)
				return (0);
			break;
		case BPF_LDX:
		case BPF_ST:
		case BPF_STX:
			load_store(m, i);
			break;
		case BPF_ALU64:		/* the frame's register */
			m->r[i->dst_reg] = m->r[i->src_reg];
			break;
		case BPF_ALU:
			m->r[i->dst_reg] = alu32(BPF_OP(i->code),
			    (uint32_t)m->r[i->dst_reg], b);
			break;
		default:
			if (i->code == (BPF_JMP | BPF_EXIT))
				return ((unsigned int)m->r[0]);
			if (holds(BPF_OP(i->code), (uint32_t)m->r[i->dst_reg],
			    b))
				i += i->off;
		}
	}
	fail_msg("ran over the end");
	return (0);
}

/* ---- the tests ---- */

static unsigned int
run_translated(const struct bpf_insn *p, size_t n, const uint8_t *packet,
    uint32_t len)
{
	struct machine	m = { .packet = packet, .len = len };

	m.skb.len = len;
	return (interpret(&m, p, n));
}

/* By the kernel: what is in front stands for the header it takes away. */
static unsigned int
run_in_kernel(int fd, const uint8_t *packet, uint32_t len)
{
	uint8_t	frame[14 + PACKET_MOST] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame,
	    .data_size_in = 14 + len);

	memcpy(frame + 14, packet, len);
	assert_int_equal(bpf_prog_test_run_opts(fd, &o), 0);
	return (o.retval);
}

static int
load(const struct bpf_insn *p, size_t n)
{
	return (bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "test_cbpf", "BSD",
	    p, n, NULL));
}

static void
compare(const struct cbpf_insn *classic, const struct bpf_insn *p, size_t n,
    int fd)
{
	uint8_t		packet[PACKET_MOST];
	unsigned int	i, j, len, want;

	for (i = 0; i < PACKETS; i++) {
		len = 1 + any(PACKET_MOST);
		for (j = 0; j < len; j++)
			packet[j] = (uint8_t)(any(3) == 0 ? any(8) : any(256));
		want = bpf_filter(classic, packet, len, len) != 0;
		assert_int_equal(run_translated(p, n, packet, len), want);
		if (fd >= 0)
			assert_int_equal(run_in_kernel(fd, packet, len), want);
	}
}

static void
random_programs(void **state)
{
	struct cbpf_insn	 classic[BPF_MEMWORDS + STEPS + 4];
	struct bpf_insn		*p;
	const char		*why;
	size_t			 i, n, len;
	int			 fd, loads = 0;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		n = any_program(classic);
		len = cbpf_translate(classic, n, -1, &p, &why);
		if (len == 0)
			fail_msg("%s", why);
		/* Every eighth one by the kernel, if it takes the first. */
		fd = i % 8 == 0 && (i == 0 || loads > 0) ? load(p, len) : -1;
		if (fd < 0 && loads > 0 && i % 8 == 0)
			fail_msg("program %zu: %s", i, strerror(errno));
		loads += fd >= 0;
		compare(classic, p, len, fd);
		if (fd >= 0)
			close(fd);
		free(p);
	}
	print_message("# %d programs ran in the kernel too\n", loads);
}

/* What libpcap asks of Linux for `vlan 5', `inbound' and the like. */
static void
ancillary_loads(void **state)
{
	static const struct {
		uint32_t	what;
		size_t		field;
		uint32_t	value, want;
	} cases[] = {
		{ SKF_AD_PROTOCOL, offsetof(struct __sk_buff, protocol), 0x8,
		    0x800 },
		{ SKF_AD_PKTTYPE, offsetof(struct __sk_buff, pkt_type), 4, 4 },
		{ SKF_AD_IFINDEX, offsetof(struct __sk_buff, ifindex), 7, 7 },
		{ SKF_AD_VLAN_TAG, offsetof(struct __sk_buff, vlan_tci), 5,
		    5 },
		{ SKF_AD_VLAN_TAG_PRESENT,
		    offsetof(struct __sk_buff, vlan_present), 1, 1 },
	};
	size_t			 i, n;
	struct bpf_insn		*p;
	const char		*why;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cbpf_insn	f[] = {
			{ BPF_LD | BPF_W | BPF_ABS, 0, 0,
			    (uint32_t)SKF_AD_OFF + cases[i].what },
			{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, cases[i].want },
			{ BPF_RET | BPF_K, 0, 0, 1 },
			{ BPF_RET | BPF_K, 0, 0, 0 },
		};
		struct machine		m = { .len = 0 };

		n = cbpf_translate(f, 4, -1, &p, &why);
		assert_int_not_equal(n, 0);
		/* 16 bits of network order, by hand: END is not interpreted. */
		if (cases[i].what == SKF_AD_PROTOCOL) {
			free(p);
			continue;
		}
		memcpy((uint8_t *)&m.skb + cases[i].field, &cases[i].value, 4);
		assert_int_equal(interpret(&m, p, n), 1);
		m.skb = (struct __sk_buff){ .len = 0 };
		assert_int_equal(interpret(&m, p, n), 0);
		free(p);
	}
}

static void
what_cannot_be(void **state)
{
	static const struct cbpf_insn	wrong[][2] = {
		{ { BPF_LD | BPF_W | BPF_ABS, 0, 0,
		    (uint32_t)SKF_AD_OFF + SKF_AD_NLATTR },
		    { BPF_RET | BPF_K, 0, 0, 1 } },
		{ { BPF_JMP | BPF_JA, 0, 0, 1 }, { BPF_RET | BPF_K, 0, 0, 1 } },
		{ { BPF_JMP | BPF_JEQ, 0, 9, 1 }, { BPF_RET | BPF_K, 0, 0, 1 } },
		{ { BPF_ST, 0, 0, BPF_MEMWORDS }, { BPF_RET | BPF_K, 0, 0, 1 } },
		{ { BPF_ALU | BPF_DIV, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 1 } },
		{ { BPF_ALU | BPF_NEG, 0, 0, 0 }, { BPF_ST, 0, 0, 1 } },
	};
	struct bpf_insn	*p;
	const char	*why;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		why = NULL;
		assert_int_equal(cbpf_translate(wrong[i], 2, -1, &p, &why), 0);
		assert_non_null(why);
	}
	assert_int_equal(cbpf_translate(wrong[0], 0, -1, &p, &why), 0);
	assert_string_equal(why, "it is empty");
	assert_int_equal(cbpf_translate(wrong[0], BPF_MAXINSNS + 1, -1, &p,
	    &why), 0);
	assert_string_equal(why, "it is too long");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(random_programs),
		cmocka_unit_test(ancillary_loads),
		cmocka_unit_test(what_cannot_be),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
