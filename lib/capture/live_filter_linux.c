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

#include "filter_kernel.h"
#include "live_filter.h"

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter) &&
    sizeof(struct cbpf_insn) == sizeof(struct sock_filter),
    "the instructions differ");

/*
 * A frame that the program wants is cut by the ring and not by the program:
 * then the tag of a VLAN has room, too.
 */
static void
take_whole(struct cbpf_insn *insns, size_t n)
{
	for (; n > 0; n--, insns++)
		if (insns->code == (BPF_RET | BPF_K) && insns->k != 0)
			insns->k = UINT32_MAX;
}

static bool
attach(int fd, struct cbpf_insn *insns, unsigned int n)
{
	struct sock_fprog	prog = { .len = (unsigned short)n,
	    .filter = (struct sock_filter *)(void *)insns };

	return (n <= USHRT_MAX && setsockopt(fd, SOL_SOCKET,
	    SO_ATTACH_FILTER, &prog, sizeof(prog)) == 0);
}

/* The tag of a VLAN can be seen in the frame, too: libpcap puts it back. */
static bool
needs_kernel(const struct cbpf_insn *insns, size_t n)
{
	uint32_t	which;

	for (; n > 0; n--, insns++)
		if (filter_loads_ancillary(insns, &which) &&
		    which != SKF_AD_VLAN_TAG &&
		    which != SKF_AD_VLAN_TAG_PRESENT)
			return (true);
	return (false);
}

enum live_filter
live_filter_attach(pcap_t *p, const struct bpf_program *prog)
{
	struct cbpf_insn	*insns = calloc(prog->bf_len, sizeof(*insns));
	bool			 alone, done;

	if (insns == NULL)
		return (LIVE_FILTER_PCAP);
	memcpy(insns, prog->bf_insns, prog->bf_len * sizeof(*insns));
	alone = needs_kernel(insns, prog->bf_len);
	take_whole(insns, prog->bf_len);
	done = filter_without_header(insns, prog->bf_len,
	    pcap_datalink(p)) && attach(pcap_fileno(p), insns, prog->bf_len);
	free(insns);
	if (done)
		return (LIVE_FILTER_KERNEL);
	return (alone ? LIVE_FILTER_NONE : LIVE_FILTER_USER);
}
