/*
 * Small protocols over UDP: NTP (RFC 5905), SNMP (RFC 1157, 3416; no further
 * than its PDU), syslog (RFC 3164, 5424) and TFTP (RFC 1350, 2347).  Pure
 * functions of what was captured.  One thread at a time.
 */
#ifndef MORE_H
#define MORE_H

#include "ipreport/fields.h"
#include "packet/cursor.h"

void	ntp_show(struct fields *, struct cursor);
void	snmp_show(struct fields *, struct cursor);
void	syslog_show(struct fields *, struct cursor);
void	tftp_show(struct fields *, struct cursor);

#endif
