/*
 * Frames of an interface or of a capture file, for anybody who captures.
 *
 *	open -> [fd, latency, present, next, losses]* -> close
 *	next says FAILED, or present says no:
 *		-> [reopen, losses]* until reopen succeeds, then on as before
 *
 * One thread at a time may open, read (next, losses, error), reopen and close
 * a `struct frames'; it need not be the same one always.  Any thread may ask
 * (fd, latency, present, link) meanwhile, but not while it is opened again.
 * Opening needs the right to capture, each time.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames_opts.h"
#include "packet/frame.h"

/* Most frames that a sink gets at once. */
#define FRAMES_BATCH	64

/* What frames_next() came to. */
enum frames_state {
	FRAMES_IDLE,		/* no more frames now: wait for the fd */
	FRAMES_MORE,		/* there may be more at once */
	FRAMES_END,		/* end of the file, or count frames seen */
	FRAMES_TROUBLED,	/* an error that may pass: call again, later */
	FRAMES_FAILED		/* the interface is gone, the file damaged */
};

/* Takes 1 to FRAMES_BATCH frames; their octets are valid until it returns. */
typedef void	frames_sink(void *arg, const struct frame *, size_t n);

/* Frames that were lost before anybody saw them. */
struct frames_losses {
	uint64_t	kernel;		/* the capture buffer was full */
	uint64_t	iface;		/* the interface or its driver */
};

struct frames;

/*
 * Open the interface or the file.  opts and its strings are borrowed until
 * frames_close().  On failure NULL and a whole message, which names the object
 * and says what to do, in err[FRAMES_ERRLEN].
 */
struct frames	*frames_open(const struct frames_opts *, char *err);
void		 frames_close(struct frames *);		/* NULL: nothing */

/*
 * Open the interface again, which may be another one of its name; count goes
 * on.  The filter is compiled again only if the link type is another one:
 * names of hosts in it are looked up only then, and in vain from inside a
 * sandbox.  0, or -1 with a message; then only this, frames_losses() and
 * frames_close() may be called.
 */
int		 frames_reopen(struct frames *, char *err);

/*
 * Is the interface still the one that was opened?  False only if the system
 * says so: also true if the process is out of descriptors or memory.
 */
bool		 frames_present(const struct frames *);

/* The descriptor to wait for, or -1 if reading never waits (a file). */
int		 frames_fd(const struct frames *);

/* Longest time that the kernel keeps a frame back, in milliseconds. */
int		 frames_latency(const struct frames *);

/* The link type: its DLT_ number, and libpcap's name or "unknown". */
int		 frames_link(const struct frames *);
const char	*frames_link_name(const struct frames *);

/*
 * Hand frames that are ready to the sink, a bounded number of them.  Octets
 * are not copied.
 */
enum frames_state frames_next(struct frames *, frames_sink *, void *arg);

/* Drop what the kernel has ready, without a look at it: how many frames. */
uint64_t	 frames_discard(struct frames *);

/* Why frames_next() was TROUBLED or FAILED: no object, no full stop. */
const char	*frames_error(const struct frames *);

/*
 * Time stamps of the first and the last frame so far, nanoseconds since 1970
 * UTC; false if there was none.
 */
bool		 frames_span(const struct frames *, uint64_t *first_ns,
		    uint64_t *last_ns);

/* What was lost since the last call. */
void		 frames_losses(struct frames *, struct frames_losses *);

/* ---- questions about an interface, without capturing from it ---- */

struct frames_link {
	int		 number;	/* DLT_ */
	const char	*name;		/* static */
	unsigned int	 index;		/* 0: the interface has none (any) */
};

/* The link type that frames of opts->ifname would have.  0, or -1. */
int		 frames_ask_link(const struct frames_opts *,
		    struct frames_link *, char *err);

#endif
