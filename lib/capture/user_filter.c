/*
 * The kernel keeps the outermost tag of a VLAN beside the frame, and programs
 * are compiled for that: "icmp" accepts tagged frames, too.  libpcap has put
 * the tag back into the frame.  So take it out again, and let the program
 * find it where the kernel would have it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "user_filter.h"

#define LINK_ETHERNET	1
#define LINK_SLL	113

#define TAG		4	/* octets */

/* Loads of Linux that are not from the frame, see linux/filter.h. */
#define LOAD_TAG		(UINT32_C(0xfffff000) + 44)
#define LOAD_TAG_PRESENT	(UINT32_C(0xfffff000) + 48)

struct user_filter {
	struct bpf_program prog;
	unsigned int	 nloads;	/* of its instructions, of the tag */
	struct load {
		struct bpf_insn	*insn;	/* here a constant */
		bool		 present;
	}		*loads;
	unsigned int	 tag_at;	/* in the frame; 0: never a tag */
	size_t		 room;
	uint8_t		*untagged;	/* a frame without its tag */
};

/* What asks for the tag is to load a constant, which set_tag() sets. */
static void
replace_loads(struct user_filter *u)
{
	struct bpf_insn	*i = u->prog.bf_insns;
	unsigned int	 n;

	for (n = 0; n < u->prog.bf_len; n++, i++) {
		if (BPF_CLASS(i->code) != BPF_LD ||
		    BPF_MODE(i->code) != BPF_ABS ||
		    (i->k != LOAD_TAG && i->k != LOAD_TAG_PRESENT))
			continue;
		u->loads[u->nloads++] = (struct load){ i,
		    i->k == LOAD_TAG_PRESENT };
		i->code = BPF_LD | BPF_IMM;
	}
}

struct user_filter *
user_filter_new(const struct bpf_program *prog, int dlt)
{
	struct user_filter	*u = calloc(1, sizeof(*u));

	if (u == NULL)
		return (NULL);
	u->loads = calloc(prog->bf_len, sizeof(*u->loads));
	u->prog.bf_insns = calloc(prog->bf_len, sizeof(*prog->bf_insns));
	if (u->loads == NULL || u->prog.bf_insns == NULL) {
		user_filter_free(u);
		return (NULL);
	}
	u->prog.bf_len = prog->bf_len;
	memcpy(u->prog.bf_insns, prog->bf_insns,
	    prog->bf_len * sizeof(*prog->bf_insns));
	replace_loads(u);
	u->tag_at = dlt == LINK_ETHERNET ? 12 : dlt == LINK_SLL ? 14 : 0;
	return (u);
}

void
user_filter_free(struct user_filter *u)
{
	if (u == NULL)
		return;
	free(u->loads);
	free(u->prog.bf_insns);
	free(u->untagged);
	free(u);
}

/* The next frame has this tag, or none. */
static void
set_tag(struct user_filter *u, bool present, uint16_t tag)
{
	unsigned int	n;

	for (n = 0; n < u->nloads; n++)
		u->loads[n].insn->k = u->loads[n].present ? present : tag;
}

static bool
is_tagged(const struct user_filter *u, uint32_t caplen, const u_char *octets)
{
	uint16_t	type;

	if (u->tag_at == 0 || caplen < u->tag_at + TAG)
		return (false);
	type = get_be16(octets + u->tag_at);
	return (type == 0x8100 || type == 0x88a8);
}

/* Copy the frame without its tag.  False: no memory. */
static bool
take_out_tag(struct user_filter *u, uint32_t caplen, const u_char *octets)
{
	uint8_t	*more;

	if (caplen > u->room) {
		if ((more = realloc(u->untagged, caplen)) == NULL)
			return (false);
		u->untagged = more;
		u->room = caplen;
	}
	memcpy(u->untagged, octets, u->tag_at);
	memcpy(u->untagged + u->tag_at, octets + u->tag_at + TAG,
	    caplen - u->tag_at - TAG);
	return (true);
}

bool
user_filter_wants(struct user_filter *u, const struct pcap_pkthdr *h,
    const u_char *octets)
{
	struct pcap_pkthdr	frame = *h;

	if (!is_tagged(u, h->caplen, octets) ||
	    !take_out_tag(u, h->caplen, octets)) {
		set_tag(u, false, 0);
		return (pcap_offline_filter(&u->prog, h, octets) != 0);
	}
	set_tag(u, true, get_be16(octets + u->tag_at + 2));
	frame.caplen -= TAG;
	frame.len -= TAG;
	return (pcap_offline_filter(&u->prog, &frame, u->untagged) != 0);
}
