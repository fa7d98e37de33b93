/*
 * The interfaces that are recorded, and their numbers in the trace.
 *
 *	open -> describe -> [wait, read, losses]* -> close
 *
 * One thread at a time.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/record.h"
#include "packet/frame.h"
#include "filter.h"
#include "options.h"

struct sources;

/*
 * Receives frames of one link type, a DLT_ number; frame i is of the trace's
 * interface numbers[i].
 */
typedef void	sources_sink(void *arg, const struct frame *,
		    const uint32_t *numbers, size_t n, int link);

/*
 * Open the interfaces of the options, which are borrowed as the filters are;
 * none if no packets are recorded.  NULL after a message.
 */
struct sources	*sources_open(const struct options *, const struct filters *);
void		 sources_close(struct sources *);	/* NULL is allowed */

/* Their names, as many as fit; for `any': "all interfaces"; none: "". */
void		 sources_names(const struct sources *, char *buf, size_t len);
/* For the index: the name of the only one, or "any". */
const char	*sources_name(const struct sources *);

/* From now on describe them in this trace.  0, or -1 after a message. */
int		 sources_describe(struct sources *, struct record *);

/*
 * Wait until there are frames or one of n descriptors is readable, at most so
 * many milliseconds.  A descriptor may be -1.
 */
#define SOURCES_OTHERS	4	/* most n */
void		 sources_wait(struct sources *, const int *fds, size_t n,
		    int ms);

/*
 * Pass on what is ready, at most a few thousand frames of each interface; true
 * if there is more.  An interface that is gone is opened again when it comes.
 */
bool		 sources_read(struct sources *, sources_sink *, void *arg);

/* The longest time that the kernel holds frames back, milliseconds. */
int		 sources_latency(const struct sources *);

/*
 * Tell the trace how many frames were lost since the last call, and add them
 * to *sum.  by_writer: the kernel lost them because they were not read.
 */
void		 sources_losses(struct sources *, bool by_writer,
		    struct record_losses *sum);

#endif
