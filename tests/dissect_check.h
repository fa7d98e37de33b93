/*
 * Conditions that every dissected frame must meet; for unit tests and fuzzing.
 */
#ifndef DISSECT_CHECK_H
#define DISSECT_CHECK_H

#include <stdint.h>

#include "packet/dissect.h"

/* Dissect the frame.  Returns what is wrong with the result, or NULL. */
const char	*dissect_check(int link, const uint8_t *octets,
		    uint32_t caplen, uint32_t wirelen, struct dissection *);

#endif
