/*
 * Handles of libpcap: opens interfaces and capture files and compiles
 * expressions, with messages that name the next step.  For lib/capture only:
 * other rooms do not use libpcap.
 */
#ifndef PCAP_HANDLE_H
#define PCAP_HANDLE_H

#include "frames_opts.h"

/* How long, in milliseconds, the kernel may collect packets in a buffer. */
#define HANDLE_LATENCY_MS	100

/* Snapshot length that captures whole frames, as that of tcpdump. */
#define HANDLE_SNAPLEN		262144

struct pcap;
struct bpf_program;

/*
 * Open the interface or the file of opts; the caller closes the handle.  Live
 * ones are non-blocking.  Times are in nanoseconds if the system supports
 * that.  NULL with a message in err[FRAMES_ERRLEN].
 */
struct pcap	*handle_live(const struct frames_opts *, char *err);
struct pcap	*handle_file(const struct frames_opts *, char *err);

/* Open `ifname' only to query it: a small buffer, not promiscuous. */
struct pcap	*handle_ask(const struct frames_opts *, const char *ifname,
		    char *err);

/*
 * A handle for compiling for that link type.  A live one is better: libpcap
 * then knows that the kernel stores VLAN tags outside the frame.
 */
struct pcap	*handle_for_link(const struct frames_opts *, int link);

/*
 * May this process capture, as far as another interface can tell?  0, or -1
 * with a message about that of opts.
 */
int		 handle_allowed(const struct frames_opts *, char *err);

/*
 * A handle that compiles expressions for frames of captures of this LINKTYPE_
 * number, and knows the DLT_ number of it.  NULL with a message.
 */
struct pcap	*handle_of_link(int number, char *err);

/* Compile the expression of opts.  Returns 0, or -1 with a message. */
int		 handle_compile(struct pcap *, const struct frames_opts *,
		    struct bpf_program *, char *err);

/* Does opts ask for a filter? */
bool		 handle_is_filtered(const struct frames_opts *);

#endif
