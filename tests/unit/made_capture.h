/*
 * Tests only: captures, made record by record in memory.  Failures end the
 * test.
 */
#ifndef MADE_CAPTURE_H
#define MADE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A time in ticks. */
#define MADE_TICKS	UINT64_C(0x0005b7a6c5d4e3f2)

/* The capture, and where each of its records begins. */
extern struct made {
	uint8_t		octets[8192];
	size_t		n;
	size_t		starts[64];
	size_t		nstarts;
	bool		big_endian;
} made;

void	made_begin(bool big_endian);
void	made_put(const void *octets, size_t n);
void	made_put16(uint16_t);
void	made_put32(uint32_t);

/* A record begins here; octets that depend on how many have. */
void	made_start(void);
void	made_data(size_t n);

/* A block is begun, and ended with both its lengths. */
size_t	made_block(uint32_t type);
void	made_end(size_t at);

void	made_section(void);

/* resolution -1, offset 0: without these options. */
void	made_interface(uint16_t link, uint32_t snaplen, int resolution,
	    int64_t offset);

/* An enhanced block whose packet has n octets; options may follow. */
size_t	made_packet(uint32_t id, uint64_t ticks, uint32_t n);
void	made_enhanced(uint32_t id, uint64_t ticks, uint32_t n);
void	made_option(uint16_t code, const void *octets, uint16_t n);

/* A simple and an old one, and one of a type that nobody knows. */
void	made_simple(uint32_t length, uint32_t n);
void	made_old(uint16_t id, uint32_t n);
void	made_unknown(void);

/* Write the first n octets to a file. */
void	made_write(const char *path, size_t n);

#endif
