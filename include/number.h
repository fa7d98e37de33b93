/*
 * Numbers of a command line: one way to read them, one way to refuse them.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/*
 * The decimal number that text is, if it lies between least and most.  If
 * not, a message that begins with `what', and then usage(), which does not
 * return.
 */
uint64_t	number_option(const char *what, const char *text,
		    uint64_t least, uint64_t most, void (*usage)(void));

#endif
