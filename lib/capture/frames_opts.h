/*
 * What to capture, and how.
 */
#ifndef FRAMES_OPTS_H
#define FRAMES_OPTS_H

#include <stdbool.h>
#include <stdint.h>

/* Longest error message, with the terminating NUL. */
#define FRAMES_ERRLEN	512

struct frames_opts {
	const char	*ifname;	/* interface, or NULL */
	const char	*file;		/* capture file, "-": standard input */
	const char	*filter;	/* pcap-filter(7); NULL or "": all */
	uint64_t	 count;		/* end after n frames; 0: never */
	unsigned int	 snaplen;	/* octets per frame; 0: all */
	unsigned int	 buffer_mib;	/* kernel's buffer; 0: default */
	bool		 optimize;	/* optimize the filter program */
	bool		 promisc;	/* promiscuous mode */
	bool		 ring;		/* by our own ring, not libpcap's */
	bool		 wait;		/* a missing interface may come later */
	bool		 quiet;		/* one of several: leave notices out */
	bool		 many;		/* ring: up to FRAMES_MANY in a call of
					 * the sink: for few, long writes */
	bool		 bare;		/* no times, no directions: faster */
	bool		 each;		/* ring and `any': frames as they are on
					 * their links, instead of cooked ones;
					 * a call of the sink has frames of one
					 * link type, see frames_link() */
};

#endif
