/*
 * Where the filter of an interface runs: in the kernel, or, if the kernel does
 * not take the program, here.
 */
#ifndef LIVE_FILTER_H
#define LIVE_FILTER_H

#include <pcap/pcap.h>

enum live_filter {
	LIVE_FILTER_PCAP,	/* leave it to pcap_setfilter() */
	LIVE_FILTER_KERNEL,	/* it is attached to the handle's socket */
	LIVE_FILTER_USER,	/* use user_filter_new() */
	LIVE_FILTER_NONE	/* it cannot be evaluated anywhere */
};

/*
 * Attach a program, which was compiled for this handle of an interface, if the
 * system has such sockets and takes it.  pcap_setfilter() would evaluate it
 * for the first frames itself, where it knows neither their direction nor what
 * is behind their first octets, and loses them.
 */
enum live_filter live_filter_attach(pcap_t *, const struct bpf_program *);

#endif
