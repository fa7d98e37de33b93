/*
 * Flows and rows that must lose detail lose it in steps, in this order:
 *
 *	FOLD_CLIENT	the port of the client (FLOW_SPORT_CLIENT, ...)
 *	FOLD_REMOTE	the remote host (FLOW_NO_SRC or FLOW_NO_DST)
 *	FOLD_SERVICE	the port of the server (FLOW_NO_PORTS)
 *
 * A local host never loses its address, so that its sums stay exact.  If
 * neither side is local, FOLD_CLIENT drops both ports.
 */
#ifndef FOLD_H
#define FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

struct nets;

enum fold_step {
	FOLD_CLIENT,
	FOLD_REMOTE,
	FOLD_SERVICE
};

/* Which sides of a key are local and still have their address? */
struct fold_sides {
	bool	src;
	bool	dst;
};

/* If local is NULL, sources are local and destinations are remote. */
struct fold_sides fold_sides(const struct flow_key *, const struct nets *local);

/*
 * Take a step with a key, whose sides are given.  FOLD_REMOTE drops the
 * destination if neither side is local, and nothing if both are.
 */
void		 fold_key(struct flow_key *, struct fold_sides,
		    enum fold_step);

/*
 * The rows of a block, of which those of less than minsize IP bytes have lost
 * detail as far as that makes fewer rows:
 *
 * 1. Small rows are added up without the client's port.
 * 2. What is still small is added up without the remote host.
 * 3. If a local host has more than FOLD_HOST_ROWS of these rows, they are
 *    added up without the server's port.
 *
 * If neither side is local, small rows lose both ports, then the host with the
 * smaller sum, and at last become the `other' row of protocol 0.
 *
 *	fold_small or fold_to_other -> fold_rows -> fold_free
 */
struct fold;

/* The most small rows of a local host that keep their service. */
#define FOLD_HOST_ROWS	256

/*
 * Fold n rows.  They must be in the order of flow_key_cmp() and must not change
 * until fold_free().  NULL with errno if memory is short.
 */
struct fold	*fold_small(const struct flow *const *rows, size_t n,
		    uint64_t minsize, const struct nets *local);

/*
 * The same for readers of BPFT's layouts, which know no other folded row: each
 * small row becomes part of the `other' row of protocol 0.
 */
struct fold	*fold_to_other(const struct flow *const *rows, size_t n,
		    uint64_t minsize);

/* IP bytes of the rows that were small. */
uint64_t	 fold_bytes(const struct fold *);

/* The rows in the order of flow_key_cmp(), and in *n their number. */
const struct flow *const *fold_rows(const struct fold *, size_t *n);
void		 fold_free(struct fold *);

#endif
