/*
 * Addresses to text and from it (addr.h).  No state.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <string.h>

#include "addr.h"
#include "flow.h"

_Static_assert(ADDR_STRLEN >= INET6_ADDRSTRLEN, "ADDR_STRLEN is too short");

static char *
put_octet(char *p, uint8_t v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return (p);
}

/* Same result as inet_ntop(3), which would take most of a report's time. */
static void
format_ip4(const uint8_t addr[4], char *p)
{
	int	i;

	for (i = 0; i < 4; i++) {
		p = put_octet(p, addr[i]);
		*p++ = i < 3 ? '.' : '\0';
	}
}

char *
addr_format(uint8_t family, const uint8_t addr[16], char buf[ADDR_STRLEN])
{
	if (family == FLOW_FAMILY_IP4)
		format_ip4(addr + 12, buf);
	else if (family != FLOW_FAMILY_IP6 ||
	    inet_ntop(AF_INET6, addr, buf, ADDR_STRLEN) == NULL)
		memcpy(buf, "other", sizeof("other"));
	return (buf);
}

int
addr_parse(const char *text, uint8_t *family, uint8_t addr[16])
{
	uint8_t	ip4[4];

	if (inet_pton(AF_INET, text, ip4) == 1) {
		addr_map_ip4(addr, ip4);
		*family = FLOW_FAMILY_IP4;
		return (0);
	}
	if (inet_pton(AF_INET6, text, addr) != 1)
		return (-1);
	*family = FLOW_FAMILY_IP6;
	return (0);
}
