/*
 * Makes captures in memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "made_capture.h"

struct made	made;

void
made_begin(bool big_endian)
{
	memset(&made, 0, sizeof(made));
	made.big_endian = big_endian;
}

void
made_put(const void *octets, size_t n)
{
	assert_true(made.n + n <= sizeof(made.octets));
	memcpy(made.octets + made.n, octets, n);
	made.n += n;
}

void
made_put16(uint16_t v)
{
	uint8_t	p[2] = { (uint8_t)(v >> 8), (uint8_t)v };
	uint8_t	le[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	made_put(made.big_endian ? p : le, 2);
}

void
made_put32(uint32_t v)
{
	uint8_t	p[4];

	if (made.big_endian)
		put_be32(p, v);
	else
		put_le32(p, v);
	made_put(p, 4);
}

void
made_start(void)
{
	made.starts[made.nstarts++] = made.n;
}

size_t
made_block(uint32_t type)
{
	made_start();
	made_put32(type);
	made_put32(0);
	return (made.n - 8);
}

void
made_end(size_t at)
{
	size_t	end;

	while ((made.n - at) % 4 != 0)
		made_put("", 1);
	made_put32((uint32_t)(made.n - at + 4));
	end = made.n;
	made.n = at + 4;
	made_put32((uint32_t)(end - at));
	made.n = end;
}

void
made_section(void)
{
	size_t	at = made_block(0x0a0d0d0a);

	made_put32(0x1a2b3c4d);
	made_put16(1);
	made_put16(0);
	made_put32(UINT32_MAX);
	made_put32(UINT32_MAX);
	made_end(at);
}

void
made_interface(uint16_t link, uint32_t snaplen, int resolution, int64_t offset)
{
	uint8_t	value = (uint8_t)resolution;
	size_t	at = made_block(1);

	made_put16(link);
	made_put16(0);
	made_put32(snaplen);
	made_put16(2);
	made_put16(3);
	made_put("eth", 4);
	if (resolution != -1) {
		made_put16(9);
		made_put16(1);
		made_put(&value, 1);
		made_put("\0\0", 3);
	}
	if (offset != 0) {
		made_put16(14);
		made_put16(8);
		made_put32(made.big_endian ? (uint32_t)((uint64_t)offset >> 32) :
		    (uint32_t)offset);
		made_put32(made.big_endian ? (uint32_t)offset :
		    (uint32_t)((uint64_t)offset >> 32));
	}
	made_put32(0);
	made_end(at);
}

void
made_data(size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		made_put(&(uint8_t){ (uint8_t)(made.nstarts * 16 + i) }, 1);
}

size_t
made_packet(uint32_t id, uint64_t ticks, uint32_t n)
{
	size_t	at = made_block(6);

	made_put32(id);
	made_put32((uint32_t)(ticks >> 32));
	made_put32((uint32_t)ticks);
	made_put32(n);
	made_put32(n + 9);
	made_data(n);
	while ((made.n - at) % 4 != 0)
		made_put("", 1);
	return (at);
}

void
made_enhanced(uint32_t id, uint64_t ticks, uint32_t n)
{
	made_end(made_packet(id, ticks, n));
}

void
made_option(uint16_t code, const void *octets, uint16_t n)
{
	made_put16(code);
	made_put16(n);
	made_put(octets, n);
	for (; n % 4 != 0; n++)
		made_put("", 1);
}

void
made_simple(uint32_t length, uint32_t n)
{
	size_t	at = made_block(3);

	made_put32(length);
	made_data(n);
	made_end(at);
}

void
made_old(uint16_t id, uint32_t n)
{
	size_t	at = made_block(2);

	made_put16(id);
	made_put16(UINT16_MAX);
	made_put32((uint32_t)(MADE_TICKS >> 32));
	made_put32((uint32_t)MADE_TICKS);
	made_put32(n);
	made_put32(n);
	made_data(n);
	made_end(at);
}

void
made_unknown(void)
{
	size_t	at = made_block(0x0bad);

	made_put32(77);
	made_end(at);
}

void
made_write(const char *path, size_t n)
{
	FILE	*f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(made.octets, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}
