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
 * A reader that has gone and a limit of file sizes kill a process by default:
 * from here on write(2) fails, with EPIPE and EFBIG, as for any other reason.
 */
void	streams_ignore_signals(void);

/* Before exec: the other program decides for itself. */
void	streams_restore_signals(void);

#endif
