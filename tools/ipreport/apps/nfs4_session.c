/*
 * NFS version 4.1: clients and their sessions (RFC 8881, 18.35 to 18.46).
 */
#include "nfs.h"

#define SESSION	16		/* octets of its identifier */

static void
session(struct xdr *x, const char *name)
{
	const uint8_t	*p = xdr_fixed(x, SESSION);

	if (p != NULL)
		fields_opaque(x->f, name, p, SESSION);
}

static void
protection(struct xdr *x, const char *name)
{
	static const struct item_name	hows[] = {
		{ 0, "NONE" }, { 1, "MACH_CRED" }, { 2, "SSV" }, { 0, NULL }
	};
	uint32_t			 v, words, skipped, i;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, hows);
	if (v > 1)
		xdr_fail(x, "further operations are not decoded");
	for (i = 0; v == 1 && i < 2 && xdr_u32(x, &words) == 0; i++)
		while (words-- > 0 && xdr_u32(x, &skipped) == 0)
			continue;
}

/* Who made the program; there is one or none. */
static void
implementation(struct xdr *x, const char *name)
{
	uint64_t	seconds;
	uint32_t	nanos;

	if (!xdr_more(x))
		return;
	fields_begin(x->f, name);
	xdr_show_text(x, "domain");
	xdr_show_text(x, "name");
	if (xdr_u64(x, &seconds) == 0 && xdr_u32(x, &nanos) == 0)
		item_time(x->f, "date", seconds);
	fields_end(x->f);
}

static void
channel(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u32, "padding" }, { xdr_show_u32, "max_request" },
		{ xdr_show_u32, "max_response" },
		{ xdr_show_u32, "max_cached" },
		{ xdr_show_u32, "max_operations" },
		{ xdr_show_u32, "max_requests" }, { NULL, NULL }
	};
	uint32_t			 ird;

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	if (xdr_more(x))
		xdr_u32(x, &ird);
	fields_end(x->f);
}

/* How callbacks are to be authenticated. */
static void
callbacks(struct xdr *x, const char *name)
{
	uint32_t	n, flavor;

	xdr_show_hex32(x, name);
	if (xdr_u32(x, &n) == -1)
		return;
	for (; n > 0 && xdr_u32(x, &flavor) == 0; n--) {
		fields_u64(x->f, "callback_flavor", flavor);
		if (flavor == RPC_AUTH_SYS) {
			xdr_show_u32(x, "stamp");
			xdr_show_text(x, "machine");
			xdr_show_u32(x, "uid");
			xdr_show_u32(x, "gid");
			xdr_show_data(x, "no_gids");
		} else if (flavor != RPC_AUTH_NONE)
			xdr_fail(x, "further operations are not decoded");
	}
}

const struct xdr_step	nfs4_exchange_id_args[] = {
	{ xdr_show_hex64, "verifier" }, { xdr_show_text, "owner" },
	{ xdr_show_hex32, "flags" }, { protection, "protection" },
	{ implementation, "implementation" }, { NULL, NULL }
};
const struct xdr_step	nfs4_exchange_id_results[] = {
	{ xdr_show_hex64, "clientid" }, { xdr_show_u32, "sequence" },
	{ xdr_show_hex32, "flags" }, { protection, "protection" },
	{ xdr_show_hex64, "server_minor" }, { xdr_show_text, "server_major" },
	{ xdr_show_text, "scope" }, { implementation, "implementation" },
	{ NULL, NULL }
};
const struct xdr_step	nfs4_create_session_args[] = {
	{ xdr_show_hex64, "clientid" }, { xdr_show_u32, "sequence" },
	{ xdr_show_hex32, "flags" }, { channel, "fore" }, { channel, "back" },
	{ callbacks, "callback_program" }, { NULL, NULL }
};
const struct xdr_step	nfs4_create_session_results[] = {
	{ session, "session" }, { xdr_show_u32, "sequence" },
	{ xdr_show_hex32, "flags" }, { channel, "fore" }, { channel, "back" },
	{ NULL, NULL }
};
const struct xdr_step	nfs4_sequence_args[] = {
	{ session, "session" }, { xdr_show_u32, "sequence" },
	{ xdr_show_u32, "slot" }, { xdr_show_u32, "highest_slot" },
	{ xdr_show_bool, "cache" }, { NULL, NULL }
};
const struct xdr_step	nfs4_sequence_results[] = {
	{ session, "session" }, { xdr_show_u32, "sequence" },
	{ xdr_show_u32, "slot" }, { xdr_show_u32, "highest_slot" },
	{ xdr_show_u32, "target_slot" }, { xdr_show_hex32, "flags" },
	{ NULL, NULL }
};
const struct xdr_step	nfs4_session_args[] = {
	{ session, "session" }, { NULL, NULL }
};
const struct xdr_step	nfs4_bind_args[] = {
	{ session, "session" }, { xdr_show_u32, "direction" },
	{ xdr_show_bool, "rdma" }, { NULL, NULL }
};
