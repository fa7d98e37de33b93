/*
 * NFS version 4: a compound of operations (RFC 7530, 8881, 7862).
 */
#include "nfs.h"

#define OPERATIONS	1024	/* of a compound, at most */

#define SETATTR		34
#define LOCK		12
#define LOCKT		13
#define STATUS_DENIED	10010

static const struct nfs4_operation *
operation(struct xdr *x)
{
	const struct nfs4_operation	*o;
	uint32_t			 number;

	if (xdr_u32(x, &number) == -1)
		return (NULL);
	o = nfs4_operation_find(number);
	fields_named(x->f, "op", number, o != NULL ? o->name : NULL);
	if (o == NULL)
		xdr_fail(x, "further operations are not decoded");
	return (o);
}

static void
call(struct xdr *x)
{
	const struct nfs4_operation	*o = operation(x);

	if (o == NULL)
		return;
	xdr_steps(x, o->arguments);
	if (o->hidden_arguments)
		xdr_fail(x, "further operations are not decoded");
}

/* Only few operations have results if they fail. */
static void
result(struct xdr *x)
{
	const struct nfs4_operation	*o = operation(x);
	uint32_t			 status;

	if (o == NULL || xdr_u32(x, &status) == -1)
		return;
	item_named(x->f, "status", status, nfs_statuses);
	if (o == nfs4_operation_find(SETATTR))
		xdr_steps(x, o->results);
	else if (status == STATUS_DENIED && (o == nfs4_operation_find(LOCK) ||
	    o == nfs4_operation_find(LOCKT)))
		nfs4_show_denied(x, "denied");
	else if (status == 0) {
		xdr_steps(x, o->results);
		if (o->hidden_results)
			xdr_fail(x, "further operations are not decoded");
	}
}

static void
each(struct xdr *x, void (*show)(struct xdr *))
{
	uint32_t	n;

	if (xdr_u32(x, &n) == -1)
		return;
	fields_u64(x->f, "operations", n);
	if (n > OPERATIONS)
		xdr_fail(x, "malformed: too many operations");
	for (; n > 0 && !x->failed; n--) {
		fields_item(x->f, "operation");
		show(x);
		fields_end(x->f);
	}
}

static void
calls(struct xdr *x, const char *name)
{
	(void)name;
	each(x, call);
}

static void
results(struct xdr *x, const char *name)
{
	(void)name;
	each(x, result);
}

static const struct xdr_step	compound[] = {
	{ xdr_show_text, "tag" }, { xdr_show_u32, "minor" }, { calls, "" },
	{ NULL, NULL }
};
static const struct xdr_step	compound_results[] = {
	{ xdr_show_text, "tag" }, { results, "" }, { NULL, NULL }
};

static const struct rpc_procedure	procedures[] = {
	{ .name = "NULL" },
	{ "COMPOUND", compound, nfs_statuses, compound_results,
	    compound_results }
};

const struct rpc_service	nfs4_service = {
	RPC_NFS, 4, 4, "nfs", procedures,
	sizeof(procedures) / sizeof(procedures[0])
};
