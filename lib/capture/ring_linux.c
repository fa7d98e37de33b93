/*
 * Reads a ring.  The kernel hands it over in blocks of many frames, which are
 * read where they are.  The kernel has removed VLAN tags and, for a cooked
 * ring, keeps the header apart: both are put back before the frame, where
 * there is room.
 */
#include "config.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/endian.h"
#include "attached.h"
#include "pcap_handle.h"
#include "ring_impl.h"

#define VLAN_TAG	4
#define MAC_ADDRESSES	12
#define SLL_HEADER	16
#define SLL_PROTOCOL	14

/* The TPID of tags if the kernel does not tell it. */
#define TPID_C_TAG	0x8100

/* Offset of the packet's address in the ring: TPACKET_ALIGN() of the header. */
#define PACKET_ADDRESS	((sizeof(struct tpacket3_hdr) + 15) / 16 * 16)

/* VIRTIO_NET_HDR_GSO_UDP_L4, which older headers do not have. */
#define GSO_UDP_L4	5

/* What precedes the frame if PACKET_VNET_HDR is set. */
#define VNET_HEADER	sizeof(struct virtio_net_hdr)

int
ring_fd(const struct ring *r)
{
	return (r->fd);
}

int
ring_wait(const struct ring *r)
{
	return (r->former == NULL ? -1 :
	    ms_until(r->former_until, now_mono()));
}

int
ring_link(const struct ring *r)
{
	return (r->each ? r->frame_link : r->link.number);
}

unsigned int
ring_index(const struct ring *r)
{
	return (r->link.index);
}

uint64_t
ring_buffer(const struct ring *r)
{
	return ((uint64_t)r->block_size * r->blocks);
}

bool
ring_knows_segments(const struct ring *r)
{
	return (!r->plain);
}

bool
ring_refuses(const struct ring *r)
{
	return (r->refuses);
}

/* ---- frames ---- */

static const struct sockaddr_ll *
address_of(const uint8_t *packet)
{
	return ((const void *)(packet + PACKET_ADDRESS));
}

static uint16_t
tpid_of(const struct tpacket3_hdr *h)
{
	return ((h->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ?
	    h->hv1.tp_vlan_tpid : TPID_C_TAG);
}

/* Put the VLAN tag back behind the MAC addresses. */
static void
tag(struct frame *f, uint8_t *octets, const struct tpacket3_hdr *h)
{
	uint8_t	*to = octets - VLAN_TAG;

	f->wirelen += VLAN_TAG;
	if (f->caplen < MAC_ADDRESSES)
		return;
	memmove(to, octets, MAC_ADDRESSES);
	put_be16(to + MAC_ADDRESSES, tpid_of(h));
	put_be16(to + MAC_ADDRESSES + 2, (uint16_t)h->hv1.tp_vlan_tci);
	f->octets = to;
	f->caplen += VLAN_TAG;
}

/*
 * Where the frame's own link header ends.  Of a frame that is sent with VLAN
 * tags in it, such as by a VLAN device on a card that adds none, the kernel
 * calls only what follows the tags the network header.
 */
static uint32_t
link_end(const struct tpacket3_hdr *h, const struct sockaddr_ll *ll)
{
	uint32_t	own = (uint32_t)h->tp_mac + ETH_HLEN;
	uint16_t	type = ntohs(ll->sll_protocol);

	return (ll->sll_hatype == ARPHRD_ETHER && h->tp_net > own &&
	    (type == ETH_P_8021Q || type == ETH_P_8021AD) ? own : h->tp_net);
}

/* Put the header of LINUX_SLL in place of the frame's own. */
static void
cook(struct frame *f, uint8_t *packet, const struct tpacket3_hdr *h)
{
	const struct sockaddr_ll *ll = address_of(packet);
	bool		 tagged = (h->tp_status & TP_STATUS_VLAN_VALID) != 0;
	uint32_t	 net = link_end(h, ll), link = net - h->tp_mac;
	uint32_t	 header = SLL_HEADER + (tagged ? VLAN_TAG : 0);
	uint8_t		*to = packet + net - header;

	if (link > f->caplen)
		link = f->caplen;
	put_be16(to, ll->sll_pkttype);
	put_be16(to + 2, ll->sll_hatype);
	put_be16(to + 4, ll->sll_halen);
	memcpy(to + 6, ll->sll_addr, sizeof(ll->sll_addr));
	if (tagged) {
		put_be16(to + SLL_PROTOCOL, tpid_of(h));
		put_be16(to + SLL_PROTOCOL + 2, (uint16_t)h->hv1.tp_vlan_tci);
	}
	memcpy(to + header - 2, &ll->sll_protocol, 2);	/* network order */
	f->octets = to;
	f->caplen += header - link;
	f->wirelen += header - link;
}

static void
note_segments(struct frame *f, const uint8_t *octets)
{
	struct virtio_net_hdr	v;

	memcpy(&v, octets - VNET_HEADER, sizeof(v));
	if (v.gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return;
	f->gso_size = v.gso_size;
	f->gso_udp = v.gso_type == GSO_UDP_L4;
}

/* What is sent through this host has no sums yet, and needs none. */
static inline void
note_sums(struct frame *f, uint32_t status)
{
	f->sums = FRAME_SUMS_UNKNOWN;
	if ((status & TP_STATUS_CSUMNOTREADY) != 0)
		f->sums = FRAME_SUMS_NOT_READY;
	else if ((status & TP_STATUS_CSUM_VALID) != 0)
		f->sums = FRAME_SUMS_VALID;
}

/* The link type that the frame of a ring of this kind will have. */
static int
link_of(const struct ring *r, const uint8_t *packet)
{
	return (r->each ? own_link(address_of(packet)->sll_hatype) :
	    r->link.number);
}

/*
 * The order matters: tags and cooked headers overwrite what precedes.  Octets
 * that are put before count towards the snapshot length, as libpcap's.
 */
static inline void
read_packet(const struct ring *r, uint8_t *packet, struct frame *f, int link)
{
	const struct tpacket3_hdr *h = (const void *)packet;
	const struct sockaddr_ll  *ll = address_of(packet);
	uint8_t			  *octets = packet + h->tp_mac;

	f->octets = octets;
	f->caplen = h->tp_snaplen;
	f->wirelen = h->tp_len;
	f->time_ns = (uint64_t)h->tp_sec * NS_PER_S + h->tp_nsec;
	f->interface = (uint32_t)ll->sll_ifindex;
	f->direction = ll->sll_pkttype == PACKET_OUTGOING ? FRAME_OUT :
	    FRAME_IN;
	f->gso_size = 0;
	f->gso_udp = false;
	note_sums(f, h->tp_status);
	if (!r->plain)
		note_segments(f, octets);
	if (link == LINK_COOKED)
		cook(f, packet, h);
	else if ((h->tp_status & TP_STATUS_VLAN_VALID) != 0 &&
	    link == LINK_ETHERNET)
		tag(f, octets, h);
	else if (!r->each)
		return;
	if (f->caplen > r->snaplen)
		f->caplen = r->snaplen;
}

/* ---- blocks ---- */

static struct tpacket_block_desc *
block_at(const struct ring *r, unsigned int i)
{
	return ((void *)(r->map + i * r->block_size));
}

/* Open the next block if the kernel has finished it. */
static bool
open_block(struct ring *r)
{
	struct tpacket_block_desc	*d = block_at(r, r->block);
	uint32_t			 status;

	status = __atomic_load_n(&d->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
	if ((status & TP_STATUS_USER) == 0)
		return (false);
	r->open = d;
	r->left = d->hdr.bh1.num_pkts;
	r->packet = (uint8_t *)d + d->hdr.bh1.offset_to_first_pkt;
	return (true);
}

static void
release_block(struct ring *r)
{
	__atomic_store_n(&r->open->hdr.bh1.block_status, TP_STATUS_KERNEL,
	    __ATOMIC_RELEASE);
	r->open = NULL;
	r->block = (r->block + 1) % r->blocks;
}

/* A block with frames; false if there is none. */
static bool
find_frames(struct ring *r)
{
	while (r->left == 0) {
		if (r->open != NULL)
			release_block(r);
		if (!open_block(r))
			return (false);
	}
	return (true);
}

/*
 * If the kernel cannot describe a frame, it drops it when it has made room for
 * it: what is there is left from an earlier round of the ring.
 */
static bool
is_there(const struct ring *r, const uint8_t *packet)
{
	const struct tpacket3_hdr *h = (const void *)packet;

	return (r->plain || (h->tp_status & TP_STATUS_USER) != 0);
}

/*
 * Frames of one link type.  May return 0 if none of the frames in the block is
 * there.
 */
static int
take_frames(struct ring *r, struct frame *frames, int most)
{
	uint8_t		*packet = r->packet;
	uint32_t	 step;
	int		 n, link;

	for (n = 0; n < most && r->left > 0; r->left--) {
		step = ((const struct tpacket3_hdr *)(const void *)packet)->
		    tp_next_offset;
		/* The kernel wrote them on another processor. */
		__builtin_prefetch(packet + 2 * (size_t)step);
		if (is_there(r, packet)) {
			link = link_of(r, packet);
			if (n > 0 && link != r->frame_link)
				break;
			r->frame_link = link;
			read_packet(r, packet, &frames[n++], link);
		} else
			r->refuses = true;
		__builtin_prefetch(packet + 3 * (size_t)step + 64);
		packet += step;
	}
	r->packet = packet;
	return (n);
}

/*
 * No frames are ready: does the socket have an error?  If its interface is
 * gone, the kernel still hands over the frames that it has collected.
 */
static int
find_error(struct ring *r)
{
	int		error = 0;
	socklen_t	len = sizeof(error);

	if (r->gone == 0) {
		if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) ==
		    -1 || error == 0)
			return (0);
		if (attached_to(r->fd, r->opts->ifname, r->link.index)) {
			errno = error;
			return (-1);
		}
		r->gone = error;
		r->gone_until = now_mono() +
		    (HANDLE_LATENCY_MS + RING_SLACK) * NS_PER_MS;
	}
	while (now_mono() < r->gone_until) {
		(void)poll(NULL, 0, 5);
		if (find_frames(r))
			return (1);
	}
	errno = r->gone;
	return (-1);
}

/* The ring before this one gets no frames any more, but has some. */
static int
take_former(struct ring *r, struct frame *frames, int most)
{
	bool	last = now_mono() >= r->former_until;
	int	n;

	while (find_frames(r->former))
		if ((n = take_frames(r->former, frames, most)) > 0) {
			r->frame_link = r->former->frame_link;
			return (n);
		}
	if (last) {
		ring_close(r->former);
		r->former = NULL;
	}
	return (0);
}

int
ring_next(struct ring *r, struct frame *frames, int most)
{
	int	rc;

	if (r->former != NULL && (rc = take_former(r, frames, most)) > 0)
		return (rc);
	do {
		if (!find_frames(r) && (rc = find_error(r)) <= 0)
			return (rc);
	} while ((rc = take_frames(r, frames, most)) == 0);
	return (rc);
}
