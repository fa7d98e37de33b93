/*
 * Decodes a captured frame into the key and the sizes of its outermost IP
 * packet.  Pure functions: no state, no log, no octet read beyond caplen.
 */
#ifndef DECODE_H
#define DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "flow.h"
#include "frame.h"

/* Each frame is in exactly one class. */
enum decode_class {
	DECODE_IP,		/* the packet is filled in */
	DECODE_NONIP,		/* no outermost IP packet */
	DECODE_MALFORMED,	/* cut or inconsistent, so without a key */
	DECODE_UNSUPPORTED	/* the link type has no decoder */
};

/* The result for one frame: the class and, if MALFORMED, the reason. */
enum decode_verdict {
	DECODED_IP,
	DECODED_NONIP,
	DECODED_UNSUPPORTED,
	DECODED_L2_CUT,		/* the frame ends inside the link layer */
	DECODED_IP_CUT,		/* ... inside the fixed IP header */
	DECODED_IP_VERSION,	/* version nibble contradicts the link layer */
	DECODED_IP_IHL,		/* IPv4 header length below 20 octets */
	DECODED_IP_LEN,		/* IPv4 total length below its header length */
	DECODED_VERDICTS
};

enum decode_class	 decode_class(enum decode_verdict);

/* A short name of the verdict for messages and statistics: `l2-cut'. */
const char		*decode_verdict_name(enum decode_verdict);

/* The outermost IP packet of a frame.  All sizes are in octets. */
struct packet {
	struct flow_key	key;
	uint32_t	ip;		/* the IP packet with its header */
	uint32_t	payload;	/* after IP and extension headers */
	uint32_t	data;		/* after the header of TCP, UDP, ... */
	uint16_t	mark;		/* TCP's flags or ICMP's type, else 0 */
	uint16_t	fragment;	/* enum packet_fragment */
	const uint8_t	*begin;		/* its header, in the frame */
};

enum packet_fragment {
	PACKET_WHOLE,
	PACKET_FIRST_FRAGMENT,
	PACKET_LATER_FRAGMENT	/* has no mark */
};

/*
 * Decode a frame of which caplen octets were captured and which had wirelen
 * octets on the wire; a wirelen below caplen is taken as caplen.  *pkt is
 * filled in for DECODED_IP and undefined otherwise.
 */
typedef enum decode_verdict decode_fn(const uint8_t *frame, uint32_t caplen,
    uint32_t wirelen, struct packet *pkt);

/*
 * The decoder of a link type, or NULL: then each of its frames counts as
 * UNSUPPORTED.  Takes LINKTYPE_ numbers, and the DLT_ numbers of the same
 * types on systems that have their own.
 */
decode_fn	*decode_for_link(int linktype);

/*
 * Decode n frames into at most n flows, whose keys and data bytes follow the
 * ports mode, and set from[] of each flow to its frame.  Adds to counts[] of
 * the verdicts and to the counters by protocol (NULL: none).  Returns the
 * number of flows.
 */
struct prototally;
size_t		 decode_frames(decode_fn *decode, enum flow_ports ports,
		    const struct frame *frames, size_t n, struct flow *flows,
		    const struct frame **from,
		    uint64_t counts[DECODED_VERDICTS],
		    struct prototally *tally);

/* The name of the link type as listed in trafd(8), or NULL. */
const char	*decode_link_name(int linktype);

/* A snapshot length, in octets, that is enough for all realistic headers. */
#define DECODE_SNAPLEN	256

#endif
