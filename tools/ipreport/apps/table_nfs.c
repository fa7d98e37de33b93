/*
 * The table of NFS and what belongs to it: calls of RPC, their replies, and the
 * time between.
 */
#include <stdio.h>
#include <string.h>

#include "brief.h"
#include "rpc.h"
#include "rpc_impl.h"
#include "table_impl.h"

#define TCP	6

const struct sheet_column	table_nfs[] = {
	{ "packet", 7 }, { "reply", 7 }, { "time", 18 }, { "client", 15 },
	{ "server", 15 }, { "proto", 5 }, { "xid", 10 }, { "program", 10 },
	{ "version", 7 }, { "procedure", 12 }, { "status", 12 }, { "ms", 10 },
	{ "again", 5 }, { "what", 0 }, { NULL, 0 }
};

static void
call(struct pairs *t, struct call *c, const struct call_key *k,
    const struct app_packet *p, const struct rpc_message *m)
{
	if (c != NULL && memcmp(&c->rpc, &m->call, sizeof(c->rpc)) == 0) {
		pairs_again(t, c, p);
		return;
	}
	c = pairs_call(t, c, k, p);
	c->rpc = m->call;
	brief_into(t->brief, c->what, sizeof(c->what));
	if (!m->cut)
		rpc_show_body(t->brief, m, &m->call, true);
}

static bool
message(struct pairs *t, const struct app_packet *p, struct cursor at)
{
	struct rpc_message	 m;
	struct call_key		 k;
	struct call		*c;

	if (rpc_parse(at, &m) == -1)
		return (false);
	c = app_find_call(t->calls, p, m.xid, m.reply, &k);
	if (m.reply && c != NULL)
		pairs_reply(t, c, p, &m);
	else if (m.reply && apps_is_rpc_port(p->sport)) {
		struct call	unseen = { .key = k };

		pairs_stray(t, &unseen, p, &m);
	} else if (!m.reply && m.rpc_version == 2)
		call(t, c, &k, p, &m);
	else
		return (false);
	return (true);
}

void
pairs_nfs(struct pairs *t, const struct app_packet *p)
{
	struct cursor		segment = p->data;
	struct rpc_record	r;

	if (p->proto != TCP)
		(void)message(t, p, p->data);
	else
		while (rpc_next_record(&segment, &r) == 0 &&
		    message(t, p, r.message))
			continue;
}

static void
named(struct sheet *s, const char *name, uint32_t v)
{
	if (name != NULL)
		sheet_text(s, name);
	else
		sheet_u64(s, v);
}

/* Of NFS if RPC has none to tell. */
static void
status(struct sheet *s, const struct call *c, const struct rpc_message *m)
{
	uint32_t	 number = m != NULL ? m->status : 0;
	const char	*name = NULL;

	if (m == NULL || (m->cut && m->status == 0)) {
		sheet_none(s);
		return;
	}
	if (c->number != 0)
		name = rpc_status_name(m, &c->rpc, &number);
	if (m->denied)
		sheet_text(s, "DENIED");
	else if (m->status != 0)
		named(s, item_name(rpc_accepts, m->status), m->status);
	else if (name != NULL || number != 0)
		named(s, name, number);
	else
		sheet_text(s, "SUCCESS");
}

static void
procedure(struct sheet *s, const struct call *c)
{
	const struct rpc_call	*call = &c->rpc;

	if (c->number == 0) {
		sheet_none(s);
		sheet_none(s);
		sheet_none(s);
		return;
	}
	named(s, rpc_program_name(call->program), call->program);
	sheet_u64(s, call->version);
	named(s, rpc_procedure_name(call), call->procedure);
}

void
pairs_nfs_row(struct pairs *t, const struct call *c,
    const struct app_packet *reply, const void *arg)
{
	const struct rpc_message	*m = arg;
	struct sheet			*s = t->sheet;
	char				 xid[16];

	pairs_ends(t, c, reply);
	sheet_text(s, c->key.kind == TCP ? "tcp" : "udp");
	(void)snprintf(xid, sizeof(xid), "0x%08x", c->key.id);
	sheet_text(s, xid);
	procedure(s, c);
	status(s, c, m);
	pairs_times(t, c, reply);
	if (c->what[0] != '\0')
		sheet_text(s, c->what);
	else
		sheet_none(s);
	sheet_end_row(s);
}
