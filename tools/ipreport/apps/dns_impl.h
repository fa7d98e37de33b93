/*
 * What the files of the DNS share.  For dns*.c only.
 */
#ifndef DNS_IMPL_H
#define DNS_IMPL_H

#include "dns.h"
#include "items.h"

struct dns_message {
	struct fields	*fields;
	const uint8_t	*begin;		/* of the message, for pointers */
	bool		 multicast;
	bool		 continued;	/* it is known that there is more */
};

extern const struct item_name	dns_types[];

/*
 * Show a name at the cursor.  0, or -1 if the record cannot be followed from
 * here.
 */
int	dns_show_name(const struct dns_message *, struct cursor *,
	    const char *field);

/* The message ends inside what comes next. */
void	dns_short(const struct dns_message *, const struct cursor *);

/* dns_rdata.c: the data of a record, with its own limits. */
void	dns_show_data(const struct dns_message *, uint16_t type,
	    struct cursor);

/* dns_svcb.c: of HTTPS and SVCB. */
void	dns_show_svcb(const struct dns_message *, struct cursor *);

/* dns_opt.c: the pseudo-record of EDNS. */
void	dns_show_opt(const struct dns_message *, uint16_t class, uint32_t ttl,
	    struct cursor);

#endif
