/*
 * Cells that all tables have.
 */
#include <string.h>

#include "packet/addr.h"
#include "table_impl.h"

void
table_address(struct sheet *s, const uint8_t address[16])
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };
	char			buf[ADDR_STRLEN];
	bool			ip4 = memcmp(address, mapped, 12) == 0;

	sheet_text(s, addr_format(ip4 ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6,
	    address, buf));
}
