/*
 * A set of networks: what is local to an interface.
 */
#ifndef NETS_H
#define NETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nets;

/* What is local where nothing else is known: RFC 1918, RFC 4193, RFC 4291. */
#define NETS_PRIVATE							\
	"10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fe80::/10"

/* An empty set; NULL with errno when out of memory. */
struct nets	*nets_new(void);
void		 nets_free(struct nets *);

/*
 * Add the networks of a list such as "10.0.0.0/8, fd00::/8 192.0.2.1", apart
 * by blanks or commas; host bits are cleared, no length means one host.
 * Returns 0, or -1 with errno EINVAL and *bad pointing at the offending word
 * in `list' (the words before it have been added), or ENOMEM.
 */
int		 nets_add(struct nets *, const char *list, const char **bad);

/*
 * What a block recorded as local: the networks of the list up to a word that
 * is none, or NETS_PRIVATE if there are none.  Never a part of them: NULL with
 * errno when out of memory.
 */
struct nets	*nets_recorded(const char *list);

/* family and addr as in struct flow_key. */
bool		 nets_contains(const struct nets *, uint8_t family,
		    const uint8_t addr[16]);

size_t		 nets_count(const struct nets *);

/* Is it one address and nothing else?  Sets family and addr if it is. */
bool		 nets_is_host(const struct nets *, uint8_t *family,
		    uint8_t addr[16]);

/*
 * Print the set as nets_add() reads it, apart by blanks, as much as fits
 * whole into len octets.  Returns buf.
 */
char		*nets_format(const struct nets *, char *buf, size_t len);

#endif
