/*
 * The lock manager, the status monitor and the yellow pages: procedures by
 * name, arguments of the common ones.
 */
#include "rpc_impl.h"

static const struct item_name	nlm_statuses[] = {
	{ 0, "GRANTED" }, { 1, "DENIED" }, { 2, "DENIED_NOLOCKS" },
	{ 3, "BLOCKED" }, { 4, "DENIED_GRACE_PERIOD" }, { 5, "DEADLCK" },
	{ 6, "ROFS" }, { 7, "STALE_FH" }, { 8, "FBIG" }, { 9, "FAILED" },
	{ 0, NULL }
};

static void
nlm_status(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, nlm_statuses);
}

static const struct xdr_step	nlm_result[] = {
	{ xdr_show_opaque, "cookie" }, { nlm_status, "status" },
	{ NULL, NULL }
};
static const struct xdr_step	nlm_lock[] = {
	{ xdr_show_opaque, "cookie" }, { xdr_show_bool, "block" },
	{ xdr_show_bool, "exclusive" }, { xdr_show_text, "caller" },
	{ xdr_show_opaque, "fh" }, { xdr_show_opaque, "owner" },
	{ xdr_show_u32, "process" }, { NULL, NULL }
};
static const struct xdr_step	nlm_test[] = {
	{ xdr_show_opaque, "cookie" }, { xdr_show_bool, "exclusive" },
	{ xdr_show_text, "caller" }, { xdr_show_opaque, "fh" },
	{ xdr_show_opaque, "owner" }, { xdr_show_u32, "process" },
	{ NULL, NULL }
};
static const struct xdr_step	nlm_unlock[] = {
	{ xdr_show_opaque, "cookie" }, { xdr_show_text, "caller" },
	{ xdr_show_opaque, "fh" }, { xdr_show_opaque, "owner" },
	{ xdr_show_u32, "process" }, { NULL, NULL }
};

static const struct rpc_procedure	nlm[] = {
	{ .name = "NULL" },
	{ "TEST", nlm_test, NULL, nlm_result, NULL },
	{ "LOCK", nlm_lock, NULL, nlm_result, NULL },
	{ "CANCEL", nlm_lock, NULL, nlm_result, NULL },
	{ "UNLOCK", nlm_unlock, NULL, nlm_result, NULL },
	{ "GRANTED", nlm_test, NULL, nlm_result, NULL },
	{ "TEST_MSG", nlm_test, NULL, NULL, NULL },
	{ "LOCK_MSG", nlm_lock, NULL, NULL, NULL },
	{ "CANCEL_MSG", nlm_lock, NULL, NULL, NULL },
	{ "UNLOCK_MSG", nlm_unlock, NULL, NULL, NULL },
	{ "GRANTED_MSG", nlm_test, NULL, NULL, NULL },
	{ "TEST_RES", nlm_result, NULL, NULL, NULL },
	{ "LOCK_RES", nlm_result, NULL, NULL, NULL },
	{ "CANCEL_RES", nlm_result, NULL, NULL, NULL },
	{ "UNLOCK_RES", nlm_result, NULL, NULL, NULL },
	{ "GRANTED_RES", nlm_result, NULL, NULL, NULL },
	[20] = { .name = "SHARE" },
	[21] = { .name = "UNSHARE" },
	[22] = { .name = "NM_LOCK" },
	[23] = { .name = "FREE_ALL" }
};

static const struct xdr_step	nsm_name[] = {
	{ xdr_show_text, "host" }, { NULL, NULL }
};
static const struct xdr_step	nsm_mon[] = {
	{ xdr_show_text, "host" }, { xdr_show_text, "caller" },
	{ xdr_show_u32, "program" }, { xdr_show_u32, "version" },
	{ xdr_show_u32, "procedure" }, { NULL, NULL }
};
static const struct xdr_step	nsm_state[] = {
	{ xdr_show_u32, "state" }, { NULL, NULL }
};
static const struct xdr_step	nsm_result[] = {
	{ xdr_show_u32, "failed" }, { xdr_show_u32, "state" }, { NULL, NULL }
};
static const struct xdr_step	nsm_notify[] = {
	{ xdr_show_text, "host" }, { xdr_show_u32, "state" }, { NULL, NULL }
};

static const struct rpc_procedure	nsm[] = {
	{ .name = "NULL" },
	{ "STAT", nsm_name, NULL, nsm_result, NULL },
	{ "MON", nsm_mon, NULL, nsm_result, NULL },
	{ "UNMON", nsm_mon, NULL, nsm_state, NULL },
	{ "UNMON_ALL", nsm_mon, NULL, nsm_state, NULL },
	{ .name = "SIMU_CRASH" },
	{ "NOTIFY", nsm_notify, NULL, NULL, NULL }
};

static const struct item_name	yp_statuses[] = {
	{ 1, "TRUE" }, { 2, "NOMORE" }, { 0, "FALSE" },
	{ UINT32_MAX, "NOMAP" }, { UINT32_MAX - 1, "NODOM" },
	{ UINT32_MAX - 2, "NOKEY" }, { UINT32_MAX - 3, "BADOP" },
	{ UINT32_MAX - 4, "BADDB" }, { UINT32_MAX - 5, "YPERR" },
	{ UINT32_MAX - 6, "BADARGS" }, { UINT32_MAX - 7, "VERS" },
	{ 0, NULL }
};

static void
yp_status(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, yp_statuses);
}

static const struct xdr_step	yp_domain[] = {
	{ xdr_show_text, "domain" }, { NULL, NULL }
};
static const struct xdr_step	yp_map[] = {
	{ xdr_show_text, "domain" }, { xdr_show_text, "map" }, { NULL, NULL }
};
static const struct xdr_step	yp_key[] = {
	{ xdr_show_text, "domain" }, { xdr_show_text, "map" },
	{ xdr_show_text, "key" }, { NULL, NULL }
};
static const struct xdr_step	yp_answer[] = {
	{ xdr_show_bool, "served" }, { NULL, NULL }
};
static const struct xdr_step	yp_value[] = {
	{ yp_status, "status" }, { xdr_show_text, "value" }, { NULL, NULL }
};
static const struct xdr_step	yp_pair[] = {
	{ yp_status, "status" }, { xdr_show_text, "value" },
	{ xdr_show_text, "key" }, { NULL, NULL }
};

static const struct rpc_procedure	yp[] = {
	{ .name = "NULL" },
	{ "DOMAIN", yp_domain, NULL, yp_answer, NULL },
	{ "DOMAIN_NONACK", yp_domain, NULL, yp_answer, NULL },
	{ "MATCH", yp_key, NULL, yp_value, NULL },
	{ "FIRST", yp_map, NULL, yp_pair, NULL },
	{ "NEXT", yp_key, NULL, yp_pair, NULL },
	{ .name = "XFR" },
	{ .name = "CLEAR" },
	{ "ALL", yp_map, NULL, NULL, NULL },
	{ "MASTER", yp_map, NULL, yp_value, NULL },
	{ "ORDER", yp_map, NULL, NULL, NULL },
	{ "MAPLIST", yp_domain, NULL, NULL, NULL }
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

const struct rpc_service	nlm_service = {
	RPC_NLOCKMGR, 1, 4, "nlm", nlm, COUNT(nlm)
};
const struct rpc_service	nsm_service = {
	RPC_STATUS, 1, 1, "nsm", nsm, COUNT(nsm)
};
const struct rpc_service	yp_service = {
	RPC_YPSERV, 2, 2, "yp", yp, COUNT(yp)
};
