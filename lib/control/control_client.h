/*
 * Queries a running daemon through its control socket.  Each call connects,
 * sends a request, reads the answer within limits of time and size, and
 * closes.  The other end is untrusted; texts of an answer are reduced to
 * printable ASCII.  Calls return with a message in c->err unless
 * CONTROL_DONE.  No state; any thread.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <stddef.h>

#include "file/block.h"
#include "control.h"
#include "control_call.h"

/* The live table, or the selected rows, in memory. */
struct control_table {
	struct block_info	 info;
	struct flow		*rows;	/* in the order of flow_key_cmp() */
	size_t			 n;
	struct owners		*owners;	/* of info, its own, or NULL */
};

enum control_outcome control_version(struct control_client *, char *text,
			size_t len);
enum control_outcome control_stat(struct control_client *,
			struct control_stat *);

/* Where the daemon saves, to be opened and not to be shown: any octets. */
enum control_outcome control_save_file(struct control_client *,
			char path[CONTROL_TEXT_LEN]);

/* *begin_ns: since when the ledger counts, ns since 1970 UTC. */
enum control_outcome control_ledger(struct control_client *,
			struct ledger *, uint64_t *begin_ns);

/* command is CONTROL_ASK_DUMP, _SAVE or _QUIT. */
enum control_outcome control_job(struct control_client *,
			enum control_command command, struct control_done *);

/*
 * Rows without their VLANs, as reports show them.  After CONTROL_DONE the
 * caller frees it with control_table_free().
 */
enum control_outcome control_table(struct control_client *,
			const struct control_query *, struct control_table *);
void			 control_table_free(struct control_table *);

/*
 * The same, as a file: *fd is open on a temporary file without a name, at its
 * start, which contains one verified block.  The caller closes it.
 */
enum control_outcome control_table_file(struct control_client *,
			const struct control_query *, int *fd);

/*
 * Call fn with the name of every instance that has a socket in run_dir, or
 * that waits for its interface, in alphabetical order, until it returns false.
 * Returns how many there are, or -1 with errno.
 */
int	control_instances(const char *run_dir,
	    bool (*fn)(void *arg, const char *ext), void *arg);

#endif
