/*
 * NFS version 4: state of open files, locks, and what changes directories.
 */
#include "nfs.h"

#define OTHER	12		/* octets of a stateid after its number */

void
nfs4_show_stateid(struct xdr *x, const char *name)
{
	const uint8_t	*p;

	fields_begin(x->f, name);
	xdr_show_u32(x, "seqid");
	if ((p = xdr_fixed(x, OTHER)) != NULL)
		fields_opaque(x->f, "other", p, OTHER);
	fields_end(x->f);
}

void
nfs4_show_change(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_bool, "atomic" }, { xdr_show_hex64, "before" },
		{ xdr_show_hex64, "after" }, { NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

static void
owner(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_hex64, "clientid" }, { xdr_show_opaque, "owner" },
		{ NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

/* ---- OPEN ---- */

static void
share(struct xdr *x, const char *name)
{
	static const struct fields_bit	bits[] = {
		{ 1, "READ" }, { 2, "WRITE" }, { 0x100, "WANT_READ" },
		{ 0x200, "WANT_WRITE" }, { 0x400, "WANT_NO" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == 0)
		fields_bits(x->f, name, v, bits);
}

static void
create(struct xdr *x, const char *name)
{
	static const struct item_name	modes[] = {
		{ 0, "UNCHECKED" }, { 1, "GUARDED" }, { 2, "EXCLUSIVE" },
		{ 3, "EXCLUSIVE4_1" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, modes);
	if (v == 2 || v == 3)
		xdr_show_hex64(x, "verifier");
	if (v != 2)
		nfs4_show_attrs(x, "attributes");
}

static void
how(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == -1)
		return;
	fields_named(x->f, name, v, v == 1 ? "CREATE" : "NOCREATE");
	if (v == 1)
		create(x, "mode");
}

static void
claim(struct xdr *x, const char *name)
{
	static const struct item_name	claims[] = {
		{ 0, "NULL" }, { 1, "PREVIOUS" }, { 2, "DELEGATE_CUR" },
		{ 3, "DELEGATE_PREV" }, { 4, "FH" }, { 5, "DELEG_CUR_FH" },
		{ 6, "DELEG_PREV_FH" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, claims);
	if (v == 1)
		xdr_show_u32(x, "delegation");
	if (v == 2 || v == 5)
		nfs4_show_stateid(x, "stateid");
	if (v == 0 || v == 2 || v == 3)
		xdr_show_text(x, "name");
	if (v > 6)
		xdr_fail(x, "malformed claim");
}

static void
limit(struct xdr *x)
{
	uint32_t	by;

	if (xdr_u32(x, &by) == 0)
		xdr_show_u64(x, by == 1 ? "size_limit" : "blocks_limit");
}

/* What the server lets the client do alone. */
static void
delegation(struct xdr *x, const char *name)
{
	static const struct item_name	kinds[] = {
		{ 0, "NONE" }, { 1, "READ" }, { 2, "WRITE" },
		{ 3, "NONE_EXT" }, { 0, NULL }
	};
	static const struct xdr_step	ace[] = {
		{ xdr_show_u32, "ace_type" }, { xdr_show_hex32, "ace_flag" },
		{ xdr_show_hex32, "ace_mask" }, { xdr_show_text, "ace_who" },
		{ NULL, NULL }
	};
	uint32_t			 v, why;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, kinds);
	if (v == 1 || v == 2) {
		nfs4_show_stateid(x, "stateid");
		xdr_show_bool(x, "recall");
		if (v == 2)
			limit(x);
		xdr_steps(x, ace);
	} else if (v == 3 && xdr_u32(x, &why) == 0) {
		fields_u64(x->f, "why", why);
		if (why == 1 || why == 2)
			xdr_show_bool(x, "server_will_tell");
	}
}

const struct xdr_step	nfs4_open_args[] = {
	{ xdr_show_u32, "seqid" }, { share, "access" }, { share, "deny" },
	{ owner, "owner" }, { how, "open" }, { claim, "claim" },
	{ NULL, NULL }
};
const struct xdr_step	nfs4_open_results[] = {
	{ nfs4_show_stateid, "stateid" }, { nfs4_show_change, "change" },
	{ xdr_show_hex32, "flags" }, { nfs4_show_bitmap, "set" },
	{ delegation, "delegation" }, { NULL, NULL }
};

/* ---- locks ---- */

static void
lock_type(struct xdr *x, const char *name)
{
	static const struct item_name	types[] = {
		{ 1, "READ" }, { 2, "WRITE" }, { 3, "READW" },
		{ 4, "WRITEW" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, types);
}

static void
locker(struct xdr *x, const char *name)
{
	static const struct xdr_step	first[] = {
		{ xdr_show_u32, "open_seqid" },
		{ nfs4_show_stateid, "open_stateid" },
		{ xdr_show_u32, "lock_seqid" }, { owner, "lock_owner" },
		{ NULL, NULL }
	};
	static const struct xdr_step	again[] = {
		{ nfs4_show_stateid, "lock_stateid" },
		{ xdr_show_u32, "lock_seqid" }, { NULL, NULL }
	};

	(void)name;
	xdr_steps(x, xdr_more(x) ? first : again);
}

void
nfs4_show_denied(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u64, "offset" }, { xdr_show_u64, "length" },
		{ lock_type, "type" }, { owner, "owner" }, { NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

const struct xdr_step	nfs4_lock_args[] = {
	{ lock_type, "type" }, { xdr_show_bool, "reclaim" },
	{ xdr_show_u64, "offset" }, { xdr_show_u64, "length" },
	{ locker, "locker" }, { NULL, NULL }
};
const struct xdr_step	nfs4_lockt_args[] = {
	{ lock_type, "type" }, { xdr_show_u64, "offset" },
	{ xdr_show_u64, "length" }, { owner, "owner" }, { NULL, NULL }
};
const struct xdr_step	nfs4_locku_args[] = {
	{ lock_type, "type" }, { xdr_show_u32, "seqid" },
	{ nfs4_show_stateid, "stateid" }, { xdr_show_u64, "offset" },
	{ xdr_show_u64, "length" }, { NULL, NULL }
};

/* ---- directories ---- */

static void
created(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, nfs_types);
	if (v == 5)
		xdr_show_text(x, "target");
	if (v == 3 || v == 4) {
		xdr_show_u32(x, "major");
		xdr_show_u32(x, "minor");
	}
}

static void
entries(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u64, "cookie" }, { xdr_show_text, "name" },
		{ nfs4_show_attrs, "attributes" }, { NULL, NULL }
	};

	xdr_list(x, name, steps);
}

const struct xdr_step	nfs4_create_args[] = {
	{ created, "type" }, { xdr_show_text, "name" },
	{ nfs4_show_attrs, "attributes" }, { NULL, NULL }
};
const struct xdr_step	nfs4_readdir_results[] = {
	{ xdr_show_hex64, "verifier" }, { entries, "entry" },
	{ xdr_show_bool, "eof" }, { NULL, NULL }
};
