/*
 * How large a capture buffer has the system given?
 */
#ifndef GRANTED_H
#define GRANTED_H

#include <stdint.h>

/* Bytes of the buffer of the capture socket fd; 0: not told.  Any thread. */
uint64_t	granted_buffer(int fd);

#endif
