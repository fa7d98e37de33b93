/*
 * Attributes of NFS version 4: a bitmap, and the values in the order of its
 * bits (RFC 8881, 5; RFC 7862).
 */
#include <stdio.h>

#include "nfs.h"

#define WORDS	8		/* of a bitmap, at most */

static xdr_show_fn	type, time4, setting_time, fsid, device, numbers,
			masked;

static const struct xdr_step	attributes[] = {
	[0] = { nfs4_show_bitmap, "supported_attrs" },
	[1] = { type, "type" },
	[2] = { xdr_show_u32, "fh_expire_type" },
	[3] = { xdr_show_u64, "change" },
	[4] = { xdr_show_u64, "size" },
	[5] = { xdr_show_bool, "link_support" },
	[6] = { xdr_show_bool, "symlink_support" },
	[7] = { xdr_show_bool, "named_attr" },
	[8] = { fsid, "fsid" },
	[9] = { xdr_show_bool, "unique_handles" },
	[10] = { xdr_show_u32, "lease_time" },
	[11] = { xdr_show_u32, "rdattr_error" },
	[12] = { NULL, "acl" },
	[13] = { xdr_show_u32, "aclsupport" },
	[14] = { xdr_show_bool, "archive" },
	[15] = { xdr_show_bool, "cansettime" },
	[16] = { xdr_show_bool, "case_insensitive" },
	[17] = { xdr_show_bool, "case_preserving" },
	[18] = { xdr_show_bool, "chown_restricted" },
	[19] = { xdr_show_opaque, "filehandle" },
	[20] = { xdr_show_u64, "fileid" },
	[21] = { xdr_show_u64, "files_avail" },
	[22] = { xdr_show_u64, "files_free" },
	[23] = { xdr_show_u64, "files_total" },
	[24] = { NULL, "fs_locations" },
	[25] = { xdr_show_bool, "hidden" },
	[26] = { xdr_show_bool, "homogeneous" },
	[27] = { xdr_show_u64, "maxfilesize" },
	[28] = { xdr_show_u32, "maxlink" },
	[29] = { xdr_show_u32, "maxname" },
	[30] = { xdr_show_u64, "maxread" },
	[31] = { xdr_show_u64, "maxwrite" },
	[32] = { xdr_show_text, "mimetype" },
	[33] = { xdr_show_mode, "mode" },
	[34] = { xdr_show_bool, "no_trunc" },
	[35] = { xdr_show_u32, "numlinks" },
	[36] = { xdr_show_text, "owner" },
	[37] = { xdr_show_text, "owner_group" },
	[38] = { xdr_show_u64, "quota_avail_hard" },
	[39] = { xdr_show_u64, "quota_avail_soft" },
	[40] = { xdr_show_u64, "quota_used" },
	[41] = { device, "rawdev" },
	[42] = { xdr_show_u64, "space_avail" },
	[43] = { xdr_show_u64, "space_free" },
	[44] = { xdr_show_u64, "space_total" },
	[45] = { xdr_show_u64, "space_used" },
	[46] = { xdr_show_bool, "system" },
	[47] = { time4, "time_access" },
	[48] = { setting_time, "time_access_set" },
	[49] = { time4, "time_backup" },
	[50] = { time4, "time_create" },
	[51] = { time4, "time_delta" },
	[52] = { time4, "time_metadata" },
	[53] = { time4, "time_modify" },
	[54] = { setting_time, "time_modify_set" },
	[55] = { xdr_show_u64, "mounted_on_fileid" },
	[56] = { NULL, "dir_notif_delay" },
	[57] = { NULL, "dirent_notif_delay" },
	[58] = { NULL, "dacl" },
	[59] = { NULL, "sacl" },
	[60] = { NULL, "change_policy" },
	[61] = { NULL, "fs_status" },
	[62] = { numbers, "fs_layout_types" },
	[63] = { NULL, "layout_hint" },
	[64] = { numbers, "layout_types" },
	[65] = { xdr_show_u32, "layout_blksize" },
	[66] = { xdr_show_u32, "layout_alignment" },
	[67] = { NULL, "fs_locations_info" },
	[68] = { NULL, "mdsthreshold" },
	[69] = { NULL, "retention_get" },
	[70] = { NULL, "retention_set" },
	[71] = { NULL, "retentevt_get" },
	[72] = { NULL, "retentevt_set" },
	[73] = { NULL, "retention_hold" },
	[74] = { masked, "mode_set_masked" },
	[75] = { nfs4_show_bitmap, "suppattr_exclcreat" },
	[76] = { xdr_show_u32, "fs_charset_cap" },
	[77] = { xdr_show_u32, "clone_blksize" },
	[78] = { xdr_show_u64, "space_freed" },
	[79] = { xdr_show_u32, "change_attr_type" },
	[80] = { NULL, "security_label" },
	[81] = { masked, "mode_umask" },
	[82] = { xdr_show_bool, "xattr_support" }
};

#define KNOWN	(sizeof(attributes) / sizeof(attributes[0]))

/* ---- values ---- */

static void
type(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		item_named(x->f, name, v, nfs_types);
}

static void
time4(struct xdr *x, const char *name)
{
	uint64_t	seconds;
	uint32_t	nanos;

	if (xdr_u64(x, &seconds) == 0 && xdr_u32(x, &nanos) == 0)
		item_time(x->f, name, seconds);
}

static void
setting_time(struct xdr *x, const char *name)
{
	uint32_t	how;

	if (xdr_u32(x, &how) == -1)
		return;
	if (how == 1)
		time4(x, name);
	else
		fields_text(x->f, name, "server's");
}

static void
pair(struct xdr *x, const char *name, uint64_t first, uint64_t second)
{
	char	text[48];

	(void)snprintf(text, sizeof(text), "%llu:%llu",
	    (unsigned long long)first, (unsigned long long)second);
	if (!x->failed)
		fields_text(x->f, name, text);
}

static void
fsid(struct xdr *x, const char *name)
{
	uint64_t	major, minor;

	if (xdr_u64(x, &major) == 0 && xdr_u64(x, &minor) == 0)
		pair(x, name, major, minor);
}

static void
device(struct xdr *x, const char *name)
{
	uint32_t	major, minor;

	if (xdr_u32(x, &major) == 0 && xdr_u32(x, &minor) == 0)
		pair(x, name, major, minor);
}

static void
masked(struct xdr *x, const char *name)
{
	fields_begin(x->f, name);
	xdr_show_mode(x, "mode");
	xdr_show_mode(x, "mask");
	fields_end(x->f);
}

static void
numbers(struct xdr *x, const char *name)
{
	uint32_t	n;

	if (xdr_u32(x, &n) == -1)
		return;
	for (; n > 0 && !x->failed; n--)
		xdr_show_u32(x, name);
}

/* ---- the bitmap ---- */

static int
bitmap(struct xdr *x, uint32_t words[WORDS])
{
	uint32_t	n, i, rest;

	for (i = 0; i < WORDS; i++)
		words[i] = 0;
	if (xdr_u32(x, &n) == -1)
		return (-1);
	for (i = 0; i < n && !x->failed; i++)
		xdr_u32(x, i < WORDS ? &words[i] : &rest);
	return (x->failed ? -1 : 0);
}

static void
names(struct xdr *x, const char *name, const uint32_t words[WORDS])
{
	char		text[8];
	unsigned	i;

	fields_words(x->f, name);
	for (i = 0; i < WORDS * 32; i++) {
		if ((words[i / 32] >> i % 32 & 1) == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%u", i);
		fields_word(x->f, i < KNOWN ? attributes[i].name : text);
	}
	fields_words_end(x->f);
}

void
nfs4_show_bitmap(struct xdr *x, const char *name)
{
	uint32_t	words[WORDS];

	if (bitmap(x, words) == 0)
		names(x, name, words);
}

/* Values of unknown attributes have no length: what follows is not found. */
static void
values(struct xdr *x, const uint32_t words[WORDS])
{
	unsigned	i;

	for (i = 0; i < WORDS * 32 && !x->failed; i++) {
		if ((words[i / 32] >> i % 32 & 1) == 0)
			continue;
		if (i < KNOWN && attributes[i].show != NULL)
			attributes[i].show(x, attributes[i].name);
		else
			xdr_fail(x, "further attributes are not decoded");
	}
}

void
nfs4_show_attrs(struct xdr *x, const char *name)
{
	uint32_t	words[WORDS], n;
	struct xdr	in = *x;

	if (bitmap(x, words) == -1 || xdr_u32(x, &n) == -1)
		return;
	in.c = item_part(&x->c, n > UINT32_MAX - 3 ? n :
	    (n + 3) & ~UINT32_C(3));
	fields_begin(x->f, name);
	values(&in, words);
	fields_end(x->f);
}
