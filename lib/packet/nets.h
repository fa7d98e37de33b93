/*
 * A set of networks: what is local to an interface, and with it which way a
 * flow went.
 */
#ifndef NETS_H
#define NETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow.h"

struct nets;

enum flow_direction {
	FLOW_PASSING,		/* between two local ends, or past them */
	FLOW_IN,		/* to a local end */
	FLOW_OUT		/* from one */
};

/* An empty set; NULL with errno when out of memory. */
struct nets	*nets_new(void);
void		 nets_free(struct nets *);

/*
 * Add the networks of a list such as "10.0.0.0/8, fd00::/8 192.0.2.1",
 * separated by white space or commas; host bits are cleared, an address
 * without a length is one host.  Returns 0, or -1 with errno EINVAL and *bad
 * pointing at the wrong word in `list' (the words before it have been added),
 * or ENOMEM.
 */
int		 nets_add(struct nets *, const char *list, const char **bad);

/*
 * Add one network of that many bits, of 32 or of 128; host bits are cleared.
 * family and addr as in struct flow_key.  Returns 0, or -1 with errno.
 */
int		 nets_add_net(struct nets *, uint8_t family,
		    const uint8_t addr[16], unsigned int bits);

/* Add the networks of another set.  Returns 0, or -1 with errno. */
int		 nets_add_all(struct nets *, const struct nets *);

/*
 * Sort the set, remove what another network includes, and join halves to the
 * network that they make up: the same addresses by as few networks as
 * possible.  Two sets of the same addresses are then the same list.
 */
void		 nets_tidy(struct nets *);

/*
 * Tidy the set.  If nets_format() then needs more than len octets, join
 * neighbours to the network that includes both, those first that add the
 * fewest addresses.  True if the set has become wider by that.
 */
bool		 nets_widen(struct nets *, size_t len);

/* Do two tidy sets have the same networks? */
bool		 nets_equal(const struct nets *, const struct nets *);

/* Has it a network that is not link-local (fe80::/10)? */
bool		 nets_beyond_link(const struct nets *);

/* family and addr as in struct flow_key; an owner is in OWNER_NETWORKS. */
bool		 nets_contains(const struct nets *, uint8_t family,
		    const uint8_t addr[16]);

size_t		 nets_count(const struct nets *);

/*
 * The local networks of a list that was recorded with an account: those before
 * a word that is no network; if there is none, the private networks (RFC 1918,
 * RFC 4193, RFC 4291).  The caller frees it.  NULL with errno ENOMEM: a set is
 * never incomplete.
 */
struct nets	*nets_recorded(const char *list);

/* A side that was folded away is not local. */
enum flow_direction	 nets_direction(const struct nets *local,
			    const struct flow_key *);

/* Is it one address and nothing else?  Sets family and addr if it is. */
bool		 nets_is_host(const struct nets *, uint8_t *family,
		    uint8_t addr[16]);

/*
 * Print the set as nets_add() reads it, separated by spaces: as many whole
 * networks as fit into len octets.  Returns buf.
 */
char		*nets_format(const struct nets *, char *buf, size_t len);

#endif
