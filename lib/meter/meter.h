/*
 * Where flows come from.  A source turns what an interface (or a capture
 * file) shows into flows and keeps its own ledger of what it could not turn
 * into one; both are fetched by the capturer.  One thread at a time.
 */
#ifndef METER_H
#define METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/frames.h"
#include "packet/flow.h"
#include "packet/ledger.h"
#include "packet/protostat.h"

/* Longest error message, with the terminating NUL. */
#define METER_ERRLEN	FRAMES_ERRLEN

struct networks;

enum meter_source {
	METER_AUTO,		/* ebpf where it works, else pcap */
	METER_PCAP,
	METER_EBPF,
	METER_SOURCES
};

/* Their names for --source. */
extern const char *const meter_sources[METER_SOURCES];

struct meter_opts {
	struct frames_opts frames;	/* but its snaplen: the meter knows */
	enum meter_source source;	/* live; files are read by pcap */
	enum flow_ports	 ports;
	unsigned int	 threads;	/* live: how many count; 0 is 1 */
	size_t		 max_flows;	/* rows that threads may hold back */
	const struct networks *networks; /* for threads: what is not remote */
};

/* Takes n <= TABLE_BATCH flows, each with its counts. */
typedef void	meter_sink_fn(void *arg, const struct flow *, size_t n);

/* What meter_drain() met. */
enum meter_state {
	METER_IDLE,		/* nothing more to get now */
	METER_MORE,		/* there may be more at once */
	METER_END,		/* end of the file, or count frames seen */
	METER_TROUBLED,		/* an error that may pass: call again, later */
	METER_FAILED		/* the interface is gone, the file damaged */
};

struct meter;

/*
 * Open a source.  opts and its strings are borrowed until meter_close().
 * On failure NULL and a whole message, that names the object and says what
 * to do, in err[METER_ERRLEN].
 */
struct meter	*meter_open(const struct meter_opts *, char *err);
void		 meter_close(struct meter *);

/*
 * Open the interface of a source that has failed anew; count and ledger go
 * on.  The filter is compiled again only if the link type is another one:
 * names of hosts in it are asked for only then, in vain from inside a
 * sandbox.  0, or -1 with a message; then only this, meter_close() and
 * meter_take_ledger() may be called.
 */
int		 meter_reopen(struct meter *, char *err);

/* Which source it is: `pcap'. */
const char	*meter_name(const struct meter *);

/* As frames_present(): is the interface still the one that was opened? */
bool		 meter_present(const struct meter *);

/* The descriptor to wait for, or -1 where reading never waits. */
int		 meter_fd(const struct meter *);

/*
 * Milliseconds after which meter_drain() is due though nothing is readable
 * there; -1: never.
 */
int		 meter_wait(const struct meter *);

/* Longest that a packet can stay invisible in the buffer, milliseconds. */
int		 meter_latency(const struct meter *);

/* The name of its link type, and whether frames of it can be decoded. */
const char	*meter_link_name(const struct meter *);
bool		 meter_link_supported(const struct meter *);

/* Hand what is ready to sink, up to a bounded number of frames. */
enum meter_state meter_drain(struct meter *, meter_sink_fn *,
		    void *arg);

/*
 * Hand over what the source has counted by itself so far: nothing for one
 * that hands over frames.  Before meter_take_ledger(), so that rows and ledger
 * tell of the same frames.  True if that took too long, so that there is more
 * to be had at once.
 */
bool		 meter_collect(struct meter *, meter_sink_fn *,
		    void *arg);

/*
 * Drop what has come in, without a look at it: how many frames.  It is for
 * the caller to count them.  Before the end of a source only, or its return.
 */
uint64_t	 meter_discard(struct meter *);

/* Why meter_drain() was TROUBLED or FAILED: no object, no full stop. */
const char	*meter_error(const struct meter *);

/*
 * Add to *l what was noted since the last call: frames by class, drops of
 * kernel and interface.
 */
void		 meter_take_ledger(struct meter *, struct ledger *l);

/*
 * Time stamps of the first and last frame, nanoseconds since 1970 UTC;
 * false when there was none.
 */
bool		 meter_span(const struct meter *, uint64_t *first_ns,
		    uint64_t *last_ns);

/*
 * Set *sum to what was met by protocol since the source was first opened;
 * false when the source cannot tell.
 */
bool		 meter_protostat(const struct meter *,
		    struct protostat *sum);

#endif
