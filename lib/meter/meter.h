/*
 * Where flows come from.  A source turns what an interface (or a capture
 * file) shows into flows and keeps its own ledger of what it could not turn
 * into one; both are fetched by the capturer.  One thread at a time.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "packet/ledger.h"
#include "packet/protostat.h"

/* Longest error message, with the terminating NUL. */
#define CAPTURE_ERRLEN	512

struct networks;

enum capture_source {
	CAPTURE_AUTO,		/* ebpf where it works, else pcap */
	CAPTURE_PCAP,
	CAPTURE_EBPF,
	CAPTURE_SOURCES
};

/* Their names for --source. */
extern const char *const capture_sources[CAPTURE_SOURCES];

struct capture_opts {
	enum capture_source source;	/* live; files are read by pcap */
	const char	*ifname;	/* live, or NULL */
	const char	*file;		/* capture file, "-" standard input */
	const char	*filter;	/* pcap-filter(7), may be "" */
	uint64_t	 count;		/* end after so many frames; 0: never */
	size_t		 max_flows;	/* rows that threads may hold back */
	const struct networks *networks; /* for threads: what is not remote */
	unsigned int	 threads;	/* live: how many count; 0 is 1 */
	unsigned int	 buffer_mib;	/* 0: the library's own */
	enum flow_ports	 ports;
	bool		 optimize;
	bool		 promisc;
};

/* Takes n <= TABLE_BATCH flows, each with its counts. */
typedef void	capture_sink_fn(void *arg, const struct flow *, size_t n);

/* What capture_drain() met. */
enum capture_state {
	CAPTURE_IDLE,		/* nothing more to get now */
	CAPTURE_MORE,		/* there may be more at once */
	CAPTURE_END,		/* end of the file, or count frames seen */
	CAPTURE_FAILED		/* capture_error() says why */
};

struct capture;

/*
 * Open a source.  opts and its strings are borrowed until capture_close().
 * On failure NULL and a whole message, that names the object and says what
 * to do, in err[CAPTURE_ERRLEN].
 */
struct capture	*capture_open(const struct capture_opts *, char *err);
void		 capture_close(struct capture *);

/*
 * Open the interface of a source that has failed anew; count and ledger go
 * on.  The filter is compiled again only if the link type is another one:
 * names of hosts in it are asked for only then, in vain from inside a
 * sandbox.  0, or -1 with a message; then only this, capture_close() and
 * capture_take_ledger() may be called.
 */
int		 capture_reopen(struct capture *, char *err);

/* Which source it is: `pcap'. */
const char	*capture_name(const struct capture *);

/* Is the interface still the one that was opened? */
bool		 capture_present(const struct capture *);

/* The descriptor to wait for, or -1 where reading never waits. */
int		 capture_fd(const struct capture *);

/* Longest that a packet can stay invisible in the buffer, milliseconds. */
int		 capture_latency(const struct capture *);

/* The name of its link type, and whether frames of it can be decoded. */
const char	*capture_link_name(const struct capture *);
bool		 capture_link_supported(const struct capture *);

/* Hand what is ready to sink, up to a bounded number of frames. */
enum capture_state capture_drain(struct capture *, capture_sink_fn *,
		    void *arg);

/*
 * Hand over all that the source has counted by itself so far, whatever that
 * takes: nothing for one that hands over frames.  Before capture_take_ledger(),
 * so that rows and ledger tell of the same frames.
 */
void		 capture_collect(struct capture *, capture_sink_fn *,
		    void *arg);

const char	*capture_error(const struct capture *);

/*
 * Add to *l what was noted since the last call: frames by class, drops of
 * kernel and interface.
 */
void		 capture_take_ledger(struct capture *, struct ledger *l);

/*
 * Time stamps of the first and last frame, nanoseconds since 1970 UTC;
 * false when there was none.
 */
bool		 capture_span(const struct capture *, uint64_t *first_ns,
		    uint64_t *last_ns);

/*
 * Set *sum to what was met by protocol since the source was first opened;
 * false when the source cannot tell.
 */
bool		 capture_protostat(const struct capture *,
		    struct protostat *sum);

/*
 * Print the compiled filter to standard output as tcpdump -d does.  0, or -1
 * with a message in err[CAPTURE_ERRLEN].
 */
int		 capture_print_filter(const struct capture_opts *, char *err);

#endif
