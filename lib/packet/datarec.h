/*
 * Records of the data trace: what a socket has sent and received, as iptrace
 * --data writes and ipreport prints it.  In a pcapng file it is a frame of
 * link type 252 (upper PDU): tags, which other programs understand, and the
 * payload; what they have no tag for stands in the comment of the frame:
 *
 *	DATA job=curl pid=12 tid=12 cid=1f uid=1000 unit=/user.slice ...
 *
 * words of name=value, in which blanks, %, and what is not printable ASCII are
 * %XX.  No state; any thread.
 */
#ifndef DATAREC_H
#define DATAREC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow.h"
#include "owner.h"

#define DATAREC_LINK	252		/* LINKTYPE_WIRESHARK_UPPER_PDU */
#define DATAREC_IFNAME	"data"		/* its interface in the file */

enum datarec_kind { DATAREC_START, DATAREC_DATA, DATAREC_END };

struct datarec {
	enum datarec_kind kind;
	bool		 out;		/* sent; else received */
	bool		 segment;	/* DATA of a segment, not of a call */
	bool		 has_sums;	/* END: members marked * are known */
	uint8_t		 family;	/* FLOW_FAMILY_* */
	uint8_t		 proto;		/* IPPROTO_*; 0: not known */
	uint8_t		 type;		/* SOCK_STREAM ...: 1, 2, 3 */
	uint8_t		 local[16], remote[16]; /* as in struct flow_key */
	uint16_t	 lport, rport;	/* host order; 0: not known */
	uint32_t	 pid, tid, uid;	/* 0, 0, OWNER_NO_UID: not known */
	uint64_t	 cid;		/* socket cookie */
	uint64_t	 seq;		/* DATA: offset of its first octet in
					   this direction of the stream */
	char		 job[OWNER_PROGRAM_MAX];
	char		 unit[OWNER_UNIT_MAX];
	uint32_t	 length;	/* octets exchanged, >= caplen */
	bool		 abbrev;	/* the trace abbreviates */
	uint64_t	 time_ns;	/* since 1970 UTC */
	uint64_t	 sent, received; /* * octets of payload */
	uint32_t	 rtt_us;	/* * of TCP; 0: not known */
	uint32_t	 retransmissions; /* * of TCP */
	const uint8_t	*payload;	/* borrowed */
	uint32_t	 caplen;
};

/* Longest tags and comment, octets. */
#define DATAREC_HEAD	256
#define DATAREC_COMMENT	1280

/*
 * Write the tags, behind which the payload follows in the frame.  Returns their
 * length.
 */
size_t	datarec_head(const struct datarec *, uint8_t out[DATAREC_HEAD]);

/* Write the comment.  Returns its length; it is not terminated. */
size_t	datarec_comment(const struct datarec *, char out[DATAREC_COMMENT]);

/*
 * Read a frame and its comment, which are hostile.  payload points into the
 * frame; time_ns is not set.  False if it is none of ours; what only the tags
 * or only the comment tells is set if one of them is missing.
 */
bool	datarec_read(struct datarec *, const uint8_t *frame, size_t caplen,
	    size_t wirelen, const char *comment, size_t comment_len);

#endif
