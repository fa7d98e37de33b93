/*
 * What the files of RPC and of its programs share.  For rpc*.c, nfs*.c and the
 * programs only.
 */
#ifndef RPC_IMPL_H
#define RPC_IMPL_H

#include "rpc.h"
#include "xdr.h"

/* A procedure: what its arguments and results are made of. */
struct rpc_procedure {
	const char		*name;
	const struct xdr_step	*arguments;
	/* NULL: the results are `done', without a status before */
	const struct item_name	*statuses;
	const struct xdr_step	*done;		/* if the status is 0 */
	const struct xdr_step	*failed;
};

struct rpc_service {
	uint32_t			 program;
	uint32_t			 first, last;	/* versions */
	/* of the group of fields */
	const char			*group;
	const struct rpc_procedure	*procedures;
	unsigned			 n;
};

extern const struct rpc_service	nfs2_service, nfs3_service, nfs4_service,
				mount_service, mount3_service,
				portmap_service, rpcbind_service,
				nlm_service, nsm_service, yp_service;

/* The service that a call is for, or NULL. */
const struct rpc_service	*rpc_service_find(const struct rpc_call *);
const struct rpc_procedure	*rpc_procedure_find(const struct rpc_call *);

/* rpc_body.c: arguments or results, without or with what protects them. */
void	rpc_show_body(struct fields *, const struct rpc_message *,
	    const struct rpc_call *, bool continued);

extern const struct item_name	rpc_accepts[];

/* nfs.c: what versions of NFS share. */
extern const struct item_name	nfs_statuses[], nfs_types[];

#endif
