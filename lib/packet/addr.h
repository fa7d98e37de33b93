/*
 * Addresses, as flow keys store them: 16 bytes in network order, those of IPv4
 * mapped to IPv6; and their text.  The caller owns every buffer.  No state; any
 * thread.
 */
#ifndef ADDR_H
#define ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Enough for any IPv6 address, as INET6_ADDRSTRLEN. */
#define ADDR_STRLEN	46

/*
 * Print 16 bytes in network order as inet_ntop(3) does; family is
 * FLOW_FAMILY_IP4 (the last four bytes count), FLOW_FAMILY_IP6, or
 * FLOW_FAMILY_NONE, which prints `other'.  Returns buf.
 */
char	*addr_format(uint8_t family, const uint8_t addr[16],
	    char buf[ADDR_STRLEN]);

/* Set the address and its FLOW_FAMILY_ from text.  0, or -1 if it is none. */
int	 addr_parse(const char *text, uint8_t *family, uint8_t addr[16]);

/* Set the address to that of IPv4 in four bytes. */
static inline void
addr_map_ip4(uint8_t to[16], const uint8_t *from)
{
	static const uint8_t	prefix[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(to, prefix, sizeof(prefix));
	memcpy(to + sizeof(prefix), from, 4);
}

/* Is it such an address? */
static inline bool
addr_is_mapped_ip4(const uint8_t addr[16])
{
	static const uint8_t	prefix[12] = { [10] = 0xff, [11] = 0xff };

	return (memcmp(addr, prefix, sizeof(prefix)) == 0);
}

#endif
