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

#endif
