/*
 * ONC RPC, version 2 (RFC 5531): messages, and records of TCP.  Pure functions
 * of what was captured.  One thread at a time.
 */
#ifndef RPC_H
#define RPC_H

#include <stdbool.h>
#include <stdint.h>

#include "ipreport/fields.h"
#include "packet/cursor.h"

/* Numbers of programs. */
enum {
	RPC_PORTMAPPER = 100000,
	RPC_NFS = 100003,
	RPC_YPSERV = 100004,
	RPC_MOUNT = 100005,
	RPC_NLOCKMGR = 100021,
	RPC_STATUS = 100024
};

/* Numbers of flavors of credentials. */
enum {
	RPC_AUTH_NONE = 0,
	RPC_AUTH_SYS = 1,
	RPC_AUTH_GSS = 6
};

struct rpc_auth {
	uint32_t	 flavor;
	uint32_t	 length;	/* octets at `at' */
	const uint8_t	*at;		/* borrowed */
};

/* What the reply is understood by. */
struct rpc_call {
	uint32_t	program, version, procedure;
	uint32_t	gss;		/* how RPCSEC_GSS wraps its body */
};

enum {
	RPC_GSS_PLAIN = 1,		/* as without RPCSEC_GSS */
	RPC_GSS_INTEGRITY = 2,
	RPC_GSS_PRIVACY = 3,
	RPC_GSS_CONTROL = 4		/* of a context, no call */
};

struct rpc_message {
	uint32_t	 xid;
	bool		 reply;
	bool		 cut;		/* what follows was not captured */
	/* of a call */
	uint32_t	 rpc_version;
	struct rpc_call	 call;
	struct rpc_auth	 credentials;
	/* of both */
	struct rpc_auth	 verifier;
	/* of a reply */
	bool		 denied;
	uint32_t	 status;	/* of the acceptance or the denial */
	uint32_t	 low, high;	/* versions, or low: why */
	struct cursor	 body;		/* arguments or results */
};

/* 0, or -1 if it is no message of RPC; `cut' if it ends in its header. */
int	rpc_parse(struct cursor, struct rpc_message *);

/*
 * A record or fragment of one in a segment of TCP.  0, or -1 if none starts
 * here.
 */
struct rpc_record {
	uint32_t	length;		/* as it states */
	bool		last;		/* the last fragment of the record */
	bool		continued;	/* in a later segment */
	struct cursor	message;
};
int	rpc_next_record(struct cursor *segment, struct rpc_record *);

/*
 * Show a message.  The call of a reply is NULL if it was not seen.  `record' is
 * NULL over UDP.
 */
void	rpc_show(struct fields *, const struct rpc_message *,
	    const struct rpc_call *, const struct rpc_record *);

/* "nfs", "GETATTR", "NFS3ERR_STALE"; NULL if there is no name. */
const char	*rpc_program_name(uint32_t program);
const char	*rpc_procedure_name(const struct rpc_call *);

/*
 * The status of a reply that is an accepted one of this call, from its results;
 * *number is set.  NULL if it has none or none was captured; number is then
 * that of RPC.
 */
const char	*rpc_status_name(const struct rpc_message *,
		    const struct rpc_call *, uint32_t *number);

#endif
