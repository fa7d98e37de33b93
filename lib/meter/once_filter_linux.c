/*
 * The check for repetitions as eBPF instructions, the table that it reads, and
 * the filter of a socket that is made of both and the user's expression.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/bpf_load.h"
#include "capture/filter_kernel.h"
#include "host/once.h"
#include "cbpf.h"
#include "once_filter.h"

#define TABLE_BYTES	(ONCE_WORDS * sizeof(uint64_t))
#define FRAME_OUTGOING	4		/* PACKET_OUTGOING */
#define LICENSE		"BSD"

struct once_filter {
	struct once	*once;		/* borrowed */
	void		*table;		/* shared with the kernel */
	int		 map;		/* of the table */
	int		 next;		/* program array: accept */
	int		 accept;	/* program: pass the frame */
	int		 program;	/* all of it; -1: not loaded yet */
};

/* ---- instructions ---- */

struct code {
	struct bpf_insn	*at;
	size_t		 n;
};

static void
emit(struct code *c, uint8_t op, uint8_t dst, uint8_t src, int16_t off,
    int32_t imm)
{
	c->at[c->n++] = (struct bpf_insn){ .code = op, .dst_reg = dst & 15u,
	    .src_reg = src & 15u, .off = off, .imm = imm };
}

static void
load_field(struct code *c, uint8_t dst, size_t offset)
{
	emit(c, BPF_LDX | BPF_MEM | BPF_W, dst, BPF_REG_6, (int16_t)offset, 0);
}

static void
calculate(struct code *c, uint8_t op, uint8_t dst, int32_t imm)
{
	emit(c, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

static void
calculate_by(struct code *c, uint8_t op, uint8_t dst, uint8_t src)
{
	emit(c, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

/* Word index / 32 of the table to R0, or a jump over `beyond' instructions. */
static void
look_up(struct code *c, int map, int16_t beyond)
{
	emit(c, BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, BPF_REG_3, -4, 0);
	emit(c, BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0,
	    map);
	emit(c, 0, 0, 0, 0, 0);
	calculate_by(c, BPF_MOV, BPF_REG_2, BPF_REG_10);
	calculate(c, BPF_ADD, BPF_REG_2, -4);
	emit(c, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem);
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, beyond, 0);
	emit(c, BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_0, BPF_REG_0, 0, 0);
}

/*
 * The check.  It ends behind its last instruction, with the context in R1, if
 * the frame is no repetition.  R6: context; R7: 1 if outgoing; R8: index.
 */
static size_t
prefix(const struct once_filter *f, struct bpf_insn *to)
{
	struct code	c = { to, 0 };

	calculate_by(&c, BPF_MOV, BPF_REG_6, BPF_REG_1);
	calculate(&c, BPF_MOV, BPF_REG_7, 0);
	load_field(&c, BPF_REG_2, offsetof(struct __sk_buff, pkt_type));
	emit(&c, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_2, 0, 3, FRAME_OUTGOING);
	calculate(&c, BPF_MOV, BPF_REG_7, 1);
	load_field(&c, BPF_REG_2,
	    offsetof(struct __sk_buff, ingress_ifindex));
	/* Forwarded: to the end that rejects. */
	emit(&c, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_2, 0, 17, 0);
	load_field(&c, BPF_REG_8, offsetof(struct __sk_buff, ifindex));
	calculate_by(&c, BPF_MOV, BPF_REG_3, BPF_REG_8);
	calculate(&c, BPF_RSH, BPF_REG_3, 5);
	look_up(&c, f->map, 9);			/* 8 instructions */
	calculate(&c, BPF_AND, BPF_REG_8, 31);
	calculate(&c, BPF_LSH, BPF_REG_8, 1);
	calculate_by(&c, BPF_ADD, BPF_REG_8, BPF_REG_7);
	calculate_by(&c, BPF_RSH, BPF_REG_0, BPF_REG_8);
	calculate(&c, BPF_AND, BPF_REG_0, 1);
	emit(&c, BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0);
	calculate(&c, BPF_MOV, BPF_REG_0, 0);
	emit(&c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	calculate_by(&c, BPF_MOV, BPF_REG_1, BPF_REG_6);
	return (c.n);
}

size_t
once_filter_translate(const struct once_filter *f,
    const struct cbpf_insn *filter, size_t n, int map_fd,
    struct bpf_insn **out, const char **why)
{
	static const struct cbpf_insn	all = { .code = BPF_RET | BPF_K,
	    .k = 1 };
	struct bpf_insn			*rest, *whole;
	size_t				 before, behind;

	if (filter == NULL) {
		filter = &all;
		n = 1;
	}
	if ((behind = cbpf_translate(filter, n, map_fd, &rest, why)) == 0)
		return (0);
	if ((whole = calloc(ONCE_PREFIX + behind, sizeof(*whole))) == NULL) {
		*why = "out of memory";
		free(rest);
		return (0);
	}
	before = prefix(f, whole);
	memcpy(whole + before, rest, behind * sizeof(*rest));
	free(rest);
	*out = whole;
	return (before + behind);
}

/* ---- the table ---- */

static int
make_table(struct once_filter *f)
{
	struct bpf_map_create_opts	opts = { .sz = sizeof(opts),
					    .map_flags = BPF_F_MMAPABLE };

	f->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "traf_once",
	    sizeof(uint32_t), sizeof(uint64_t), ONCE_WORDS, &opts);
	if (f->map < 0)
		return (-1);
	f->table = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    f->map, 0);
	if (f->table != MAP_FAILED)
		return (0);
	f->table = NULL;
	return (-1);
}

struct once_filter *
once_filter_new(struct once *o, char *err)
{
	struct once_filter	*f;
	char			 why[BPF_WHYLEN];

	if ((f = calloc(1, sizeof(*f))) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
		return (NULL);
	}
	f->map = f->next = f->accept = f->program = -1;
	if (make_table(f) == 0) {
		f->once = o;
		once_share(o, f->table);
		return (f);
	}
	bpf_why(errno, "give no --once", why);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot count each packet once: "
	    "%s: %s", "any", why);
	once_filter_free(f);
	return (NULL);
}

void
once_filter_free(struct once_filter *f)
{
	const int	fds[] = { f == NULL ? -1 : f->map, f == NULL ? -1 :
			    f->next, f == NULL ? -1 : f->accept,
			    f == NULL ? -1 : f->program };
	size_t		i;

	if (f == NULL)
		return;
	if (f->once != NULL)
		once_share(f->once, NULL);
	if (f->table != NULL)
		(void)munmap(f->table, TABLE_BYTES);
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	free(f);
}

/* ---- the filter of a socket ---- */

static int
refuse(const struct frames_opts *o, const char *why, char *err)
{
	(void)snprintf(err, FRAMES_ERRLEN, "cannot count each packet once: "
	    "%s: %s", o->ifname, why);
	return (-1);
}

/* A translated filter calls a program that accepts. */
static int
load_accept(struct once_filter *f, uint32_t snaplen)
{
	const struct bpf_insn	insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		    .imm = (int32_t)snaplen },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	uint32_t		first = 0;

	f->next = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "traf_next",
	    sizeof(uint32_t), sizeof(uint32_t), 1, NULL);
	f->accept = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "traf_accept",
	    LICENSE, insns, 2, NULL);
	return (f->next < 0 || f->accept < 0 || bpf_map_update_elem(f->next,
	    &first, &f->accept, BPF_ANY) != 0 ? -1 : 0);
}

static int
load(struct once_filter *f, const struct frames_opts *o, uint32_t snaplen,
    char *err)
{
	struct cbpf_insn	*filter = NULL;
	struct bpf_insn		*insns = NULL;
	char			 reason[BPF_WHYLEN];
	const char		*why = "";
	size_t			 n = 0;

	if (filter_for_kernel(o, LINK_COOKED, &filter, &n, err) == -1)
		return (-1);
	if (load_accept(f, snaplen) == -1) {
		bpf_why(errno, "give no --once", reason);
		free(filter);
		return (refuse(o, reason, err));
	}
	n = once_filter_translate(f, filter, n, f->next, &insns, &why);
	free(filter);
	if (n == 0) {
		free(insns);
		return (refuse(o, why, err));
	}
	f->program = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "traf_once",
	    LICENSE, insns, n, NULL);
	free(insns);
	if (f->program >= 0)
		return (0);
	bpf_why(errno, "give no --once", reason);
	return (refuse(o, reason, err));
}

int
once_filter_attach(struct once_filter *f, int fd, const struct frames_opts *o,
    uint32_t snaplen, char *err)
{
	if (f->program < 0 && load(f, o, snaplen, err) == -1)
		return (-1);
	if (bpf_load_attach_socket(fd, f->program) == 0)
		return (0);
	return (refuse(o, strerror(errno), err));
}
