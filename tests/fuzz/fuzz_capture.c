/*
 * Captures, pcap and pcapng: what libpcap reads of them, lib/capture must read
 * too, with the same result.  Times are not compared: libpcap's overflow if
 * their resolution is finer than 2^-34 s.
 */
#include <stdio.h>
#include <unistd.h>

#include "../capture_check.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static char		path[32];
	static int		file = -1;
	struct capture_read	ours;
	const char		*why;

	if (file == -1) {
		file = fuzz_scratch();
		(void)snprintf(path, sizeof(path), "/dev/fd/%d", file);
	}
	check(ftruncate(file, 0) == 0 &&
	    pwrite(file, in, size, 0) == (ssize_t)size);
	if ((why = capture_check(path, false, &ours)) != NULL) {
		fprintf(stderr, "%s: frame %llu\n", why,
		    (unsigned long long)ours.frames);
		abort();
	}
	return (0);
}
