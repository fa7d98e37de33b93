/*
 * Frames of an interface or of a capture file, for any program that captures.
 *
 *	open -> [fd, latency, present, next, losses]* -> close
 *	if next returns FAILED, or present returns false:
 *		-> [reopen, losses]* until reopen succeeds, then as before
 *
 * Only one thread at a time may open, read (next, losses, error), reopen and
 * close a `struct frames'; it may be another one each time.  Meanwhile any
 * thread may call fd, latency, present and link, but not during reopen.
 * Opening and reopening need the privilege to capture, on Linux CAP_NET_RAW.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/frame.h"
#include "frames_opts.h"

/* The most frames in one call of a sink; by a ring, with opts->many. */
#define FRAMES_BATCH	64
#define FRAMES_MANY	256

/* Results of frames_next(). */
enum frames_state {
	FRAMES_IDLE,		/* no frames now: wait for the fd */
	FRAMES_MORE,		/* call again at once */
	FRAMES_END,		/* end of file, or opts->count reached */
	FRAMES_TROUBLED,	/* an error that may pass: call again later */
	FRAMES_FAILED		/* the interface is gone or the file damaged */
};

/*
 * Receives 1 to FRAMES_BATCH frames of one link type; octets are valid until it
 * returns.
 */
typedef void	frames_sink(void *arg, const struct frame *, size_t n);

/* Frames that were dropped before they could be read. */
struct frames_losses {
	uint64_t	kernel;		/* the capture buffer was full */
	uint64_t	iface;		/* dropped by interface or driver */
};

struct frames;

/*
 * Open the interface or the file.  opts and its strings are borrowed until
 * frames_close().  On failure returns NULL, with a complete message in
 * err[FRAMES_ERRLEN] that names the object and the next step.
 */
struct frames	*frames_open(const struct frames_opts *, char *err);

/*
 * Is the interface missing or down, and does opts say that it may come later?
 * Then frames_open() succeeds all the same if the process may capture and the
 * filter is one for Ethernet.  Until frames_reopen() succeeds,
 * frames_is_open() is false, and only frames_reopen(), frames_losses() and
 * frames_close() may be called.
 */
bool		 frames_may_come(const struct frames_opts *);
bool		 frames_is_open(const struct frames *);
void		 frames_close(struct frames *);		/* NULL is allowed */

/*
 * Open the interface again, which may be a new one of the same name; counting
 * towards opts->count continues.  The filter is compiled again only if the
 * link type has changed.  Only then are host names in it resolved, which fails
 * in the sandbox.  Returns 0, or -1 with a message; then only frames_reopen(),
 * frames_losses() and frames_close() may be called.
 */
int		 frames_reopen(struct frames *, char *err);

/*
 * Is the interface still the one that was opened?  False only if the system
 * says so; true if the process has no descriptor or memory left to ask.
 */
bool		 frames_present(const struct frames *);

/*
 * The descriptor to poll, or -1 if reading never blocks: a regular file.  For
 * a stream, such as a pipe, it is one even though it is no interface.
 */
int		 frames_fd(const struct frames *);

/*
 * Bytes of the capture buffer, which may be fewer than opts->buffer_mib asks
 * for; 0: unknown, or a file.
 */
uint64_t	 frames_buffer(const struct frames *);

/* The longest time that the kernel holds back a frame, in milliseconds. */
int		 frames_latency(const struct frames *);

/*
 * The link type: its DLT_ number, and libpcap's name or "unknown".  A capture
 * may have several, and so has `any' with opts->each: then, in the sink and
 * after it, that of the last frames.  -1: a stream has not told it yet, or a
 * trace without frames.
 */
int		 frames_link(const struct frames *);
const char	*frames_link_name(const struct frames *);

/*
 * In the sink, of a frame of a capture: is it a record of our data trace?
 * Others of the same link type are frames like any.
 */
bool		 frames_is_data(const struct frames *, const struct frame *);

/*
 * Pass frames that are ready to the sink, at most a few thousand per call.
 * Octets are not copied.
 */
enum frames_state frames_next(struct frames *, frames_sink *, void *arg);

/* Drop the frames that are ready in the kernel.  Returns how many. */
uint64_t	 frames_discard(struct frames *);

/*
 * Do frames tell how many packets are joined in them?  If frames_refuses(),
 * the kernel has dropped joined frames that it cannot describe; after
 * frames_reopen() it no longer drops them, but none is described.
 */
bool		 frames_know_segments(const struct frames *);
bool		 frames_refuses(const struct frames *);

/*
 * If frames_refuses(): as frames_reopen(), but what has come is still read.
 * *gap_ns is the time for which frames were lost.  The function, if it is not
 * NULL, attaches another filter than that of the options to a socket.
 */
typedef int	 frames_filter_fn(void *arg, int fd, char *err);
int		 frames_succeed(struct frames *f, frames_filter_fn *fn,
		    void *arg, uint64_t *gap_ns, char *err);

/* Milliseconds until frames_next() must be called in any case; -1: never. */
int		 frames_wait(const struct frames *);

/*
 * Is the filter of the interface not in the kernel, because that does not take
 * it, but here?  Then each frame is copied to this process in full.
 */
bool		 frames_filtered_here(const struct frames *);

/* The reason of TROUBLED or FAILED, without the object's name. */
const char	*frames_error(const struct frames *);

/*
 * Times of the first and the last frame since the last call, in nanoseconds
 * since 1970 UTC; false if there was no frame, or none with a time.
 */
bool		 frames_span(struct frames *, uint64_t *first_ns,
		    uint64_t *last_ns);

/* Frames lost since the last call. */
void		 frames_losses(struct frames *, struct frames_losses *);

#endif
