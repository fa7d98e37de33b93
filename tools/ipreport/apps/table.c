/*
 * Tables of packets (table.h): which rows a packet gives.
 */
#include <stdlib.h>
#include <string.h>

#include "packet/addr.h"
#include "table_impl.h"

static const struct kind {
	const struct sheet_column *columns;
	/* NULL: pairs */
	void	(*row)(struct sheet *, const struct table_packet *);
} kinds[] = {
	[TABLE_TCP] = { table_tcp, table_tcp_row },
	[TABLE_UDP] = { table_udp, table_udp_row },
	[TABLE_ICMP] = { table_icmp, table_icmp_row },
	[TABLE_DNS] = { table_dns, NULL },
	[TABLE_NFS] = { table_nfs, NULL }
};

struct table *
table_new(enum table_kind kind, enum sheet_format format, struct out *out)
{
	struct table	*t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->kind = kind;
	t->sheet = sheet_new(out, format, kinds[kind].columns);
	if (t->sheet != NULL && kinds[kind].row == NULL)
		t->pairs = pairs_new(kind, t->sheet, PAIRS_MOST);
	if (t->sheet == NULL || (kinds[kind].row == NULL && t->pairs == NULL)) {
		table_free(t);
		return (NULL);
	}
	return (t);
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	pairs_free(t->pairs);
	sheet_free(t->sheet);
	free(t);
}

void
table_packet(struct table *t, uint64_t number, uint64_t time_ns,
    const struct dissection *d)
{
	struct table_packet	row = { number, time_ns, d };
	struct app_packet	p;

	if (t->pairs == NULL)
		kinds[t->kind].row(t->sheet, &row);
	else if (app_packet(d, number, time_ns, &p))
		pairs_packet(t->pairs, t->kind, &p);
}

void
table_end(struct table *t)
{
	if (t->pairs != NULL)
		pairs_end(t->pairs);
}

void
table_address(struct sheet *s, const uint8_t address[16])
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };
	char			buf[ADDR_STRLEN];
	bool			ip4 = memcmp(address, mapped, 12) == 0;

	sheet_text(s, addr_format(ip4 ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6,
	    address, buf));
}
