/*
 * What the system knows of an interface, for the trace.  No state.
 */
#ifndef ABOUT_H
#define ABOUT_H

#include <stdbool.h>
#include <stdint.h>

/* Its MAC address; false if it has none. */
bool		about_mac(const char *name, uint8_t mac[6]);

/* Bits a second; 0: unknown. */
uint64_t	about_speed(const char *name);

#endif
