/*
 * The header of a message of RPC, as fields (rpc.h).
 */
#include <stdio.h>

#include "rpc_impl.h"

static const struct item_name	flavors[] = {
	{ 0, "AUTH_NONE" }, { 1, "AUTH_SYS" }, { 2, "AUTH_SHORT" },
	{ 3, "AUTH_DH" }, { 4, "AUTH_KERB" }, { 5, "AUTH_RSA" },
	{ 6, "RPCSEC_GSS" }, { 7, "AUTH_TLS" }, { 390003, "krb5" },
	{ 390004, "krb5i" }, { 390005, "krb5p" }, { 0, NULL }
};

const struct item_name	rpc_accepts[] = {
	{ 0, "SUCCESS" }, { 1, "PROG_UNAVAIL" }, { 2, "PROG_MISMATCH" },
	{ 3, "PROC_UNAVAIL" }, { 4, "GARBAGE_ARGS" }, { 5, "SYSTEM_ERR" },
	{ 0, NULL }
};

static const struct item_name	rejects[] = {
	{ 0, "RPC_MISMATCH" }, { 1, "AUTH_ERROR" }, { 0, NULL }
};

static const struct item_name	auth_errors[] = {
	{ 0, "AUTH_OK" }, { 1, "AUTH_BADCRED" }, { 2, "AUTH_REJECTEDCRED" },
	{ 3, "AUTH_BADVERF" }, { 4, "AUTH_REJECTEDVERF" },
	{ 5, "AUTH_TOOWEAK" }, { 6, "AUTH_INVALIDRESP" },
	{ 7, "AUTH_FAILED" }, { 13, "RPCSEC_GSS_CREDPROBLEM" },
	{ 14, "RPCSEC_GSS_CTXPROBLEM" }, { 0, NULL }
};

#define GROUPS	16		/* of AUTH_SYS */

static void
auth_sys(struct xdr *x)
{
	uint32_t	n, i, gid;
	char		text[12];

	xdr_show_u32(x, "stamp");
	xdr_show_text(x, "machine");
	xdr_show_u32(x, "uid");
	xdr_show_u32(x, "gid");
	if (xdr_u32(x, &n) == -1)
		return;
	if (n > GROUPS) {
		xdr_fail(x, "malformed: too many groups");
		return;
	}
	fields_words(x->f, "gids");
	for (i = 0; i < n && cursor_left(&x->c) >= 4; i++) {
		xdr_u32(x, &gid);
		(void)snprintf(text, sizeof(text), "%u", gid);
		fields_word(x->f, text);
	}
	fields_words_end(x->f);
}

static void
auth_gss(struct xdr *x)
{
	static const struct item_name	services[] = {
		{ 1, "none" }, { 2, "integrity" }, { 3, "privacy" },
		{ 0, NULL }
	};
	static const struct item_name	procedures[] = {
		{ 0, "DATA" }, { 1, "INIT" }, { 2, "CONTINUE_INIT" },
		{ 3, "DESTROY" }, { 0, NULL }
	};
	uint32_t			 v;

	xdr_show_u32(x, "gss_version");
	if (xdr_u32(x, &v) == 0)
		item_named(x->f, "gss_procedure", v, procedures);
	xdr_show_u32(x, "gss_sequence");
	if (xdr_u32(x, &v) == 0)
		item_named(x->f, "gss_service", v, services);
	xdr_show_opaque(x, "gss_context");
}

static void
show_auth(struct fields *f, const char *name, const struct rpc_auth *a)
{
	struct xdr	x = { .f = f };

	fields_begin(f, name);
	item_named(f, "flavor", a->flavor, flavors);
	x.c = cursor_open(a->at, a->length, a->length);
	if (a->flavor == RPC_AUTH_SYS && a->length > 0)
		auth_sys(&x);
	else if (a->flavor == RPC_AUTH_GSS && a->length > 0 &&
	    name[0] == 'c')
		auth_gss(&x);
	else
		fields_u64(f, "length", a->length);
	fields_end(f);
}

static void
show_procedure(struct fields *f, const struct rpc_call *call)
{
	fields_named(f, "program", call->program,
	    rpc_program_name(call->program));
	fields_u64(f, "version", call->version);
	fields_named(f, "procedure", call->procedure,
	    rpc_procedure_name(call));
}

static void
show_call(struct fields *f, const struct rpc_message *m)
{
	if (m->cut && m->credentials.at == NULL) {
		if (m->rpc_version == 2)
			show_procedure(f, &m->call);
		return;
	}
	show_procedure(f, &m->call);
	show_auth(f, "credentials", &m->credentials);
	if (m->verifier.at != NULL && m->verifier.flavor != RPC_AUTH_NONE)
		show_auth(f, "verifier", &m->verifier);
}

static void
show_reply(struct fields *f, const struct rpc_message *m,
    const struct rpc_call *call)
{
	if (call != NULL)
		show_procedure(f, call);
	else
		fields_note(f, "its call was not seen");
	if (m->cut && m->status == 0)
		return;
	fields_text(f, "reply", m->denied ? "DENIED" : "ACCEPTED");
	item_named(f, "status", m->status, m->denied ? rejects : rpc_accepts);
	if (m->cut)
		return;
	if (m->denied && m->status != 0)
		item_named(f, "reason", m->low, auth_errors);
	else if (m->denied || m->status == 2) {
		fields_u64(f, "lowest", m->low);
		fields_u64(f, "highest", m->high);
	}
	if (!m->denied && m->verifier.flavor != RPC_AUTH_NONE)
		show_auth(f, "verifier", &m->verifier);
}

static void
show_record(struct fields *f, const struct rpc_record *r)
{
	fields_u64(f, "record_length", r->length);
	if (!r->last)
		fields_note(f, "continued in a later fragment");
	if (r->continued)
		fields_note(f, "continued in a later segment");
}

void
rpc_show(struct fields *f, const struct rpc_message *m,
    const struct rpc_call *call, const struct rpc_record *r)
{
	bool	continued = r != NULL && (r->continued || !r->last);

	fields_item(f, "rpc");
	if (r != NULL)
		show_record(f, r);
	fields_hex(f, "xid", m->xid);
	fields_named(f, "kind", m->reply, m->reply ? "REPLY" : "CALL");
	if (m->reply)
		show_reply(f, m, call);
	else
		show_call(f, m);
	if (m->cut && !continued)
		item_short(f, &m->body);
	fields_end(f);
	if (!m->cut && !m->denied && (!m->reply || m->status == 0))
		rpc_show_body(f, m, m->reply ? call : &m->call, continued);
}
