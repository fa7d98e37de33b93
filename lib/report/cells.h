/*
 * The five texts of a row that identify it, the same for every format:
 * addresses, ports and protocol, as names or numbers.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stdbool.h>

#include "packet/flow.h"
#include "names/names.h"

/* What formats differ in. */
struct cells_style {
	struct names	*names;		/* borrowed */
	const char	*client;	/* a side dropped by --ports service */
	bool		 proto_number;
	bool		 blank_ports;	/* protocols without ports */
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
