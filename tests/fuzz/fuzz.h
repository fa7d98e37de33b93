/*
 * What every fuzz harness provides: called with one input, returns 0, and
 * aborts when something does not hold.  libFuzzer or replay.c calls it.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int	LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

/* What does not hold is a finding: the engine keeps the input. */
static inline void
check(bool holds)
{
	if (!holds)
		abort();
}

/* A file that has no name; ends with the process. */
int	fuzz_scratch(void);

#endif
