/*
 * Converts records and headers of BPFT's files from bytes and to bytes.  Does
 * not use files.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/endian.h"
#include "layout.h"

#define USEC	UINT64_C(1000000)

/* BPFT is from 1993.  Seconds outside this range are no valid time. */
#define FIRST_SECOND	UINT64_C(315532800)	/* 1980 */
#define LAST_SECOND	UINT64_C(7258118400)	/* 2200 */

/* Which side is the server, in records of OLD. */
enum {
	SERVER_NONE,
	SERVER_SOURCE,
	SERVER_DESTINATION,
	SERVER_BOTH
};

const char *const layout_names[LAYOUTS] = {
	[LAYOUT_AUTO] = "auto",
	[LAYOUT_TRAFD] = "trafd",
	[LAYOUT_OLD] = "old",
	[LAYOUT_NEW] = "new",
};

/* ---- records ---- */

static void
get_address(const uint8_t *p, uint8_t addr[16])
{
	memset(addr, 0, 10);
	memset(addr + 10, 0xff, 2);
	memcpy(addr + 12, p, 4);
}

/* The start of a record, which is the same in both. */
static void
get_key(const uint8_t *p, struct flow_key *k)
{
	memset(k, 0, sizeof(*k));
	get_address(p, k->src);
	get_address(p + 4, k->dst);
	k->family = FLOW_FAMILY_IP4;
	k->proto = p[8];
}

static void
get_count(const uint8_t *p, struct flow_count *c)
{
	c->packets = 0;
	c->ip = get_le32(p);
	c->data = get_le32(p + 4);
}

/* A row from 0.0.0.0 to 0.0.0.0 without ports is an `other' row. */
static void
recognise_other(struct flow_key *k)
{
	static const uint8_t	zero[4];

	if (k->flags == 0 && memcmp(k->src + 12, zero, 4) == 0 &&
	    memcmp(k->dst + 12, zero, 4) == 0 && k->sport == 0 &&
	    k->dport == 0)
		flow_key_other(k, k->proto);
}

static void
get_old(const uint8_t *p, struct flow *f)
{
	struct flow_key	*k = &f->key;
	uint16_t	 port = get_le16(p + 10);

	get_key(p, k);
	switch (p[9]) {
	case SERVER_SOURCE:
		k->sport = port;
		k->flags = FLOW_DPORT_CLIENT;
		break;
	case SERVER_DESTINATION:
		k->dport = port;
		k->flags = FLOW_SPORT_CLIENT;
		break;
	case SERVER_BOTH:
		k->sport = k->dport = port;
		break;
	}
	recognise_other(k);
	get_count(p + 12, &f->count);
}

static void
get_new(const uint8_t *p, struct flow *f)
{
	get_key(p, &f->key);
	f->key.sport = get_le16(p + 10);
	f->key.dport = get_le16(p + 12);
	recognise_other(&f->key);
	get_count(p + 16, &f->count);
}

static bool
sane_old(const uint8_t *p)
{
	return (p[9] <= SERVER_BOTH && get_le32(p + 16) <= get_le32(p + 12));
}

static bool
sane_new(const uint8_t *p)
{
	return (get_le32(p + 20) <= get_le32(p + 16));
}

static void
put_key(uint8_t *p, const struct flow_key *k)
{
	memcpy(p, k->src + 12, 4);
	memcpy(p + 4, k->dst + 12, 4);
	p[8] = k->proto;
}

static void
put_count(uint8_t *p, const struct flow_count *c)
{
	put_le32(p, (uint32_t)c->ip);
	put_le32(p + 4, (uint32_t)c->data);
}

static uint8_t
server_of(const struct flow_key *k)
{
	if (k->flags & FLOW_DPORT_CLIENT)
		return (SERVER_SOURCE);
	if (k->flags & FLOW_SPORT_CLIENT)
		return (SERVER_DESTINATION);
	return (k->sport != 0 ? SERVER_BOTH : SERVER_NONE);
}

static void
put_old(uint8_t *p, const struct flow *f)
{
	const struct flow_key	*k = &f->key;

	put_key(p, k);
	p[9] = server_of(k);
	put_le16(p + 10, k->flags & FLOW_SPORT_CLIENT ? k->dport : k->sport);
	put_count(p + 12, &f->count);
}

static void
put_new(uint8_t *p, const struct flow *f)
{
	put_key(p, &f->key);
	put_le16(p + 10, f->key.sport);
	put_le16(p + 12, f->key.dport);
	put_count(p + 16, &f->count);
}

static void
reduce_old(struct flow_key *k)
{
	if (!(k->flags & (FLOW_SPORT_CLIENT | FLOW_DPORT_CLIENT)))
		flow_key_reduce(k, FLOW_PORTS_SERVICE);
	k->flags &= FLOW_SPORT_CLIENT | FLOW_DPORT_CLIENT | FLOW_OTHER;
	k->vlan = FLOW_VLAN_NONE;
}

static void
reduce_new(struct flow_key *k)
{
	k->flags &= FLOW_OTHER;
	k->vlan = FLOW_VLAN_NONE;
}

static const struct legacy_record records[LAYOUTS] = {
	[LAYOUT_OLD] = { 20, get_old, put_old, sane_old, reduce_old },
	[LAYOUT_NEW] = { 24, get_new, put_new, sane_new, reduce_new },
};

const struct legacy_record *
legacy_record(enum layout l)
{
	return (&records[l]);
}

/* ---- headers ---- */

const struct legacy_header legacy_headers[LEGACY_HEADERS] = {
	{ 20, 4, 4 },
	{ 36, 4, 8 },
	{ 40, 8, 8 },		/* aligned by the compiler */
};

/* Decode a struct timeval.  False if it is no valid time. */
static bool
get_time(const uint8_t *p, size_t width, uint64_t *ns)
{
	uint64_t	sec = width == 8 ? get_le64(p) : get_le32(p);
	uint64_t	usec = width == 8 ? get_le64(p + 8) : get_le32(p + 4);
	uint64_t	most = width == 8 ? LAST_SECOND : INT32_MAX;

	if (sec < FIRST_SECOND || sec > most || usec >= USEC)
		return (false);
	*ns = sec * NS_PER_S + usec * (NS_PER_S / USEC);
	return (true);
}

bool
legacy_head_get(const struct legacy_header *h, const uint8_t *p,
    struct legacy_head *head)
{
	const uint8_t	*begin = p + h->times, *end = begin + 2 * h->width;

	head->n = get_le32(p);
	return (head->n <= INT32_MAX &&
	    get_time(begin, h->width, &head->begin_ns) &&
	    get_time(end, h->width, &head->end_ns) &&
	    head->begin_ns <= head->end_ns);
}

static int
put_time(uint8_t *p, uint64_t ns)
{
	if (ns / NS_PER_S > INT32_MAX) {
		errno = EOVERFLOW;
		return (-1);
	}
	put_le32(p, (uint32_t)(ns / NS_PER_S));
	put_le32(p + 4, (uint32_t)(ns % NS_PER_S / (NS_PER_S / USEC)));
	return (0);
}

int
legacy_head_put(const struct legacy_head *head, uint8_t *p)
{
	put_le32(p, head->n);
	if (put_time(p + 4, head->begin_ns) == -1)
		return (-1);
	return (put_time(p + 12, head->end_ns));
}
