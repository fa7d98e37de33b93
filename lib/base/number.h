/*
 * Decimal numbers from users, one parser for all programs.  No state; any
 * thread.
 */
#ifndef NUMBER_H
#define NUMBER_H

/* The value of text, at most five digits and at most `most', or -1. */
int		number_upto(const char *text, int most);

#endif
