/*
 * What the filter of a socket in the kernel can test of the header of a cooked
 * frame, which is not there: some of its fields are ancillary data.
 */
#include "config.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter_kernel.h"

/* Length of the cooked headers, octets. */
#define SLL_LENGTH	16
#define SLL2_LENGTH	20

/* Classic BPF of Linux loads data that is not in the frame from here on. */
#define ANCILLARY	((uint32_t)SKF_AD_OFF)

/*
 * Fields of the headers, each of one size: a part of a field, or two of them,
 * cannot be asked for.
 */
static const struct {
	int		link;
	uint32_t	offset;
	uint16_t	size;
	uint32_t	ancillary;
} fields[] = {
	{ LINK_COOKED, 0, BPF_H, SKF_AD_PKTTYPE },
	{ LINK_COOKED, 14, BPF_H, SKF_AD_PROTOCOL },
	{ LINK_COOKED2, 0, BPF_H, SKF_AD_PROTOCOL },
	{ LINK_COOKED2, 4, BPF_W, SKF_AD_IFINDEX },
	{ LINK_COOKED2, 8, BPF_H, SKF_AD_HATYPE },
	{ LINK_COOKED2, 10, BPF_B, SKF_AD_PKTTYPE },
};

static bool
loads(const struct cbpf_insn *i)
{
	unsigned int	class = BPF_CLASS(i->code), mode = BPF_MODE(i->code);

	return ((class == BPF_LD && (mode == BPF_ABS || mode == BPF_IND)) ||
	    (class == BPF_LDX && mode == BPF_MSH));
}

bool
filter_loads_from_frame(const struct cbpf_insn *i)
{
	return (loads(i) && i->k < ANCILLARY);
}

bool
filter_loads_ancillary(const struct cbpf_insn *i, uint32_t *which)
{
	*which = i->k - ANCILLARY;
	return (loads(i) && i->k >= ANCILLARY);
}

static bool
tests_length(const struct cbpf_insn *i)
{
	return ((BPF_CLASS(i->code) == BPF_LD ||
	    BPF_CLASS(i->code) == BPF_LDX) && BPF_MODE(i->code) == BPF_LEN);
}

static bool
any_tests_length(const struct cbpf_insn *insns, size_t n)
{
	while (n > 0)
		if (tests_length(&insns[--n]))
			return (true);
	return (false);
}

static bool
move_load(struct cbpf_insn *i, int link)
{
	uint32_t	header = link == LINK_COOKED ? SLL_LENGTH : SLL2_LENGTH;
	size_t		n;

	if (i->k >= header) {
		i->k -= header;
		return (true);
	}
	for (n = 0; n < sizeof(fields) / sizeof(fields[0]); n++)
		if (fields[n].link == link && fields[n].offset == i->k &&
		    i->code == (BPF_LD | BPF_ABS | fields[n].size)) {
			i->k = ANCILLARY + fields[n].ancillary;
			return (true);
		}
	return (false);
}

/* The length of a frame is with its header for libpcap, and without here. */
bool
filter_without_header(struct cbpf_insn *insns, size_t n, int link)
{
	size_t	i;

	if (link != LINK_COOKED && link != LINK_COOKED2)
		return (true);
	for (i = 0; i < n; i++)
		if (filter_loads_from_frame(&insns[i]) &&
		    !move_load(&insns[i], link))
			return (false);
	return (!any_tests_length(insns, n));
}

int
filter_for_kernel(const struct frames_opts *o, int link,
    struct cbpf_insn **insns, size_t *n, char *err)
{
	if (filter_for_link(o, link, insns, n, err) == -1)
		return (-1);
	if (*insns == NULL || filter_without_header(*insns, *n, link))
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot filter in the kernel: "
	    "\"%s\": it tests %s", o->filter,
	    any_tests_length(*insns, *n) ?
	    "the length, which is with a header that only libpcap provides" :
	    "a header that only libpcap provides");
	free(*insns);
	*insns = NULL;
	return (-1);
}
