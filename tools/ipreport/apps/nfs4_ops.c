/*
 * The operations of NFS version 4: a table of what each is made of.
 */
#include "nfs.h"

#define DEVICE	16		/* octets of a device's identifier */

static void
device(struct xdr *x, const char *name)
{
	const uint8_t	*p = xdr_fixed(x, DEVICE);

	if (p != NULL)
		fields_opaque(x->f, name, p, DEVICE);
}

static void
handle(struct xdr *x, const char *name)
{
	uint32_t	 n;
	const uint8_t	*p = xdr_opaque(x, 128, &n);

	if (p != NULL)
		fields_opaque(x->f, name, p, n);
}

static void
flavors(struct xdr *x, const char *name)
{
	uint32_t	n, flavor;

	if (xdr_u32(x, &n) == -1)
		return;
	for (; n > 0 && xdr_u32(x, &flavor) == 0; n--) {
		fields_item(x->f, name);
		fields_u64(x->f, "flavor", flavor);
		if (flavor == RPC_AUTH_GSS) {
			xdr_show_opaque(x, "oid");
			xdr_show_u32(x, "qop");
			xdr_show_u32(x, "service");
		}
		fields_end(x->f);
	}
}

static void
stateids(struct xdr *x, const char *name)
{
	uint32_t	n;

	if (xdr_u32(x, &n) == -1)
		return;
	for (; n > 0 && !x->failed; n--)
		nfs4_show_stateid(x, name);
}

static void
statuses(struct xdr *x, const char *name)
{
	uint32_t	n, v;

	if (xdr_u32(x, &n) == -1)
		return;
	for (; n > 0 && xdr_u32(x, &v) == 0; n--) {
		fields_item(x->f, name);
		item_named(x->f, "status", v, nfs_statuses);
		fields_end(x->f);
	}
}

static void
stateid(struct xdr *x, const char *name)
{
	nfs4_show_stateid(x, name);
}

/* Steps that several operations have. */
#define STEPS(name, ...) \
	static const struct xdr_step name[] = { __VA_ARGS__, { NULL, NULL } }

STEPS(access_args, { nfs_show_access, "access" });
STEPS(access_results, { nfs_show_access, "supported" },
    { nfs_show_access, "access" });
STEPS(attrs, { nfs4_show_attrs, "attributes" });
STEPS(bitmap, { nfs4_show_bitmap, "wanted" });
STEPS(set, { nfs4_show_bitmap, "set" });
STEPS(change, { nfs4_show_change, "change" });
STEPS(clientid, { xdr_show_hex64, "clientid" });
STEPS(close_args, { xdr_show_u32, "seqid" }, { stateid, "stateid" });
STEPS(commit_args, { xdr_show_u64, "offset" }, { xdr_show_u32, "count" });
STEPS(create_results, { nfs4_show_change, "change" },
    { nfs4_show_bitmap, "set" });
STEPS(fh, { handle, "fh" });
STEPS(name_args, { xdr_show_text, "name" });
STEPS(open_confirm_args, { stateid, "stateid" }, { xdr_show_u32, "seqid" });
STEPS(downgrade_args, { stateid, "stateid" }, { xdr_show_u32, "seqid" },
    { xdr_show_hex32, "access" }, { xdr_show_hex32, "deny" });
STEPS(openattr_args, { xdr_show_bool, "create" });
STEPS(read_args, { stateid, "stateid" }, { xdr_show_u64, "offset" },
    { xdr_show_u32, "count" });
STEPS(read_results, { xdr_show_bool, "eof" }, { xdr_show_data, "octets" });
STEPS(readdir_args, { xdr_show_u64, "cookie" }, { xdr_show_hex64, "verifier" },
    { xdr_show_u32, "dircount" }, { xdr_show_u32, "maxcount" },
    { nfs4_show_bitmap, "wanted" });
STEPS(rename_args, { xdr_show_text, "name" }, { xdr_show_text, "to_name" });
STEPS(rename_results, { nfs4_show_change, "change" },
    { nfs4_show_change, "to_change" });
STEPS(release_args, { xdr_show_hex64, "clientid" },
    { xdr_show_opaque, "owner" });
STEPS(secinfo_results, { flavors, "security" });
STEPS(setattr_args, { stateid, "stateid" }, { nfs4_show_attrs, "attributes" });
STEPS(setclientid_args, { xdr_show_hex64, "verifier" },
    { xdr_show_text, "id" }, { xdr_show_hex32, "callback_program" },
    { xdr_show_text, "netid" }, { xdr_show_text, "address" },
    { xdr_show_u32, "callback_ident" });
STEPS(setclientid_results, { xdr_show_hex64, "clientid" },
    { xdr_show_hex64, "verifier" });
STEPS(stateid_only, { stateid, "stateid" });
STEPS(target, { xdr_show_text, "target" });
STEPS(verifier, { xdr_show_hex64, "verifier" });
STEPS(write_args, { stateid, "stateid" }, { xdr_show_u64, "offset" },
    { nfs_show_stable, "stable" }, { xdr_show_data, "octets" });
STEPS(write_results, { xdr_show_u32, "count" },
    { nfs_show_stable, "committed" }, { xdr_show_hex64, "verifier" });
STEPS(device_args, { device, "device" }, { xdr_show_u32, "layout" },
    { xdr_show_u32, "maxcount" }, { nfs4_show_bitmap, "notify" });
STEPS(device_results, { xdr_show_u32, "layout" },
    { xdr_show_data, "octets" }, { nfs4_show_bitmap, "notify" });
STEPS(layoutget_args, { xdr_show_bool, "signal" }, { xdr_show_u32, "layout" },
    { xdr_show_u32, "iomode" }, { xdr_show_u64, "offset" },
    { xdr_show_u64, "length" }, { xdr_show_u64, "minlength" },
    { stateid, "stateid" }, { xdr_show_u32, "maxcount" });
STEPS(style_args, { xdr_show_u32, "style" });
STEPS(test_args, { stateids, "stateid" });
STEPS(test_results, { statuses, "result" });
STEPS(complete_args, { xdr_show_bool, "one_fs" });
STEPS(range_args, { stateid, "stateid" }, { xdr_show_u64, "offset" },
    { xdr_show_u64, "length" });
STEPS(copy_args, { stateid, "stateid" }, { stateid, "to_stateid" },
    { xdr_show_u64, "offset" }, { xdr_show_u64, "to_offset" },
    { xdr_show_u64, "count" });
STEPS(seek_args, { stateid, "stateid" }, { xdr_show_u64, "offset" },
    { xdr_show_u32, "what" });
STEPS(seek_results, { xdr_show_bool, "eof" }, { xdr_show_u64, "offset" });
STEPS(setxattr_args, { xdr_show_u32, "option" }, { xdr_show_text, "name" },
    { xdr_show_data, "octets" });
STEPS(xattr_results, { xdr_show_data, "octets" });

static const struct nfs4_operation	table[] = {
	[3] = { "ACCESS", access_args, access_results, false, false },
	[4] = { "CLOSE", close_args, stateid_only, false, false },
	[5] = { "COMMIT", commit_args, verifier, false, false },
	[6] = { "CREATE", nfs4_create_args, create_results, false, false },
	[7] = { "DELEGPURGE", clientid, NULL, false, false },
	[8] = { "DELEGRETURN", stateid_only, NULL, false, false },
	[9] = { "GETATTR", bitmap, attrs, false, false },
	[10] = { "GETFH", NULL, fh, false, false },
	[11] = { "LINK", name_args, change, false, false },
	[12] = { "LOCK", nfs4_lock_args, stateid_only, false, false },
	[13] = { "LOCKT", nfs4_lockt_args, NULL, false, false },
	[14] = { "LOCKU", nfs4_locku_args, stateid_only, false, false },
	[15] = { "LOOKUP", name_args, NULL, false, false },
	[16] = { "LOOKUPP", NULL, NULL, false, false },
	[17] = { "NVERIFY", attrs, NULL, false, false },
	[18] = { "OPEN", nfs4_open_args, nfs4_open_results, false, false },
	[19] = { "OPENATTR", openattr_args, NULL, false, false },
	[20] = { "OPEN_CONFIRM", open_confirm_args, stateid_only, false,
	    false },
	[21] = { "OPEN_DOWNGRADE", downgrade_args, stateid_only, false,
	    false },
	[22] = { "PUTFH", fh, NULL, false, false },
	[23] = { "PUTPUBFH", NULL, NULL, false, false },
	[24] = { "PUTROOTFH", NULL, NULL, false, false },
	[25] = { "READ", read_args, read_results, false, false },
	[26] = { "READDIR", readdir_args, nfs4_readdir_results, false,
	    false },
	[27] = { "READLINK", NULL, target, false, false },
	[28] = { "REMOVE", name_args, change, false, false },
	[29] = { "RENAME", rename_args, rename_results, false, false },
	[30] = { "RENEW", clientid, NULL, false, false },
	[31] = { "RESTOREFH", NULL, NULL, false, false },
	[32] = { "SAVEFH", NULL, NULL, false, false },
	[33] = { "SECINFO", name_args, secinfo_results, false, false },
	[34] = { "SETATTR", setattr_args, set, false, false },
	[35] = { "SETCLIENTID", setclientid_args, setclientid_results, false,
	    false },
	[36] = { "SETCLIENTID_CONFIRM", setclientid_results, NULL, false,
	    false },
	[37] = { "VERIFY", attrs, NULL, false, false },
	[38] = { "WRITE", write_args, write_results, false, false },
	[39] = { "RELEASE_LOCKOWNER", release_args, NULL, false, false },
	[40] = { "BACKCHANNEL_CTL", NULL, NULL, true, false },
	[41] = { "BIND_CONN_TO_SESSION", nfs4_bind_args, nfs4_bind_args,
	    false, false },
	[42] = { "EXCHANGE_ID", nfs4_exchange_id_args,
	    nfs4_exchange_id_results, false, false },
	[43] = { "CREATE_SESSION", nfs4_create_session_args,
	    nfs4_create_session_results, false, false },
	[44] = { "DESTROY_SESSION", nfs4_session_args, NULL, false, false },
	[45] = { "FREE_STATEID", stateid_only, NULL, false, false },
	[46] = { "GET_DIR_DELEGATION", NULL, NULL, true, true },
	[47] = { "GETDEVICEINFO", device_args, device_results, false, false },
	[48] = { "GETDEVICELIST", NULL, NULL, true, true },
	[49] = { "LAYOUTCOMMIT", NULL, NULL, true, true },
	[50] = { "LAYOUTGET", layoutget_args, NULL, false, true },
	[51] = { "LAYOUTRETURN", NULL, NULL, true, true },
	[52] = { "SECINFO_NO_NAME", style_args, secinfo_results, false,
	    false },
	[53] = { "SEQUENCE", nfs4_sequence_args, nfs4_sequence_results, false,
	    false },
	[54] = { "SET_SSV", NULL, NULL, true, true },
	[55] = { "TEST_STATEID", test_args, test_results, false, false },
	[56] = { "WANT_DELEGATION", NULL, NULL, true, true },
	[57] = { "DESTROY_CLIENTID", clientid, NULL, false, false },
	[58] = { "RECLAIM_COMPLETE", complete_args, NULL, false, false },
	[59] = { "ALLOCATE", range_args, NULL, false, false },
	[60] = { "COPY", copy_args, NULL, true, true },
	[61] = { "COPY_NOTIFY", stateid_only, NULL, true, true },
	[62] = { "DEALLOCATE", range_args, NULL, false, false },
	[63] = { "IO_ADVISE", NULL, NULL, true, true },
	[64] = { "LAYOUTERROR", NULL, NULL, true, false },
	[65] = { "LAYOUTSTATS", NULL, NULL, true, false },
	[66] = { "OFFLOAD_CANCEL", stateid_only, NULL, false, false },
	[67] = { "OFFLOAD_STATUS", stateid_only, NULL, false, true },
	[68] = { "READ_PLUS", read_args, NULL, false, true },
	[69] = { "SEEK", seek_args, seek_results, false, false },
	[70] = { "WRITE_SAME", NULL, NULL, true, true },
	[71] = { "CLONE", copy_args, NULL, false, false },
	[72] = { "GETXATTR", name_args, xattr_results, false, false },
	[73] = { "SETXATTR", setxattr_args, change, false, false },
	[74] = { "LISTXATTRS", commit_args, NULL, false, true },
	[75] = { "REMOVEXATTR", name_args, change, false, false }
};

/* The server answers so to what it does not know. */
static const struct nfs4_operation	illegal = {
	"ILLEGAL", NULL, NULL, false, false
};

const struct nfs4_operation *
nfs4_operation_find(uint32_t number)
{
	if (number == 10044)
		return (&illegal);
	return (number < sizeof(table) / sizeof(table[0]) &&
	    table[number].name != NULL ? &table[number] : NULL);
}
