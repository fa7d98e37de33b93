/*
 * NFS version 3 (RFC 1813).
 */
#include "nfs.h"

#define HANDLE	64		/* at most */

void
nfs3_show_handle(struct xdr *x, const char *name)
{
	uint32_t	 n;
	const uint8_t	*p = xdr_opaque(x, HANDLE, &n);

	if (p != NULL)
		fields_opaque(x->f, name, p, n);
}

static void
type(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, nfs_types);
}

static void
time3(struct xdr *x, const char *name)
{
	uint32_t	seconds, nanos;

	if (xdr_u32(x, &seconds) == 0 && xdr_u32(x, &nanos) == 0)
		item_time(x->f, name, seconds);
}

static void
verifier(struct xdr *x, const char *name)
{
	xdr_show_hex64(x, name);
}

static void
attributes(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ type, "type" }, { xdr_show_mode, "mode" },
		{ xdr_show_u32, "nlink" }, { xdr_show_u32, "uid" },
		{ xdr_show_u32, "gid" }, { xdr_show_u64, "size" },
		{ xdr_show_u64, "used" }, { xdr_show_hex64, "rdev" },
		{ xdr_show_hex64, "fsid" }, { xdr_show_u64, "fileid" },
		{ time3, "atime" }, { time3, "mtime" }, { time3, "ctime" },
		{ NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

static void
maybe_attributes(struct xdr *x, const char *name)
{
	if (xdr_more(x))
		attributes(x, name);
}

static void
maybe_handle(struct xdr *x, const char *name)
{
	if (xdr_more(x))
		nfs3_show_handle(x, name);
}

/* Size and times before the operation, attributes after it. */
static void
change(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u64, "size" }, { time3, "mtime" },
		{ time3, "ctime" }, { NULL, NULL }
	};

	if (xdr_more(x)) {
		fields_begin(x->f, "before");
		xdr_steps(x, steps);
		fields_end(x->f);
	}
	if (!x->failed)
		maybe_attributes(x, name);
}

static void
setting_time(struct xdr *x, const char *name)
{
	uint32_t	how;

	if (xdr_u32(x, &how) == -1)
		return;
	if (how == 1)
		fields_text(x->f, name, "server's");
	else if (how == 2)
		time3(x, name);
}

static void
settings(struct xdr *x, const char *name)
{
	fields_begin(x->f, name);
	if (xdr_more(x))
		xdr_show_mode(x, "mode");
	if (xdr_more(x))
		xdr_show_u32(x, "uid");
	if (xdr_more(x))
		xdr_show_u32(x, "gid");
	if (xdr_more(x))
		xdr_show_u64(x, "size");
	setting_time(x, "atime");
	setting_time(x, "mtime");
	fields_end(x->f);
}

/* The change of the file that a client believes it is of. */
static void
guard(struct xdr *x, const char *name)
{
	if (xdr_more(x))
		time3(x, name);
}

/* How to create a file: with attributes, or once by a verifier. */
static void
how(struct xdr *x, const char *name)
{
	static const struct item_name	hows[] = {
		{ 0, "UNCHECKED" }, { 1, "GUARDED" }, { 2, "EXCLUSIVE" },
		{ 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, hows);
	if (v == 2)
		verifier(x, "verifier");
	else
		settings(x, "set");
}

static void
device(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == -1)
		return;
	item_named(x->f, name, v, nfs_types);
	if (v == 3 || v == 4 || v == 6 || v == 7)
		settings(x, "set");
	if (v == 3 || v == 4) {
		xdr_show_u32(x, "major");
		xdr_show_u32(x, "minor");
	}
}

static void
entries(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u64, "fileid" }, { xdr_show_text, "name" },
		{ xdr_show_u64, "cookie" }, { NULL, NULL }
	};

	xdr_list(x, name, steps);
}

static void
entries_plus(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u64, "fileid" }, { xdr_show_text, "name" },
		{ xdr_show_u64, "cookie" }, { maybe_attributes, "attributes" },
		{ maybe_handle, "fh" }, { NULL, NULL }
	};

	xdr_list(x, name, steps);
}

/* ---- arguments ---- */

static const struct xdr_step	handle[] = {
	{ nfs3_show_handle, "fh" }, { NULL, NULL }
};
static const struct xdr_step	setattr_args[] = {
	{ nfs3_show_handle, "fh" }, { settings, "set" }, { guard, "guard" },
	{ NULL, NULL }
};
static const struct xdr_step	dirop[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" }, { NULL, NULL }
};
static const struct xdr_step	access_args[] = {
	{ nfs3_show_handle, "fh" }, { nfs_show_access, "access" },
	{ NULL, NULL }
};
static const struct xdr_step	read_args[] = {
	{ nfs3_show_handle, "fh" }, { xdr_show_u64, "offset" },
	{ xdr_show_u32, "count" }, { NULL, NULL }
};
static const struct xdr_step	write_args[] = {
	{ nfs3_show_handle, "fh" }, { xdr_show_u64, "offset" },
	{ xdr_show_u32, "count" }, { nfs_show_stable, "stable" },
	{ xdr_show_data, "octets" }, { NULL, NULL }
};
static const struct xdr_step	create_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" },
	{ how, "how" }, { NULL, NULL }
};
static const struct xdr_step	mkdir_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" },
	{ settings, "set" }, { NULL, NULL }
};
static const struct xdr_step	symlink_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" },
	{ settings, "set" }, { xdr_show_text, "target" }, { NULL, NULL }
};
static const struct xdr_step	mknod_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" },
	{ device, "type" }, { NULL, NULL }
};
static const struct xdr_step	rename_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_text, "name" },
	{ nfs3_show_handle, "to_dir" }, { xdr_show_text, "to_name" },
	{ NULL, NULL }
};
static const struct xdr_step	link_args[] = {
	{ nfs3_show_handle, "fh" }, { nfs3_show_handle, "to_dir" },
	{ xdr_show_text, "to_name" }, { NULL, NULL }
};
static const struct xdr_step	readdir_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_u64, "cookie" },
	{ verifier, "verifier" }, { xdr_show_u32, "count" }, { NULL, NULL }
};
static const struct xdr_step	readdirplus_args[] = {
	{ nfs3_show_handle, "dir" }, { xdr_show_u64, "cookie" },
	{ verifier, "verifier" }, { xdr_show_u32, "dircount" },
	{ xdr_show_u32, "maxcount" }, { NULL, NULL }
};
static const struct xdr_step	commit_args[] = {
	{ nfs3_show_handle, "fh" }, { xdr_show_u64, "offset" },
	{ xdr_show_u32, "count" }, { NULL, NULL }
};

/* ---- results ---- */

static const struct xdr_step	attrs[] = {
	{ attributes, "attributes" }, { NULL, NULL }
};
static const struct xdr_step	maybe_attrs[] = {
	{ maybe_attributes, "attributes" }, { NULL, NULL }
};
static const struct xdr_step	maybe_dir[] = {
	{ maybe_attributes, "dir_attributes" }, { NULL, NULL }
};
static const struct xdr_step	changed[] = {
	{ change, "attributes" }, { NULL, NULL }
};
static const struct xdr_step	dir_changed[] = {
	{ change, "dir_attributes" }, { NULL, NULL }
};
static const struct xdr_step	found[] = {
	{ nfs3_show_handle, "fh" }, { maybe_attributes, "attributes" },
	{ maybe_attributes, "dir_attributes" }, { NULL, NULL }
};
static const struct xdr_step	granted[] = {
	{ maybe_attributes, "attributes" }, { nfs_show_access, "access" },
	{ NULL, NULL }
};
static const struct xdr_step	target[] = {
	{ maybe_attributes, "attributes" }, { xdr_show_text, "target" },
	{ NULL, NULL }
};
static const struct xdr_step	data[] = {
	{ maybe_attributes, "attributes" }, { xdr_show_u32, "count" },
	{ xdr_show_bool, "eof" }, { xdr_show_data, "octets" }, { NULL, NULL }
};
static const struct xdr_step	written[] = {
	{ change, "attributes" }, { xdr_show_u32, "count" },
	{ nfs_show_stable, "committed" }, { verifier, "verifier" },
	{ NULL, NULL }
};
static const struct xdr_step	created[] = {
	{ maybe_handle, "fh" }, { maybe_attributes, "attributes" },
	{ change, "dir_attributes" }, { NULL, NULL }
};
static const struct xdr_step	renamed[] = {
	{ change, "dir_attributes" }, { change, "to_dir_attributes" },
	{ NULL, NULL }
};
static const struct xdr_step	linked[] = {
	{ maybe_attributes, "attributes" }, { change, "dir_attributes" },
	{ NULL, NULL }
};
static const struct xdr_step	listed[] = {
	{ maybe_attributes, "dir_attributes" }, { verifier, "verifier" },
	{ entries, "entry" }, { xdr_show_bool, "eof" }, { NULL, NULL }
};
static const struct xdr_step	listed_plus[] = {
	{ maybe_attributes, "dir_attributes" }, { verifier, "verifier" },
	{ entries_plus, "entry" }, { xdr_show_bool, "eof" }, { NULL, NULL }
};
static const struct xdr_step	fsstat[] = {
	{ maybe_attributes, "attributes" }, { xdr_show_u64, "octets" },
	{ xdr_show_u64, "free" }, { xdr_show_u64, "available" },
	{ xdr_show_u64, "files" }, { xdr_show_u64, "files_free" },
	{ xdr_show_u64, "files_available" }, { xdr_show_u32, "invariant" },
	{ NULL, NULL }
};
static const struct xdr_step	fsinfo[] = {
	{ maybe_attributes, "attributes" }, { xdr_show_u32, "rtmax" },
	{ xdr_show_u32, "rtpref" }, { xdr_show_u32, "rtmult" },
	{ xdr_show_u32, "wtmax" }, { xdr_show_u32, "wtpref" },
	{ xdr_show_u32, "wtmult" }, { xdr_show_u32, "dtpref" },
	{ xdr_show_u64, "maxfilesize" }, { xdr_show_u64, "time_delta" },
	{ xdr_show_hex32, "properties" }, { NULL, NULL }
};
static const struct xdr_step	pathconf[] = {
	{ maybe_attributes, "attributes" }, { xdr_show_u32, "linkmax" },
	{ xdr_show_u32, "name_max" }, { xdr_show_bool, "no_trunc" },
	{ xdr_show_bool, "chown_restricted" },
	{ xdr_show_bool, "case_insensitive" },
	{ xdr_show_bool, "case_preserving" }, { NULL, NULL }
};
static const struct xdr_step	committed[] = {
	{ change, "attributes" }, { verifier, "verifier" }, { NULL, NULL }
};

#define S	nfs_statuses
static const struct rpc_procedure	procedures[] = {
	{ .name = "NULL" },
	{ "GETATTR", handle, S, attrs, NULL },
	{ "SETATTR", setattr_args, S, changed, changed },
	{ "LOOKUP", dirop, S, found, maybe_dir },
	{ "ACCESS", access_args, S, granted, maybe_attrs },
	{ "READLINK", handle, S, target, maybe_attrs },
	{ "READ", read_args, S, data, maybe_attrs },
	{ "WRITE", write_args, S, written, changed },
	{ "CREATE", create_args, S, created, dir_changed },
	{ "MKDIR", mkdir_args, S, created, dir_changed },
	{ "SYMLINK", symlink_args, S, created, dir_changed },
	{ "MKNOD", mknod_args, S, created, dir_changed },
	{ "REMOVE", dirop, S, dir_changed, dir_changed },
	{ "RMDIR", dirop, S, dir_changed, dir_changed },
	{ "RENAME", rename_args, S, renamed, renamed },
	{ "LINK", link_args, S, linked, linked },
	{ "READDIR", readdir_args, S, listed, maybe_dir },
	{ "READDIRPLUS", readdirplus_args, S, listed_plus, maybe_dir },
	{ "FSSTAT", handle, S, fsstat, maybe_attrs },
	{ "FSINFO", handle, S, fsinfo, maybe_attrs },
	{ "PATHCONF", handle, S, pathconf, maybe_attrs },
	{ "COMMIT", commit_args, S, committed, changed }
};

const struct rpc_service	nfs3_service = {
	RPC_NFS, 3, 3, "nfs", procedures,
	sizeof(procedures) / sizeof(procedures[0])
};
