/*
 * Tables of packets (table.h): which rows a packet gives.
 */
#include <stdlib.h>

#include "table_impl.h"

static const struct kind {
	const struct sheet_column *columns;
	/* a row for each packet, or (NULL) what makes pairs */
	void	(*row)(struct sheet *, const struct listing_row *);
	struct pairs_kind pairs;
} kinds[] = {
	[TABLE_TCP] = { .columns = table_tcp, .row = table_tcp_row },
	[TABLE_UDP] = { .columns = table_udp, .row = table_udp_row },
	[TABLE_ICMP] = { .columns = table_icmp, .row = table_icmp_row },
	[TABLE_DNS] = { .columns = table_dns,
	    .pairs = { pairs_dns, pairs_dns_row } },
	[TABLE_NFS] = { .columns = table_nfs,
	    .pairs = { pairs_nfs, pairs_nfs_row } }
};

struct listing *
listing_new(enum table_kind kind, enum sheet_format format, struct out *out)
{
	struct listing	*t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->kind = kind;
	t->sheet = sheet_new(out, format, kinds[kind].columns);
	if (t->sheet != NULL && kinds[kind].row == NULL)
		t->pairs = pairs_new(&kinds[kind].pairs, t->sheet,
		    PAIRS_MOST);
	if (t->sheet == NULL || (kinds[kind].row == NULL && t->pairs == NULL)) {
		listing_free(t);
		return (NULL);
	}
	return (t);
}

void
listing_free(struct listing *t)
{
	if (t == NULL)
		return;
	pairs_free(t->pairs);
	sheet_free(t->sheet);
	free(t);
}

void
listing_packet(struct listing *t, uint64_t number, uint64_t time_ns,
    const struct dissection *d)
{
	struct listing_row	row = { number, time_ns, d };
	struct app_packet	p;

	if (t->pairs == NULL)
		kinds[t->kind].row(t->sheet, &row);
	else if (app_packet(d, number, time_ns, &p))
		kinds[t->kind].pairs.packet(t->pairs, &p);
}

void
listing_end(struct listing *t)
{
	if (t->pairs != NULL)
		pairs_end(t->pairs);
}
