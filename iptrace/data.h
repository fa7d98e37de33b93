/*
 * The data trace: what sockets send and receive, as records of
 * packet/datarec.h.
 *
 *	open (as root) -> describe -> [fds, read, losses]* -> close
 *
 * One thread at a time.
 */
#ifndef DATA_H
#define DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/record.h"
#include "packet/frame.h"
#include "options.h"

struct data;

/*
 * Receives records, all of them of interface numbers[i] of the trace, and what
 * their comments say.
 */
typedef void	data_sink_fn(void *arg, const struct frame *,
		    const uint32_t *numbers, const struct record_note *,
		    size_t n);

/* NULL after a message. */
struct data	*data_open(const struct options *);
void		 data_close(struct data *);	/* NULL is allowed */

/* Describe its interface in this trace.  0, or -1 after a message. */
int		 data_describe(struct data *, struct record *);

/* Readable when there are records. */
#define DATA_FDS	3
void		 data_fds(const struct data *, int fds[DATA_FDS]);

/* Pass on what has come, some thousand records at most; true: there is more. */
bool		 data_read(struct data *, data_sink_fn *, void *arg);

/*
 * Add to *sum how many records were lost since the last call.  The trace says
 * so where they are missing.
 */
void		 data_losses(struct data *, struct record_losses *sum);

/* Octets of payload in the records that were lost up to now. */
uint64_t	 data_lost_octets(const struct data *);

#endif
