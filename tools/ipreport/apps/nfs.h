/*
 * What the versions of NFS share, for nfs*.c and mount.c only.
 */
#ifndef NFS_H
#define NFS_H

#include "rpc_impl.h"

xdr_show_fn	nfs2_show_handle, nfs3_show_handle;

/* Access rights of versions 3 and 4. */
xdr_show_fn	nfs_show_access;

/* Stable storage: how written octets are to be kept. */
xdr_show_fn	nfs_show_stable;

/* nfs4_attrs.c: attributes, of which the names are shown. */
xdr_show_fn	nfs4_show_bitmap, nfs4_show_attrs;

/* An operation of NFSv4: its arguments, and its results if it is done. */
struct nfs4_operation {
	const char		*name;
	const struct xdr_step	*arguments;
	const struct xdr_step	*results;
	/* there are more than the steps show: nothing after can be found */
	bool			 hidden_arguments, hidden_results;
};

/* nfs4_ops.c: NULL if there is none of that number. */
const struct nfs4_operation	*nfs4_operation_find(uint32_t);

/* nfs4_open.c, nfs4_session.c: of the longer ones. */
extern const struct xdr_step	nfs4_open_args[], nfs4_open_results[],
				nfs4_lock_args[], nfs4_locku_args[],
				nfs4_lockt_args[],
				nfs4_create_args[], nfs4_readdir_results[],
				nfs4_exchange_id_args[],
				nfs4_exchange_id_results[],
				nfs4_create_session_args[],
				nfs4_create_session_results[],
				nfs4_sequence_args[], nfs4_sequence_results[],
				nfs4_session_args[], nfs4_bind_args[];
xdr_show_fn	nfs4_show_stateid, nfs4_show_change, nfs4_show_denied;

#endif
