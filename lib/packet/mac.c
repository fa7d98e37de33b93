/*
 * MAC addresses as text.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mac.h"

bool
mac_is_device(const uint8_t mac[MAC_LEN])
{
	static const uint8_t	none[MAC_LEN];

	return ((mac[0] & 1) == 0 && memcmp(mac, none, MAC_LEN) != 0);
}

char *
mac_format(const uint8_t mac[MAC_LEN], char buf[MAC_STRLEN])
{
	(void)snprintf(buf, MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
	    mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return (buf);
}

static unsigned int
digit(char c)
{
	return (isdigit((unsigned char)c) ? (unsigned int)(c - '0') :
	    (unsigned int)(tolower((unsigned char)c) - 'a') + 10);
}

int
mac_parse(const char *text, uint8_t mac[MAC_LEN])
{
	int	i;

	for (i = 0; i < MAC_LEN; i++) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]))
			return (-1);
		mac[i] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
		if (i < MAC_LEN - 1 && *text != ':' && *text != '-')
			return (-1);
		text += i < MAC_LEN - 1;
	}
	return (*text == '\0' && mac_is_device(mac) ? 0 : -1);
}
