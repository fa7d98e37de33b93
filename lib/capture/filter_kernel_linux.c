/*
 * libpcap compiles filters for the cooked header that libpcap itself puts
 * before a frame.  The filter of a cooked socket in the kernel does not see
 * this header: some of its fields are ancillary data there, others are missing.
 */
#include "config.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter_kernel.h"

/* DLT_LINUX_SLL2: libpcap compiles for it on the interface `any'. */
#define LINK_COOKED2	276

/* Length of the cooked header, and offsets of its fields, in bytes. */
#define SLL_LENGTH	16
#define SLL_PKTTYPE	0
#define SLL_PROTOCOL	14

/* Classic BPF of Linux loads data that is not in the frame from here on. */
#define ANCILLARY	((uint32_t)SKF_AD_OFF)

/* Make a load from the cooked header an ancillary load.  0, or -1. */
static int
cooked_offset_to_ancillary(struct cbpf_insn *i)
{
	if (i->k >= SLL_LENGTH)
		i->k -= SLL_LENGTH;
	else if (i->k == SLL_PKTTYPE)
		i->k = ANCILLARY + SKF_AD_PKTTYPE;
	else if (i->k == SLL_PROTOCOL)
		i->k = ANCILLARY + SKF_AD_PROTOCOL;
	else
		return (-1);
	return (0);
}

bool
filter_loads_from_frame(const struct cbpf_insn *i)
{
	unsigned int	mode = BPF_MODE(i->code);

	return ((BPF_CLASS(i->code) == BPF_LD ||
	    BPF_CLASS(i->code) == BPF_LDX) && i->k < ANCILLARY &&
	    (mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH));
}

/* 0, or -1 if the filter reads a field that the kernel does not have. */
static int
move_offsets(struct cbpf_insn *insns, size_t n, int link)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (filter_loads_from_frame(&insns[i]) &&
		    (link != LINK_COOKED ||
		    cooked_offset_to_ancillary(&insns[i]) == -1))
			return (-1);
	return (0);
}

int
filter_for_kernel(const struct frames_opts *o, int link,
    struct cbpf_insn **insns, size_t *n, char *err)
{
	if (filter_for_link(o, link, insns, n, err) == -1)
		return (-1);
	if (*insns == NULL || (link != LINK_COOKED && link != LINK_COOKED2) ||
	    move_offsets(*insns, *n, link) == 0)
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot filter in the kernel: "
	    "\"%s\": it tests a header that only libpcap provides", o->filter);
	free(*insns);
	*insns = NULL;
	return (-1);
}
