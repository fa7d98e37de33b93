/*
 * Messages of the DNS, of multicast DNS and LLMNR (RFC 1035, 6762, 4795).  Pure
 * functions of what was captured: a name follows compression pointers backwards
 * only, so work is bounded.  One thread at a time.
 */
#ifndef DNS_H
#define DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipreport/fields.h"
#include "packet/cursor.h"

/* A name of 255 octets, each as \DDD, and the NUL. */
#define DNS_NAME	1024

#define DNS_HEADER	12

struct dns_head {
	uint16_t	id;
	uint16_t	flags;
	uint16_t	counts[4];	/* questions, answers, ... */
	bool		asks;		/* there is a question: */
	uint16_t	type;
	char		name[DNS_NAME];
};

#define DNS_RESPONSE	0x8000

/*
 * Show a message.  multicast: the top bit of a class has another meaning.
 */
void	dns_show(struct fields *, struct cursor, bool multicast);

/* Show what a segment of TCP holds: messages after their lengths. */
void	dns_show_tcp(struct fields *, struct cursor);

/* The header and the first question; -1 if it is no message of the DNS. */
int	dns_head(struct cursor, struct dns_head *);

/* The next message in a segment of TCP.  0, or -1. */
int	dns_next_tcp(struct cursor *segment, struct cursor *message);

/*
 * A name at the cursor, whose message starts at `begin': as text, in which
 * unusual octets are \DDD; "." is the root.  0, or -1 if the name is cut or
 * malformed.
 */
int	dns_name(struct cursor *, const uint8_t *begin, char text[DNS_NAME]);

/* "AAAA" and "NXDOMAIN", or NULL. */
const char	*dns_type_name(uint32_t);
const char	*dns_code_name(uint32_t);

#endif
