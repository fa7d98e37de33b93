/*
 * The options of iptrace(8) for the data trace.
 */
#ifndef OPTIONS_DATA_H
#define OPTIONS_DATA_H

#include <stdbool.h>

#include "owner/data_layout.h"

/* Groups of conditions: those of a group are ANDed, the groups are ORed. */
struct data_options {
	unsigned int	 n;		/* 0: no data trace */
	struct data_group groups[DATA_GROUPS];
};

/*
 * Store an argument, as option_call_fn: --data begins a group, to which the
 * others add a condition.
 */
const char	*data_begin_group(struct data_options *, const char *level);
const char	*data_add_job(struct data_options *, const char *);
const char	*data_add_ip(struct data_options *, const char *);
const char	*data_add_port(struct data_options *, const char *);
const char	*data_add_cid(struct data_options *, const char *);

/* Is it an argument of --data that was taken for an operand? */
bool		 data_is_level(const char *);

#endif
