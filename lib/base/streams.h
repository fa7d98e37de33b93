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

#endif
