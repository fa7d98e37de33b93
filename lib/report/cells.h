/*
 * The five texts that identify a row, the same in every format: addresses,
 * ports and protocol, as names or numbers.  One thread at a time.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stdbool.h>

#include "names/names.h"
#include "packet/flow.h"

/* What differs between formats. */
struct cells_style {
	struct names	*names;		/* borrowed */
	const char	*client;	/* port dropped by --ports service */
	bool		 proto_number;
	bool		 blank_ports;	/* empty if the protocol has no ports */
};

struct cells {
	char		 src[NAMES_HOST_LEN];
	char		 dst[NAMES_HOST_LEN];
	char		 sport[NAMES_PORT_LEN];
	char		 dport[NAMES_PORT_LEN];
	char		 proto[NAMES_PROTO_LEN];
};

void	cells_fill(struct cells *, const struct cells_style *,
	    const struct flow_key *);

#endif
