/*
 * Elsewhere libpcap does it all.
 */
#include "config.h"

#include "live_filter.h"

enum live_filter
live_filter_attach(pcap_t *p, const struct bpf_program *prog)
{
	(void)p;
	(void)prog;
	return (LIVE_FILTER_PCAP);
}
