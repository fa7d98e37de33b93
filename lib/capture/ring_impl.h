/*
 * What the two files of the ring share: ring_socket_linux.c opens it,
 * ring_linux.c reads it.
 */
#ifndef RING_IMPL_H
#define RING_IMPL_H

#include <stddef.h>

#include "filter.h"
#include "link_ask.h"
#include "own_link.h"
#include "ring.h"

struct tpacket_block_desc;

struct ring {
	const struct frames_opts *opts;	/* borrowed */
	struct link_kind link;
	int		 fd;		/* -1: not open */
	bool		 cooked;	/* frames get a header of LINUX_SLL */
	bool		 each;		/* cooked only where it must be */
	int		 frame_link;	/* with it: of the last frames */
	uint32_t	 snaplen;	/* never 0 */
	bool		 plain;		/* without PACKET_VNET_HDR */
	bool		 refuses;
	bool		 held;		/* it is opened without frames */
	struct ring	*former;	/* has frames up to then, or NULL */
	uint64_t	 former_until;	/* monotonic, ns */
	uint64_t	 former_drops;	/* not reported yet */
	struct cbpf_insn *filter;	/* compiled for filter_link */
	size_t		 filter_n;
	int		 filter_link;	/* -1: not compiled yet */
	uint8_t		*map;
	size_t		 block_size;
	unsigned int	 blocks;
	unsigned int	 block;		/* index of the one to read */
	struct tpacket_block_desc *open; /* it, if it is ours; or NULL */
	uint8_t		*packet;	/* next in it */
	uint32_t	 left;		/* packets left in it */
	int		 gone;		/* errno; 0: not gone */
	uint64_t	 gone_until;	/* monotonic, ns: frames may come */
};

/* Octets before each frame that the kernel leaves unused: for a VLAN tag. */
#define RING_RESERVE	4

/* Milliseconds by which the kernel may exceed its latency. */
#define RING_SLACK	20

#endif
