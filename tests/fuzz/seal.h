/*
 * Checksums of blocks in the n octets at p, as trafd(5) draws them: put right
 * wherever a block begins.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>
#include <stdint.h>

void	seal_all(uint8_t *p, size_t n);

#endif
