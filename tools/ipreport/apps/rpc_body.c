/*
 * Arguments and results of a call, by the table of its program.
 */
#include "rpc_impl.h"

static const struct rpc_service	*services[] = {
	&nfs2_service, &nfs3_service, &nfs4_service, &mount_service,
	&mount3_service, &portmap_service, &rpcbind_service, &nlm_service,
	&nsm_service, &yp_service
};

const struct rpc_service *
rpc_service_find(const struct rpc_call *call)
{
	size_t	i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (services[i]->program == call->program &&
		    services[i]->first <= call->version &&
		    services[i]->last >= call->version)
			return (services[i]);
	return (NULL);
}

const struct rpc_procedure *
rpc_procedure_find(const struct rpc_call *call)
{
	const struct rpc_service	*s = rpc_service_find(call);

	return (s != NULL && call->procedure < s->n &&
	    s->procedures[call->procedure].name != NULL ?
	    &s->procedures[call->procedure] : NULL);
}

const char *
rpc_procedure_name(const struct rpc_call *call)
{
	const struct rpc_procedure	*p = rpc_procedure_find(call);

	return (p != NULL ? p->name : call->procedure == 0 ? "NULL" : NULL);
}

const char *
rpc_status_name(const struct rpc_message *m, const struct rpc_call *call,
    uint32_t *number)
{
	const struct rpc_procedure	*p = rpc_procedure_find(call);
	const uint8_t			*at = cursor_peek(&m->body, 4);

	*number = m->status;
	if (m->denied || m->status != 0 || call->gss == RPC_GSS_PRIVACY ||
	    p == NULL || p->statuses == NULL)
		return (NULL);
	if (call->gss == RPC_GSS_INTEGRITY &&
	    (at = cursor_peek(&m->body, 12)) != NULL)
		at += 8;
	if (at == NULL)
		return (NULL);
	*number = get_be32(at);
	return (item_name(p->statuses, *number));
}

/* What RPCSEC_GSS puts around the body; false: it cannot be read. */
static bool
unwrap(struct xdr *x, const struct rpc_call *call)
{
	uint32_t	v;

	if (call->gss == RPC_GSS_CONTROL) {
		xdr_fail(x, "RPCSEC_GSS context, not decoded");
		return (false);
	}
	if (call->gss == RPC_GSS_PRIVACY) {
		xdr_fail(x, "encrypted by RPCSEC_GSS");
		return (false);
	}
	if (call->gss == RPC_GSS_INTEGRITY && xdr_u32(x, &v) == 0) {
		x->c = item_part(&x->c, v);
		xdr_u32(x, &v);
	}
	return (!x->failed);
}

static void
results(struct xdr *x, const struct rpc_procedure *p)
{
	uint32_t	status = 0;

	if (p->statuses != NULL && xdr_u32(x, &status) == 0)
		item_named(x->f, "status", status, p->statuses);
	xdr_steps(x, status == 0 ? p->done : p->failed);
}

void
rpc_show_body(struct fields *f, const struct rpc_message *m,
    const struct rpc_call *call, bool continued)
{
	const struct rpc_service	*s;
	const struct rpc_procedure	*p;
	struct xdr			 x = { m->body, f, continued, false };

	if (call == NULL || cursor_wire(&m->body) == 0)
		return;
	s = rpc_service_find(call);
	p = rpc_procedure_find(call);
	fields_item(f, s != NULL ? s->group : "rpc_body");
	if (p != NULL)
		fields_text(f, m->reply ? "reply" : "call", p->name);
	if (unwrap(&x, call)) {
		if (p != NULL && m->reply)
			results(&x, p);
		else if (p != NULL)
			xdr_steps(&x, p->arguments);
		if (!x.failed && cursor_wire(&x.c) > 0 && !continued)
			fields_u64(f, "not_decoded", cursor_wire(&x.c));
	}
	fields_end(f);
}
