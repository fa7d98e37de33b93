/*
 * Tables: one line a packet, or one for a call and its reply, in constant
 * memory.  One thread at a time.
 *
 *	listing_new -> listing_packet* -> listing_end -> listing_free
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

struct listing;

/* Rows for `out', which is borrowed.  NULL with errno. */
struct listing	*listing_new(enum table_kind, enum sheet_format,
		    struct out *);
void		 listing_free(struct listing *);	/* NULL is allowed */

/* A packet: its number in the report, and its time. */
void		 listing_packet(struct listing *, uint64_t number,
		    uint64_t time_ns, const struct dissection *);

/* No more packets: what was never answered. */
void		 listing_end(struct listing *);

#endif
