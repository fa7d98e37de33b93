/*
 * Addresses as text.  The caller owns every buffer.  No state; any thread.
 */
#ifndef ADDR_H
#define ADDR_H

#include <stdint.h>

/* Enough for any IPv6 address, as INET6_ADDRSTRLEN. */
#define ADDR_STRLEN	46

/*
 * Print 16 bytes in network order as inet_ntop(3) does; family is
 * FLOW_FAMILY_IP4 (the last four bytes count), FLOW_FAMILY_IP6, or
 * FLOW_FAMILY_NONE, which prints `other'.  Returns buf.
 */
char	*addr_format(uint8_t family, const uint8_t addr[16],
	    char buf[ADDR_STRLEN]);

#endif
