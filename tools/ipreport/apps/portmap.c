/*
 * The port mapper, version 2, and rpcbind, versions 3 and 4 (RFC 1833).
 */
#include "rpc_impl.h"

static void
program(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		fields_named(x->f, name, v, rpc_program_name(v));
}

static void
protocol(struct xdr *x, const char *name)
{
	static const struct item_name	protocols[] = {
		{ 6, "TCP" }, { 17, "UDP" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, protocols);
}

static const struct xdr_step	mapping[] = {
	{ program, "program" }, { xdr_show_u32, "version" },
	{ protocol, "protocol" }, { xdr_show_u32, "port" }, { NULL, NULL }
};

static const struct xdr_step	binding[] = {
	{ program, "program" }, { xdr_show_u32, "version" },
	{ xdr_show_text, "netid" }, { xdr_show_text, "address" },
	{ xdr_show_text, "owner" }, { NULL, NULL }
};

static void
mappings(struct xdr *x, const char *name)
{
	xdr_list(x, name, mapping);
}

static void
bindings(struct xdr *x, const char *name)
{
	xdr_list(x, name, binding);
}

static const struct xdr_step	done[] = {
	{ xdr_show_bool, "done" }, { NULL, NULL }
};
static const struct xdr_step	port[] = {
	{ xdr_show_u32, "port" }, { NULL, NULL }
};
static const struct xdr_step	address[] = {
	{ xdr_show_text, "address" }, { NULL, NULL }
};
static const struct xdr_step	dump[] = {
	{ mappings, "mapping" }, { NULL, NULL }
};
static const struct xdr_step	dump_bindings[] = {
	{ bindings, "binding" }, { NULL, NULL }
};
static const struct xdr_step	indirect[] = {
	{ program, "program" }, { xdr_show_u32, "version" },
	{ xdr_show_u32, "procedure" }, { xdr_show_data, "arguments" },
	{ NULL, NULL }
};
static const struct xdr_step	indirect_done[] = {
	{ xdr_show_u32, "port" }, { xdr_show_data, "results" }, { NULL, NULL }
};
static const struct xdr_step	indirect_bound[] = {
	{ xdr_show_text, "address" }, { xdr_show_data, "results" },
	{ NULL, NULL }
};
static const struct xdr_step	seconds[] = {
	{ xdr_show_u32, "time" }, { NULL, NULL }
};

static const struct rpc_procedure	mapper[] = {
	{ .name = "NULL" },
	{ "SET", mapping, NULL, done, NULL },
	{ "UNSET", mapping, NULL, done, NULL },
	{ "GETPORT", mapping, NULL, port, NULL },
	{ "DUMP", NULL, NULL, dump, NULL },
	{ "CALLIT", indirect, NULL, indirect_done, NULL }
};

static const struct rpc_procedure	binder[] = {
	{ .name = "NULL" },
	{ "SET", binding, NULL, done, NULL },
	{ "UNSET", binding, NULL, done, NULL },
	{ "GETADDR", binding, NULL, address, NULL },
	{ "DUMP", NULL, NULL, dump_bindings, NULL },
	{ "CALLIT", indirect, NULL, indirect_bound, NULL },
	{ "GETTIME", NULL, NULL, seconds, NULL },
	{ .name = "UADDR2TADDR" },
	{ .name = "TADDR2UADDR" },
	{ "GETVERSADDR", binding, NULL, address, NULL },
	{ "INDIRECT", indirect, NULL, indirect_bound, NULL },
	{ .name = "GETADDRLIST" },
	{ .name = "GETSTAT" }
};

const struct rpc_service	portmap_service = {
	RPC_PORTMAPPER, 2, 2, "pmap", mapper,
	sizeof(mapper) / sizeof(mapper[0])
};

const struct rpc_service	rpcbind_service = {
	RPC_PORTMAPPER, 3, 4, "pmap", binder,
	sizeof(binder) / sizeof(binder[0])
};
