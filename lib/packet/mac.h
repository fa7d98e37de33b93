/*
 * MAC addresses (EUI-48) of single devices.  The caller owns every buffer.  No
 * state; any thread.
 */
#ifndef MAC_H
#define MAC_H

#include <stdbool.h>
#include <stdint.h>

#define MAC_LEN		6		/* octets, in the order of the wire */
#define MAC_STRLEN	18		/* its text, with the NUL */

/*
 * A MAC address with more IP addresses than these at one time is that of a
 * router, or of whatever else stands between the hosts and us.  IPv6 has
 * temporary addresses: a telephone may use dozens a day.
 */
#define MAC_MOST_IP4	4
#define MAC_MOST_IP6	256

/* Can it be the address of one device?  Not if it is zero or of a group. */
bool	 mac_is_device(const uint8_t mac[MAC_LEN]);

/* Print `52:54:00:12:34:56'.  Returns buf. */
char	*mac_format(const uint8_t mac[MAC_LEN], char buf[MAC_STRLEN]);

/*
 * Read that text, in upper or lower case, and with `-' in place of `:'.
 * Returns 0, or -1 if it is not the address of a device.
 */
int	 mac_parse(const char *text, uint8_t mac[MAC_LEN]);

#endif
