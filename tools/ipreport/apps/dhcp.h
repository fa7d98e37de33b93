/*
 * DHCP with the header of BOOTP (RFC 951, 2131, 2132), and DHCPv6 (RFC 8415).
 * Pure functions of what was captured.  One thread at a time.
 */
#ifndef DHCP_H
#define DHCP_H

#include "ipreport/fields.h"
#include "packet/cursor.h"

void	dhcp_show(struct fields *, struct cursor);
void	dhcp6_show(struct fields *, struct cursor);

/*
 * Domain names one after the other, as the DNS has them.  Each is a field of
 * that name.
 */
void	dhcp_show_domains(struct fields *, const char *name, struct cursor);

#endif
