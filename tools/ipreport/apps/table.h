/*
 * Tables: one line a packet, or one for a call and its reply, in constant
 * memory.  One thread at a time.
 *
 *	packet_table_new -> packet_table_packet* -> packet_table_end -> packet_table_free
 */
#ifndef TABLE_H
#define TABLE_H

#include "packet/dissect.h"
#include "sheet.h"

enum table_kind {
	TABLE_NONE,
	TABLE_TCP, TABLE_UDP, TABLE_ICMP,	/* one line a packet */
	TABLE_DNS, TABLE_NFS			/* pairs */
};

struct packet_table;

/* Rows for `out', which is borrowed.  NULL with errno. */
struct packet_table	*packet_table_new(enum table_kind, enum sheet_format, struct out *);
void		 packet_table_free(struct packet_table *);		/* NULL is allowed */

/* A packet: its number in the report, and its time. */
void		 packet_table_packet(struct packet_table *, uint64_t number,
		    uint64_t time_ns, const struct dissection *);

/* No more packets: what was never answered. */
void		 packet_table_end(struct packet_table *);

#endif
