/*
 * Whose packets: the owner of a socket, and how the rows of an account of
 * owners (`trafd -i owners') tell it.
 *
 * In such a row the local side of the key (src of what was sent, dst of what
 * was received) is not an address of this host but an owner: 16 octets that
 * begin with OWNER_PREFIX, which is in a part of IPv6 that is reserved (::/8)
 * and never an address.  The other octets are a hash of unit, uid and program,
 * so that the same owner is the same in all blocks, runs and hosts.  The names
 * stand in a table of owners beside the rows.  The local port is 0, unless it
 * is the one of the service.  `vlan' of the key is the number of an interface
 * in the same table, from 1; 0: not known; FLOW_VLAN_MIXED: several.
 */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OWNER_PREFIX	"\0own"		/* the first 4 octets */
#define OWNER_PREFIX_LEN 4
#define OWNER_LEN	16		/* octets, as in struct flow_key */

#define OWNER_UNIT_MAX	256		/* with the NUL */
#define OWNER_USER_MAX	64
#define OWNER_PROGRAM_MAX 32
#define OWNER_ACCOUNT	"owners"	/* the name of the account */

/* Programs that are none; no comm(5) has parentheses at both ends by custom. */
#define OWNER_KERNEL	"(kernel)"	/* sockets of the kernel itself */
#define OWNER_BEFORE	"(before trafd)" /* sockets older than the account */
#define OWNER_OTHER	"(other)"	/* there was no room for its name */

#define OWNER_NO_UID	UINT32_MAX

struct flow;

struct owner {
	uint8_t		id[OWNER_LEN];	/* of the other members but `user' */
	uint32_t	uid;		/* OWNER_NO_UID: none */
	char		unit[OWNER_UNIT_MAX]; /* path below the mount of cgroup
					   v2, "/system.slice/nginx.service" */
	char		user[OWNER_USER_MAX]; /* name of the uid when it was
					   seen; "" if it had none */
	char		program[OWNER_PROGRAM_MAX]; /* comm(5) of the maker */
};

/* Is this side of a row an owner?  addr has 16 octets. */
static inline bool
owner_is(const uint8_t *addr)
{
	return (memcmp(addr, OWNER_PREFIX, OWNER_PREFIX_LEN) == 0);
}

/*
 * What stands in `networks' of a block of such rows: all owners, and nothing
 * else, are local then.
 */
#define OWNER_NETWORKS	"6f:776e::/32"

/*
 * Make the texts printable, as the file has them, and set o->id from unit, uid
 * and program.
 */
void	owner_identify(struct owner *);

/*
 * The end of the unit's path from its last part on that is a unit of systemd,
 * else its last part, as a pointer into unit: "nginx.service",
 * "session-3.scope", "foo.service/init"; "/" of the root.
 */
const char *owner_unit_name(const char *unit);

/*
 * Write to buf[len] the container that the unit belongs to: "docker/ID",
 * "podman/ID", "containerd/ID", "k8s/ID" with the first 12 digits of its id,
 * "lxc/NAME", "machine/NAME"; "" if it is none.  If containers are in each
 * other it is the outermost, which this host has started.  OWNER_CONTAINER_MAX
 * is always enough.  Returns buf.
 */
#define OWNER_CONTAINER_MAX 272		/* with the NUL */
const char *owner_container(const char *unit, char *buf, size_t len);

/*
 * Names of owners and interfaces.  One thread at a time.  What is added is
 * copied as it is.
 */
struct owners;

#define OWNERS_MOST	((size_t)1 << 20)	/* owners of a set */

struct owners	*owners_new(void);		/* NULL with errno */
void		 owners_free(struct owners *);	/* NULL is allowed */

/*
 * Copy it in, unless its id is there.  Returns 1 if new, 0, or -1 with errno;
 * ENOSPC: the set is full.
 */
int		 owners_add(struct owners *, const struct owner *);

/* The same for all owners of the second set, but not for its interfaces. */
int		 owners_add_all(struct owners *, const struct owners *);

/* Owners and interfaces.  NULL with errno. */
struct owners	*owners_copy(const struct owners *);

/* NULL: not known.  Valid as long as the set, as owners_at() is. */
const struct owner *owners_find(const struct owners *, const uint8_t *id);
#define OWNERS_NONE	SIZE_MAX
size_t		 owners_number(const struct owners *, const uint8_t *id);
size_t		 owners_count(const struct owners *);
const struct owner *owners_at(const struct owners *, size_t i);

/*
 * The number of an interface, 1 .. 4094, added if new; 0: no room, or a name
 * that is empty or too long.
 */
#define OWNERS_INTERFACES	4094
#define OWNERS_IFNAME_MAX	64		/* with the NUL */
uint16_t	 owners_interface(struct owners *, const char *ifname);
uint16_t	 owners_interfaces(const struct owners *); /* the last */

/*
 * Give it that number, in a set that is read from a file.  False if another
 * interface has the number or the name, or as above.
 */
bool		 owners_set_interface(struct owners *, uint16_t number,
		    const char *ifname);

/* NULL: no interface has this number.  Valid until one is added. */
const char	*owners_ifname(const struct owners *, uint16_t number);

/*
 * Rows of several sets: add the interfaces of `from' and set map[n] to the
 * number that its interface n has in the first set; FLOW_VLAN_MIXED if there
 * is no room, 0 if it has none.  True: they have the same numbers.
 */
#define OWNERS_MAP		4096
bool		 owners_join_interfaces(struct owners *,
		    const struct owners *from, uint16_t map[OWNERS_MAP]);

/* Renumber rows so and sort them; returns how many are left of n. */
size_t		 owners_renumber(const uint16_t map[OWNERS_MAP],
		    struct flow *rows, size_t n);

#endif
