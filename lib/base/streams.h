/*
 * The standard streams of a process.
 */
#ifndef STREAMS_H
#define STREAMS_H

/*
 * If a standard stream is closed, open /dev/null in its place: otherwise the
 * next file opened would get its number and receive the output.  Opened for
 * reading only, so that output to a closed stream still fails.
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
