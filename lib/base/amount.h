/*
 * Amounts and ages as people write them.
 */
#ifndef TRAFDB_AMOUNT_H
#define TRAFDB_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

/* Longest text below, with the terminating NUL. */
#define AMOUNT_LEN	24

/*
 * Octets: 1000, 1.5G (10^9), 20Gi (2^30), with or without a B.  0, or -1 if
 * the text is no such thing or more than 2^63.
 */
int	amount_parse(const char *, uint64_t *octets);

/* `465.2 GB', in powers of ten.  Returns buf. */
char	*amount_format(uint64_t octets, char buf[AMOUNT_LEN]);

/* Hours: 12h, 35d, 8w, 6m (of 30 days), 2y (of 365).  0, or -1. */
int	age_parse(const char *, size_t len, uint32_t *hours);

#endif
