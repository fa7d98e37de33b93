/*
 * Asking a running daemon through its control socket.  Every call connects,
 * asks, reads the answer within a time limit and bounds, and closes; the
 * other end may be anybody's and is not believed.  Texts of an answer are
 * cleaned: printable ASCII.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <stddef.h>

#include "file/block.h"
#include "control.h"
#include "control_call.h"

/* The live table, or a part of it, in memory. */
struct control_table {
	struct block_info	 info;
	struct flow		*rows;	/* in the order of flow_key_cmp() */
	size_t			 n;
};

enum control_outcome control_version(struct control_client *, char *text,
			size_t len);
enum control_outcome control_stat(struct control_client *,
			struct control_stat *);

/* begin_ns: since when it counts. */
enum control_outcome control_ledger(struct control_client *,
			struct ledger *, uint64_t *begin_ns);

/* command is CONTROL_ASK_DUMP, _SAVE or _QUIT. */
enum control_outcome control_job(struct control_client *,
			enum control_command command, struct control_done *);

/* Free with control_table_free() after CONTROL_DONE. */
enum control_outcome control_table(struct control_client *,
			const struct control_query *, struct control_table *);
void			 control_table_free(struct control_table *);

/*
 * The same, as the file that it came in: *fd is open on a temporary file
 * without a name, which holds one verified block from its beginning.
 */
enum control_outcome control_table_file(struct control_client *,
			const struct control_query *, int *fd);

/*
 * Call fn with the name of every instance that has a socket in run_dir, in
 * alphabetical order, until it returns false.  How many there are, or -1
 * with errno.
 */
int	control_instances(const char *run_dir,
	    bool (*fn)(void *arg, const char *ext), void *arg);

#endif
