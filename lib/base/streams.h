/*
 * The standard streams of a process.
 */
#ifndef STREAMS_H
#define STREAMS_H

/*
 * A program may be started with standard streams closed: open /dev/null in
 * their place, so that no file which is opened later is taken for one of
 * them.  For reading only: a report that nobody gets is still an error.
 */
void	streams_occupy(void);

/*
 * A reader that has gone and a file that must not become longer are errors of
 * write(2), EPIPE and EFBIG, and not the end of the program.
 */
void	streams_ignore_signals(void);

/* For a program that is started from here. */
void	streams_default_signals(void);

#endif
