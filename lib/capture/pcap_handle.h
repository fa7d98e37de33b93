/*
 * Handles of libpcap: opening interfaces and capture files, and compiling
 * expressions, with words for what is wrong that help.  For this room only:
 * the others do not know libpcap.
 */
#ifndef PCAP_HANDLE_H
#define PCAP_HANDLE_H

#include "frames_opts.h"

/* How long the kernel may keep packets before it hands a buffer over. */
#define HANDLE_LATENCY_MS	100

/* Snapshot length of whole frames: that of tcpdump. */
#define HANDLE_SNAPLEN		262144

struct pcap;
struct bpf_program;

/*
 * A handle on the interface or the file of opts, for the caller to close;
 * live ones do not block.  Times are in nanoseconds where the system has
 * them.  NULL with a message in err[FRAMES_ERRLEN].
 */
struct pcap	*handle_live(const struct frames_opts *, char *err);
struct pcap	*handle_file(const struct frames_opts *, char *err);

/* One on `ifname' that only answers questions: small and not promiscuous. */
struct pcap	*handle_ask(const struct frames_opts *, const char *ifname,
		    char *err);

/* Compile the expression of opts; 0, or -1 with a message. */
int		 handle_compile(struct pcap *, const struct frames_opts *,
		    struct bpf_program *, char *err);

/* Does opts ask for a filter? */
bool		 handle_is_filtered(const struct frames_opts *);

#endif
