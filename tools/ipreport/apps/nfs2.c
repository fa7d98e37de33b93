/*
 * NFS version 2 (RFC 1094).
 */
#include "nfs.h"

#define HANDLE	32

void
nfs2_show_handle(struct xdr *x, const char *name)
{
	const uint8_t	*p = xdr_fixed(x, HANDLE);

	if (p != NULL)
		fields_opaque(x->f, name, p, HANDLE);
}

static void
type(struct xdr *x, const char *name)
{
	static const struct item_name	types[] = {
		{ 0, "NON" }, { 1, "REG" }, { 2, "DIR" }, { 3, "BLK" },
		{ 4, "CHR" }, { 5, "LNK" }, { 0, NULL }
	};
	uint32_t			 v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, types);
}

/* A number that is not set is -1. */
static void
setting(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0 && v != UINT32_MAX)
		fields_u64(x->f, name, v);
}

static void
time32(struct xdr *x, const char *name)
{
	uint32_t	seconds, micros;

	if (xdr_u32(x, &seconds) == 0 && xdr_u32(x, &micros) == 0 &&
	    seconds != UINT32_MAX)
		item_time(x->f, name, seconds);
}

static void
attributes(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ type, "type" }, { xdr_show_mode, "mode" },
		{ xdr_show_u32, "nlink" }, { xdr_show_u32, "uid" },
		{ xdr_show_u32, "gid" }, { xdr_show_u32, "size" },
		{ xdr_show_u32, "blocksize" }, { xdr_show_hex32, "rdev" },
		{ xdr_show_u32, "blocks" }, { xdr_show_hex32, "fsid" },
		{ xdr_show_u32, "fileid" }, { time32, "atime" },
		{ time32, "mtime" }, { time32, "ctime" }, { NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

static void
settings(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ setting, "mode" }, { setting, "uid" }, { setting, "gid" },
		{ setting, "size" }, { time32, "atime" }, { time32, "mtime" },
		{ NULL, NULL }
	};

	fields_begin(x->f, name);
	xdr_steps(x, steps);
	fields_end(x->f);
}

static void
entries(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_u32, "fileid" }, { xdr_show_text, "name" },
		{ xdr_show_u32, "cookie" }, { NULL, NULL }
	};

	xdr_list(x, name, steps);
}

static const struct xdr_step	handle[] = {
	{ nfs2_show_handle, "fh" }, { NULL, NULL }
};
static const struct xdr_step	setattr[] = {
	{ nfs2_show_handle, "fh" }, { settings, "set" }, { NULL, NULL }
};
static const struct xdr_step	dirop[] = {
	{ nfs2_show_handle, "dir" }, { xdr_show_text, "name" }, { NULL, NULL }
};
static const struct xdr_step	read_args[] = {
	{ nfs2_show_handle, "fh" }, { xdr_show_u32, "offset" },
	{ xdr_show_u32, "count" }, { xdr_show_u32, "total" }, { NULL, NULL }
};
static const struct xdr_step	write_args[] = {
	{ nfs2_show_handle, "fh" }, { xdr_show_u32, "begin" },
	{ xdr_show_u32, "offset" }, { xdr_show_u32, "total" },
	{ xdr_show_data, "count" }, { NULL, NULL }
};
static const struct xdr_step	create_args[] = {
	{ nfs2_show_handle, "dir" }, { xdr_show_text, "name" },
	{ settings, "set" }, { NULL, NULL }
};
static const struct xdr_step	rename_args[] = {
	{ nfs2_show_handle, "dir" }, { xdr_show_text, "name" },
	{ nfs2_show_handle, "to_dir" }, { xdr_show_text, "to_name" },
	{ NULL, NULL }
};
static const struct xdr_step	link_args[] = {
	{ nfs2_show_handle, "fh" }, { nfs2_show_handle, "to_dir" },
	{ xdr_show_text, "to_name" }, { NULL, NULL }
};
static const struct xdr_step	symlink_args[] = {
	{ nfs2_show_handle, "dir" }, { xdr_show_text, "name" },
	{ xdr_show_text, "target" }, { settings, "set" }, { NULL, NULL }
};
static const struct xdr_step	readdir_args[] = {
	{ nfs2_show_handle, "dir" }, { xdr_show_u32, "cookie" },
	{ xdr_show_u32, "count" }, { NULL, NULL }
};
static const struct xdr_step	attrs[] = {
	{ attributes, "attributes" }, { NULL, NULL }
};
static const struct xdr_step	found[] = {
	{ nfs2_show_handle, "fh" }, { attributes, "attributes" },
	{ NULL, NULL }
};
static const struct xdr_step	target[] = {
	{ xdr_show_text, "target" }, { NULL, NULL }
};
static const struct xdr_step	data[] = {
	{ attributes, "attributes" }, { xdr_show_data, "count" },
	{ NULL, NULL }
};
static const struct xdr_step	listed[] = {
	{ entries, "entry" }, { xdr_show_bool, "eof" }, { NULL, NULL }
};
static const struct xdr_step	statfs[] = {
	{ xdr_show_u32, "transfer_size" }, { xdr_show_u32, "block_size" },
	{ xdr_show_u32, "blocks" }, { xdr_show_u32, "free" },
	{ xdr_show_u32, "available" }, { NULL, NULL }
};

static const struct rpc_procedure	procedures[] = {
	{ .name = "NULL" },
	{ "GETATTR", handle, nfs_statuses, attrs, NULL },
	{ "SETATTR", setattr, nfs_statuses, attrs, NULL },
	{ .name = "ROOT" },
	{ "LOOKUP", dirop, nfs_statuses, found, NULL },
	{ "READLINK", handle, nfs_statuses, target, NULL },
	{ "READ", read_args, nfs_statuses, data, NULL },
	{ .name = "WRITECACHE" },
	{ "WRITE", write_args, nfs_statuses, attrs, NULL },
	{ "CREATE", create_args, nfs_statuses, found, NULL },
	{ "REMOVE", dirop, nfs_statuses, NULL, NULL },
	{ "RENAME", rename_args, nfs_statuses, NULL, NULL },
	{ "LINK", link_args, nfs_statuses, NULL, NULL },
	{ "SYMLINK", symlink_args, nfs_statuses, NULL, NULL },
	{ "MKDIR", create_args, nfs_statuses, found, NULL },
	{ "RMDIR", dirop, nfs_statuses, NULL, NULL },
	{ "READDIR", readdir_args, nfs_statuses, listed, NULL },
	{ "STATFS", handle, nfs_statuses, statfs, NULL }
};

const struct rpc_service	nfs2_service = {
	RPC_NFS, 2, 2, "nfs", procedures,
	sizeof(procedures) / sizeof(procedures[0])
};
