/*
 * Keys of the history, subjects of its rows, and its periods.
 */
#include <string.h>
#include <time.h>

#include "packet/addr.h"
#include "history_impl.h"

#define FLAGS_SIDES	HISTORY_SIDES
#define FLAGS_SERVICE	HISTORY_SERVICE_FLAGS

/* ---- keys ---- */

size_t
key_run(const struct sorted_run *r, uint8_t key[KEY_MAX])
{
	uint8_t	*to = key;

	*to++ = KEY_ROWS;
	to = put_be(to, r->account, 4);
	*to++ = (uint8_t)r->kind;
	*to++ = (uint8_t)r->grain;
	to = put_be(to, r->period, 4);
	to = put_be(to, r->number, 2);
	return ((size_t)(to - key));
}

bool
key_is_run(const struct store_item *item, struct sorted_run *r)
{
	const uint8_t	*from = item->key;

	if (item->klen <= KEY_RUN || from[0] != KEY_ROWS)
		return (false);
	r->account = (uint32_t)get_be(from + 1, 4);
	r->kind = (enum history_kind)from[5];
	r->grain = (enum history_grain)from[6];
	r->period = (uint32_t)get_be(from + 7, 4);
	r->number = (uint16_t)get_be(from + 11, 2);
	return (true);
}

size_t
key_totals(uint32_t account, enum history_grain grain, uint32_t period,
    uint8_t key[KEY_MAX])
{
	uint8_t	*to = key;

	*to++ = KEY_TOTALS;
	to = put_be(to, account, 4);
	*to++ = (uint8_t)grain;
	to = put_be(to, period, 4);
	return ((size_t)(to - key));
}

/* ---- subjects ---- */

/*
 * An owner, and what is in a pair with one, stands there with all 16 bytes, as
 * if it was IPv6.
 */
static unsigned
family_of(const struct flow_key *k, const uint8_t *a)
{
	return (k->family == FLOW_FAMILY_IP4 && owner_is(a) ?
	    FLOW_FAMILY_IP6 : k->family);
}

static unsigned
family_of_pair(const struct flow_key *k)
{
	return (family_of(k, k->src) == FLOW_FAMILY_IP6 ? FLOW_FAMILY_IP6 :
	    family_of(k, k->dst));
}

/* An IPv4 address is in the last 4 of the 16 bytes. */
static void
put_address(struct history_row *row, const uint8_t a[16], unsigned family)
{
	if (family == FLOW_FAMILY_IP4) {
		memcpy(row->subject + row->len, a + 12, 4);
		row->len = (uint8_t)(row->len + 4);
	} else if (family == FLOW_FAMILY_IP6) {
		memcpy(row->subject + row->len, a, 16);
		row->len = (uint8_t)(row->len + 16);
	}
}

static void
host(struct history_row *row, const uint8_t a[16], unsigned family, bool none)
{
	row->subject[0] = none ? FLOW_FAMILY_NONE : (uint8_t)family;
	row->len = 1;
	put_address(row, a, row->subject[0]);
}

void
history_subject_src(struct history_row *row, const struct flow_key *k)
{
	host(row, k->src, family_of(k, k->src), (k->flags & FLOW_NO_SRC) != 0);
}

void
history_subject_dst(struct history_row *row, const struct flow_key *k)
{
	host(row, k->dst, family_of(k, k->dst), (k->flags & FLOW_NO_DST) != 0);
}

void
history_subject_service(struct history_row *row, const struct flow_key *k)
{
	row->subject[0] = k->proto;
	row->subject[1] = (uint8_t)(k->flags & FLAGS_SERVICE);
	if (flow_is_other(k))	/* it has no ports either */
		row->subject[1] |= FLOW_NO_PORTS;
	(void)put_be(row->subject + 2, flow_server_port(k), 2);
	row->len = 4;
}

void
history_subject_vlan(struct history_row *row, const struct flow_key *k)
{
	(void)put_be(row->subject, k->vlan, 2);
	row->len = 2;
}

/* The flags with source and destination exchanged. */
static unsigned
turn_flags(unsigned flags)
{
	return (((flags & FLOW_NO_SRC) ? FLOW_NO_DST : 0) |
	    ((flags & FLOW_NO_DST) ? FLOW_NO_SRC : 0));
}

unsigned
history_subject_pair(struct history_row *row, const struct flow_key *k)
{
	unsigned	flags = k->flags & FLAGS_SIDES;
	unsigned	family = family_of_pair(k);
	bool		turn = memcmp(k->src, k->dst, sizeof(k->src)) > 0;

	if (turn)
		flags = turn_flags(flags);
	row->subject[0] = (uint8_t)(family | flags);
	row->len = 1;
	put_address(row, turn ? k->dst : k->src, family);
	put_address(row, turn ? k->src : k->dst, family);
	return (turn);
}

static const uint8_t *
get_address(const uint8_t *from, unsigned family, uint8_t a[16])
{
	if (family == FLOW_FAMILY_IP6) {
		memcpy(a, from, 16);
		return (from + 16);
	}
	if (family != FLOW_FAMILY_IP4)
		return (from);
	addr_map_ip4(a, from);
	return (from + 4);
}

static bool
is_none(const struct flow_count *c)
{
	return (c->packets == 0 && c->data == 0 && c->ip == 0);
}

/* A flow for each direction that has counts. */
static unsigned
pair_flows(const struct history_row *row, struct flow flow[2])
{
	const uint8_t	*s = row->subject;
	struct flow	 there, back;
	unsigned	 n = 0;

	memset(&there, 0, sizeof(there));
	there.key.flags = s[0] & FLAGS_SIDES;
	there.key.family = s[0] & FLOW_FAMILY_MASK;
	s = get_address(s + 1, there.key.family, there.key.src);
	(void)get_address(s, there.key.family, there.key.dst);
	if ((owner_is(there.key.src) && addr_is_mapped_ip4(there.key.dst)) ||
	    (owner_is(there.key.dst) && addr_is_mapped_ip4(there.key.src)))
		there.key.family = FLOW_FAMILY_IP4;
	there.count = row->count[0];
	back = there;
	memcpy(back.key.src, there.key.dst, sizeof(back.key.src));
	memcpy(back.key.dst, there.key.src, sizeof(back.key.dst));
	back.key.flags = (uint8_t)turn_flags(there.key.flags);
	back.count = row->count[1];
	if (!is_none(&there.count))
		flow[n++] = there;
	if (!is_none(&back.count))
		flow[n++] = back;
	return (n);
}

unsigned
history_flows(enum history_kind kind, const struct history_row *row,
    struct flow flow[2])
{
	const uint8_t	*s = row->subject;
	struct flow	*f = &flow[0];

	if (kind == HISTORY_PAIR)
		return (pair_flows(row, flow));
	memset(f, 0, sizeof(*f));
	f->count = row->count[0];
	if (kind == HISTORY_VLAN) {
		f->key.vlan = get_be16(s) & FLOW_VLAN_MASK;
		return (1);
	}
	if (kind == HISTORY_SERVICE) {
		f->key.proto = s[0];
		f->key.flags = s[1];
		f->key.sport = f->key.dport = (uint16_t)get_be(s + 2, 2);
		return (1);
	}
	f->key.family = s[0] & FLOW_FAMILY_MASK;
	f->key.flags = s[0] == FLOW_FAMILY_NONE ? FLOW_NO_SRC : 0;
	(void)get_address(s + 1, s[0], f->key.src);
	return (1);
}

/* ---- periods ---- */

/*
 * The first hour of the month that is `months' after that of `hour', in UTC.
 * Only the calendar counts, no clock; times from 1970 to 2554 fit.
 */
static uint32_t
month_hour(uint32_t hour, int months)
{
	time_t		t = (time_t)hour * 3600;
	struct tm	tm;
	int64_t		y, m, days;

	(void)gmtime_r(&t, &tm);
	m = tm.tm_mon + months;
	y = 1900 + tm.tm_year + m / 12;
	m = m % 12 + 1;
	/* Days since 1970-01-01; in this formula a year begins in March. */
	if (m <= 2) {
		m += 12;
		y--;
	}
	days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 -
	    719468;
	return ((uint32_t)(days * 24));
}

uint32_t
history_period(enum history_grain grain, uint32_t hour)
{
	if (grain == HISTORY_DAY)
		return (hour - hour % 24);
	return (grain == HISTORY_MONTH ? month_hour(hour, 0) : hour);
}

uint32_t
history_period_next(enum history_grain grain, uint32_t hour)
{
	if (grain == HISTORY_DAY)
		return (hour - hour % 24 + 24);
	return (grain == HISTORY_MONTH ? month_hour(hour, 1) : hour + 1);
}
