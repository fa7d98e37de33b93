/*
 * Amounts of bytes, packets or bits as people write and read them: one
 * parser, and three ways to print.  No state; any thread.
 */
#ifndef AMOUNT_H
#define AMOUNT_H

#include <stdint.h>

/* Longest text below, with the terminating NUL; units of up to 8 octets. */
#define AMOUNT_LEN	32

/*
 * Read `1500', `1.5G' (10^9), `20GiB' (2^30): digits, perhaps with a
 * fraction; then perhaps a prefix, k, M, G, T, P or E in any case, by powers
 * of 1000, or with an i of 1024; then perhaps a B.  A fraction of a byte is
 * cut off.  Returns 0, or -1 if the text is none, or 2^63 and more.
 */
int	amount_parse(const char *text, uint64_t *amount);

/* Bytes with one decimal place, `465.2 GB'.  Returns buf. */
char	*amount_format(uint64_t bytes, char buf[AMOUNT_LEN]);

/*
 * Three significant digits, rounded exactly: `1.23 GB', `1.50 KiB'; below
 * the base, 1000 or 1024, the number as it is.  Returns buf.
 */
char	*amount_short(uint64_t, unsigned int base, const char *unit,
	    char buf[AMOUNT_LEN]);

/*
 * The same of a number that may have a fraction, with what separates it from
 * its prefix: `12.3 Mbit/s'.  Returns buf.
 */
char	*amount_scaled(double, const char *separator, const char *unit,
	    char buf[AMOUNT_LEN]);

#endif
