/*
 * The table of the DNS: queries, their answers, and the time between.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dns.h"
#include "table_impl.h"

#define TCP	6

const struct sheet_column	table_dns[] = {
	{ "packet", 7 }, { "reply", 7 }, { "time", 18 }, { "client", 15 },
	{ "server", 15 }, { "id", 5 }, { "type", 6 }, { "status", 8 },
	{ "answers", 7 }, { "ms", 10 }, { "again", 5 }, { "name", 0 },
	{ NULL, 0 }
};

/* Multicast DNS has no numbers that pair; its answers come from anybody. */
static bool
is_paired(const struct app_packet *p)
{
	return (p->sport == APPS_PORT_DNS || p->dport == APPS_PORT_DNS ||
	    p->sport == APPS_PORT_LLMNR || p->dport == APPS_PORT_LLMNR);
}

static void
what(const struct dns_head *h, char text[CALL_WHAT])
{
	(void)snprintf(text, CALL_WHAT, "%.*s", CALL_WHAT - 1, h->name);
}

/* Names are the same in any case; an answer may have no question. */
static bool
is_same(const struct call *c, const struct dns_head *h)
{
	char	text[CALL_WHAT];

	what(h, text);
	return (c->type == h->type && strcasecmp(c->what, text) == 0);
}

static void
message(struct pairs *t, const struct app_packet *p, struct cursor at)
{
	struct dns_head	 h;
	struct call_key	 k;
	struct call	*c;
	bool		 reply;

	if (dns_head(at, &h) == -1)
		return;
	reply = (h.flags & DNS_RESPONSE) != 0;
	c = app_find_call(t->calls, p, h.id, reply, &k);
	if (reply && c != NULL && (!h.asks || is_same(c, &h)))
		pairs_reply(t, c, p, &h);
	else if (reply) {
		struct call	unseen = { .key = k, .type = h.type };

		what(&h, unseen.what);
		pairs_stray(t, &unseen, p, &h);
	} else if (c != NULL && !c->answered && is_same(c, &h)) {
		pairs_again(t, c, p);
	} else {
		c = pairs_call(t, c, &k, p);
		c->type = h.type;
		what(&h, c->what);
	}
}

void
pairs_dns(struct pairs *t, const struct app_packet *p)
{
	struct cursor	segment = p->data, m;

	if (!is_paired(p))
		return;
	if (p->proto != TCP)
		message(t, p, p->data);
	else
		while (dns_next_tcp(&segment, &m) == 0)
			message(t, p, m);
}

static void
named(struct sheet *s, const char *name, uint32_t v)
{
	if (name != NULL)
		sheet_text(s, name);
	else
		sheet_u64(s, v);
}

void
pairs_dns_row(struct pairs *t, const struct call *c,
    const struct app_packet *reply, const void *arg)
{
	const struct dns_head	*h = arg;
	struct sheet		*s = t->sheet;

	pairs_ends(t, c, reply);
	sheet_u64(s, c->key.id);
	named(s, dns_type_name(c->type), c->type);
	if (h != NULL) {
		named(s, dns_code_name(h->flags & 15), h->flags & 15);
		sheet_u64(s, h->counts[1]);
	} else {
		sheet_none(s);
		sheet_none(s);
	}
	pairs_times(t, c, reply);
	sheet_text(s, c->what);
	sheet_end_row(s);
}
