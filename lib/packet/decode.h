/*
 * From a captured frame to the key and sizes of its outermost IP packet.
 * Pure functions: no state, no log, nothing read outside the cursor.
 */
#ifndef DECODE_H
#define DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "flow.h"
#include "frame.h"

/* Every frame falls in exactly one class. */
enum decode_class {
	DECODE_IP,		/* the packet is filled in */
	DECODE_NONIP,		/* sound as far as read, but no IP outside */
	DECODE_MALFORMED,	/* cut or contradictory before a key is known */
	DECODE_UNSUPPORTED	/* the link type is not decoded at all */
};

/* What came out of one frame: the class, and for MALFORMED the reason. */
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
	uint32_t	ip;		/* IP packet, from its header */
	uint32_t	payload;	/* after the IP and extension headers */
	uint32_t	data;		/* carried by the sub-protocol */
	uint16_t	mark;		/* TCP's flags, ICMP's type; else 0 */
	uint16_t	fragment;	/* enum packet_fragment */
};

enum packet_fragment {
	PACKET_WHOLE,
	PACKET_FIRST_FRAGMENT,
	PACKET_LATER_FRAGMENT	/* has no mark */
};

/*
 * Decode the frame at `frame' of which `caplen' octets were captured and
 * which was `wirelen' octets long (if smaller than caplen, caplen counts).
 * *pkt is filled in for DECODED_IP and undefined otherwise.
 */
typedef enum decode_verdict decode_fn(const uint8_t *frame, uint32_t caplen,
    uint32_t wirelen, struct packet *pkt);

/*
 * The decoder of a link type (LINKTYPE_ numbers, and the DLT_ numbers of the
 * same types where a system has its own), or NULL: then every frame is
 * UNSUPPORTED.
 */
decode_fn	*decode_for_link(int linktype);

/*
 * Decode n frames to at most as many flows, which hold of each packet what
 * the ports mode keeps.  counts[] of the verdicts and the counters by
 * protocol (NULL: none) go up.  Returns the number of flows.
 */
struct prototally;
size_t		 decode_frames(decode_fn *decode, enum flow_ports ports,
		    const struct frame *frames, size_t n, struct flow *flows,
		    uint64_t counts[DECODED_VERDICTS],
		    struct prototally *tally);

/* The name of the link type as listed in trafd(8), or NULL. */
const char	*decode_link_name(int linktype);

/* Octets of a frame that are enough for decoding all but absurd headers. */
#define DECODE_SNAPLEN	256

#endif
