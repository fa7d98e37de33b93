/*
 * Addresses as text, in the caller's buffer.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <string.h>

#include "addr.h"
#include "flow.h"

_Static_assert(ADDR_STRLEN >= INET6_ADDRSTRLEN, "ADDR_STRLEN is too short");

char *
addr_format(uint8_t family, const uint8_t addr[16], char buf[ADDR_STRLEN])
{
	const char	*text = NULL;

	if (family == FLOW_FAMILY_IP4)
		text = inet_ntop(AF_INET, addr + 12, buf, ADDR_STRLEN);
	else if (family == FLOW_FAMILY_IP6)
		text = inet_ntop(AF_INET6, addr, buf, ADDR_STRLEN);
	if (text == NULL)
		memcpy(buf, "other", sizeof("other"));
	return (buf);
}
