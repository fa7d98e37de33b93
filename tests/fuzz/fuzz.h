/*
 * What every fuzz harness provides: called with one input, returns 0, and
 * aborts when something does not hold.  libFuzzer or replay.c calls it.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int	LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

#endif
