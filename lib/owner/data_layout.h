/*
 * What the program in the kernel (data.bpf.c) and iptrace share: the conditions
 * that select sockets, and the records in the ring.  Also for eBPF.
 */
#ifndef DATA_LAYOUT_H
#define DATA_LAYOUT_H

#include <stdint.h>

#define DATA_COMM	16	/* comm(5), with the NUL */
#define DATA_GROUPS	8	/* most groups of conditions */
#define DATA_CPUS	1024	/* most processors that count losses apart */

/*
 * A segment with more payload than this becomes several records, so that the
 * kernel need not reserve room for the longest one.
 */
#define DATA_CHUNK	16384u
#define DATA_CHUNKS	33	/* of the longest segment, 512 KiB */
#define DATA_WHOLE	UINT32_MAX	/* `octets': all of them */

/* The conditions of a group; a mask without bits: no such condition. */
struct data_group {
	uint64_t	job[2], job_mask[2];	/* comm(5), as memory */
	uint64_t	addr[2], addr_mask[2];	/* of either side, as memory */
	uint64_t	cid;			/* 0: any */
	uint32_t	port;			/* of either side; 0: any */
	uint32_t	octets;			/* to copy of the payload of
						   each segment */
};

struct data_config {
	uint32_t	 self;		/* pid that is left out */
	uint32_t	 ngroups;
	struct data_group groups[DATA_GROUPS];
};

/* Cumulative, of one processor. */
struct data_lost {
	uint64_t	records;
	uint64_t	octets;		/* of payload that was exchanged */
};

enum data_what {
	DATA_PAYLOAD,
	DATA_FIN,		/* the peer ends its stream at `offset' */
	DATA_AGAIN,		/* a socket of TCP is connected once more */
	DATA_EARLY		/* came before its socket: offset is the TCP
				   sequence number, cid the listener's */
};

/* Flags. */
enum {
	DATA_OUT = 1,
	DATA_OLD = 2,		/* the socket is older than the trace */
	DATA_IP6 = 4,
	DATA_FULL = 8		/* no limit to what is copied */
};

/* A record in the ring; `caplen' octets of payload follow. */
struct data_event {
	uint64_t	time_ns;	/* CLOCK_MONOTONIC */
	uint64_t	cid;
	uint64_t	offset;		/* TCP: in this direction's stream */
	uint64_t	cgroup;
	struct data_lost lost;		/* of `cpu' up to now */
	uint64_t	local[2], remote[2];	/* as in a flow_key */
	uint64_t	job[2];
	uint32_t	length;		/* octets of payload */
	uint32_t	caplen;
	uint32_t	pid, tid, uid;
	uint32_t	base;		/* TCP: sequence number of what the
					   peer sends first */
	uint32_t	cpu;
	uint16_t	lport, rport;
	uint8_t		what;		/* enum data_what */
	uint8_t		flags;
	uint8_t		proto;
	uint8_t		unused[4];
};

_Static_assert(sizeof(struct data_event) == 136, "data_event has a hole");

#endif
