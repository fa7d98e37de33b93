/*
 * The mount protocol, versions 1 to 3 (RFC 1094, 1813).
 */
#include <stdio.h>

#include "nfs.h"

static void
flavors(struct xdr *x, const char *name)
{
	uint32_t	n, v;
	char		text[12];

	if (xdr_u32(x, &n) == -1)
		return;
	fields_words(x->f, name);
	for (; n > 0 && cursor_left(&x->c) >= 4 && xdr_u32(x, &v) == 0; n--) {
		(void)snprintf(text, sizeof(text), "%u", v);
		fields_word(x->f, text);
	}
	fields_words_end(x->f);
	if (n > 0)
		xdr_u32(x, &v);
}

static void
mounts(struct xdr *x, const char *name)
{
	static const struct xdr_step	steps[] = {
		{ xdr_show_text, "host" }, { xdr_show_text, "path" },
		{ NULL, NULL }
	};

	xdr_list(x, name, steps);
}

static void
exports(struct xdr *x, const char *name)
{
	while (xdr_more(x)) {
		fields_item(x->f, name);
		xdr_show_text(x, "path");
		while (xdr_more(x))
			xdr_show_text(x, "group");
		fields_end(x->f);
	}
}

static const struct xdr_step	path[] = {
	{ xdr_show_text, "path" }, { NULL, NULL }
};
static const struct xdr_step	mounted[] = {
	{ nfs2_show_handle, "fh" }, { NULL, NULL }
};
static const struct xdr_step	mounted3[] = {
	{ nfs3_show_handle, "fh" }, { flavors, "flavors" }, { NULL, NULL }
};
static const struct xdr_step	dump[] = {
	{ mounts, "mount" }, { NULL, NULL }
};
static const struct xdr_step	export[] = {
	{ exports, "export" }, { NULL, NULL }
};

static const struct rpc_procedure	procedures[] = {
	{ .name = "NULL" },
	{ "MNT", path, nfs_statuses, mounted, NULL },
	{ "DUMP", NULL, NULL, dump, NULL },
	{ "UMNT", path, NULL, NULL, NULL },
	{ "UMNTALL", NULL, NULL, NULL, NULL },
	{ "EXPORT", NULL, NULL, export, NULL },
	{ "EXPORTALL", NULL, NULL, export, NULL },
	{ "PATHCONF", path, NULL, NULL, NULL }
};

static const struct rpc_procedure	procedures3[] = {
	{ .name = "NULL" },
	{ "MNT", path, nfs_statuses, mounted3, NULL },
	{ "DUMP", NULL, NULL, dump, NULL },
	{ "UMNT", path, NULL, NULL, NULL },
	{ "UMNTALL", NULL, NULL, NULL, NULL },
	{ "EXPORT", NULL, NULL, export, NULL }
};

const struct rpc_service	mount_service = {
	RPC_MOUNT, 1, 2, "mount", procedures,
	sizeof(procedures) / sizeof(procedures[0])
};

const struct rpc_service	mount3_service = {
	RPC_MOUNT, 3, 3, "mount", procedures3,
	sizeof(procedures3) / sizeof(procedures3[0])
};
