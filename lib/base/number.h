/*
 * Decimal numbers from users, one parser for all programs.  No state; any
 * thread.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/* The value of text, at most five digits and at most `most', or -1. */
int		number_upto(const char *text, int most);

/*
 * The value of text, if it is a decimal number from least to most.  If not,
 * this prints a message that begins with `what' and calls usage(), which must
 * not return.
 */
uint64_t	number_option(const char *what, const char *text,
		    uint64_t least, uint64_t most, void (*usage)(void));

#endif
