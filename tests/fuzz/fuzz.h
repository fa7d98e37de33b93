/*
 * The function that every fuzz harness provides.  libFuzzer or replay.c calls
 * it with one input; it returns 0, or aborts if a check fails.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int	LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

/* A failed check is a finding: libFuzzer keeps the input. */
static inline void
check(bool holds)
{
	if (!holds)
		abort();
}

/* A new unnamed temporary file, which the caller closes; aborts on failure. */
int	fuzz_scratch(void);

#endif
