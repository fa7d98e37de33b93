/*
 * What the files of tables share.  For table*.c only.
 */
#ifndef IPREPORT_TABLE_IMPL_H
#define IPREPORT_TABLE_IMPL_H

#include "apps.h"
#include "table.h"

struct pairs;

struct listing_row {
	uint64_t	 number, time_ns;
	const struct dissection *d;
};

struct listing {
	enum table_kind	 kind;
	struct sheet	*sheet;
	struct pairs	*pairs;		/* NULL: one line a packet */
};

/* table_rows.c: one line a packet. */
extern const struct sheet_column	table_tcp[], table_udp[],
					table_icmp[];
void	table_tcp_row(struct sheet *, const struct listing_row *);
void	table_udp_row(struct sheet *, const struct listing_row *);
void	table_icmp_row(struct sheet *, const struct listing_row *);

/* table_pairs.c: calls and replies. */
struct pair_counts {
	uint64_t	calls, answered, again, unanswered, given_up, strays;
};

struct pairs {
	struct calls	*calls;
	struct sheet	*sheet;		/* borrowed */
	struct fields	*brief;
	struct pair_counts counts;
	const struct pairs_kind *kind;
};

/* What the tables of pairs differ in. */
struct pairs_kind {
	void	(*packet)(struct pairs *, const struct app_packet *);
	/* a row; no reply, no message: NULL; the call was not seen: number 0 */
	void	(*row)(struct pairs *, const struct call *,
		    const struct app_packet *reply, const void *message);
};

/* Most calls without a reply that are remembered. */
#define PAIRS_MOST	16384

struct pairs	*pairs_new(const struct pairs_kind *, struct sheet *,
		    size_t most);
void		 pairs_free(struct pairs *);		/* NULL is allowed */
void		 pairs_end(struct pairs *);

/* A call is new, or there was one of its key, which is not the same. */
struct call	*pairs_call(struct pairs *, struct call *there,
		    const struct call_key *, const struct app_packet *);
/* The same call again. */
void		 pairs_again(struct pairs *, struct call *,
		    const struct app_packet *);
void		 pairs_reply(struct pairs *, struct call *,
		    const struct app_packet *, const void *message);

/* A reply whose call was not seen: what is known of it from the reply. */
void		 pairs_stray(struct pairs *, struct call *unseen,
		    const struct app_packet *, const void *message);

/* Cells that both kinds of pairs have: packet, reply, time, client, server. */
void		 pairs_ends(struct pairs *, const struct call *,
		    const struct app_packet *reply);
/* ... the time between, and how often the call came again. */
void		 pairs_times(struct pairs *, const struct call *,
		    const struct app_packet *reply);

/* table_dns.c and table_nfs.c. */
extern const struct sheet_column	table_dns[], table_nfs[];
void	pairs_dns(struct pairs *, const struct app_packet *);
void	pairs_nfs(struct pairs *, const struct app_packet *);
void	pairs_dns_row(struct pairs *, const struct call *,
	    const struct app_packet *, const void *message);
void	pairs_nfs_row(struct pairs *, const struct call *,
	    const struct app_packet *, const void *message);

/* An address of 16 octets as text, that of IPv4 as such. */
void	table_address(struct sheet *, const uint8_t address[16]);

#endif
