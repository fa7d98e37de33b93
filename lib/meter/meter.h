/*
 * Where flows come from.  A source turns the frames of an interface or of a
 * capture file into flows.  Its ledger counts all frames, and those without a
 * flow by reason.  The capturer fetches both.
 *
 *	open -> [fd, wait, drain, collect, take_ledger]* -> close
 *	if drain returns FAILED, or present returns false:
 *		-> [reopen, take_ledger]* until reopen succeeds, then as before
 *
 * One thread at a time.
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

/* Size of a buffer for the longest error message, with the NUL. */
#define METER_ERRLEN	FRAMES_ERRLEN

struct nets;
struct networks;
struct once;
struct owners;
struct senders;

enum meter_source {
	METER_AUTO,		/* the first that works: ebpf, ring, pcap */
	METER_PCAP,
	METER_RING,
	METER_EBPF,
	METER_SOURCES
};

/* Their names for --source; METER_CHOICES of them exist on this system. */
extern const char *const meter_sources[METER_SOURCES];

struct meter_opts {
	struct frames_opts frames;	/* snaplen is ignored */
	enum meter_source source;	/* live; files are read by pcap */
	enum flow_ports	 ports;
	unsigned int	 threads;	/* live: how many count; 0 means 1 */
	size_t		 max_flows;	/* most rows in tables of threads */
	const struct networks *networks; /* live: those not remote */
	const struct nets *local;	/* of a file: likewise */
	bool		 owners;	/* of what sockets send and receive;
					   no interface, filter or count */
	struct once	*once;		/* live, `any': count each packet once;
					   NULL: on each device */
};

/*
 * Takes n <= TABLE_BATCH flows, each with its counts.  Returns which of them
 * are new to it, as table_add(): of these the source notes who sent them.
 */
typedef uint64_t meter_sink_fn(void *arg, const struct flow *, size_t n);

/* Results of meter_drain(). */
enum meter_state {
	METER_IDLE,		/* no frames now: wait for the fd */
	METER_MORE,		/* there may be more: call again at once */
	METER_END,		/* end of file, or frames.count reached */
	METER_TROUBLED,		/* an error that may pass: call again later */
	METER_FAILED		/* the interface is gone or the file damaged */
};

struct meter;

/*
 * Open a source.  The options and their strings are borrowed until
 * meter_close().  Returns NULL on failure, with a complete message in
 * err[METER_ERRLEN], which names the object and the next step.
 */
struct meter	*meter_open(const struct meter_opts *, char *err);
void		 meter_close(struct meter *);

/*
 * Was the source opened without its interface, which is to come later
 * (frames.wait)?  Then it is as after a failed meter_reopen() until one
 * succeeds.
 */
bool		 meter_is_absent(const struct meter *);

/*
 * Open the interface again after the source has failed; counting towards
 * frames.count and the ledger continue.  The filter is compiled again only if
 * the link type has changed.  Only then are host names in it resolved, which
 * fails in a sandbox.  Returns 0, or -1 with a message; then only
 * meter_reopen(), meter_close() and meter_take_ledger() may be called.
 */
int		 meter_reopen(struct meter *, char *err);

/* The name of the source, such as `pcap'. */
const char	*meter_name(const struct meter *);

/* Is the interface still the one that was opened?  As frames_present(). */
bool		 meter_present(const struct meter *);

/* The descriptor to poll, or -1 if reading never blocks: a regular file. */
int		 meter_fd(const struct meter *);

/*
 * Milliseconds until meter_drain() must be called even if the descriptor is
 * not readable; -1: never.
 */
int		 meter_wait(const struct meter *);

/* Bytes of the capture buffer that the system gave; 0: unknown or none. */
uint64_t	 meter_buffer(const struct meter *);

/* The longest time that the kernel holds back a frame, in milliseconds. */
int		 meter_latency(const struct meter *);

/*
 * The name of the link type, and: can frames of this type be decoded?  Of a
 * capture with several link types, this is about the first that cannot be.
 */
const char	*meter_link_name(const struct meter *);
bool		 meter_link_supported(const struct meter *);

/* Does it read a capture: a regular file, or a stream, which has an fd? */
bool		 meter_is_file(const struct meter *);

/* Pass flows that are ready to the sink, from a limited number of frames. */
enum meter_state meter_drain(struct meter *, meter_sink_fn *,
		    void *arg);

/*
 * While meter_drain() runs: what comes before the first frame of that time or
 * later (nanoseconds since 1970 UTC) has been passed to the sink, and that
 * frame has not.  Asked once, then forgotten; at_ns 0 forgets it at once.
 * Threads call nothing: what comes after the split stays with them until at_ns
 * 0 ends it.  False if the source has no times: nothing is called then.
 */
typedef void	 meter_split_fn(void *arg);
bool		 meter_split(struct meter *, uint64_t at_ns,
		    meter_split_fn *, void *arg);

/*
 * Pass to the sink all flows that the source has added up itself (`ebpf',
 * threads, captures; others have none).  Call this before
 * meter_take_ledger(), so that rows and ledger are about the same frames.  True
 * if time ran out and there is more to collect at once.
 */
bool		 meter_collect(struct meter *, meter_sink_fn *,
		    void *arg);

/*
 * Drop the frames that are ready in the kernel.  Returns how many; they are
 * not in the ledger.  Only before meter_close() or meter_reopen().
 */
uint64_t	 meter_discard(struct meter *);

/*
 * Why meter_drain() returned TROUBLED or FAILED: the reason alone, without the
 * object's name and a full stop.
 */
const char	*meter_error(const struct meter *);

/*
 * Add to *l what was counted since the last call: frames by class, drops by
 * the kernel and the interface.
 */
void		 meter_take_ledger(struct meter *, struct ledger *l);

/*
 * Add to *s the MAC addresses of local hosts that were noted since the last
 * call, and forget them.
 */
void		 meter_take_senders(struct meter *, struct senders *s);

/*
 * Time stamps of the first and last frame since the last call, nanoseconds
 * since 1970 UTC.  False if there was no frame, or if the source does not keep
 * them: use them only if meter_is_file().
 */
bool		 meter_span(const struct meter *, uint64_t *first_ns,
		    uint64_t *last_ns);

/*
 * Set *sum to the counters by protocol since the source was first opened; only
 * live frames are counted there.  False if the source has no such counters.
 */
bool		 meter_protostat(const struct meter *,
		    struct protostat *sum);

/*
 * With meter_opts.owners: the names of owners of all rows that were passed to
 * a sink since the last meter_owners_taken(), and of all interfaces, whose
 * numbers stay; NULL of other sources.  Valid until the next row is passed.
 */
const struct owners *meter_owners(struct meter *);
void		 meter_owners_taken(struct meter *);

/*
 * Before the first row: give interfaces the numbers that they have in that set
 * (NULL: none), of which rows are to follow.  0, or -1 with errno.
 */
int		 meter_owners_adopt(struct meter *, const struct owners *);

/*
 * The directory in which it looks for the names of units, besides /etc/passwd
 * for those of users: a sandbox must let it read both.  NULL: it does not.
 */
const char	*meter_owners_tree(const struct meter *);

#endif
