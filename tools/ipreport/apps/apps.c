/*
 * Which decoder shows a packet (apps.h): by its ports, or as RPC.
 */
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "packet/addr.h"
#include "apps.h"
#include "dhcp.h"
#include "dns.h"
#include "more.h"

#define TCP		6
#define UDP		17
#define OUTSTANDING	4096	/* calls whose reply can be understood */

struct apps {
	struct calls	*calls;		/* NULL without -r */
};

struct apps *
apps_new(bool rpc)
{
	struct apps	*a = calloc(1, sizeof(*a));

	if (a != NULL && rpc &&
	    (a->calls = calls_new(OUTSTANDING, NULL, NULL)) == NULL) {
		free(a);
		return (NULL);
	}
	return (a);
}

void
apps_free(struct apps *a)
{
	if (a != NULL)
		calls_free(a->calls);
	free(a);
}

/* ---- the packet ---- */

void
app_addresses(const struct layer *ip, uint8_t src[16], uint8_t dst[16])
{
	if (ip->kind == LAYER_IP4) {
		addr_map_ip4(src, ip->at + 12);
		addr_map_ip4(dst, ip->at + 16);
	} else {
		memcpy(src, ip->at + 8, 16);
		memcpy(dst, ip->at + 24, 16);
	}
}

/* The octets of data: of a first fragment also those of the others. */
static uint32_t
whole(const struct dissect_app *a)
{
	uint32_t	length;

	if (!a->fragment || a->proto != UDP || a->transport->captured < 8)
		return (a->wire);
	length = get_be16(a->transport->at + 4);
	return (length > a->wire + 8 ? length - 8 : a->wire);
}

bool
app_packet(const struct dissection *d, uint64_t number, uint64_t time_ns,
    struct app_packet *p)
{
	const struct dissect_app	*a = &d->app;

	if (a->at == NULL || a->ip == NULL ||
	    (a->proto != TCP && a->proto != UDP))
		return (false);
	memset(p, 0, sizeof(*p));
	p->number = number;
	p->time_ns = time_ns;
	p->sport = a->sport;
	p->dport = a->dport;
	p->proto = a->proto;
	p->fragment = a->fragment;
	app_addresses(a->ip, p->src, p->dst);
	p->data = cursor_open(a->at, a->captured, whole(a));
	return (true);
}

/* To a group, or to all of a network. */
static bool
is_group(const uint8_t *address)
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(address, mapped, sizeof(mapped)) != 0)
		return (address[0] == 0xff);
	return ((address[12] & 0xf0) == 0xe0 ||
	    get_be32(address + 12) == UINT32_MAX);
}

struct call *
app_find_call(struct calls *t, const struct app_packet *p, uint32_t id,
    bool reply, struct call_key *k)
{
	const uint8_t	*server = reply ? p->src : p->dst;
	struct call	*c;

	memset(k, 0, sizeof(*k));
	memcpy(k->client, reply ? p->dst : p->src, sizeof(k->client));
	if (!is_group(server))
		memcpy(k->server, server, sizeof(k->server));
	k->client_port = reply ? p->dport : p->sport;
	k->server_port = reply ? p->sport : p->dport;
	k->id = id;
	k->kind = p->proto;
	c = calls_find(t, k);
	if (c != NULL || !reply)
		return (c);
	memset(k->server, 0, sizeof(k->server));
	return (calls_find(t, k));
}

/* ---- by port ---- */

static void
dns(struct fields *f, const struct app_packet *p)
{
	if (p->proto == TCP)
		dns_show_tcp(f, p->data);
	else
		dns_show(f, p->data, false);
}

static void
mdns(struct fields *f, const struct app_packet *p)
{
	dns_show(f, p->data, true);
}

static void
dhcp(struct fields *f, const struct app_packet *p)
{
	dhcp_show(f, p->data);
}

static void
dhcp6(struct fields *f, const struct app_packet *p)
{
	dhcp6_show(f, p->data);
}

static void
ntp(struct fields *f, const struct app_packet *p)
{
	ntp_show(f, p->data);
}

static void
snmp(struct fields *f, const struct app_packet *p)
{
	snmp_show(f, p->data);
}

static void
syslog(struct fields *f, const struct app_packet *p)
{
	syslog_show(f, p->data);
}

static void
tftp(struct fields *f, const struct app_packet *p)
{
	tftp_show(f, p->data);
}

static const struct port {
	uint16_t	 port;
	bool		 udp, tcp;
	void		(*show)(struct fields *, const struct app_packet *);
} ports[] = {
	{ APPS_PORT_DNS, true, true, dns },
	{ 67, true, false, dhcp },
	{ 68, true, false, dhcp },
	{ 69, true, false, tftp },
	{ 123, true, false, ntp },
	{ 161, true, false, snmp },
	{ 162, true, false, snmp },
	{ 514, true, false, syslog },
	{ 546, true, false, dhcp6 },
	{ 547, true, false, dhcp6 },
	{ APPS_PORT_MDNS, true, false, mdns },
	{ APPS_PORT_LLMNR, true, true, dns }
};

static const struct port *
by_port(const struct app_packet *p)
{
	size_t	i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if ((ports[i].port == p->sport || ports[i].port == p->dport) &&
		    (p->proto == TCP ? ports[i].tcp : ports[i].udp))
			return (&ports[i]);
	return (NULL);
}

/* ---- RPC ---- */

/* The call of a reply, or the entry of a call. */
static struct call *
call_of(struct apps *a, const struct app_packet *p,
    const struct rpc_message *m)
{
	struct call_key	 k;
	struct call	*c = app_find_call(a->calls, p, m->xid, m->reply, &k);

	if (m->reply || m->rpc_version != 2)
		return (c);
	if (c == NULL)
		c = calls_add(a->calls, &k);
	c->rpc = m->call;
	return (c);
}

static bool
rpc_message(struct apps *a, const struct app_packet *p, struct cursor at,
    const struct rpc_record *r, struct fields *f)
{
	struct rpc_message	 m;
	const struct call	*c;

	if (rpc_parse(at, &m) == -1)
		return (false);
	c = call_of(a, p, &m);
	if (c == NULL && !apps_is_rpc_port(p->sport) &&
	    !apps_is_rpc_port(p->dport))
		return (false);
	rpc_show(f, &m, c != NULL ? &c->rpc : NULL, r);
	return (true);
}

static bool
rpc_records(struct apps *a, const struct app_packet *p, struct fields *f)
{
	struct cursor		c = p->data;
	struct rpc_record	r;
	bool			shown = false;

	while (cursor_left(&c) > 0 && !fields_full(f)) {
		if (rpc_next_record(&c, &r) == 0 &&
		    rpc_message(a, p, r.message, &r, f)) {
			shown = true;
			continue;
		}
		if (!shown && !apps_is_rpc_port(p->sport) &&
		    !apps_is_rpc_port(p->dport))
			return (false);
		fields_item(f, "rpc");
		fields_note(f, shown ? "the rest is no whole message" :
		    "continued from a segment before");
		fields_u64(f, "octets", cursor_wire(&c));
		fields_end(f);
		return (true);
	}
	return (shown);
}

static bool
rpc(struct apps *a, const struct app_packet *p, struct fields *f)
{
	return (p->proto == TCP ? rpc_records(a, p, f) :
	    rpc_message(a, p, p->data, NULL, f));
}

bool
apps_show(struct apps *a, const struct app_packet *p, struct fields *f)
{
	const struct port	*port = by_port(p);

	if (cursor_left(&p->data) == 0)
		return (false);
	if (port != NULL)
		port->show(f, p);
	else if (a->calls == NULL || !rpc(a, p, f))
		return (false);
	return (true);
}
