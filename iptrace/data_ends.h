/*
 * The ends of sockets, of which the kernel tells with the counts of each
 * (sock_diag(7)).
 *
 *	open (as root) -> read* -> close
 */
#ifndef DATA_ENDS_H
#define DATA_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_end {
	uint64_t	cid;
	bool		has_tcp;	/* the others are known */
	uint64_t	sent;		/* octets of payload, once each */
	uint64_t	received;	/* likewise; and 1 for a FIN */
	uint32_t	rtt_us;
	uint32_t	retransmissions;
};

/* A descriptor, or -1 with errno. */
int	data_ends_open(void);

/*
 * Read at most n of those that are there.  *missed: the kernel had no room for
 * some.
 */
size_t	data_ends_read(int fd, struct data_end *, size_t n, bool *missed);

#endif
