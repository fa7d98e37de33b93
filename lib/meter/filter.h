/*
 * What libpcap makes of an interface and of a filter expression: handles,
 * compiled filters, link types, and the words for what is wrong with them.
 * Only the sources know it.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>

#include "meter.h"
#include "cbpf.h"

/* How long the kernel may keep packets before it hands a buffer over. */
#define FILTER_LATENCY_MS	100

struct pcap;
struct bpf_program;

/* A handle on the interface or the file of opts; NULL with a message. */
struct pcap	*filter_open_live(const struct meter_opts *, int snaplen,
		    char *err);
struct pcap	*filter_open_file(const struct meter_opts *, char *err);

/* Compile the expression of opts; 0, or -1 with a message. */
int		 filter_compile(struct pcap *, const struct meter_opts *,
		    struct bpf_program *, char *err);

struct filter_link {
	int		 number;	/* DLT_ */
	const char	*name;
	unsigned int	 index;		/* of the interface; 0: of all */
};

/* What is the link type of the interface?  0, or -1 with a message. */
int		 filter_ask_link(const struct meter_opts *,
		    struct filter_link *, char *err);

/*
 * The expression as the kernel would run it for a socket on an interface of
 * this link type, for the caller to free in *insns: NULL if it is empty.  0,
 * or -1 with a message.
 */
int		 filter_classic(const struct meter_opts *, int link,
		    struct cbpf_insn **insns, size_t *n, char *err);

#endif
