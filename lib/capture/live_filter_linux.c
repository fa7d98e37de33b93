/*
 * Linux takes no program that is too long for a socket or jumps backwards.
 * libpcap would print that to standard error, and then filter frames that the
 * snapshot length has cut.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "live_filter.h"

/* DLT_LINUX_SLL and DLT_LINUX_SLL2, and the octets of their headers. */
#define LINK_SLL	113
#define LINK_SLL2	276
#define SLL_HEADER	16
#define SLL2_HEADER	20

#define ANCILLARY	((uint32_t)SKF_AD_OFF)

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter),
    "the instructions differ");

/* Numbers in the headers of cooked frames that the kernel can be asked for. */
static const struct {
	int		dlt;
	uint32_t	offset, ancillary;
} cooked[] = {
	{ LINK_SLL, 0, SKF_AD_PKTTYPE },
	{ LINK_SLL, 14, SKF_AD_PROTOCOL },
	{ LINK_SLL2, 0, SKF_AD_PROTOCOL },
	{ LINK_SLL2, 4, SKF_AD_IFINDEX },
	{ LINK_SLL2, 8, SKF_AD_HATYPE },
	{ LINK_SLL2, 10, SKF_AD_PKTTYPE },
};

/* Does it load from the frame, or what the kernel knows of it? */
static bool
is_load(const struct bpf_insn *i)
{
	unsigned int	mode = BPF_MODE(i->code);

	return ((BPF_CLASS(i->code) == BPF_LD && (mode == BPF_ABS ||
	    mode == BPF_IND)) || (BPF_CLASS(i->code) == BPF_LDX &&
	    mode == BPF_MSH));
}

/*
 * The kernel does not see the header that libpcap puts before cooked frames.
 * False: it cannot be asked for that.
 */
static bool
fix_offset(struct bpf_insn *i, int dlt)
{
	uint32_t	header = dlt == LINK_SLL ? SLL_HEADER : SLL2_HEADER;
	size_t		n;

	if (i->k >= ANCILLARY)
		return (true);
	if (i->k >= header) {
		i->k -= header;
		return (true);
	}
	for (n = 0; n < sizeof(cooked) / sizeof(cooked[0]); n++)
		if (cooked[n].dlt == dlt && cooked[n].offset == i->k &&
		    BPF_MODE(i->code) == BPF_ABS) {
			i->k = ANCILLARY + cooked[n].ancillary;
			return (true);
		}
	return (false);
}

/*
 * Make it a program for the socket.  A frame that it wants is cut by the ring
 * and not by the program: then the tag of a VLAN has room, too.
 */
static bool
fix(struct bpf_insn *insns, unsigned int n, int dlt)
{
	bool	is_cooked = dlt == LINK_SLL || dlt == LINK_SLL2;

	for (; n > 0; n--, insns++) {
		if (insns->code == (BPF_RET | BPF_K) && insns->k != 0)
			insns->k = UINT32_MAX;
		if (is_cooked && is_load(insns) && !fix_offset(insns, dlt))
			return (false);
	}
	return (true);
}

static bool
attach(int fd, struct bpf_insn *insns, unsigned int n)
{
	struct sock_fprog	prog = { .len = (unsigned short)n,
	    .filter = (struct sock_filter *)(void *)insns };

	return (n <= USHRT_MAX && setsockopt(fd, SOL_SOCKET,
	    SO_ATTACH_FILTER, &prog, sizeof(prog)) == 0);
}

/* The tag of a VLAN can be seen in the frame, too: libpcap puts it back. */
static bool
needs_kernel(const struct bpf_program *prog)
{
	const struct bpf_insn	*i = prog->bf_insns;
	unsigned int		 n;

	for (n = 0; n < prog->bf_len; n++, i++)
		if (is_load(i) && i->k >= ANCILLARY &&
		    i->k != ANCILLARY + SKF_AD_VLAN_TAG &&
		    i->k != ANCILLARY + SKF_AD_VLAN_TAG_PRESENT)
			return (true);
	return (false);
}

enum live_filter
live_filter_attach(pcap_t *p, const struct bpf_program *prog)
{
	struct bpf_insn	*insns = calloc(prog->bf_len, sizeof(*insns));
	bool		 done;

	if (insns == NULL)
		return (LIVE_FILTER_PCAP);
	memcpy(insns, prog->bf_insns, prog->bf_len * sizeof(*insns));
	done = fix(insns, prog->bf_len, pcap_datalink(p)) &&
	    attach(pcap_fileno(p), insns, prog->bf_len);
	free(insns);
	if (done)
		return (LIVE_FILTER_KERNEL);
	return (needs_kernel(prog) ? LIVE_FILTER_NONE : LIVE_FILTER_USER);
}
