/*
 * Translates classic BPF to eBPF, one instruction after the other, in two
 * passes: the first one finds where each instruction begins, the second one
 * writes the jumps.  Registers have the same meaning in the whole program:
 *
 *	R6 the frame	R7 X	R8 A	R0 to R5 temporary
 *
 * The scratch memory is on the stack.  Semantics are those of libpcap's
 * bpf_filter(): a load after the end of the frame and a division by zero end
 * the filter with 0, a shift by more than 31 gives 0, numbers have 32 bits.
 */
#include "config.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "cbpf.h"

/* Not every version of linux/filter.h defines these. */
#ifndef BPF_MOD
#define BPF_MOD		0x90
#endif
#ifndef BPF_XOR
#define BPF_XOR		0xa0
#endif

enum { A = BPF_REG_8, X = BPF_REG_7, FRAME = BPF_REG_6, TMP = BPF_REG_1 };

/* The most eBPF instructions for one of the filter; for start and end. */
#define GROWTH		8
#define FRAMING		(8 + BPF_MEMWORDS)

/* Jump targets other than instructions of the filter. */
enum { TO_REJECT = -1, TO_ACCEPT = -2 };

struct translation {
	const struct cbpf_insn *filter;
	size_t		 n;
	struct bpf_insn	*out;
	size_t		 len;
	size_t		*begin;		/* of each of the filter's, in out */
	bool		*reached;	/* can that instruction ever run? */
	size_t		 accept, reject; /* where this code begins, in out */
	bool		 accepts, rejects; /* can this code ever run? */
	const char	*why;
};

static void
emit(struct translation *t, unsigned int code, int dst, int src, int off,
    int32_t imm)
{
	struct bpf_insn	*i = &t->out[t->len++];

	i->code = (uint8_t)code;
	i->dst_reg = (uint8_t)(dst & 0xf);
	i->src_reg = (uint8_t)(src & 0xf);
	i->off = (int16_t)off;
	i->imm = imm;
}

static void
move(struct translation *t, int dst, int src)
{
	emit(t, BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void
set(struct translation *t, int dst, uint32_t k)
{
	emit(t, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, (int32_t)k);
}

/* Jump to instruction `to' of the filter, or to TO_REJECT or TO_ACCEPT. */
static void
jump(struct translation *t, unsigned int code, int dst, int src, uint32_t k,
    long to)
{
	size_t	target = to == TO_REJECT ? t->reject :
	    to == TO_ACCEPT ? t->accept : t->begin[to];

	t->rejects = t->rejects || to == TO_REJECT;
	t->accepts = t->accepts || to == TO_ACCEPT;
	emit(t, code, dst, src, (int)((long)target - (long)t->len - 1),
	    (int32_t)k);
}

static void
field(struct translation *t, size_t offset)
{
	emit(t, BPF_LDX | BPF_W | BPF_MEM, A, FRAME, (int)offset, 0);
}

/* A field of 16 bits in network byte order. */
static void
field16(struct translation *t, size_t offset)
{
	field(t, offset);
	emit(t, BPF_ALU | BPF_END | BPF_TO_BE, A, 0, 0, 16);
}

static int
not_supported(struct translation *t, const char *why)
{
	t->why = why;
	return (-1);
}

#define FIELD(name)	offsetof(struct __sk_buff, name)

/* Load what Linux stores about a frame outside its bytes.  0, or -1. */
static int
ancillary(struct translation *t, uint32_t k)
{
	switch (k - (uint32_t)SKF_AD_OFF) {
	case SKF_AD_PROTOCOL:
		field16(t, FIELD(protocol));
		break;
	case SKF_AD_PKTTYPE:
		field(t, FIELD(pkt_type));
		break;
	case SKF_AD_IFINDEX:
		field(t, FIELD(ifindex));
		break;
	case SKF_AD_MARK:
		field(t, FIELD(mark));
		break;
	case SKF_AD_QUEUE:
		field(t, FIELD(queue_mapping));
		break;
	case SKF_AD_RXHASH:
		field(t, FIELD(hash));
		break;
	case SKF_AD_VLAN_TAG:
		field(t, FIELD(vlan_tci));
		break;
	case SKF_AD_VLAN_TAG_PRESENT:
		field(t, FIELD(vlan_present));
		break;
	case SKF_AD_VLAN_TPID:
		field16(t, FIELD(vlan_proto));
		break;
	case SKF_AD_ALU_XOR_X:
		emit(t, BPF_ALU | BPF_XOR | BPF_X, A, X, 0, 0);
		break;
	default:
		return (not_supported(t, "it uses an extension that only "
		    "classic BPF has"));
	}
	return (0);
}

/* R0 = the bytes at k.  If k is after the frame's end, the result is 0. */
static void
load_absolute(struct translation *t, unsigned int size, uint32_t k)
{
	emit(t, BPF_LD | BPF_ABS | size, 0, 0, 0, (int32_t)k);
}

/* The same at X + k.  An offset above 31 bits is after every frame's end. */
static void
load_indirect(struct translation *t, unsigned int size, uint32_t k)
{
	uint32_t	most = k < INT32_MAX ? INT32_MAX - k : 0;

	jump(t, BPF_JMP32 | BPF_JGE | BPF_K, X, 0, most, TO_REJECT);
	emit(t, BPF_LD | BPF_IND | size, 0, X, 0, (int32_t)k);
}

static int
scratch(uint32_t k)
{
	return (-4 * (int)(k + 1));
}

static int
translate_load(struct translation *t, const struct cbpf_insn *f)
{
	unsigned int	size = BPF_SIZE(f->code);

	switch (BPF_MODE(f->code)) {
	case BPF_ABS:
		if (f->k >= (uint32_t)SKF_AD_OFF)
			return (ancillary(t, f->k));
		load_absolute(t, size, f->k);
		move(t, A, BPF_REG_0);
		return (0);
	case BPF_IND:
		load_indirect(t, size, f->k);
		move(t, A, BPF_REG_0);
		return (0);
	case BPF_LEN:
		field(t, FIELD(len));
		return (0);
	case BPF_IMM:
		set(t, A, f->k);
		return (0);
	case BPF_MEM:
		emit(t, BPF_LDX | BPF_W | BPF_MEM, A, BPF_REG_10,
		    scratch(f->k), 0);
		return (0);
	}
	return (not_supported(t, "unknown load instruction"));
}

static int
translate_load_x(struct translation *t, const struct cbpf_insn *f)
{
	switch (BPF_MODE(f->code)) {
	case BPF_MSH:		/* the length of an IPv4 header */
		load_absolute(t, BPF_B, f->k);
		move(t, X, BPF_REG_0);
		emit(t, BPF_ALU | BPF_AND | BPF_K, X, 0, 0, 0xf);
		emit(t, BPF_ALU | BPF_LSH | BPF_K, X, 0, 0, 2);
		return (0);
	case BPF_LEN:
		emit(t, BPF_LDX | BPF_W | BPF_MEM, X, FRAME,
		    (int)FIELD(len), 0);
		return (0);
	case BPF_IMM:
		set(t, X, f->k);
		return (0);
	case BPF_MEM:
		emit(t, BPF_LDX | BPF_W | BPF_MEM, X, BPF_REG_10,
		    scratch(f->k), 0);
		return (0);
	}
	return (not_supported(t, "unknown load into X"));
}

/* Shift by X.  eBPF shifts modulo 32, but more than 31 must give 0. */
static void
shift_by_x(struct translation *t, unsigned int op)
{
	emit(t, BPF_ALU | op | BPF_X, A, X, 0, 0);
	emit(t, BPF_JMP32 | BPF_JLT | BPF_K, X, 0, 1, 32);
	set(t, A, 0);
}

static int
translate_alu(struct translation *t, const struct cbpf_insn *f)
{
	unsigned int	op = BPF_OP(f->code);
	bool		by_x = BPF_SRC(f->code) == BPF_X;

	switch (op) {
	case BPF_NEG:
		emit(t, BPF_ALU | BPF_NEG, A, 0, 0, 0);
		return (0);
	case BPF_DIV:
	case BPF_MOD:
		if (by_x)
			jump(t, BPF_JMP32 | BPF_JEQ | BPF_K, X, 0, 0,
			    TO_REJECT);
		else if (f->k == 0)
			return (not_supported(t, "division by zero"));
		break;
	case BPF_LSH:
	case BPF_RSH:
		if (by_x) {
			shift_by_x(t, op);
			return (0);
		}
		if (f->k > 31) {
			set(t, A, 0);
			return (0);
		}
		break;
	}
	emit(t, BPF_ALU | op | (by_x ? BPF_X : BPF_K), A, by_x ? X : 0, 0,
	    by_x ? 0 : (int32_t)f->k);
	return (0);
}

static int
translate_jump(struct translation *t, const struct cbpf_insn *f, size_t i)
{
	bool	by_x = BPF_SRC(f->code) == BPF_X;

	if (BPF_OP(f->code) == BPF_JA) {
		jump(t, BPF_JMP | BPF_JA, 0, 0, 0, (long)(i + 1 + f->k));
		return (0);
	}
	jump(t, BPF_JMP32 | BPF_OP(f->code) | (by_x ? BPF_X : BPF_K), A,
	    by_x ? X : 0, by_x ? 0 : f->k, (long)(i + 1 + f->jt));
	if (f->jf != 0)
		jump(t, BPF_JMP | BPF_JA, 0, 0, 0, (long)(i + 1 + f->jf));
	return (0);
}

static int
translate_return(struct translation *t, const struct cbpf_insn *f)
{
	if (BPF_RVAL(f->code) == BPF_K) {
		jump(t, BPF_JMP | BPF_JA, 0, 0, 0,
		    f->k != 0 ? TO_ACCEPT : TO_REJECT);
		return (0);
	}
	if (BPF_RVAL(f->code) != BPF_A)
		return (not_supported(t, "unknown return instruction"));
	jump(t, BPF_JMP32 | BPF_JNE | BPF_K, A, 0, 0, TO_ACCEPT);
	jump(t, BPF_JMP | BPF_JA, 0, 0, 0, TO_REJECT);
	return (0);
}

static bool
uses_scratch(const struct cbpf_insn *f)
{
	unsigned int	class = BPF_CLASS(f->code);

	return (class == BPF_ST || class == BPF_STX ||
	    ((class == BPF_LD || class == BPF_LDX) &&
	    BPF_MODE(f->code) == BPF_MEM));
}

static int
translate_one(struct translation *t, size_t i)
{
	const struct cbpf_insn	*f = &t->filter[i];

	if (uses_scratch(f) && f->k >= BPF_MEMWORDS)
		return (not_supported(t, "scratch memory out of range"));
	switch (BPF_CLASS(f->code)) {
	case BPF_LD:
		return (translate_load(t, f));
	case BPF_LDX:
		return (translate_load_x(t, f));
	case BPF_ST:
	case BPF_STX:
		emit(t, BPF_STX | BPF_W | BPF_MEM, BPF_REG_10,
		    BPF_CLASS(f->code) == BPF_ST ? A : X, scratch(f->k), 0);
		return (0);
	case BPF_ALU:
		return (translate_alu(t, f));
	case BPF_JMP:
		return (translate_jump(t, f, i));
	case BPF_RET:
		return (translate_return(t, f));
	default:
		if (BPF_MISCOP(f->code) == BPF_TAX)
			move(t, X, A);
		else
			move(t, A, X);
		return (0);
	}
}

/* A, X and the scratch memory start as 0.  The verifier requires it, too. */
static void
begin(struct translation *t)
{
	int	i;

	emit(t, BPF_ALU64 | BPF_MOV | BPF_X, FRAME, BPF_REG_1, 0, 0);
	set(t, A, 0);
	set(t, X, 0);
	for (i = 0; i < BPF_MEMWORDS; i += 2)
		emit(t, BPF_ST | BPF_DW | BPF_MEM, BPF_REG_10, 0,
		    scratch((uint32_t)i + 1), 0);
}

static void
accept(struct translation *t, int map_fd)
{
	if (map_fd == -1) {
		set(t, BPF_REG_0, 1);
		emit(t, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
		return;
	}
	emit(t, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, FRAME, 0, 0);
	emit(t, BPF_LD | BPF_DW | BPF_IMM, BPF_REG_2, BPF_PSEUDO_MAP_FD, 0,
	    map_fd);
	emit(t, 0, 0, 0, 0, 0);
	set(t, BPF_REG_3, 0);
	emit(t, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_tail_call);
	t->rejects = true;	/* a call that fails continues there */
}

/* Leave out code that cannot run: the verifier refuses it. */
static void
end(struct translation *t, int map_fd)
{
	t->accept = t->len;
	if (t->accepts)
		accept(t, map_fd);
	t->reject = t->len;
	if (t->rejects) {
		set(t, BPF_REG_0, 0);
		emit(t, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	}
}

/*
 * Find the instructions that can run.  All jumps lead forward.  False if a
 * jump or the last instruction leads out of the program.
 */
static bool
find_reached(struct translation *t)
{
	const struct cbpf_insn	*f;
	size_t				 i, yes, no;

	t->reached[0] = true;
	for (i = 0; i < t->n; i++) {
		f = &t->filter[i];
		if (!t->reached[i] || BPF_CLASS(f->code) == BPF_RET)
			continue;
		yes = no = i + 1;
		if (BPF_CLASS(f->code) == BPF_JMP &&
		    BPF_OP(f->code) == BPF_JA)
			yes = no = i + 1 + f->k;
		else if (BPF_CLASS(f->code) == BPF_JMP) {
			yes += f->jt;
			no += f->jf;
		}
		if (yes >= t->n || no >= t->n)
			return (false);
		t->reached[yes] = t->reached[no] = true;
	}
	return (true);
}

static int
pass(struct translation *t, int map_fd)
{
	size_t	i;

	t->len = 0;
	begin(t);
	for (i = 0; i < t->n; i++) {
		t->begin[i] = t->len;
		if (t->reached[i] && translate_one(t, i) == -1)
			return (-1);
	}
	end(t, map_fd);
	return (0);
}

static int
translate(struct translation *t, int map_fd)
{
	if (t->begin == NULL || t->reached == NULL || t->out == NULL)
		return (not_supported(t, "out of memory"));
	if (!find_reached(t))
		return (not_supported(t, "a jump leaves the program"));
	if (pass(t, map_fd) == -1 || pass(t, map_fd) == -1)
		return (-1);
	/* The offset of a jump has 16 bits. */
	return (t->len <= INT16_MAX ? 0 : not_supported(t, "it is too long"));
}

size_t
cbpf_translate(const struct cbpf_insn *filter, size_t n, int map_fd,
    struct bpf_insn **out, const char **why)
{
	struct translation	t = { .filter = filter, .n = n };
	int			rc;

	if (n == 0 || n > BPF_MAXINSNS) {
		*why = n == 0 ? "it is empty" : "it is too long";
		return (0);
	}
	t.begin = calloc(n, sizeof(*t.begin));
	t.reached = calloc(n, sizeof(*t.reached));
	t.out = calloc(n * GROWTH + FRAMING, sizeof(*t.out));
	rc = translate(&t, map_fd);
	*why = t.why;
	free(t.begin);
	free(t.reached);
	if (rc == -1) {
		free(t.out);
		return (0);
	}
	*out = t.out;
	return (t.len);
}
