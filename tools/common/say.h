/*
 * What the user asked for, --help and -V: to standard output, and no error.
 */
#ifndef SAY_H
#define SAY_H

/* Print both texts and exit: with 1 and a message if that fails. */
_Noreturn void	say(const char *, const char *);

#endif
