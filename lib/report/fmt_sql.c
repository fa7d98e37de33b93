/*
 * Rows as SQL: one table `traffic' with the same columns for all options, so
 * that it can contain reports of many interfaces and times.  Ports and
 * protocols are always numbers; hosts are text.
 */
#include <stdlib.h>
#include <string.h>

#include "packet/flow.h"
#include "fmt.h"
#include "sql.h"

static const struct sql_column columns[] = {
	{ "iface", "VARCHAR(64)", false },
	{ "begin_at", SQL_TIME, false },
	{ "end_at", SQL_TIME, false },
	{ "src", "VARCHAR(255)", false },
	{ "sport", "INTEGER", true },
	{ "dst", "VARCHAR(255)", false },
	{ "dport", "INTEGER", true },
	{ "proto", "INTEGER", true },
	{ "packets", SQL_COUNT, false },
	{ "data", SQL_COUNT, false },
	{ "bytes", SQL_COUNT, false },
};

/* A row without its protocol has no ports either; nor has `other'. */
#define NO_PORTS	(FLOW_NO_PROTO | FLOW_NO_PORTS)

struct fmt_sql {
	struct sql	 sql;
	struct names	*names;
	char		 iface[BLOCK_IFNAME_MAX];
	uint64_t	 begin_ns;
	uint64_t	 end_ns;
};

static void *
begin(struct out *o, const struct fmt_view *v)
{
	struct fmt_sql	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	f->names = v->names;
	f->sql.out = o;
	f->sql.table = "traffic";
	f->sql.columns = columns;
	f->sql.ncolumns = sizeof(columns) / sizeof(columns[0]);
	sql_begin(&f->sql);
	return (f);
}

static void
block(void *state, const struct block_info *b)
{
	struct fmt_sql	*f = state;

	(void)strlcpy(f->iface, b->ifname, sizeof(f->iface));
	f->begin_ns = b->begin_ns;
	f->end_ns = b->end_ns;
}

static void
put_host(struct fmt_sql *f, const struct flow_key *k, const uint8_t addr[16],
    uint16_t folded)
{
	char	host[NAMES_HOST_LEN];

	sql_text(&f->sql, names_host(f->names, (k->flags & folded) != 0 ?
	    FLOW_FAMILY_NONE : k->family, addr, host));
}

/* A number that was dropped is NULL, not 0. */
static void
put_number(struct fmt_sql *f, const struct flow_key *k, unsigned int v,
    unsigned int dropped)
{
	if ((k->flags & dropped) != 0 ||
	    (dropped != FLOW_NO_PROTO && flow_is_other(k)))
		sql_null(&f->sql);
	else
		sql_u64(&f->sql, v);
}

static void
row(void *state, const struct flow *flow)
{
	const struct flow_key	*k = &flow->key;
	struct fmt_sql		*f = state;

	sql_text(&f->sql, f->iface);
	sql_time(&f->sql, f->begin_ns);
	sql_time(&f->sql, f->end_ns);
	put_host(f, k, k->src, FLOW_NO_SRC);
	put_number(f, k, k->sport, NO_PORTS | FLOW_SPORT_CLIENT);
	put_host(f, k, k->dst, FLOW_NO_DST);
	put_number(f, k, k->dport, NO_PORTS | FLOW_DPORT_CLIENT);
	put_number(f, k, k->proto, FLOW_NO_PROTO);
	sql_u64(&f->sql, flow->count.packets);
	sql_u64(&f->sql, flow->count.data);
	sql_u64(&f->sql, flow->count.ip);
}

static void
end(void *state)
{
	struct fmt_sql	*f = state;

	sql_end(&f->sql);
	free(f);
}

const struct fmt_ops fmt_sql = {
	"sql", begin, block, row, end
};
