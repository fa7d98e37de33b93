/*
 * What the files of DHCP share.  For dhcp*.c only.
 */
#ifndef DHCP_IMPL_H
#define DHCP_IMPL_H

#include <stdbool.h>

#include "dhcp.h"
#include "items.h"

enum {
	DHCP_OPTION_PAD = 0,
	DHCP_OPTION_OVERLOAD = 52,
	DHCP_OPTION_END = 255
};

/* dhcp_options.c: one option, whose data is all of the cursor. */
void	dhcp_show_option(struct fields *, uint8_t code, struct cursor);

#endif
