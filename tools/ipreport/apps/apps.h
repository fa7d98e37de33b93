/*
 * What ipreport shows above TCP and UDP: which decoder a packet is for.  One
 * thread at a time.
 *
 *	apps_new -> apps_show* -> apps_free
 */
#ifndef APPS_H
#define APPS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipreport/fields.h"
#include "packet/cursor.h"
#include "packet/dissect.h"
#include "calls.h"

/* The data of a packet, and where it was. */
struct app_packet {
	uint64_t	 number;	/* in the report, from 1 */
	uint64_t	 time_ns;
	uint8_t		 src[16], dst[16];	/* ::ffff:a.b.c.d */
	uint16_t	 sport, dport;
	uint8_t		 proto;		/* IP protocol number */
	bool		 fragment;	/* the first one */
	struct cursor	 data;
};

/*
 * The innermost packet of a dissection that has data of an application, or
 * might have: of TCP or UDP.  false: there is none.
 */
bool	app_packet(const struct dissection *, uint64_t number,
	    uint64_t time_ns, struct app_packet *);

/* Addresses of a layer that is a packet of IP, IPv4 as ::ffff:a.b.c.d. */
void	app_addresses(const struct layer *ip, uint8_t src[16],
	    uint8_t dst[16]);

struct apps;

/* rpc: look for RPC too (-r).  NULL with errno. */
struct apps	*apps_new(bool rpc);
void		 apps_free(struct apps *);

/*
 * Show what the packet holds.  false: nothing is known of it, and nothing was
 * shown.
 */
bool		 apps_show(struct apps *, const struct app_packet *,
		    struct fields *);

/*
 * Find the call of a message: of a call itself, to see whether it is repeated,
 * or of a reply.  *k becomes the key that the call has or would have.  A call
 * to a group or to all is answered from any address.
 */
struct call	*app_find_call(struct calls *, const struct app_packet *,
		    uint32_t id, bool reply, struct call_key *k);

/* Ports of programs of RPC that are always there. */
#define APPS_PORT_RPC	111
#define APPS_PORT_NFS	2049
static inline bool
apps_is_rpc_port(uint16_t port)
{
	return (port == APPS_PORT_RPC || port == APPS_PORT_NFS);
}

/* Ports of the DNS. */
#define APPS_PORT_DNS	53
#define APPS_PORT_MDNS	5353
#define APPS_PORT_LLMNR	5355

#endif
