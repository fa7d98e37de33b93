/*
 * Numbers that people write: one way to read them, one way to refuse those of
 * a command line.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/* The decimal number of at most five digits that text is; -1 if none. */
int		number_upto(const char *text, int most);

/*
 * The decimal number that text is, if it lies between least and most.  If
 * not, a message that begins with `what', and then usage(), which does not
 * return.
 */
uint64_t	number_option(const char *what, const char *text,
		    uint64_t least, uint64_t most, void (*usage)(void));

#endif
