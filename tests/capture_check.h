/*
 * Tests only: reads a capture by lib/capture and by libpcap, and compares.
 */
#ifndef CAPTURE_CHECK_H
#define CAPTURE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* How reading a capture went. */
struct capture_read {
	bool		opened;
	bool		whole;		/* to its end, without an error */
	uint64_t	frames;
	char		error[512];
};

/*
 * What libpcap reads of the file, lib/capture must read too: the same octets,
 * lengths, link type and, with `times', times; and where libpcap finds no
 * fault, neither may lib/capture.  Returns NULL, or what differs; *ours is
 * filled in.
 */
const char	*capture_check(const char *path, bool times,
		    struct capture_read *ours);

#endif
